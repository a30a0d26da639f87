#include "krgboot/tree/clone.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <mutex>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "builder.hpp"
#include "loader.hpp"
#include "sparse.hpp"
#include "staging.hpp"
#include "system/copying.hpp"
#include "system/opening.hpp"
#include "system/path.hpp"
#include "system/system_call.hpp"
#include "ticker.hpp"
#include "walk.hpp"
#include "workers.hpp"

namespace krgboot {

namespace {

constexpr std::size_t buffer_size = std::size_t{128} << 10U;
/// Limits of one batch: a number of small files, or of bytes. Each waiting file holds a descriptor for its
/// source and one for its copy, and descriptors must not run out.
constexpr std::size_t clone_batch_files = 16;
constexpr std::uint64_t clone_batch_bytes = std::uint64_t{1} << 20U;
constexpr std::size_t clone_batches = 8;

/// Copies the contents of files. Thread-safe.
class ContentCopier {
 public:
  /// False if the source is shorter than expected.
  bool copy(int from, const std::string& from_path, const NewFile& to, bool sparse) {
    auto size = to.entry().size;
    if (size == 0) return true;
    if (can_share_ && ioctl(to.descriptor(), FICLONE, from) == 0) {
      shared_ += size;
      return true;
    }
    if (can_share_ && !copies_otherwise(errno)) throw IoError("clone", to.host_path(), errno);
    can_share_ = false;
    if (!sparse) return copy_range(from, from_path, to, {0, size});
    auto ranges = data_ranges(from, size, from_path);
    return std::all_of(ranges.begin(), ranges.end(),
                       [&](const DataRange& range) { return copy_range(from, from_path, to, range); });
  }
  std::uint64_t shared() const noexcept { return shared_; }

 private:
  bool copy_range(int from, const std::string& from_path, const NewFile& to, DataRange range) {
    while (range.size > buffer_size && can_copy_inside_) {
      auto in = static_cast<off_t>(range.offset);
      auto out = in;
      auto copied = system_call::retried(
          [&] { return copy_file_range(from, &in, to.descriptor(), &out, range.size, 0); });
      if (copied == 0) return false;
      if (copied < 0 && !copies_otherwise(errno)) throw IoError("copy", to.host_path(), errno);
      if (copied < 0) {
        can_copy_inside_ = false;
        break;
      }
      range.offset += static_cast<std::uint64_t>(copied);
      range.size -= static_cast<std::uint64_t>(copied);
    }
    return copy_through_memory(from, from_path, to, range);
  }

  static bool copy_through_memory(int from, const std::string& from_path, const NewFile& to,
                                  DataRange range) {
    static thread_local std::string buffer(buffer_size, '\0');
    while (range.size != 0) {
      auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(range.size, buffer.size()));
      auto got = system_call::retried(
          [&] { return ::pread(from, buffer.data(), wanted, static_cast<off_t>(range.offset)); });
      if (got < 0) throw IoError("read", from_path, errno);
      if (got == 0) return false;
      auto bytes = std::string_view(buffer).substr(0, static_cast<std::size_t>(got));
      to.write_at(range.offset, bytes);
      range.offset += bytes.size();
      range.size -= bytes.size();
    }
    return true;
  }

  std::atomic<bool> can_share_ = true;
  std::atomic<bool> can_copy_inside_ = true;
  std::atomic<std::uint64_t> shared_ = 0;
};

struct FileCopy {
  WalkedEntry walked;
  std::string host_path;
  FileDescriptor source;
  std::unique_ptr<NewFile> target;
};

class Cloner {
 public:
  Cloner(const Root& tree, TreeBuilder& builder, Ticker& ticker, const CloneOptions& options,
         Diagnostics& warnings)
      : builder_(builder),
        ticker_(ticker),
        changed_(options.when_changed, warnings),
        changed_walk_(options.when_changed, warnings_walk_),
        walk_(tree, options.without_contents, options.allow_loss, changed_walk_, warnings_walk_),
        warnings_(warnings),
        workers_(std::min(thread_count(options.threads), 8U), clone_batches) {}

  void run() {
    while (auto walked = walk_.next()) {
      ticker_.entry(walked->entry.path);
      add(*walked);
    }
    send();
    workers_.wait();
    builder_.finish();
    warnings_.insert(warnings_.end(), warnings_walk_.begin(), warnings_walk_.end());
  }
  std::uint64_t shared() const noexcept { return copier_.shared(); }

 private:
  void add(WalkedEntry& walked) {
    auto& entry = walked.entry;
    auto host_path = walked.name == "." ? walked.directory->host_path
                                        : joined_path(walked.directory->host_path, walked.name);
    if (!entry.hard_link.empty()) {
      if (!walked.first_name->path.empty()) {
        entry.hard_link = walked.first_name->path;
        builder_.add_hard_link(entry);
        return;
      }
      // The first name has vanished: this one replaces it.
      entry.hard_link.clear();
      walked.first_name->path = entry.path;
    }
    if (entry.type == EntryType::file) {
      add_file(walked, host_path);
      return;
    }
    entry.attributes = attributes_at(*walked.directory, walked.name, host_path);
    if (entry.type == EntryType::directory) {
      builder_.add_directory(entry);
    } else {
      builder_.add_special(entry);
    }
  }

  void add_file(WalkedEntry& walked, const std::string& host_path) {
    auto& entry = walked.entry;
    FileCopy copy;
    copy.source =
        open_at(walked.directory->descriptor.get(), walked.name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const char* trouble = nullptr;
    if (!copy.source) {
      if (errno != ENOENT && errno != ELOOP && errno != EINVAL) throw IoError("open", host_path, errno);
      trouble = errno == ENOENT ? "vanished" : "became something else";
    } else {
      auto status = system_call::status_of(copy.source.get(), host_path);
      if (status.device != walked.status.device || status.inode != walked.status.inode)
        trouble = "became another file";
    }
    if (trouble != nullptr) {
      if (walked.first_name) walked.first_name->path.clear();
      changed_walk_.report(entry.path, host_path, trouble);
      return;
    }
    ticker_.tick(entry.path, entry.size);
    copy.target = builder_.add_file(entry);
    copy.walked = std::move(walked);
    copy.host_path = host_path;
    batch_bytes_ += copy.walked.entry.size;
    batch_.push_back(std::move(copy));
    if (batch_.size() == clone_batch_files || batch_bytes_ >= clone_batch_bytes) send();
  }

  void send() {
    // std::function must be copyable, hence shared.
    auto batch = std::make_shared<std::vector<FileCopy>>(std::move(batch_));
    batch_.clear();
    batch_bytes_ = 0;
    workers_.submit(
        [this, batch] {
          for (auto& copy : *batch) finish(copy);
        },
        1);
  }

  void finish(FileCopy& copy) {
    const auto& walked = copy.walked;
    auto source = copy.source.get();
    bool sparse = walked.blocks * 512 < walked.entry.size;
    bool whole = copier_.copy(source, copy.host_path, *copy.target, sparse);
    copy.target->finish(attributes_of(source, copy.host_path));
    auto now = system_call::status_of(source, copy.host_path);
    const char* trouble = nullptr;
    if (!whole || now.size < walked.entry.size) {
      trouble = "shrank";
    } else if (now.size > walked.entry.size) {
      trouble = "grew";
    } else if (now.mtime_ns != walked.status.mtime_ns) {
      trouble = "changed";
    }
    if (trouble == nullptr) return;
    std::lock_guard lock(mutex_);
    changed_.report(walked.entry.path, copy.host_path, trouble);
  }

  TreeBuilder& builder_;
  Ticker& ticker_;
  std::mutex mutex_;
  ChangedFiles changed_;  ///< for the workers, protected by the mutex
  Diagnostics warnings_walk_;
  ChangedFiles changed_walk_;  ///< for the walking thread
  TreeWalk walk_;
  Diagnostics& warnings_;
  ContentCopier copier_;
  std::vector<FileCopy> batch_;
  std::uint64_t batch_bytes_ = 0;
  Workers workers_;
};

}  // namespace

CloneReport clone(const Root& tree, const Root& root, const std::string& target,
                  const CloneOptions& options) {
  CloneReport report;
  Ticker ticker(options.progress);
  // A copy inside the tree would copy itself without end.
  for (auto above = parent_path(target);; above = parent_path(above)) {
    auto found = root.status_through_links(above);
    auto source = system_call::status_of(tree.descriptor(), tree.host_path());
    if (found && found->device == source.device && found->inode == source.inode)
      throw ArgumentError("clone.into_itself", root.describe(target),
                          fmt::format("{} lies within {}, which is to be copied",
                                      visible(root.describe(target)), visible(tree.host_path().native())));
    if (above == "/") break;
  }
  Staging staging(root, target, Staging::Kind::tree, options.replace);
  Diagnostics built;
  try {
    TreeBuilder builder(staging.descriptor(), tree.host_path(), staging.target(), options.allow_loss, built);
    Cloner cloner(tree, builder, ticker, options, report.warnings);
    cloner.run();
    report.shared_bytes = cloner.shared();
  } catch (const Cancelled&) {
    report.cancelled = true;
    return report;
  }
  report.warnings.insert(report.warnings.end(), built.begin(), built.end());
  report.entries = ticker.progress().entries;
  report.bytes = ticker.progress().bytes;
  staging.publish(options.durable);
  return report;
}

}  // namespace krgboot
