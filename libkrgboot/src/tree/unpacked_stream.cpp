#include "unpacked_stream.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <cerrno>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "system/reading.hpp"

namespace krgboot {

namespace {

constexpr std::size_t read_size = std::size_t{256} << 10U;

}  // namespace

bool says_truncated(std::string_view message) {
  auto lower = to_lower(message);
  return lower.find("truncated") != std::string::npos || lower.find("unexpected end") != std::string::npos;
}

UnpackedStream::UnpackedStream(const std::string& file)
    : file_(file), archive_(archive_read_new(), archive_read_free) {
  if (!archive_) throw InternalError("libarchive gives no archive");
  auto opened = open_regular_at(AT_FDCWD, file, file);
  if (!opened) throw IoError("open", file, ENOENT);
  descriptor_ = std::move(opened->descriptor);
  std::string head(2, '\0');
  if (::pread(descriptor_.get(), head.data(), head.size(), 0) == 2 && GzipStream::is_gzip(head)) {
    gzip_ = std::make_unique<GzipStream>(std::move(descriptor_), file);
    return;
  }
  auto* archive = archive_.get();
  archive_read_support_format_raw(archive);
  archive_read_support_format_empty(archive);
  // Only filters inside the library: for others libarchive runs external programs.
  for (auto support : {archive_read_support_filter_bzip2, archive_read_support_filter_xz,
                       archive_read_support_filter_lzma, archive_read_support_filter_lz4,
                       archive_read_support_filter_zstd, archive_read_support_filter_compress})
    support(archive);
  check(archive_read_open_fd(archive, descriptor_.get(), read_size));
  struct archive_entry* entry = nullptr;
  auto result = archive_read_next_header(archive, &entry);
  empty_ = result == ARCHIVE_EOF;
  check(result);
}

void UnpackedStream::check(long result) {
  if (result >= ARCHIVE_WARN) return;
  const auto* text = archive_error_string(archive_.get());
  auto reason = text == nullptr ? std::string("no reason given") : visible(text);
  throw ArchiveError(says_truncated(reason) ? "archive.truncated" : "archive.damaged", file_, "",
                     fmt::format("{} cannot be unpacked: {}", visible(file_), reason));
}

std::string_view UnpackedStream::next() {
  if (gzip_) return gzip_->next();
  const void* bytes = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  while (!empty_) {
    auto result = archive_read_data_block(archive_.get(), &bytes, &size, &offset);
    check(result);
    if (result == ARCHIVE_EOF) empty_ = true;
    if (!empty_ && size != 0) return {static_cast<const char*>(bytes), size};
  }
  return {};
}

}  // namespace krgboot
