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

/// Fills staging directories, and the record with the operations that will make what lies there visible. For
/// the promises see Transaction.
class Stager {
 public:
  Stager(Workplace& workplace, Record& record) : workplace_(workplace), record_(record) {}

  /// Adds the declared directories to record and workplace, those that do not exist as the next one above.
  void declare(const std::vector<std::string>& directories);

  void file(const std::string& path, std::string_view content, mode_t mode, std::optional<Owner> owner);
  FileStatus copy(const Root& source_root, const std::string& source, const std::string& path, mode_t mode,
                  std::optional<Owner> owner);
  void symlink(const std::string& target, const std::string& path);
  void directory(const std::string& path, mode_t mode, std::optional<Owner> owner = std::nullopt);
  void remove_file(const std::string& path);
  void remove_directory(const std::string& path);
  std::string staged_path(const std::string& path);

  /// Makes durable all that was staged, and the journal's text if it lies in the same file system as any of
  /// it; `journal` is a descriptor of its file. The caller makes the journal durable where false is returned.
  bool sync(int journal);

  /// What is staged is to become visible: new directories are looked for at their own paths from now on.
  void move_home();

 private:
  /// Where a new file is to be made, and what stands at its path.
  struct Slot {
    std::uint32_t directory = 0;
    int descriptor = -1;
    Operation operation;
    struct stat old {};  ///< what stands there, where something does
  };
  Slot slot(const std::string& path);
  /// The same for what is to take the place of what stands there.
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
  std::unordered_map<std::string, std::uint32_t> indices_;  ///< of paths in record_.directories
  std::unordered_set<std::string> removed_;
  std::string last_parent_;  ///< most calls are for the same directory as the one before
  std::uint32_t last_index_ = 0;
};

}  // namespace krgboot
