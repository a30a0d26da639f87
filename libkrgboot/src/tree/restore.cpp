#include "krgboot/tree/restore.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/tree/archive.hpp"
#include "krgboot/tree/manifest.hpp"
#include "krgboot/tree/verify.hpp"

#include <algorithm>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "archive_reader.hpp"
#include "builder.hpp"
#include "file_writers.hpp"
#include "loader.hpp"
#include "staging.hpp"
#include "ticker.hpp"

namespace krgboot {

namespace {

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

/// Reads a manifest in parallel with an archive that has the same entries in the same order, as all archives
/// made by krgboot have. So the digests can be checked while unpacking.
class Following {
 public:
  explicit Following(const std::optional<std::string>& manifest) {
    if (manifest) reader_.emplace(open_tree_manifest(*manifest));
  }
  /// The expected digest of the file; empty if unknown.
  std::string sha256_of(const TreeEntry& entry) {
    if (!reader_) return {};
    auto expected = reader_->next();
    if (expected && expected->path == entry.path && expected->sha256.empty() == !has_digest(entry))
      return has_digest(entry) && entry.hard_link.empty() ? expected->sha256 : std::string();
    reader_.reset();
    return {};
  }
  /// Did the manifest have exactly the entries of the archive?
  bool complete() { return reader_ && !reader_->next(); }

 private:
  static bool has_digest(const TreeEntry& entry) noexcept { return entry.type == EntryType::file; }
  std::optional<TreeManifestReader> reader_;
};

class Unpacker {
 public:
  Unpacker(ArchiveReader& reader, TreeBuilder& builder, Ticker& ticker,
           const std::optional<std::string>& manifest, const RestoreOptions& options)
      : reader_(reader),
        builder_(builder),
        ticker_(ticker),
        options_(options),
        following_(manifest),
        writers_(std::max(std::min(thread_count(options.threads), 8U), 2U) - 1) {}

  void run() {
    while (auto entry = reader_.next()) {
      ticker_.entry(entry->path);
      if (ticker_.progress().entries > options_.max_entries)
        refuse("archive.too_many", *entry,
               fmt::format("it is one more than the {} entries allowed", options_.max_entries));
      add(*entry);
    }
    writers_.wait();
    builder_.finish();
  }
  /// Did all files get the contents recorded in the manifest?
  bool digests_agree() { return writers_.as_expected() && following_.complete(); }

 private:
  [[noreturn]] void refuse(const char* code, const TreeEntry& entry, const std::string& why) const {
    throw ArchiveError(code, reader_.file(), entry.path,
                       fmt::format("{}: {}: {}", visible(reader_.file()), in_quotes(entry.path), why));
  }

  void add(const TreeEntry& entry) {
    auto sha256 = following_.sha256_of(entry);
    if (!entry.hard_link.empty()) {
      builder_.add_hard_link(entry);
      return;
    }
    switch (entry.type) {
      case EntryType::directory:
        builder_.add_directory(entry);
        return;
      case EntryType::file:
        add_file(entry, std::move(sha256));
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

  void add_file(const TreeEntry& entry, std::string sha256) {
    if (entry.size > options_.max_bytes - claimed_)
      refuse("archive.too_large", entry,
             fmt::format("with its {} bytes the files are larger than the {} bytes allowed", entry.size,
                         options_.max_bytes));
    claimed_ += entry.size;
    writers_.begin(builder_.add_file(entry), std::move(sha256));
    while (auto block = reader_.block()) {
      writers_.add(block->offset, block->bytes);
      ticker_.tick(entry.path, block->bytes.size());
    }
    writers_.end();
  }

  ArchiveReader& reader_;
  TreeBuilder& builder_;
  Ticker& ticker_;
  const RestoreOptions& options_;
  std::uint64_t claimed_ = 0;
  Following following_;
  FileWriters writers_;
};

/// The manifest to check against; nullopt: none.
std::optional<std::string> manifest_for(const std::string& file, const RestoreOptions& options) {
  if (options.manifest) return options.manifest->empty() ? std::nullopt : options.manifest;
  auto beside = manifest_path(file);
  if (access(beside.c_str(), F_OK) == 0) return beside;
  if (errno != ENOENT && errno != ENOTDIR) throw IoError("open", beside, errno);
  return std::nullopt;
}

void check_against(const std::string& manifest, const std::string& file, const Staging& staging,
                   const RestoreOptions& options, bool digests, const Ticker& ticker) {
  VerifyOptions verify_options;
  verify_options.threads = options.threads;
  verify_options.without_contents = {};
  verify_options.digests = digests;
  verify_options.most_differences = 20;
  ProgressCallback whole = options.progress;
  if (whole) verify_options.progress = [&](const Progress&) { return options.progress(ticker.progress()); };
  auto report = verify_tree(Root(staging.host_path()), manifest, verify_options);
  if (report.cancelled) throw Cancelled{};
  if (report.count == 0) return;
  auto message = fmt::format("{} does not agree with {}: {} differences", visible(file), visible(manifest),
                             report.count);
  for (const auto& difference : report.differences) message += "\n  " + to_string(difference);
  throw ArchiveError("archive.not_as_in_manifest", file, report.differences.front().path, message);
}

}  // namespace

RestoreReport restore(const std::filesystem::path& file, const Root& root, const std::string& target,
                      const RestoreOptions& options) {
  RestoreReport report;
  Ticker ticker(options.progress);
  auto manifest = manifest_for(file, options);
  ArchiveReader reader(file, report.warnings);
  Staging staging(root, target, Staging::Kind::tree, options.replace);
  try {
    bool digests = true;
    {
      TreeBuilder builder(staging.descriptor(), file, staging.target(), options.allow_loss, report.warnings);
      Unpacker unpacker(reader, builder, ticker, manifest, options);
      unpacker.run();
      // If they do not match, hash the unpacked files to find which differ.
      digests = !unpacker.digests_agree();
    }
    if (manifest) {
      check_against(*manifest, file, staging, options, digests, ticker);
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
