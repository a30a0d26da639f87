#include "krgboot/image/file_capabilities.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/visible.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "capable_file.hpp"
#include "system/attributes.hpp"
#include "tree/unless_error.hpp"

namespace krgboot {

namespace {

// Directories in which Debian packages install programs, the fullest first; some may be symlinks to others in
// the list.
constexpr std::array<std::string_view, 12> places = {
    "/bin",         "/sbin",          "/usr/bin",        "/usr/sbin",
    "/usr/libexec", "/usr/local/bin", "/usr/local/sbin", "/usr/games",
    "/usr/lib",     "/lib",           "/usr/local/lib",  "/opt"};

bool is_capability(std::string_view name) noexcept {
  return name == "security.capability";
}

bool is_program(const FileStatus& status) noexcept {
  return status.kind == FileKind::file && (status.mode & 0111U) != 0;
}

/// Skips files that were removed after their names were read, and directories that this user may not enter.
template <class Look>
auto unless_gone(Look look) {
  return unless_error({ENOENT, EACCES}, look);
}

class Search {
 public:
  explicit Search(const Root& image) : image_(image) {}

  void below(const std::string& path, int depth = 0) {
    auto directory = unless_gone([&] { return image_.directory(path); });
    if (!directory) return;
    for (const auto& name : unless_gone([&] { return directory->list(); })) {
      if (left_ == 0) return;
      --left_;
      auto status = directory->status(name);
      if (!status) continue;
      auto child = fmt::format("{}/{}", path, name);
      if (status->kind == FileKind::directory && depth < deepest) below(child, depth + 1);
      if (is_program(*status) && has_capabilities(directory->descriptor(), name, directory->describe(name)))
        found_.push_back(std::move(child));
    }
  }

  std::vector<std::string> result() {
    std::sort(found_.begin(), found_.end());
    return std::move(found_);
  }

 private:
  static constexpr int deepest = 8;

  const Root& image_;
  std::size_t left_ =
      100'000;  // more files than a system has in these directories; a hostile image may have any number
  std::vector<std::string> found_;
};

}  // namespace

bool has_capabilities(int directory, const std::string& name, const std::string& host_path) {
  return unless_gone([&] { return !read_attributes_at(directory, name, is_capability, host_path).empty(); });
}

std::vector<std::string> programs_with_capabilities(const Root& image) {
  Search search(image);
  for (auto place : places) {
    std::string path(place);
    auto status = unless_gone([&] { return image.status(path); });
    if (status && status->kind == FileKind::directory) search.below(path);
  }
  return search.result();
}

std::optional<Diagnostic> capabilities_finding(const std::vector<std::string>& programs) {
  if (programs.empty()) return std::nullopt;
  constexpr std::size_t most_named = 5;
  auto named = std::min(programs.size(), most_named);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < named; ++i) names.push_back(visible(programs[i]));
  auto more = named < programs.size() ? fmt::format(" and {} more", programs.size() - named) : "";
  return Diagnostic{Severity::warning,
                    "image.file_capabilities",
                    fmt::format("NFS does not carry file capabilities: on nodes only root can use {}{}",
                                fmt::join(names, ", "), more),
                    "set the set-user-ID bit (chmod u+s); for ping, net.ipv4.ping_group_range is enough",
                    "",
                    {}};
}

}  // namespace krgboot
