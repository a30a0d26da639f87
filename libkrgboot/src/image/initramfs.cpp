#include "krgboot/image/initramfs.hpp"

#include <algorithm>

namespace krgboot {

std::optional<Initramfs> maker_of_initramfs(const std::vector<std::string>& names) {
  auto has = [&](const char* name) { return std::binary_search(names.begin(), names.end(), name); };
  if (has("scripts/nfs") || has("scripts/functions")) return Initramfs::initramfs_tools;
  auto of_dracut = [](const std::string& name) { return name.find("lib/dracut/") != std::string::npos; };
  if (std::any_of(names.begin(), names.end(), of_dracut)) return Initramfs::dracut;
  if (has("init")) return std::nullopt;
  return Initramfs::none;
}

}  // namespace krgboot
