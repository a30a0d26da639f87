#pragma once

#include <set>
#include <string>
#include <vector>

#include "operation.hpp"
#include "workplace.hpp"

namespace krgboot {

/// Carries out the operations of a record, forwards or backwards. It can start from any state that a kill
/// leaves, and tells by file identities which operations are done.
class Executor {
 public:
  Executor(Workplace& workplace, const Record& record) : workplace_(workplace), record_(record) {}

  /// Installs all new versions. `again`: an earlier process may have done a part. Throws ConflictError
  /// "transaction.conflict" if a target has changed since the new file was staged, IoError; the caller must
  /// then call `backward`.
  void forward(bool again);

  /// Checks that all old versions exist, so that `backward` can restore them. Throws ConflictError
  /// "transaction.cannot_roll_back".
  void require_old_versions();

  /// Restores all old versions. Leaves and returns paths where another process has replaced krgboot's files.
  /// The journal must be in phase `undoing` before, because this destroys new versions.
  std::vector<std::string> backward();

  /// Makes the renames of `forward` or `backward` durable.
  void sync_names();

  /// Empties the staging directories and removes directories that were to be removed, durably. Tries all,
  /// then throws the first IoError.
  void clear(bool finishing);

 private:
  void create(const Operation& operation, bool again);
  void replace(const Operation& operation, bool again);
  void exchange(const Operation& operation);
  void set_aside_and_replace(const Operation& operation);
  void remove(const Operation& operation, bool again);
  void undo_create(const Operation& operation);
  void undo_replace(const Operation& operation);
  void undo_remove(const Operation& operation);
  void remove_empty_directories(std::set<std::uint32_t>& changed);
  void sync_directories(const std::set<std::uint32_t>& indices);

  std::optional<FileStatus> status(int directory, const Operation& operation) const;
  /// renameat2 with RENAME_NOREPLACE, or the closest equivalent that the file system has. Returns an errno.
  int rename_to_free_name(int from, int to, const Operation& operation) const;
  [[noreturn]] void conflict(const Operation& operation, std::string_view what) const;
  std::string path(const Operation& operation) const;
  void leave_alone(const Operation& operation);

  Workplace& workplace_;
  const Record& record_;
  std::vector<std::string> left_alone_;
};

}  // namespace krgboot
