#include "krgboot/apply/propose_image.hpp"

#include "krgboot/base/error.hpp"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "image_named.hpp"

namespace krgboot {

const Image& image_named(const Cluster& cluster, std::string_view name) {
  if (const auto* image = cluster.find_image(name)) return *image;
  std::vector<std::string_view> known;
  known.reserve(cluster.images().size());
  for (const auto& image : cluster.images()) known.push_back(image.name);
  throw ArgumentError(
      "image.unknown", std::string(name),
      fmt::format("there is no image {} in the spec; it has {}", name, fmt::join(known, ", ")));
}

Proposal propose_image(const Cluster& cluster, const Root& root, std::string_view name, bool adopt) {
  DiffOptions options;
  options.adopt = adopt;
  options.within = image_named(cluster, name).path;
  return propose(cluster, root, options);
}

}  // namespace krgboot
