#include "served_file.hpp"

#include "krgboot/base/text.hpp"
#include "krgboot/base/visible.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <unistd.h>

#include "system/reading.hpp"

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

std::optional<NotServed> not_served(const Root& tftp, const std::string& name, const TftpAccess& access) {
  auto path = as_tftp_path(name);
  if (path.empty()) return NotServed{"the name leads out of the TFTP root"};
  auto status = tftp.status_through_links(path);
  if (!status) {
    auto target = tftp.read_link(path);
    if (!target) return NotServed{"it is not there"};
    if (!access.is_chrooted)
      return NotServed{fmt::format("it is a link to {}, which krgboot does not follow", visible(*target)),
                       false};
    return NotServed{
        fmt::format("it is a link to {}, which is not there for {}: it sees nothing above its own directory",
                    visible(*target), access.program)};
  }
  if (status->kind != FileKind::file) return NotServed{"it is not a file"};
  if (access.as_root && access.reads_private) return std::nullopt;
  if ((status->mode & read_by_others) == 0) {
    if (access.reads_private) return NotServed{"others may not read it", is_roots(*status)};
    return NotServed{"others may not read it, and the TFTP daemon serves only what others may"};
  }
  if (access.as_root) return std::nullopt;
  for (auto slash = path.rfind('/'); slash > 0; slash = path.rfind('/', slash - 1)) {
    auto folder = tftp.status_through_links(path.substr(0, slash));
    if (folder && (folder->mode & search_by_others) == 0)
      return NotServed{fmt::format("others may not enter {}", path.substr(0, slash)), is_roots(*folder)};
  }
  return std::nullopt;
}

std::optional<NotServed> FilesByTftp::refused(std::string_view name) const {
  auto access = settings_ ? settings_->access : TftpAccess{};
  auto found = not_served(tftp_, std::string(name), access);
  if (!found) return found;
  if (!found->sure)
    found->why += fmt::format("; krgboot does not know whether {}'s user may", access.program);
  if (renames()) *found = {found->why + "; the server may rewrite the name to that of another file", false};
  return found;
}

bool FilesByTftp::exists(std::string_view name) const {
  auto at = as_tftp_path(name);
  return !at.empty() && (tftp_.status(at) || tftp_.status_through_links(at));
}

std::optional<std::string> FilesByTftp::read(std::string_view name) const {
  if (refused(name)) return std::nullopt;
  auto content = tftp_.read_through_links(as_tftp_path(name));
  if (!content) return std::nullopt;
  return std::move(content->bytes);
}

std::string FilesByTftp::head(std::string_view name, std::size_t size) const {
  auto file = open_regular(tftp_, as_tftp_path(name), LastLink::follow);
  if (!file) return "";
  std::string head(size, '\0');
  auto count = pread(file->descriptor.get(), head.data(), head.size(), 0);
  head.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return head;
}

std::vector<std::string> FilesByTftp::list(std::string_view directory) const {
  auto at = as_tftp_path(directory);
  if (at.empty()) return {};
  return tftp_.list_directory(at).value_or(std::vector<std::string>{});
}

}  // namespace krgboot
