#include "model/paths.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace krgboot::model {

namespace {

bool is_path_character(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' ||
         path_punctuation.find(c) != std::string_view::npos;
}

/// The checks that absolute and relative paths share. `components`: the path without its leading '/'.
bool check_components(Report& report, std::string_view path, std::string_view components, Position at,
                      const std::string& key, std::size_t longest) {
  auto fault = [&](const char* code, std::string message, std::string hint = {}) {
    report.error(at, key, code, std::move(message), std::move(hint));
    return false;
  };
  if (has_control(path)) {
    return fault("path.control", fmt::format("the path {} holds a control character", in_quotes(path)));
  }
  auto odd = std::find_if_not(path.begin(), path.end(), is_path_character);
  if (odd != path.end()) {
    return fault("path.characters",
                 fmt::format("the path {} cannot be carried by all the files that it must be written to",
                             in_quotes(path)),
                 fmt::format("use letters, digits, '/' and {}", path_punctuation));
  }
  auto parts = split(components, '/');
  auto is_odd = [](std::string_view part) { return part.empty() || part == "." || part == ".."; };
  if (std::any_of(parts.begin(), parts.end(), is_odd)) {
    return fault("path.not_normal", fmt::format("the path {} is not in its plain form", in_quotes(path)),
                 "write it without '.', '..', '//' and without a '/' at the end");
  }
  if (path.size() > longest) {
    return fault("path.too_long", fmt::format("the path {} has {} characters, but at most {} can be used",
                                              in_quotes(path), path.size(), longest));
  }
  return true;
}

struct SystemDirectory {
  std::string_view path;
  bool with_all_below;
};

// The directories of the Filesystem Hierarchy Standard. If other data is usual below a directory, only the
// directory itself is refused.
constexpr std::array<SystemDirectory, 26> system_directories = {{
    {"/bin", true},        {"/boot", true},        {"/dev", true},      {"/etc", true},
    {"/lib", true},        {"/lib32", true},       {"/lib64", true},    {"/libx32", true},
    {"/lost+found", true}, {"/proc", true},        {"/run", true},      {"/sbin", true},
    {"/sys", true},        {"/usr", true},         {"/home", false},    {"/media", false},
    {"/opt", false},       {"/root", false},       {"/tmp", false},     {"/var", false},
    {"/var/cache", false}, {"/var/lib", false},    {"/var/log", false}, {"/var/spool", false},
    {"/var/tmp", false},   {"/var/lib/nfs", true},
}};

}  // namespace

bool check_absolute_path(Report& report, std::string_view path, Position at, const std::string& key,
                         std::size_t longest) {
  if (path.empty() || path.front() != '/') {
    report.error(at, key, "path.relative", fmt::format("the path {} is not absolute", in_quotes(path)),
                 "begin it with '/'");
    return false;
  }
  if (path == "/") return true;
  return check_components(report, path, path.substr(1), at, key, longest);
}

bool check_relative_path(Report& report, std::string_view path, Position at, const std::string& key,
                         std::size_t longest) {
  if (!path.empty() && path.front() == '/') {
    report.error(at, key, "path.absolute", fmt::format("the path {} is absolute", in_quotes(path)),
                 "write it as seen from the image's /boot");
    return false;
  }
  return check_components(report, path, path, at, key, longest);
}

bool check_not_system_directory(Report& report, std::string_view path, Position at, const std::string& key) {
  auto hit = std::find_if(system_directories.begin(), system_directories.end(), [&](const auto& directory) {
    return directory.with_all_below ? is_within(path, directory.path) : path == directory.path;
  });
  if (path != "/" && hit == system_directories.end()) return true;
  report.error(at, key, "path.system_directory",
               path == "/" ? std::string("/ is the server's own root")
                           : fmt::format("{} is part of the server's own system", path),
               "use a directory of its own, such as one below /srv");
  return false;
}

}  // namespace krgboot::model
