#pragma once

#include "krgboot/system/file_descriptor.hpp"
#include "krgboot/system/sandbox.hpp"

#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

#include "child.hpp"

namespace krgboot {

/// Puts the child into a private mount namespace with binds, then files in memory. All it needs is made
/// before the fork; what it does after it are system calls alone.
class MountSetup : public ChildSetup {
 public:
  enum Step {
    make_namespace,  ///< unshare
    map_user,        ///< the own user as root of the namespace
    make_private,    ///< mounts made here are not to be seen outside
    open_source,     ///< of bind `index`
    make_memory,     ///< the file system of the files in memory
    write_file,      ///< piece `index` of it
    copy_parent,     ///< a private copy of the directory that lacks target `index`
    attach,          ///< `index` over its target
  };

  MountSetup(const std::vector<Bind>& binds, const std::vector<MemoryFile>& files);
  std::optional<Failure> prepare() noexcept override;

  /// What is covered by number `index` of binds and files in memory together, and by what.
  const std::string& target(int index) const { return targets_.at(static_cast<std::size_t>(index)).path; }
  std::string source(int index) const {
    auto at = static_cast<std::size_t>(index);
    return at < binds_.size() ? binds_[at].source : "a file in memory";
  }
  /// The file in memory now, where there is one; for the parent, when the child has ended. Throws IoError.
  std::optional<std::string> read_back(const std::string& path);

 private:
  struct Target {
    std::string path;
    bool read_only = false;
  };
  /// Something to make in memory, at a path relative to the root of the file system there.
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
  std::map<std::string, std::string> places_;  ///< in memory, by what is seen there
  std::vector<std::string> attached_;          ///< places in memory with a target each, after those of binds
  std::vector<Target> targets_;
  std::vector<int> trees_;  ///< of what is attached; filled by the child
  std::vector<dev_t> own_;  ///< file systems in memory that copies of the host's directories are; likewise
  std::string user_map_;
  std::string group_map_;
  bool is_root_;
  FileDescriptor parents_end_;  ///< of the socket that `memory_` comes through
  FileDescriptor childs_end_;
  FileDescriptor memory_;
};

}  // namespace krgboot
