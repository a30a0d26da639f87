#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/system/file_descriptor.hpp"
#include "krgboot/system/root.hpp"
#include "krgboot/tree/entry.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace krgboot {

class TreeBuilder;

/// A regular file under construction: its user writes through `descriptor`, then calls `finish`. Any one
/// thread may do so.
class NewFile {
 public:
  int descriptor() const noexcept { return descriptor_.get(); }
  const TreeEntry& entry() const noexcept { return entry_; }
  /// Final path, for messages.
  const std::string& host_path() const noexcept { return host_path_; }
  /// Throws IoError "write".
  void write_at(std::uint64_t offset, std::string_view bytes) const;
  /// Sets the length, owner, mode and times of its entry, and these attributes, then closes the file.
  void finish(const std::vector<ExtendedAttribute>& attributes);
  void finish() { finish(entry_.attributes); }

 private:
  friend class TreeBuilder;
  NewFile(TreeBuilder& builder, TreeEntry entry, std::string host_path, FileDescriptor descriptor)
      : builder_(builder),
        entry_(std::move(entry)),
        host_path_(std::move(host_path)),
        descriptor_(std::move(descriptor)) {}
  TreeBuilder& builder_;
  TreeEntry entry_;
  std::string host_path_;
  FileDescriptor descriptor_;
};

/// Builds a tree, entry by entry, in an empty directory that no other process writes to. Paths are resolved
/// one component at a time, from the descriptor of the parent directory, and never through a symlink: so no
/// name leads out of the tree. Entries may come in any order; missing parent directories are made. A later
/// entry replaces an earlier one. For use by one thread, except for NewFile.
///
/// Throws ArchiveError "archive.through_link", "archive.hard_link", "archive.kind"; IoError. `archive` and
/// `target` are for messages.
class TreeBuilder {
 public:
  TreeBuilder(int directory, std::string archive, std::string target, bool allow_loss, Diagnostics& warnings);

  void add_directory(const TreeEntry& entry);
  std::unique_ptr<NewFile> add_file(const TreeEntry& entry);
  /// Adds a symlink, FIFO or device.
  void add_special(const TreeEntry& entry);
  void add_hard_link(const TreeEntry& entry);
  /// Must be the last call: sets the remaining attributes of directories.
  void finish();

 private:
  friend class NewFile;
  struct Level {
    std::string path;
    FileDescriptor descriptor;
    std::optional<TreeEntry> entry;  ///< attributes to set when leaving the directory
    std::int64_t mtime_ns = 0;       ///< without entry: the time on entering
    bool restore_mtime = false;
  };

  int enter(const std::string& path, const std::string& parent);
  void open_level(const std::string& path, const std::string& component, const std::string& entry);
  void leave();
  void clear_place(int directory, const std::string& name, const TreeEntry& entry);
  /// `now`: the current status. Takes a name in a directory, or a descriptor.
  void set_attributes(const TreeEntry& entry, const std::vector<ExtendedAttribute>& attributes,
                      const FileStatus& now, int directory, const std::string& name, int descriptor);
  void lose(const TreeEntry& entry, const char* operation, int error_number, const std::string& what);
  std::string host_path_of(const std::string& path) const;

  int root_;
  std::string archive_;
  std::string target_;
  bool allow_loss_;
  std::mutex mutex_;  ///< protects the warnings
  Diagnostics& warnings_;
  std::vector<Level> levels_;
  std::vector<std::pair<TreeEntry, ExtendedAttribute>> default_acls_;  ///< set at the end
};

}  // namespace krgboot
