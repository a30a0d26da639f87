#include "krgboot/model/root_scheme.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "model/names.hpp"
#include "model/paths.hpp"
#include "model/stages.hpp"

namespace krgboot::model {

namespace {

// Directories that Debian's services write to on every boot.
constexpr std::string_view written_at_boot[] = {"/tmp", "/var"};

constexpr const char* ways_out =
    "write writable: true in the pool, where everybody who can plug in a machine may write; or "
    "unknown_clients: deny";

void check_pool(ClusterBuilder& cluster, std::size_t number, const Image& image) {
  const auto& at = cluster.spec.networks[number].pool.at;
  auto key = fmt::format("networks[{}].pool", number);
  const auto& scheme = root_scheme(image.root);
  if (scheme.export_is_writable) {
    cluster.report.error(at, key, "pool.root_is_writable",
                         fmt::format("machines of the pool boot image {}, whose root is {}, and may write "
                                     "nothing",
                                     shown(image.name), scheme.word),
                         fmt::format("{}; or root: ro in the image", ways_out));
    return;
  }
  if (!scheme.mounts_writable_directories) return;
  for (auto path : written_at_boot) {
    auto found = std::find_if(image.writable.begin(), image.writable.end(),
                              [&](const WritableDirectory& each) { return is_within(path, each.path); });
    if (found == image.writable.end()) continue;
    cluster.report.error(at, key, "pool.boots_read_only",
                         fmt::format("machines of the pool boot image {}, and would find {} read-only, which "
                                     "they write to when they boot",
                                     shown(image.name), found->path),
                         fmt::format("{}; or move {} of the image from writable to tmpfs", ways_out, path));
    return;
  }
}

}  // namespace

/// A machine of a read-only pool must be able to boot: directories that it writes to on every boot must not
/// be mounted read-only.
void check_pool_rights(ClusterBuilder& cluster) {
  if (!cluster.default_boot || *cluster.default_boot >= cluster.boot.size()) return;
  auto image = cluster.boot[*cluster.default_boot].image;
  if (image == nowhere) return;
  for (std::size_t i = 0; i < cluster.networks.size(); ++i) {
    const auto& network = cluster.networks[i];
    if (!network.pool || network.pool->writable || !network.unknown_clients_allowed) continue;
    check_pool(cluster, i, cluster.images[image]);
  }
}

}  // namespace krgboot::model
