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

// The manifest of a tree: what was in it, one line an entry, in the order of `compare_tree_paths`. It is a
// specification that mtree(8) and bsdtar(1) read as well, so a tree can be checked without krgboot:
//
//     mtree -p TREE -f FILE.manifest -R all -k type,mode,uid,gid,time,size,sha256,link,device
//
//     manifest  = "#mtree" NL "#krgboot tree 1" NL *entry "#end " COUNT NL
//     entry     = ["#:" 1*(SP extension) NL] name 1*(SP keyword) NL
//     name      = "." / "./" TEXT
//     keyword   = "type=" / "mode=" / "uid=" / "gid=" / "time=" / "size=" / "sha256=" / "link=" / "device="
//     extension = "hard_link=./" TEXT / "xattr." TEXT "=" [TEXT]
//
// Keywords stand in that order: all types have type, mode (four octal digits or five), uid, gid and time
// (seconds, '.', nine digits; the digits count upwards also before 1970); files have size, and sha256 where
// it was taken; symlinks have link, devices "device=native,MAJOR,MINOR". In TEXT each byte that is not
// printable ASCII, and each of blank \ # = * ? [ ] is written as '\' and three octal digits. COUNT is the
// number of entries: a manifest that was cut off is seen. Where a file system puts holes is not recorded.

/// Writes a manifest piece by piece to `sink`.
class KRGBOOT_EXPORT TreeManifestWriter {
 public:
  explicit TreeManifestWriter(std::function<void(std::string_view)> sink);
  /// Throws ArgumentError "manifest.entry" for an entry that is out of order or cannot be.
  void add(const TreeEntry& entry);
  void finish();

 private:
  std::function<void(std::string_view)> sink_;
  std::string last_;
  std::uint64_t count_ = 0;
};

/// Reads one piece by piece; memory does not depend on its length. Strict: only what TreeManifestWriter
/// writes is a manifest.
class KRGBOOT_EXPORT TreeManifestReader {
 public:
  /// `source` gives the next bytes, none at the end. `name` is for messages: the file.
  TreeManifestReader(std::function<std::string()> source, std::string name);
  /// nullopt at the end. Throws ArchiveError "manifest.syntax", naming file and line, for what is none;
  /// "manifest.truncated" where it ends too early.
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

/// One entry as it stands in a manifest, its lines with their newlines.
KRGBOOT_EXPORT std::string to_manifest_lines(const TreeEntry& entry);

/// A whole one. Throws ArgumentError "manifest.entry".
KRGBOOT_EXPORT std::string to_tree_manifest(const std::vector<TreeEntry>& entries);
/// Throws ArchiveError as TreeManifestReader does.
KRGBOOT_EXPORT std::vector<TreeEntry> parse_tree_manifest(std::string_view text,
                                                          const std::string& name = "");

/// Reader of a file on the host; no symlink is followed. Throws IoError.
KRGBOOT_EXPORT TreeManifestReader open_tree_manifest(const std::filesystem::path& file);

}  // namespace krgboot
