#include "krgboot/formats/loader/boot_path.hpp"

#include <fmt/format.h>

namespace krgboot {

std::string boot_path(const Image& image, std::string_view file) {
  return fmt::format("boot/{}/{}", image.name, file);
}

std::optional<std::string> parse_boot_path(const Image& image, std::string_view path) {
  auto folder = boot_path(image, "");
  if (path.size() <= folder.size() || !path.starts_with(folder)) return std::nullopt;
  return std::string(path.substr(folder.size()));
}

}  // namespace krgboot
