#pragma once

#include "krgboot/system/file_descriptor.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace krgboot {

/// The unpacked bytes of a gzip file (RFC 1952) with one or more members. Uses zlib, which checks CRC and
/// length at the end of each member; libarchive does not. For use by one thread.
class GzipStream {
 public:
  /// Does the text begin with the gzip magic number?
  static bool is_gzip(std::string_view head) noexcept;

  /// `descriptor` is positioned at the beginning of the file. `file` is for messages.
  GzipStream(FileDescriptor descriptor, std::string file);
  GzipStream(const GzipStream&) = delete;
  GzipStream(GzipStream&&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;
  GzipStream& operator=(GzipStream&&) = delete;
  ~GzipStream();

  /// The next bytes, valid until the next call; empty at the end. Other data after the last member are
  /// ignored; gzip(1) only warns of them. Throws ArchiveError "archive.damaged", "archive.truncated";
  /// IoError.
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
