#include "krgboot/tree/archive.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/tree/manifest.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive_output.hpp"
#include "base/nanoseconds.hpp"
#include "host_place.hpp"
#include "loader.hpp"
#include "pax.hpp"
#include "sparse.hpp"
#include "staging.hpp"
#include "system/path.hpp"
#include "system/system_call.hpp"
#include "ticker.hpp"

namespace krgboot {

namespace {

constexpr std::size_t copied_piece = std::size_t{512} << 10U;

class Archiver {
 public:
  Archiver(const Root& tree, ArchiveOutput& output, TreeManifestWriter& manifest,
           const ArchiveOptions& options, ArchiveReport& report)
      : output_(output),
        manifest_(manifest),
        options_(options),
        ticker_(options.progress),
        loader_(tree, options.manifest ? Load::contents_with_digests : Load::contents, scan_options(options),
                report.warnings) {}

  void run() {
    while (auto loaded = loader_.next()) {
      auto& entry = loaded->walked.entry;
      if (options_.newest_mtime)
        entry.mtime_ns = std::min(entry.mtime_ns, *options_.newest_mtime * nanoseconds_per_second);
      ticker_.entry(entry.path);
      if (loaded->file) {
        add_file(*loaded);
      } else {
        output_.write(pax_header(entry));
        if (loaded->content) add_content(*loaded);
      }
      if (options_.manifest) manifest_.add(entry);
    }
    output_.write(pax_end());
  }
  const Progress& progress() const noexcept { return ticker_.progress(); }

 private:
  static ScanOptions scan_options(const ArchiveOptions& options) {
    ScanOptions result;
    result.without_contents = options.without_contents;
    result.when_changed = options.when_changed;
    result.allow_loss = options.allow_loss;
    result.threads = archive_threads(options);
    return result;
  }

  void add_content(const LoadedEntry& loaded) {
    output_.write(*loaded.content);
    output_.write_zeros(pax_padding(loaded.content->size()));
    ticker_.tick(loaded.walked.entry.path, loaded.content->size());
  }

  /// Adds a large file, or one with holes: it is read here, and its digest is computed on the way.
  void add_file(LoadedEntry& loaded) {
    auto& walked = loaded.walked;
    auto& entry = walked.entry;
    host_path_ = joined_path(walked.directory->host_path, walked.name);
    std::vector<DataRange> ranges = {{0, entry.size}};
    bool sparse = walked.blocks * 512 < entry.size;
    if (sparse) ranges = data_ranges(loaded.file.get(), entry.size, host_path_);
    output_.write(pax_header(entry, sparse ? &ranges : nullptr));
    trouble_.clear();
    std::uint64_t at = 0;
    std::uint64_t data = 0;
    for (const auto& range : ranges) {
      hash_zeros(entry.path, range.offset - at);
      copy(loaded.file.get(), entry.path, range);
      at = range.offset + range.size;
      data += range.size;
    }
    output_.write_zeros(pax_padding(data));
    if (options_.manifest) entry.sha256 = digest_.finish();
    if (walked.first_name) walked.first_name->sha256 = entry.sha256;
    auto now = system_call::status_of(loaded.file.get(), host_path_);
    if (now.size != entry.size) {
      trouble_ = now.size < entry.size ? "shrank" : "grew";
    } else if (trouble_.empty() && now.mtime_ns != walked.status.mtime_ns) {
      trouble_ = "changed";
    }
    if (!trouble_.empty()) loader_.changed().report(entry.path, host_path_, trouble_);
  }

  void copy(int file, const std::string& path, const DataRange& range) {
    buffer_.resize(copied_piece);
    for (std::uint64_t done = 0; done < range.size;) {
      auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(copied_piece, range.size - done));
      auto got = system_call::retried(
          [&] { return ::pread(file, buffer_.data(), wanted, static_cast<off_t>(range.offset + done)); });
      if (got < 0) throw IoError("read", host_path_, errno);
      auto bytes = std::string_view(buffer_).substr(0, static_cast<std::size_t>(got));
      if (got == 0) {
        // The file is shorter than its header says: fill up with zeros, as tar does.
        trouble_ = "shrank";
        buffer_.assign(copied_piece, '\0');
        bytes = std::string_view(buffer_).substr(0, wanted);
      }
      if (options_.manifest) digest_.add(bytes);
      output_.write(bytes);
      done += bytes.size();
      ticker_.tick(path, bytes.size());
    }
  }

  void hash_zeros(const std::string& path, std::uint64_t count) {
    static const std::string zeros(copied_piece, '\0');
    while (options_.manifest && count != 0) {
      auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(count, zeros.size()));
      digest_.add({zeros.data(), piece});
      count -= piece;
      ticker_.tick(path, piece);
    }
  }

  ArchiveOutput& output_;
  TreeManifestWriter& manifest_;
  const ArchiveOptions& options_;
  Ticker ticker_;
  TreeLoader loader_;
  Sha256 digest_;
  std::string buffer_;
  std::string host_path_;
  std::string trouble_;
};

/// Writes a manifest into its file, in large pieces.
class FileSink {
 public:
  FileSink(int descriptor, std::string host_path)
      : descriptor_(descriptor), host_path_(std::move(host_path)) {}
  void write(std::string_view bytes) {
    buffer_ += bytes;
    if (buffer_.size() >= copied_piece) flush();
  }
  void flush() {
    system_call::write_all(descriptor_, buffer_, host_path_);
    buffer_.clear();
  }

 private:
  int descriptor_;
  std::string host_path_;
  std::string buffer_;
};

void check_mode(mode_t mode) {
  if ((mode & ~mode_t{0664}) != 0)
    throw ArgumentError(
        "archive.mode", fmt::format("{:04o}", mode),
        fmt::format("mode {:04o} is refused: an archive is no program, and others must not write it", mode));
}

void finish_file(const Staging& staging, mode_t mode) {
  if (fchmod(staging.descriptor(), mode) != 0) throw IoError("chmod", staging.host_path(), errno);
}

/// Two names cannot change at once. So the old manifest is removed first and the new one published last: at
/// no time does an archive lie beside the manifest of another, which would make restore refuse it.
void publish(Staging& archive, Staging* manifest, const ArchiveOptions& options) {
  if (manifest == nullptr) {
    archive.publish(options.durable);
    return;
  }
  // Do everything that is likely to fail before the first change.
  if (options.durable) {
    archive.sync();
    manifest->sync();
  }
  manifest->set_aside();
  archive.publish(false);
  manifest->drop_aside();
  if (options.manifest) manifest->publish(false);
  if (options.durable) manifest->sync_directory();
}

}  // namespace

std::string to_string(Compression compression) {
  switch (compression) {
    case Compression::gzip:
      return "gzip";
    case Compression::xz:
      return "xz";
    case Compression::zstd:
      return "zstd";
    case Compression::none:
      break;
  }
  return "none";
}

std::optional<Compression> compression_of(const std::filesystem::path& file) {
  for (auto [end, compression] :
       {std::pair(".tar", Compression::none), std::pair(".tar.gz", Compression::gzip),
        std::pair(".tgz", Compression::gzip), std::pair(".tar.xz", Compression::xz),
        std::pair(".txz", Compression::xz), std::pair(".tar.zst", Compression::zstd),
        std::pair(".tar.zstd", Compression::zstd), std::pair(".tzst", Compression::zstd)}) {
    if (file.native().ends_with(end)) return compression;
  }
  return std::nullopt;
}

std::optional<std::int64_t> source_date_epoch() {
  const auto* text = std::getenv("SOURCE_DATE_EPOCH");
  if (text == nullptr || *text == '\0') return std::nullopt;
  auto value = parse_decimal(text, 9'000'000'000UL);
  if (!value)
    throw ArgumentError(
        "source_date_epoch", text,
        fmt::format("SOURCE_DATE_EPOCH={} is no number of seconds since 1970", in_quotes(text)));
  return static_cast<std::int64_t>(*value);
}

std::filesystem::path manifest_path(const std::filesystem::path& file) {
  return file.native() + ".manifest";
}

ArchiveReport archive(const Root& tree, const std::filesystem::path& file, const ArchiveOptions& options) {
  auto compression = options.compression ? options.compression : compression_of(file);
  if (!compression)
    throw ArgumentError(
        "archive.name", file,
        fmt::format("the name {} does not say how to compress (.tar, .tar.zst, .tar.gz, .tar.xz), "
                    "and nothing else does",
                    in_quotes(file.native())));
  check_mode(options.output_mode);
  ArchiveReport report;
  auto place = host_place(file);
  Staging staged(place.directory, place.path, Staging::Kind::file, options.replace);
  std::optional<Staging> staged_manifest;
  if (options.manifest || options.replace)
    staged_manifest.emplace(place.directory, manifest_path(place.path), Staging::Kind::file, options.replace);
  FileSink sink(options.manifest ? staged_manifest->descriptor() : -1, manifest_path(file));
  TreeManifestWriter manifest([&](std::string_view bytes) {
    if (options.manifest) sink.write(bytes);
  });
  try {
    ArchiveOutput output(staged.descriptor(), file, *compression, options);
    Archiver archiver(tree, output, manifest, options, report);
    archiver.run();
    output.finish();
    manifest.finish();
    report.entries = archiver.progress().entries;
    report.bytes = archiver.progress().bytes;
    report.archive_size = output.size();
  } catch (const Cancelled&) {
    report.cancelled = true;
    return report;
  }
  finish_file(staged, options.output_mode);
  if (options.manifest) {
    sink.flush();
    finish_file(*staged_manifest, options.output_mode);
  }
  publish(staged, staged_manifest ? &*staged_manifest : nullptr, options);
  return report;
}

}  // namespace krgboot
