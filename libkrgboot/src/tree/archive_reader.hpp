#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/tree/entry.hpp"

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "unpacked_stream.hpp"

struct archive;
struct archive_entry;

namespace krgboot {

/// Reads the entries of a tar archive in their order and checks each: the path is a valid tree path, owners
/// are numbers, the type is known. Throws ArchiveError ("archive.format", "archive.damaged",
/// "archive.truncated", "archive.path", "archive.type", "archive.hard_link", "archive.acl") and IoError. For
/// use by one thread.
class ArchiveReader {
 public:
  /// `file` is a host path.
  ArchiveReader(const std::string& file, Diagnostics& warnings);
  ArchiveReader(const ArchiveReader&) = delete;
  ArchiveReader(ArchiveReader&&) = delete;
  ArchiveReader& operator=(const ArchiveReader&) = delete;
  ArchiveReader& operator=(ArchiveReader&&) = delete;
  ~ArchiveReader();

  /// The next entry, without its digest; nullopt at the end of the archive.
  std::optional<TreeEntry> next();

  struct Block {
    std::uint64_t offset = 0;
    std::string_view bytes;  ///< valid until the next call
  };
  /// The next piece of the entry's data, by ascending offset; gaps between pieces are holes.
  std::optional<Block> block();

  const std::string& file() const noexcept { return file_; }

 private:
  static long read_more(struct archive* archive, void* self, const void** bytes);
  void check(int result, const std::string& entry);
  [[noreturn]] void rethrow(const std::string& entry) const;
  [[noreturn]] void refuse(const char* code, const std::string& entry, std::string_view why) const;
  std::string tree_path(const char* path, const char* what, const char* code, const std::string& entry) const;
  void read_attributes(struct archive_entry* header, TreeEntry& entry);
  void read_acl(struct archive_entry* header, int type, TreeEntry& entry) const;

  std::string file_;
  Diagnostics& warnings_;
  UnpackedStream stream_;
  std::exception_ptr failure_;  ///< error of `stream_`, kept while libarchive returns
  struct archive* archive_;
  std::string path_;        ///< path of the current entry
  std::uint64_t size_ = 0;  ///< size of its data
  std::uint64_t end_ = 0;   ///< end of its last piece
  bool any_ = false;
};

}  // namespace krgboot
