#include "image_boot_file.hpp"

#include "krgboot/formats/loader/boot_path.hpp"

namespace krgboot::tracing {

std::optional<std::string> image_boot_file(const Image& image, std::string_view path) {
  return parse_boot_path(image, path.empty() ? path : path.substr(1));
}

}  // namespace krgboot::tracing
