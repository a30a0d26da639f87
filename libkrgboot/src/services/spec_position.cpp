#include "services/spec_position.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>

#include "model/names.hpp"

namespace krgboot {

namespace {

Position in_boot(const BootSpec& boot, std::string_view field) {
  Position at;
  if (field == ".image") at = boot.image.at;
  if (field == ".kernel") at = boot.kernel.at;
  if (field == ".initrd") at = boot.initrd.at;
  if (field == ".append") at = boot.append.at;
  if (field == ".extra") at = boot.extra.at;
  return at ? at : boot.at;
}

}  // namespace

Position position_of(const Spec& spec, std::string_view key) {
  for (const auto& boot : spec.boot) {
    auto own = model::named_key("boot", boot.name);
    auto dot = key.rfind('.');
    if (dot != std::string_view::npos && key.substr(0, dot) == own) return in_boot(boot, key.substr(dot));
  }
  constexpr std::string_view nodes = "nodes[";
  if (!key.starts_with(nodes)) return {};
  auto end = std::min(key.find(']'), key.size());
  auto index = parse_decimal(key.substr(nodes.size(), end - nodes.size()), spec.nodes.size());
  if (!index || *index >= spec.nodes.size()) return {};
  const auto& entry = spec.nodes[*index];
  return key.ends_with(".append") && entry.append.at ? entry.append.at : entry.at;
}

}  // namespace krgboot
