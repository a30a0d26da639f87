#include "dhcpd_files.hpp"

#include <filesystem>

namespace krgboot {

DhcpdFiles read_dhcpd_files(const Root& root, const Release& release, const StagedPath& staged) {
  DhcpdFiles files;
  auto read = [&](const std::string& path) -> std::optional<std::string> {
    if (path.empty() || path.front() != '/') return std::nullopt;
    auto normal = std::filesystem::path(path).lexically_normal().string();
    auto content = root.read_through_links(staged(normal));
    if (!content) return std::nullopt;
    return files.texts[normal] = std::move(content->bytes);
  };
  if (auto text = read(release.dhcpd_conf))
    files.configuration.emplace(std::move(*text), release.dhcpd_conf, read);
  return files;
}

}  // namespace krgboot
