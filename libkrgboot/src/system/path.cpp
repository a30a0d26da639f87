#include "path.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/system/root.hpp"

#include <fmt/format.h>

namespace krgboot {

namespace {

[[noreturn]] void bad_path(std::string_view path, std::string_view reason) {
  throw ArgumentError("path.syntax", std::string(path),
                      fmt::format("bad path {}: {}", in_quotes(path), reason));
}

}  // namespace

void check_path(std::string_view path) {
  if (path.empty() || path.front() != '/') bad_path(path, "it must start with '/'");
  if (path.find('\0') != std::string_view::npos) bad_path(path, "it holds a NUL byte");
  if (path == "/") return;
  for (std::size_t start = 1; start <= path.size();) {
    auto end = std::min(path.find('/', start), path.size());
    auto component = path.substr(start, end - start);
    if (component.empty()) bad_path(path, "it has an empty component");
    if (component == "." || component == "..") bad_path(path, "it has a component that is \".\" or \"..\"");
    start = end + 1;
  }
}

void check_name(std::string_view name) {
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string_view::npos ||
      name.find('\0') != std::string_view::npos)
    throw ArgumentError("path.name", std::string(name),
                        fmt::format("{} is no name of a file in a directory", in_quotes(name)));
}

std::string joined_path(std::string_view directory, std::string_view name) {
  std::string result;
  result.reserve(directory.size() + 1 + name.size());
  if (directory != "/") result += directory;
  result += '/';
  result += name;
  return result;
}

std::string parent_path(const std::string& path) {
  check_path(path);
  if (path == "/") bad_path(path, "it has no parent");
  auto slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string base_name(const std::string& path) {
  check_path(path);
  if (path == "/") bad_path(path, "it has no name");
  return path.substr(path.rfind('/') + 1);
}

}  // namespace krgboot
