#pragma once

#include "krgboot/system/file_descriptor.hpp"

#include <memory>
#include <string>
#include <string_view>

#include "gzip_stream.hpp"

struct archive;

namespace krgboot {

/// The unpacked bytes of a file that may be compressed (gzip, bzip2, xz, lzma, lz4, zstd, compress). A
/// compressor's final checksum is only checked once everything has been read. For use by one thread.
class UnpackedStream {
 public:
  /// `file` is a host path. Throws IoError; ArchiveError "archive.format".
  explicit UnpackedStream(const std::string& file);

  /// The next bytes, valid until the next call; empty at the end. Throws ArchiveError "archive.damaged",
  /// "archive.truncated"; IoError.
  std::string_view next();

 private:
  void check(long result);

  std::string file_;
  FileDescriptor descriptor_;
  std::unique_ptr<GzipStream> gzip_;  ///< if set, used instead of libarchive
  std::unique_ptr<struct archive, int (*)(struct archive*)> archive_;
  bool empty_ = false;
};

/// Does a message of libarchive report an unexpected end of data?
bool says_truncated(std::string_view message);

}  // namespace krgboot
