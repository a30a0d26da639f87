#include "served_file.hpp"

#include "krgboot/base/text.hpp"
#include "krgboot/base/visible.hpp"

#include <fmt/format.h>

namespace krgboot {

namespace {

constexpr mode_t read_by_others = 0004;
constexpr mode_t search_by_others = 0001;

bool is_roots(const FileStatus& status) noexcept {
  return status.uid == 0 && status.gid == 0;
}

}  // namespace

std::string as_tftp_path(std::string_view name) {
  std::string path;
  for (auto part : split(name, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") return {};
    path += '/';
    path += part;
  }
  return path;
}

std::optional<NotServed> not_served(const Root& tftp, const std::string& name, TftpReader reader) {
  auto path = as_tftp_path(name);
  if (path.empty()) return NotServed{"the name leads out of the TFTP root"};
  auto status = tftp.status_through_links(path);
  if (!status) {
    auto target = tftp.read_link(path);
    if (!target) return NotServed{"it is not there"};
    return NotServed{
        fmt::format("it is a link to {}, which is not there for in.tftpd: it sees nothing above "
                    "its own directory",
                    visible(*target))};
  }
  if (status->kind != FileKind::file) return NotServed{"it is not a file"};
  if (reader.is_root && reader.permissive) return std::nullopt;
  if ((status->mode & read_by_others) == 0) {
    if (reader.permissive) return NotServed{"others may not read it", is_roots(*status)};
    return NotServed{"others may not read it, and the TFTP daemon serves only what others may"};
  }
  if (reader.is_root) return std::nullopt;
  for (auto slash = path.rfind('/'); slash > 0; slash = path.rfind('/', slash - 1)) {
    auto folder = tftp.status_through_links(path.substr(0, slash));
    if (folder && (folder->mode & search_by_others) == 0)
      return NotServed{fmt::format("others may not enter {}", path.substr(0, slash)), is_roots(*folder)};
  }
  return std::nullopt;
}

}  // namespace krgboot
