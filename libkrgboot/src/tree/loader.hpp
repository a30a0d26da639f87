#pragma once

#include "krgboot/tree/digest.hpp"
#include "krgboot/tree/scan.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "buffer_pool.hpp"
#include "walk.hpp"

namespace krgboot {

/// Files up to this size are read by the loader's threads.
inline constexpr std::uint64_t small_file = std::uint64_t{1} << 20U;

struct LoadedEntry {
  WalkedEntry walked;
  /// With Load::contents: the content of a file without holes, up to `small_file` bytes. Valid until the next
  /// entry.
  std::optional<std::string_view> content;
  /// With Load::contents: any other file, at its beginning. The caller must compute its digest.
  FileDescriptor file;
};

enum class Load {
  attributes,             ///< stat and extended attributes only
  digests,                ///< also SHA-256 of files
  contents,               ///< contents of files instead of digests
  contents_with_digests,  ///< both
};

/// The entries of a walk in its order, read ahead by several threads. The caller's thread walks, and also
/// reads while it would wait. Memory is bounded by the number of threads.
class TreeLoader {
 public:
  TreeLoader(const Root& tree, Load load, const ScanOptions& options, Diagnostics& warnings);
  TreeLoader(const TreeLoader&) = delete;
  TreeLoader(TreeLoader&&) = delete;
  TreeLoader& operator=(const TreeLoader&) = delete;
  TreeLoader& operator=(TreeLoader&&) = delete;
  ~TreeLoader();

  /// nullopt at the end. Throws IoError, ArchiveError "tree.changed".
  std::optional<LoadedEntry> next();
  ChangedFiles& changed() noexcept { return changed_; }

 private:
  struct Item {
    LoadedEntry loaded;
    std::string trouble;  ///< the change that was noticed, such as "vanished"
    bool gone = false;
  };
  struct Batch {
    std::vector<Item> items;
    enum class State { waiting, taken, done } state = State::waiting;
    std::exception_ptr failure;
    std::size_t at = 0;
    BufferPool::Buffer contents;  ///< allocated when the first of them is read
    std::size_t used = 0;
  };

  void fill();
  void work();
  /// Loads the first waiting batch, unlocked meanwhile. False if none waits.
  bool load_waiting(std::unique_lock<std::mutex>& lock);
  void load(Batch& batch);
  void load(Batch& batch, Item& item);
  void read(Batch& batch, Item& item, FileDescriptor file);
  std::uint64_t read_content(Batch& batch, Item& item, int file, const std::string& host_path);
  std::uint64_t read_digest(Item& item, int file, const std::string& host_path);
  bool wants_contents() const noexcept {
    return load_ == Load::contents || load_ == Load::contents_with_digests;
  }
  std::shared_ptr<Batch> finished_batch();
  std::optional<LoadedEntry> settled(Item& item);

  Load load_;
  ChangedFiles changed_;
  TreeWalk walk_;
  std::size_t window_;
  BufferPool buffers_;
  bool walk_ended_ = false;
  std::shared_ptr<Batch> current_;              ///< being returned by `next`
  std::deque<std::shared_ptr<Batch>> batches_;  ///< the batches after it, in order
  std::mutex mutex_;
  std::condition_variable todo_;
  std::condition_variable done_;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

/// `wanted`, or the number of processors if `wanted` is 0.
unsigned thread_count(unsigned wanted);

}  // namespace krgboot
