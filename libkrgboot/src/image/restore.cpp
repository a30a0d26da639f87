#include "krgboot/image/restore.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/image/archive.hpp"
#include "krgboot/image/verify.hpp"

#include <algorithm>
#include <atomic>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "archive_reader.hpp"
#include "staging.hpp"
#include "ticker.hpp"
#include "tree_builder.hpp"
#include "tree_loader.hpp"
#include "workers.hpp"

namespace krgboot {

namespace {

constexpr std::size_t piece_size = std::size_t{1} << 20U;
constexpr std::size_t waiting_limit = std::size_t{16} << 20U;

/// A file of which pieces are being written by several threads; the last one finishes it.
struct Unpacking {
  std::unique_ptr<NewFile> file;
  std::atomic<std::size_t> pending = 1;

  void done() {
    if (pending.fetch_sub(1) == 1) file->finish();
  }
};

bool is_standard(const TreeEntry& entry) noexcept {
  if (entry.type != EntryType::character_device) return false;
  auto minor = entry.device_minor;
  switch (entry.device_major) {
    case 1:  // null, zero, full, random, urandom
      return minor == 3 || minor == 5 || minor == 7 || minor == 8 || minor == 9;
    case 4:  // tty0 to tty63, ttyS0 to ttyS191
      return minor <= 255;
    case 5:  // tty, console, ptmx
      return minor <= 2;
    default:
      return false;
  }
}

class Unpacker {
 public:
  Unpacker(ArchiveReader& reader, TreeBuilder& builder, Ticker& ticker, const RestoreOptions& options)
      : reader_(reader),
        builder_(builder),
        ticker_(ticker),
        options_(options),
        workers_(std::max(std::min(thread_count(options.threads), 8U), 2U) - 1, waiting_limit) {}

  void run() {
    while (auto entry = reader_.next()) {
      ticker_.entry(entry->path);
      if (ticker_.progress().entries > options_.max_entries)
        refuse("archive.too_many", *entry,
               fmt::format("it is one more than the {} entries allowed", options_.max_entries));
      add(*entry);
    }
    workers_.wait();
    builder_.finish();
  }

 private:
  [[noreturn]] void refuse(const char* code, const TreeEntry& entry, const std::string& why) const {
    throw ArchiveError(code, reader_.file(), entry.path,
                       fmt::format("{}: {}: {}", printable(reader_.file()), in_quotes(entry.path), why));
  }

  void add(const TreeEntry& entry) {
    if (!entry.hard_link.empty()) {
      builder_.add_hard_link(entry);
      return;
    }
    switch (entry.type) {
      case EntryType::directory:
        builder_.add_directory(entry);
        return;
      case EntryType::file:
        add_file(entry);
        return;
      case EntryType::character_device:
      case EntryType::block_device:
        check_device(entry);
        [[fallthrough]];
      case EntryType::symlink:
      case EntryType::fifo:
        builder_.add_special(entry);
        return;
    }
  }

  void check_device(const TreeEntry& entry) const {
    if (options_.devices == Devices::all) return;
    if (options_.devices == Devices::standard && is_standard(entry)) return;
    refuse("archive.device", entry,
           fmt::format("it is the {} device {}:{}, which is not allowed here",
                       entry.type == EntryType::block_device ? "block" : "character", entry.device_major,
                       entry.device_minor));
  }

  void add_file(const TreeEntry& entry) {
    if (entry.size > options_.max_bytes - claimed_)
      refuse("archive.too_large", entry,
             fmt::format("with its {} bytes the files are larger than the {} bytes allowed", entry.size,
                         options_.max_bytes));
    claimed_ += entry.size;
    auto unpacking = std::make_shared<Unpacking>();
    unpacking->file = builder_.add_file(entry);
    std::string piece;
    std::uint64_t start = 0;
    while (auto block = reader_.block()) {
      if (!piece.empty() && (block->offset != start + piece.size() || piece.size() >= piece_size)) {
        write(unpacking, start, std::move(piece));
        piece = {};
      }
      if (piece.empty()) {
        start = block->offset;
        piece.reserve(static_cast<std::size_t>(
            std::min<std::uint64_t>(entry.size - start, piece_size + block->bytes.size())));
      }
      piece += block->bytes;
      ticker_.tick(entry.path, block->bytes.size());
    }
    // The last one: it also finishes the file, unless another piece is still on its way.
    auto size = piece.size();
    workers_.submit(
        [unpacking, start, bytes = std::move(piece)] {
          unpacking->file->write_at(start, bytes);
          unpacking->done();
        },
        size + 4096);
  }

  void write(const std::shared_ptr<Unpacking>& unpacking, std::uint64_t start, std::string piece) {
    unpacking->pending.fetch_add(1);
    auto size = piece.size();
    workers_.submit(
        [unpacking, start, bytes = std::move(piece)] {
          unpacking->file->write_at(start, bytes);
          unpacking->done();
        },
        size + 4096);
  }

  ArchiveReader& reader_;
  TreeBuilder& builder_;
  Ticker& ticker_;
  const RestoreOptions& options_;
  std::uint64_t claimed_ = 0;
  Workers workers_;
};

/// The manifest to check against; nullopt for none.
std::optional<std::string> manifest_for(const std::string& file, const RestoreOptions& options) {
  if (options.manifest) return options.manifest->empty() ? std::nullopt : options.manifest;
  auto beside = manifest_path(file);
  if (access(beside.c_str(), F_OK) == 0) return beside;
  if (errno != ENOENT && errno != ENOTDIR) throw IoError("open", beside, errno);
  return std::nullopt;
}

void check_against(const std::string& manifest, const std::string& file, const Staging& staging,
                   const RestoreOptions& options, const Ticker& ticker) {
  VerifyOptions verify_options;
  verify_options.threads = options.threads;
  verify_options.without_contents = {};
  verify_options.most_differences = 20;
  ProgressCallback whole = options.progress;
  if (whole) verify_options.progress = [&](const Progress&) { return options.progress(ticker.progress()); };
  auto report = verify(Root(staging.host_path()), manifest, verify_options);
  if (report.cancelled) throw Cancelled{};
  if (report.count == 0) return;
  auto message = fmt::format("{} does not agree with {}: {} differences", printable(file),
                             printable(manifest), report.count);
  for (const auto& difference : report.differences) message += "\n  " + to_string(difference);
  throw ArchiveError("archive.not_as_in_manifest", file, report.differences.front().path, message);
}

}  // namespace

RestoreReport restore(const std::string& file, const Root& root, const std::string& target,
                      const RestoreOptions& options) {
  RestoreReport report;
  Ticker ticker(options.progress);
  auto manifest = manifest_for(file, options);
  ArchiveReader reader(file, report.warnings);
  Staging staging(root, target, Staging::Kind::directory, options.replace);
  try {
    {
      TreeBuilder builder(staging.descriptor(), file, staging.target(), options.allow_loss, report.warnings);
      Unpacker(reader, builder, ticker, options).run();
    }
    if (manifest) {
      check_against(*manifest, file, staging, options, ticker);
      report.verified = true;
    }
  } catch (const Cancelled&) {
    report.cancelled = true;
    return report;
  }
  report.entries = ticker.progress().entries;
  report.bytes = ticker.progress().bytes;
  staging.publish(options.durable);
  return report;
}

}  // namespace krgboot
