#include "file_reader.hpp"

#include <utility>

namespace krgboot {

FileReader reader_of(const Root& root, StagedPath staged) {
  auto read = [&root, staged = std::move(staged)](const std::string& path) -> std::optional<std::string> {
    auto content = root.read_through_links(staged(path));
    if (!content) return std::nullopt;
    return std::move(content->bytes);
  };
  auto list = [&root](const std::string& directory) {
    return root.list_directory(directory).value_or(std::vector<std::string>{});
  };
  return {std::move(read), std::move(list)};
}

}  // namespace krgboot
