#pragma once

#include "krgboot/image/digest.hpp"
#include "krgboot/image/scan.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tree_walk.hpp"

namespace krgboot {

/// Files up to this size are read by the loader's threads.
inline constexpr std::uint64_t small_file = std::uint64_t{1} << 20U;

struct LoadedEntry {
  WalkedEntry walked;
  /// Where contents are wanted: of a file without holes up to `small_file`.
  std::optional<std::string> content;
  /// Where contents are wanted: any other file, at its beginning. Its digest is still to be taken.
  FileDescriptor file;
};

enum class Load {
  attributes,  ///< stat and extended attributes only
  digests,     ///< the files' SHA-256 too
  contents,    ///< what is in them too
};

/// The entries of a walk in its order, read by several threads ahead of their turn. The caller's thread
/// walks, and reads too while it has to wait. Memory is bounded by the number of threads.
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
    std::string trouble;  ///< what happened to the file
    bool gone = false;
  };
  struct Batch {
    std::vector<Item> items;
    enum class State { waiting, taken, done } state = State::waiting;
    std::exception_ptr failure;
    std::size_t at = 0;
  };

  void fill();
  void work();
  void load(Batch& batch, std::string& buffer) const;
  void load(Item& item, std::string& buffer) const;
  void read(Item& item, FileDescriptor file, std::string& buffer) const;
  std::shared_ptr<Batch> finished_batch();
  std::optional<LoadedEntry> settled(Item& item);

  Load load_;
  ChangedFiles changed_;
  TreeWalk walk_;
  std::size_t window_;
  bool walk_ended_ = false;
  std::shared_ptr<Batch> current_;              ///< being given out
  std::deque<std::shared_ptr<Batch>> batches_;  ///< those after it, in order
  std::mutex mutex_;
  std::condition_variable todo_;
  std::condition_variable done_;
  bool stop_ = false;
  std::string buffer_;
  std::vector<std::thread> threads_;
};

/// `wanted`, or the number of processors where it is 0.
unsigned thread_count(unsigned wanted);

}  // namespace krgboot
