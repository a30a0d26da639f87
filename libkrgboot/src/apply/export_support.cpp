#include "export_support.hpp"

#include "krgboot/base/text.hpp"
#include "krgboot/system/mounted_at.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace krgboot {

namespace {

// These have no lasting number. Other file systems without a device, such as btrfs, keep theirs on the disk.
constexpr std::array<std::string_view, 8> types_without_lasting_number = {
    "tmpfs", "ramfs", "overlay", "nfs", "nfs4", "9p", "ceph", "virtiofs"};

bool has_lasting_number(const std::string& type) {
  if (type == "fuse" || type.starts_with("fuse.")) return false;
  return std::find(types_without_lasting_number.begin(), types_without_lasting_number.end(), type) ==
         types_without_lasting_number.end();
}

/// Overlayfs shows nfs_export= only if it differs from the module parameter.
bool has_handles(const Root& root, const MountedAt& place) {
  if (place.type == "ramfs") return false;
  if (place.type != "overlay") return true;
  auto options = split(place.options, ',');
  auto is_among = [&](std::string_view option) {
    return std::find(options.begin(), options.end(), option) != options.end();
  };
  if (is_among("nfs_export=on")) return true;
  if (is_among("nfs_export=off")) return false;
  auto by_itself = root.read_file("/sys/module/overlay/parameters/nfs_export");
  return by_itself && trim(*by_itself) == "Y";
}

}  // namespace

std::optional<ExportSupport> export_support(const Root& root, const std::string& path) {
  if (!root.is_host()) return std::nullopt;
  auto place = mounted_at(root, path);
  if (!place) return std::nullopt;
  using Number = ExportSupport::Number;
  auto number = Number::lasting;
  if (!place->has_number) {
    number = Number::none;
  } else if (!has_lasting_number(place->type)) {
    number = Number::fleeting;
  }
  return ExportSupport{place->type, number, has_handles(root, *place)};
}

std::optional<Diagnostic> export_support_finding(const Root& root, const std::string& path,
                                                 const exports::Options& options) {
  auto support = export_support(root, path);
  if (!support) return std::nullopt;
  if (!support->possible) {
    auto is_overlay = support->type == "overlay";
    return Diagnostic{Severity::error,
                      "exports.no_handles",
                      fmt::format("the NFS server cannot export {}, which is {}{}", path, support->type,
                                  is_overlay ? " without nfs_export=on" : ""),
                      is_overlay ? "mount it with nfs_export=on" : "put it on another file system",
                      "",
                      {}};
  }
  if (options.has_fsid() || support->number == ExportSupport::Number::lasting) return std::nullopt;
  auto refused = support->number == ExportSupport::Number::none;
  return Diagnostic{
      refused ? Severity::error : Severity::warning,
      "exports.no_fsid",
      refused ? fmt::format("the NFS server exports {} with fsid= only, since it is {}", path, support->type)
              : fmt::format("{} is {}: without fsid= the NFS server may take it for another file system",
                            path, support->type),
      "add fsid= with a number or UUID of its own",
      "",
      {}};
}

}  // namespace krgboot
