#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/model/release.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::fstab {

/// The source of an NFS mount, "host:/path" in fstab.
struct RemotePath {
  std::string host;
  std::string path;
  friend bool operator==(const RemotePath&, const RemotePath&) = default;
};

/// One line of fstab(5), its fields decoded.
struct KRGBOOT_EXPORT Mount {
  std::string spec;  ///< source: "192.168.0.2:/NFSROOT/kerrighed/var", "none"
  std::string file;  ///< mount point
  std::string vfstype;
  std::string options;
  int freq = 0;
  int passno = 0;

  /// Is `option` among the options? The name is enough: "vers" finds "vers=3".
  bool has_option(std::string_view option) const;
  /// The source of a mount of type nfs or nfs4; nullopt: another type, or the source is not "host:/path".
  std::optional<RemotePath> remote() const;
  /// Is the source on a disk: a tag such as UUID= or LABEL=, or a device below /dev that is not virtual as
  /// loop and zram are?
  bool on_disk() const;
  /// The line without newline, with one blank between the fields. Throws ArgumentError "fstab.field" for an
  /// empty field, a NUL, or a number below 0.
  std::string to_string() const;
  friend bool operator==(const Mount&, const Mount&) = default;
};

/// A line of an fstab(5) file that defines a mount.
struct Line {
  Mount mount;
  Location where;
};

/// Encodes a field for the file: blanks, control characters and backslashes as octal escapes `\ooo`, as well
/// as a '#' at the start, which would begin a comment.
KRGBOOT_EXPORT std::string escape(std::string_view field);
/// Decodes a field of the file: each octal escape `\ooo` once.
KRGBOOT_EXPORT std::string unescape(std::string_view text);

/// An fstab(5) file as libmount reads it.
class KRGBOOT_EXPORT FstabTable {
 public:
  FstabTable() = default;
  /// Never fails: faulty lines, which mount(8) skips, are in `diagnostics()`. `file`: its name in locations.
  static FstabTable parse(std::string_view text, const std::string& file = "");
  /// The parsed text, byte for byte.
  const std::string& to_string() const noexcept { return text_; }
  /// The valid lines in order, without comments.
  const std::vector<Line>& list() const noexcept { return lines_; }
  /// Error "fstab.syntax": a faulty line. Warning "fstab.mounted_twice": two mounts on one directory.
  const Diagnostics& diagnostics() const noexcept { return diagnostics_; }
  /// The last mount on the directory `file`, which hides earlier ones; nullptr: none. The pointer is valid as
  /// long as the table.
  const Mount* find(std::string_view file) const noexcept;

 private:
  std::string text_;
  std::vector<Line> lines_;
  Diagnostics diagnostics_;
};

/// Checks the table of an image of `release`. Warning "fstab.var_run": a tmpfs on /var/run, which hides /run
/// in releases that have it.
KRGBOOT_EXPORT Diagnostics check(const FstabTable& table, const Release& release);

/// A finding "fstab.disk" if the line mounts a disk, which a node does not have: an error if the boot then
/// ends in a shell, a warning if it continues. nullopt: no disk, or the line has noauto.
KRGBOOT_EXPORT std::optional<Diagnostic> disk_finding(const Line& line);

}  // namespace krgboot::fstab
