#pragma once

#include "krgboot/tree/archive.hpp"

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

struct archive;

namespace krgboot {

/// Number of threads for making an archive, limited so that memory stays bounded on large machines.
unsigned archive_threads(const ArchiveOptions& options);

/// Writes bytes through a compressor into a file.
class ArchiveOutput {
 public:
  /// The caller keeps the ownership of `descriptor`. Throws ArgumentError "archive.level".
  ArchiveOutput(int descriptor, std::string host_path, Compression compression,
                const ArchiveOptions& options);
  ArchiveOutput(const ArchiveOutput&) = delete;
  ArchiveOutput(ArchiveOutput&&) = delete;
  ArchiveOutput& operator=(const ArchiveOutput&) = delete;
  ArchiveOutput& operator=(ArchiveOutput&&) = delete;
  ~ArchiveOutput();

  /// Throws IoError "write".
  void write(std::string_view bytes);
  void write_zeros(std::uint64_t count);
  void finish();
  /// Size of the file in bytes.
  std::uint64_t size() const noexcept { return size_; }

 private:
  static long write_out(struct archive* archive, void* self, const void* bytes, std::size_t size);
  void check(int result);

  int descriptor_;
  std::string host_path_;
  struct archive* archive_;
  std::uint64_t size_ = 0;
  std::exception_ptr failure_;
  bool discarding_ = false;  // ignore all further output
};

}  // namespace krgboot
