#pragma once

#include "krgboot/system/file_descriptor.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace krgboot {

/// The bytes of a gzip file (RFC 1952), of one member or of several, unpacked by zlib: which compares CRC and
/// length of each member at its end, as libarchive does not. One thread.
class GzipStream {
 public:
  /// Does a file begin as gzip's do?
  static bool is_gzip(std::string_view head) noexcept;

  /// `descriptor`: at its beginning. `file` is for messages.
  GzipStream(FileDescriptor descriptor, std::string file);
  GzipStream(const GzipStream&) = delete;
  GzipStream(GzipStream&&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;
  GzipStream& operator=(GzipStream&&) = delete;
  ~GzipStream();

  /// The next bytes, valid until the next call; none at the end. What is behind the last member and is none
  /// is left unread, as by gzip(1), which only warns of it. Throws ArchiveError "archive.damaged",
  /// "archive.truncated"; IoError.
  std::string_view next();

 private:
  struct State;
  bool fill();
  bool begin_member();

  FileDescriptor descriptor_;
  std::string file_;
  std::string packed_;
  std::string unpacked_;
  std::size_t packed_size_ = 0;
  bool at_end_ = false;
  bool in_member_ = true;
  std::unique_ptr<State> state_;
};

}  // namespace krgboot
