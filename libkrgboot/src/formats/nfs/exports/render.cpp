#include "krgboot/formats/nfs/exports/render.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/nfs/exports/client.hpp"
#include "krgboot/formats/nfs/exports/options.hpp"
#include "krgboot/model/root_scheme.hpp"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "word.hpp"

namespace krgboot::exports {

namespace {

constexpr std::string_view prefix = "krgboot-";
constexpr std::string_view suffix = ".exports";

bool is_letter_or_digit(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_image_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= 200 && is_letter_or_digit(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-' || c == '+';
         });
}

/// The lines of one path with all its clients; one line per client if there are several.
std::string lines_of(const Export& exported, std::string_view options) {
  auto text = path_word(exported.path);
  std::string_view separator = exported.clients.size() == 1 ? " " : " \\\n    ";
  for (const auto& client : exported.clients) {
    text += separator;
    text += client_word(client, options);
  }
  return text + '\n';
}

}  // namespace

std::string drop_in_name(std::string_view image) {
  if (!is_image_name(image)) {
    throw ArgumentError("exports.image_name", std::string(image),
                        fmt::format("{} cannot name a file of /etc/exports.d", in_quotes(image)));
  }
  return fmt::format("{}{}{}", prefix, image, suffix);
}

std::string drop_in_name(const Image& image) {
  return drop_in_name(image.name);
}

std::optional<std::string> parse_drop_in_name(std::string_view file_name) {
  if (file_name.size() <= prefix.size() + suffix.size() || file_name.substr(0, prefix.size()) != prefix ||
      file_name.substr(file_name.size() - suffix.size()) != suffix) {
    return std::nullopt;
  }
  auto image = file_name.substr(prefix.size(), file_name.size() - prefix.size() - suffix.size());
  if (!is_image_name(image)) return std::nullopt;
  return std::string(image);
}

namespace {

std::vector<std::string> clients_of(const Image& image, std::size_t index,
                                    const std::vector<std::vector<Ipv4Range>>& addresses) {
  std::vector<std::string> result;
  if (image.clients) {
    for (const auto& client : *image.clients) result.push_back(Client::from_string(client).to_string());
    return result;
  }
  for (const auto& network : minimal_networks(addresses.at(index))) {
    result.push_back(network.prefix_length() == 32 ? network.network().to_string() : network.to_string());
  }
  return result;
}

std::size_t index_of(const ServerView& view, const Image& image) {
  const auto* found = view.cluster.find_image(image.name);
  if (found == nullptr) throw InternalError("an image of another cluster: " + image.name);
  return static_cast<std::size_t>(found - view.cluster.images().data());
}

}  // namespace

std::vector<std::string> clients(const ServerView& view, const Image& image) {
  return clients_of(image, index_of(view, image), view.cluster.addresses_by_image());
}

std::vector<std::string> writing_clients(const ServerView& view, const Image& image) {
  return clients_of(image, index_of(view, image), view.cluster.writers_by_image());
}

// sec= is last: options after it apply to its flavors only, options before it apply to all flavors.
std::string options(const ExportRules& rules, bool read_only, const std::string& mount_point,
                    const std::string& fsid) {
  auto text = fmt::format("{},sync,{},no_subtree_check", read_only ? "ro" : "rw", to_string(rules.squash));
  if (!mount_point.empty()) text += ",mountpoint=" + mount_point;
  if (!fsid.empty()) text += ",fsid=" + fsid;
  if (!rules.secure) text += ",insecure";
  if (rules.sec == std::vector{SecurityFlavor::sys}) return text;
  text += ",sec=";
  for (std::size_t i = 0; i < rules.sec.size(); ++i) {
    if (i != 0) text += ':';
    text += to_string(rules.sec[i]);
  }
  return text;
}

std::string fsid_of(std::string_view path) {
  // FNV-1a (draft-eastlake-fnv) with 128 bits: not for secrecy, but long enough to be unique for each path.
  __extension__ using Wide = unsigned __int128;
  constexpr Wide prime = (Wide{1} << 88U) + 0x13bU;
  Wide value = (Wide{0x6c62272e07bb0142ULL} << 64U) + 0x62b821756295c58dULL;
  for (char c : path) value = (value ^ static_cast<unsigned char>(c)) * prime;
  auto high = static_cast<std::uint64_t>(value >> 64U);
  auto low = static_cast<std::uint64_t>(value);
  auto digits = fmt::format("{:016x}{:016x}", high, low);
  return fmt::format("{}-{}-{}-{}-{}", digits.substr(0, 8), digits.substr(8, 4), digits.substr(12, 4),
                     digits.substr(16, 4), digits.substr(20));
}

std::vector<Export> exported(const ServerView& view, const Image& image) {
  auto to = clients(view, image);
  if (to.empty()) return {};
  // Validation makes sure that a read-only pool does not boot an image that is exported writable.
  const auto& scheme = root_scheme(image.root);
  std::vector<Export> all{{image.path, std::move(to), image.rules, !scheme.export_is_writable}};
  if (!scheme.mounts_writable_directories) return all;
  auto writers = writing_clients(view, image);
  if (writers.empty()) return all;
  for (const auto& directory : image.writable)
    all.push_back({image.path + directory.path, writers, directory.rules, false});
  return all;
}

std::optional<std::string> render(const ServerView& view, const Image& image, bool with_fsid) {
  auto all = exported(view, image);
  if (all.empty()) return std::nullopt;
  auto text =
      fmt::format("# images.{}: written by krgboot from cluster.yaml; what is changed here is overwritten.\n",
                  image.name);
  auto mount_point = image.filesystem ? image.path : std::string();
  for (const auto& each : all) {
    auto fsid = with_fsid ? fsid_of(each.path) : std::string();
    text += lines_of(each, options(each.rules, each.read_only, mount_point, fsid));
  }
  return text;
}

}  // namespace krgboot::exports
