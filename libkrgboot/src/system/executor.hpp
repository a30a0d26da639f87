#pragma once

#include <set>
#include <string>
#include <vector>

#include "operation.hpp"
#include "workplace.hpp"

namespace krgboot {

/// Carries out a record's operations, forwards or backwards, from any state in between that a kill can leave.
/// Decides by identities what was done already.
class Executor {
 public:
  Executor(Workplace& workplace, const Record& record) : workplace_(workplace), record_(record) {}

  /// Makes everything new. `again`: an earlier process may have done some of it. Throws ConflictError
  /// "transaction.conflict" where a target is not as it was when the new file was staged, IoError; then
  /// `backward` must follow.
  void forward(bool again);

  /// Is every old version there, so that `backward` will bring all of them back? Throws ConflictError
  /// "transaction.cannot_roll_back".
  void require_old_versions();

  /// Makes everything old. What somebody else put in the place of our files is left alone and returned. Needs
  /// the journal to say so (phase `undoing`) beforehand, as it destroys new versions.
  std::vector<std::string> backward();

  /// Makes durable what `forward` or `backward` did to names.
  void sync_names();

  /// Removes what lies in staging directories and the directories that were to go, durably. Tries all, then
  /// throws the first IoError.
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
  void remove_new(const Operation& operation, int directory, int flags);
  void remove_empty_directories(std::set<std::uint32_t>& changed);
  void sync_directories(const std::set<std::uint32_t>& indices);

  std::optional<FileStatus> status(int directory, const Operation& operation) const;
  /// renameat2 with RENAME_NOREPLACE, or as good as possible where the file system has none. errno as result.
  int rename_to_free_name(int from, int to, const Operation& operation) const;
  [[noreturn]] void conflict(const Operation& operation, std::string_view what) const;
  std::string path(const Operation& operation) const;
  void leave_alone(const Operation& operation);

  Workplace& workplace_;
  const Record& record_;
  std::vector<std::string> left_alone_;
};

}  // namespace krgboot
