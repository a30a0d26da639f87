#pragma once

#include "krgboot/system/file_descriptor.hpp"
#include "krgboot/system/sandbox.hpp"

#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

#include "child.hpp"

namespace krgboot {

/// Puts the child into a private mount namespace with bind mounts, then files in memory. Everything is
/// prepared before the fork; after it only system calls are made.
class MountSetup : public ChildSetup {
 public:
  enum Step {
    make_namespace,  ///< unshare
    map_user,        ///< maps the own user to root of the namespace
    make_private,    ///< keeps the mounts made here invisible outside
    open_source,     ///< source of bind `index`
    make_memory,     ///< file system for the files in memory
    write_file,      ///< piece `index` of the files in memory
    copy_parent,     ///< private copy of the directory that lacks target `index`
    attach,          ///< mounts `index` over its target
  };

  MountSetup(const std::vector<Bind>& binds, const std::vector<MemoryFile>& files);
  std::optional<Failure> prepare() noexcept override;

  /// The target and source of mount `index`: binds are numbered first, then files in memory.
  const std::string& target(int index) const { return targets_.at(static_cast<std::size_t>(index)).path; }
  std::string source(int index) const {
    auto at = static_cast<std::size_t>(index);
    return at < binds_.size() ? binds_[at].source : "a file in memory";
  }
  /// The current content of the file in memory, if it exists; for the parent, after the child has ended.
  /// Throws IoError.
  std::optional<std::string> read_back(const std::string& path);

 private:
  struct Target {
    std::string path;
    bool read_only = false;
  };
  /// A file or directory to make in memory; `path` is relative to the root of that file system.
  struct Piece {
    std::string path;
    const std::string* content = nullptr;  ///< nullptr: a directory
  };

  void add(const MemoryFile& file);
  std::string place_in_memory(const std::string& path) const;
  std::optional<Failure> enter_namespace() const noexcept;
  std::optional<Failure> fill_memory() noexcept;
  std::optional<Failure> attach_all() noexcept;
  int make_own_target(const std::string& target, bool directory) noexcept;
  int hand_over(int memory) const noexcept;
  int attach_tree(int tree, const Target& target) const noexcept;
  int make_target(const std::string& target, bool directory) const noexcept;

  const std::vector<Bind>& binds_;
  std::vector<Piece> pieces_;
  std::map<std::string, std::string> places_;  ///< paths in memory by their targets
  std::vector<std::string> attached_;  ///< paths in memory that have their own target; they follow the binds
  std::vector<Target> targets_;
  std::vector<int> trees_;  ///< mounts to attach; filled by the child
  std::vector<dev_t> own_;  ///< devices of the file systems in memory that copy host directories; filled by
                            ///< the child
  std::string user_map_;
  std::string group_map_;
  bool is_root_;
  FileDescriptor parents_end_;  ///< end of the socket that receives `memory_`
  FileDescriptor childs_end_;
  FileDescriptor memory_;
};

}  // namespace krgboot
