#include "archive_output.hpp"

#include "krgboot/base/error.hpp"

#include <algorithm>
#include <cerrno>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include "loader.hpp"
#include "system/system_call.hpp"

namespace krgboot {

namespace {

constexpr std::size_t out_buffer = std::size_t{256} << 10U;

std::pair<int, int> levels_of(Compression compression) noexcept {
  switch (compression) {
    case Compression::gzip:
      return {1, 9};
    case Compression::xz:
      return {0, 9};
    case Compression::zstd:
      return {1, 22};
    case Compression::none:
      break;
  }
  return {0, 0};
}

/// Number of threads for liblzma. Each needs its own memory, 150 MB at the default level (6). From level 4 on
/// use one thread, which works without blocks and needs 94 MB. The output of one thread differs from that of
/// several, so the number must depend on the level only.
unsigned xz_threads(int level, unsigned threads) noexcept {
  constexpr int usual_level = 6;
  if (level < 0) level = usual_level;
  if (level >= 4) return 1;
  return std::clamp(threads, 2U, level >= 2 ? 2U : 4U);
}

}  // namespace

unsigned archive_threads(const ArchiveOptions& options) {
  // Limits the memory: each thread has its own buffers.
  constexpr unsigned most_threads = 4;
  return std::min(thread_count(options.threads), most_threads);
}

ArchiveOutput::ArchiveOutput(int descriptor, std::string host_path, Compression compression,
                             const ArchiveOptions& options)
    : descriptor_(descriptor), host_path_(std::move(host_path)), archive_(archive_write_new()) {
  if (archive_ == nullptr) throw InternalError("libarchive gives no archive");
  auto free_it = [](struct archive* archive) { archive_write_free(archive); };
  std::unique_ptr<struct archive, decltype(free_it)> guard(archive_, free_it);
  auto name = to_string(compression);
  auto set = [&](const char* option, const char* value) {
    check(archive_write_set_filter_option(archive_, name.c_str(), option, value));
  };
  // pax.cpp writes the tar format, because libarchive's output depends on its version and the locale.
  check(archive_write_set_format_raw(archive_));
  if (compression != Compression::none) {
    check(archive_write_add_filter_by_name(archive_, name.c_str()));
    auto [least, most] = levels_of(compression);
    if (options.level) {
      if (*options.level < least || *options.level > most)
        throw ArgumentError("archive.level", std::to_string(*options.level),
                            fmt::format("{} has levels from {} to {}", name, least, most));
      set("compression-level", std::to_string(*options.level).c_str());
    }
    auto threads = archive_threads(options);
    if (compression == Compression::xz) threads = xz_threads(options.level.value_or(-1), threads);
    // zstd's output without worker threads differs from that with any number of them: always use at least
    // one.
    if (compression == Compression::xz || compression == Compression::zstd)
      set("threads", std::to_string(threads).c_str());
    if (compression == Compression::gzip) set("timestamp", nullptr);
  } else if (options.level) {
    throw ArgumentError("archive.level", std::to_string(*options.level),
                        "an archive that is not compressed has no level");
  }
  check(archive_write_set_bytes_per_block(archive_, out_buffer));
  check(archive_write_set_bytes_in_last_block(archive_, 1));
  check(archive_write_open2(archive_, this, nullptr, write_out, nullptr, nullptr));
  auto* entry = archive_entry_new();
  archive_entry_set_filetype(entry, AE_IFREG);
  auto result = archive_write_header(archive_, entry);
  archive_entry_free(entry);
  check(result);
  (void)guard.release();
}

ArchiveOutput::~ArchiveOutput() {
  if (archive_ == nullptr) return;
  // Discard the buffered output.
  discarding_ = true;
  archive_write_free(archive_);
}

long ArchiveOutput::write_out(struct archive* /*archive*/, void* self, const void* bytes, std::size_t size) {
  auto& output = *static_cast<ArchiveOutput*>(self);
  // libarchive 3.6 leaks memory after a failed write, so report success.
  if (output.discarding_) return static_cast<long>(size);
  try {
    system_call::write_all(output.descriptor_, {static_cast<const char*>(bytes), size}, output.host_path_);
  } catch (const IoError&) {
    output.failure_ = std::current_exception();
    output.discarding_ = true;
  }
  output.size_ += size;
  return static_cast<long>(size);
}

void ArchiveOutput::check(int result) {
  if (failure_) std::rethrow_exception(failure_);
  if (result >= ARCHIVE_WARN) return;
  const auto* text = archive_error_string(archive_);
  throw ArchiveError(
      "archive.compressor", host_path_, "",
      fmt::format("cannot compress {}: {}", host_path_, text == nullptr ? "no reason given" : text));
}

void ArchiveOutput::write(std::string_view bytes) {
  while (!bytes.empty()) {
    auto written = archive_write_data(archive_, bytes.data(), bytes.size());
    check(written > 0 ? ARCHIVE_OK : ARCHIVE_FATAL);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void ArchiveOutput::write_zeros(std::uint64_t count) {
  static const std::string zeros(65536, '\0');
  while (count != 0) {
    auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(count, zeros.size()));
    write({zeros.data(), piece});
    count -= piece;
  }
}

void ArchiveOutput::finish() {
  check(archive_write_close(archive_));
}

}  // namespace krgboot
