#include "served_file.hpp"

#include "krgboot/base/text.hpp"

#include <fmt/format.h>

namespace krgboot {

namespace {

constexpr mode_t read_by_others = 0004;
constexpr mode_t search_by_others = 0001;

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

std::optional<NotServed> not_served(const Root& tftp, const std::string& name) {
  auto path = as_tftp_path(name);
  if (path.empty()) return NotServed{"the name leads out of the TFTP root"};
  auto status = tftp.status_through_links(path);
  if (!status) return NotServed{"it is not there"};
  if (status->kind != FileKind::file) return NotServed{"it is not a file"};
  if ((status->mode & read_by_others) == 0)
    return NotServed{"others may not read it, and the TFTP daemon serves only what others may", true};
  for (auto slash = path.rfind('/'); slash > 0; slash = path.rfind('/', slash - 1)) {
    auto folder = tftp.status_through_links(path.substr(0, slash));
    if (folder && (folder->mode & search_by_others) == 0) {
      return NotServed{fmt::format("others may not enter {}", path.substr(0, slash)), true};
    }
  }
  return std::nullopt;
}

}  // namespace krgboot
