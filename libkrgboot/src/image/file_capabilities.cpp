#include "krgboot/image/file_capabilities.hpp"

#include "krgboot/base/visible.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "system/attributes.hpp"

namespace krgboot {

namespace {

constexpr std::array<std::string_view, 7> places = {
    "/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/libexec", "/usr/local/bin", "/usr/local/sbin"};

bool is_capability(std::string_view name) noexcept {
  return name == "security.capability";
}

}  // namespace

std::vector<std::string> programs_with_capabilities(const Root& image) {
  std::vector<std::string> found;
  for (auto place : places) {
    std::string directory(place);
    auto status = image.status(directory);  // a link leads to one of the others
    if (!status || status->kind != FileKind::directory) continue;
    auto names = image.list_directory(directory).value_or(std::vector<std::string>{});
    auto opened = image.open(directory, O_RDONLY | O_DIRECTORY);
    for (const auto& name : names) {
      auto path = fmt::format("{}/{}", directory, name);
      if (!read_attributes_at(opened.get(), name, is_capability, image.describe(path)).empty())
        found.push_back(path);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
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
                    fmt::format("NFS carries no file capabilities: {}{} {} for root only",
                                fmt::join(names, ", "), more, programs.size() == 1 ? "works" : "work"),
                    "chmod u+s; for ping net.ipv4.ping_group_range does as well",
                    "",
                    {}};
}

}  // namespace krgboot
