#pragma once

#include "krgboot/system/file_descriptor.hpp"

#include <memory>
#include <string>
#include <string_view>

#include "gzip_stream.hpp"

struct archive;

namespace krgboot {

/// The bytes of a file that may be compressed (gzip, bzip2, xz, lzma, lz4, zstd, compress), unpacked as they
/// are read. What a compressor says of the whole at its end is only checked when all has been read. One
/// thread.
class UnpackedStream {
 public:
  /// `file`: a host path. Throws IoError; ArchiveError "archive.format".
  explicit UnpackedStream(const std::string& file);

  /// The next bytes, valid until the next call; none at the end. Throws ArchiveError "archive.damaged",
  /// "archive.truncated"; IoError.
  std::string_view next();

 private:
  void check(long result);

  std::string file_;
  FileDescriptor descriptor_;
  std::unique_ptr<GzipStream> gzip_;  ///< then libarchive has no part in it
  std::unique_ptr<struct archive, int (*)(struct archive*)> archive_;
  bool empty_ = false;
};

/// Does a message of libarchive say that something ends too early?
bool says_truncated(std::string_view message);

}  // namespace krgboot
