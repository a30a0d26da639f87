#include "path_text.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>

namespace krgboot {

bool is_normal_path(std::string_view path) noexcept {
  if (path.size() < 2 || path.front() != '/' || path.find('\0') != std::string_view::npos) return false;
  path.remove_prefix(1);
  for (;;) {
    auto slash = std::min(path.find('/'), path.size());
    auto part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == path.size()) return true;
    path.remove_prefix(slash + 1);
  }
}

bool is_within(std::string_view path, std::string_view directory) noexcept {
  if (directory == "/") return path.starts_with('/');
  return path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/');
}

bool is_beneath(std::string_view path, std::string_view directory) noexcept {
  return is_within(path, directory) && path.size() > directory.size();
}

std::string_view folder_of(std::string_view path) noexcept {
  auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view file_name_of(std::string_view path) noexcept {
  auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace krgboot
