#include "image_settings.hpp"

#include <utility>

namespace krgboot {

std::vector<std::string> names_in(const Root& image, const std::string& directory) {
  auto status = image.status_through_links(directory);
  if (!status || status->kind != FileKind::directory) return {};
  return image.list_directory(directory).value_or(std::vector<std::string>{});
}

std::optional<std::string> text_of(const Root& image, const std::string& path) {
  constexpr std::size_t largest_file = std::size_t{1} << 20U;
  auto status = image.status_through_links(path);
  if (!status || status->kind != FileKind::file) return std::nullopt;
  auto read = image.read_through_links(path, largest_file);
  if (!read) return std::nullopt;
  return std::move(read->bytes);
}

}  // namespace krgboot
