#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/model/release.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::fstab {

/// "server:/path", as the fstab field of an NFS mount names it.
struct RemotePath {
  std::string host;
  std::string path;
  friend bool operator==(const RemotePath&, const RemotePath&) = default;
};

/// One line of fstab(5), its fields decoded.
struct KRGBOOT_EXPORT Mount {
  std::string spec;  ///< what to mount: "192.168.0.2:/NFSROOT/kerrighed/var", "none"
  std::string file;  ///< where
  std::string vfstype;
  std::string options;
  int freq = 0;
  int passno = 0;

  /// Is `option` one of the options: "ro", or "vers" for "vers=3"?
  bool has_option(std::string_view option) const;
  /// For vfstype nfs and nfs4; nullopt for others, or where the spec is not "host:/path".
  std::optional<RemotePath> remote() const;
  /// Is it on a disk: UUID=, LABEL= and their kin, or a device below /dev? No for devices that need none
  /// (loop, zram).
  bool on_disk() const;
  /// The line, without newline, one blank between the fields. Throws ArgumentError "fstab.field" for an empty
  /// field, a NUL, or numbers below 0.
  std::string to_string() const;
  friend bool operator==(const Mount&, const Mount&) = default;
};

struct Line {
  Mount mount;
  Location where;
};

/// `field` as it stands in the file: blank, tab, newline, carriage return and backslash as \ooo, a '#' at the
/// start too (it would begin a comment in the first field).
KRGBOOT_EXPORT std::string escape(std::string_view field);
/// The field that `text` stands for: each \ooo decoded once.
KRGBOOT_EXPORT std::string unescape(std::string_view text);

/// An fstab(5) file as libmount reads it; foreign lines and comments are kept to the byte.
class KRGBOOT_EXPORT FstabTable {
 public:
  FstabTable() = default;
  /// Never fails: lines that mount(8) would skip as faulty are in `diagnostics()`.
  static FstabTable parse(std::string_view text, const std::string& file = "");
  const std::string& to_string() const noexcept { return text_; }
  const std::vector<Line>& list() const noexcept { return lines_; }
  /// Faulty lines, and places mounted twice.
  const Diagnostics& diagnostics() const noexcept { return diagnostics_; }
  /// The last mount on this directory, which hides earlier ones; nullptr where there is none.
  const Mount* find(std::string_view file) const noexcept;

 private:
  std::string text_;
  std::vector<Line> lines_;
  Diagnostics diagnostics_;
};

/// What is wrong with this table in an image of that release: on systemd a tmpfs on /var/run, which hides
/// /run.
KRGBOOT_EXPORT Diagnostics check(const FstabTable& table, const Release& release);

/// What a line of a disk does to a node that has none: an error where its boot ends in a shell, a warning
/// where it goes on after the wait. nullopt for other lines, and with noauto.
KRGBOOT_EXPORT std::optional<Diagnostic> disk_finding(const Line& line);

}  // namespace krgboot::fstab
