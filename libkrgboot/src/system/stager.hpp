#pragma once

#include "krgboot/system/transaction.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include <sys/stat.h>

#include "operation.hpp"
#include "workplace.hpp"

namespace krgboot {

/// Fills the staging directories, and the record with the operations that make the staged files visible. See
/// Transaction for the promises.
class Stager {
 public:
  Stager(Workplace& workplace, Record& record) : workplace_(workplace), record_(record) {}

  /// Adds the declared directories to record and workplace; a missing directory is replaced by its nearest
  /// existing parent.
  void declare(const std::vector<std::string>& directories);

  void file(const std::string& path, std::string_view content, mode_t mode, std::optional<Owner> owner);
  FileStatus copy(const Root& source_root, const std::string& source, const std::string& path, mode_t mode,
                  std::optional<Owner> owner);
  void symlink(const std::string& target, const std::string& path);
  void directory(const std::string& path, mode_t mode, std::optional<Owner> owner = std::nullopt);
  void remove_file(const std::string& path);
  void remove_directory(const std::string& path);
  std::string staged_path(const std::string& path);

  /// Makes all staged files durable. Also makes the journal's text durable and returns true if the journal
  /// lies on one of the synced file systems; otherwise the caller must sync it. `journal` is a descriptor of
  /// its file.
  bool sync(int journal);

  /// Makes new directories resolve to their final paths; called before the staged files become visible.
  void move_home();

 private:
  /// Place for a new file, and the existing entry at its path.
  struct Slot {
    std::uint32_t directory = 0;
    int descriptor = -1;
    Operation operation;
    struct stat old {};  ///< the existing entry, if any
  };
  Slot slot(const std::string& path);
  /// The same for an entry that replaces an existing one.
  Slot slot_to_fill(const std::string& path);
  std::uint32_t directory_of(const std::string& path, std::string_view parent);
  FileDescriptor make_file(const Slot& slot, const std::string& path, mode_t mode);
  void complete(Slot& slot, FileDescriptor file, const std::string& path, mode_t mode,
                const std::optional<Owner>& owner);
  void keep_attributes_of_old(const Slot& slot, const std::string& path);
  void new_directory(const std::string& path, mode_t mode, const std::optional<Owner>& owner);
  void set_directory_owner(std::uint32_t index, const Owner& owner);
  void set_directory_mode(std::uint32_t index, mode_t mode);
  bool is_new(std::uint32_t index) const { return index >= record_.declared; }

  Workplace& workplace_;
  Record& record_;
  std::unordered_map<std::string, std::uint32_t> indices_;  ///< indices into record_.directories by path
  std::unordered_set<std::string> removed_;
  std::string last_parent_;  ///< cache: most calls use the same directory as the call before
  std::uint32_t last_index_ = 0;
};

}  // namespace krgboot
