#pragma once

#include "krgboot/export.hpp"
#include "krgboot/tree/entry.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

// The manifest of a tree lists its content, one line for each entry, in the order of `compare_tree_paths`. It
// is a specification that mtree(8) and bsdtar(1) read too, so a tree can be checked without krgboot:
//
//     mtree -p TREE -f FILE.manifest -R all -k type,mode,uid,gid,time,size,sha256,link,device
//
//     manifest  = "#mtree" NL "#krgboot tree 1" NL *entry "#end " COUNT NL
//     entry     = ["#:" 1*(SP extension) NL] name 1*(SP keyword) NL
//     name      = "." / "./" TEXT
//     keyword   = "type=" / "mode=" / "uid=" / "gid=" / "time=" / "size=" / "sha256=" / "link=" / "device="
//     extension = "hard_link=./" TEXT / "xattr." TEXT "=" [TEXT]
//
// Keywords are in that order: all types have type, mode (four or five octal digits), uid, gid and time
// (seconds, '.', nine digits; the digits count upwards before 1970 too); files have size, and sha256 if it
// was computed; symlinks have link, devices "device=native,MAJOR,MINOR". In TEXT each byte that is not
// printable ASCII, and each of blank \ # = * ? [ ] is written as '\' and three octal digits. COUNT is the
// number of entries; it shows whether a manifest is truncated. The positions of holes are not recorded.

/// Writes a manifest piece by piece.
class KRGBOOT_EXPORT TreeManifestWriter {
 public:
  /// `sink` gets the text of the manifest in pieces, the first two lines immediately.
  explicit TreeManifestWriter(std::function<void(std::string_view)> sink);
  /// Writes one entry. Throws ArgumentError "manifest.entry" if it is out of order or its fields do not
  /// agree.
  void add(const TreeEntry& entry);
  /// Writes the last line. Without it a manifest counts as truncated.
  void finish();

 private:
  std::function<void(std::string_view)> sink_;
  std::string last_;
  std::uint64_t count_ = 0;
};

/// Reads a manifest piece by piece; memory use does not depend on its length. It accepts only what
/// TreeManifestWriter writes.
class KRGBOOT_EXPORT TreeManifestReader {
 public:
  /// `source` returns the next bytes, none at the end. `name` is the file name for messages.
  TreeManifestReader(std::function<std::string()> source, std::string name);
  /// The next entry; nullopt at the end. Throws ArchiveError "manifest.syntax", with file and line in the
  /// message, for text that is not a manifest; "manifest.truncated" if it ends too early.
  std::optional<TreeEntry> next();

 private:
  std::optional<std::string> line();
  [[noreturn]] void refuse(const std::string& why) const;

  std::function<std::string()> source_;
  std::string name_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::uint64_t lines_ = 0;
  std::uint64_t count_ = 0;
  std::string last_;
  bool ended_ = false;
};

/// The lines of one entry in a manifest, each with its newline. Throws ArgumentError "manifest.entry" if the
/// fields of the entry do not agree.
KRGBOOT_EXPORT std::string to_manifest_lines(const TreeEntry& entry);

/// The text of a whole manifest. `entries` must be in the order of `compare_tree_paths`. Throws ArgumentError
/// "manifest.entry" as TreeManifestWriter does.
KRGBOOT_EXPORT std::string to_tree_manifest(const std::vector<TreeEntry>& entries);
/// Reads a whole manifest from its text. `name` is the file name for messages. Throws ArchiveError as
/// TreeManifestReader does.
KRGBOOT_EXPORT std::vector<TreeEntry> parse_tree_manifest(std::string_view text,
                                                          const std::string& name = "");

/// Opens a manifest on the host for reading. A symlink as the last component is not followed. Throws IoError,
/// also if there is no such file.
KRGBOOT_EXPORT TreeManifestReader open_tree_manifest(const std::filesystem::path& file);

}  // namespace krgboot
