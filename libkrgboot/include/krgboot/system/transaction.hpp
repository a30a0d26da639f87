#pragma once

#include "krgboot/export.hpp"
#include "krgboot/system/lock.hpp"
#include "krgboot/system/root.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace krgboot {

/// Numeric owner and group of a file.
struct Owner {
  uid_t uid = 0;
  gid_t gid = 0;
  friend bool operator==(const Owner&, const Owner&) = default;
};

/// What Transaction::recover found and did.
struct RecoveryReport {
  enum class Outcome {
    nothing,    ///< no unfinished transaction
    undone,     ///< everything is as before the transaction
    completed,  ///< everything is as the transaction wanted it
  };
  Outcome outcome = Outcome::nothing;

  /// The caller must act (reload services according to `payload`, with the current files) and then call
  /// Transaction::forget. Until then the journal stays, and the next `recover` reports the same again.
  bool action_needed = false;

  /// The argument of Transaction::begin in the killed process.
  std::string payload;

  /// Why a committed transaction was undone instead of completed: one line for a message. Otherwise empty.
  std::string reason;

  /// Paths that others changed after the transaction; they were not touched.
  std::vector<std::string> left_alone;
};

/// Replaces many files in a root, all or none. After an error, a kill at any system call or a power cut, once
/// `recover` has run, either all files are old or all are new, and no temporary file is left.
///
/// The caller holds the Lock of the same state directory all the time, and calls `recover` before `begin`:
///
///     Lock lock(root);
///     auto report = Transaction::recover(root);
///     if (report.action_needed) { reload what report.payload says; Transaction::forget(root); }
///     Transaction tx(root);
///     tx.begin({"/etc", "/srv/tftp"}, payload);
///     tx.stage_file("/etc/exports", text, 0644);        // ... stage everything
///     check(tx.staged_path("/etc/exports"));            // daemons' own checks
///     tx.commit();                                      // all visible
///     if (reload()) tx.finish();
///     else { tx.roll_back(); reload(); tx.finish(); }
///
/// Staged files lie in a staging directory ".krgboot.ID" (mode 0700) beside their targets, under their own
/// names. New directories are staged there too, with their content, and appear at once. The journal records
/// ID and the directories concerned before anything is staged. `commit` syncs all staged data, writes the
/// list of operations with inode numbers to the journal (from now on a killed transaction is completed), and
/// then renames: a replaced file changes places with its successor (RENAME_EXCHANGE), a removed one moves to
/// ".krgboot.ID". So `roll_back` restores the same inodes with all their attributes. The journal also records
/// what the root confines (Root::confining), so that it stays confined during a recovery.
///
/// A file that replaces another one keeps its extended attributes (xattr(7)): ACLs, labels and user
/// attributes. Only those that belong to the old content are dropped (security.capability, as the kernel
/// does, security.ima and security.evm). If one cannot be set, staging throws IoError "setxattr". A file with
/// several hard links is not replaced, because that would separate them: ConflictError
/// "transaction.hard_links" names them. Directories are never replaced. New files get exactly the given mode
/// and owner, independent of the umask and of default ACLs.
///
/// Every function throws IoError if the system refuses, and ArgumentError for a wrong call, such as
/// "transaction.twice" for a path staged twice, "transaction.not_declared" for a path in an undeclared
/// directory, "transaction.order" for a call in the wrong state, which changes nothing. After any other
/// exception from `begin`, a staging function or `commit` the transaction is over: everything is old and
/// nothing is left behind. If even that failed, the message says so and the journal stays for `recover`. Use
/// by one thread at a time.
class KRGBOOT_EXPORT Transaction {
 public:
  /// `state_directory` is a path inside the root, for the journal.
  explicit Transaction(Root root, std::string state_directory = default_state_directory);
  Transaction(const Transaction&) = delete;
  Transaction(Transaction&&) noexcept;
  Transaction& operator=(const Transaction&) = delete;
  Transaction& operator=(Transaction&&) = delete;
  /// Discards a transaction that was not committed. One that was committed but neither finished nor rolled
  /// back stays in the journal: the next `recover` reports it as completed.
  ~Transaction();

  /// Declares what the transaction will touch. `directories`: the parent directory of every path to be
  /// staged, made or removed; one that does not exist yet stands for its nearest existing parent. `payload`:
  /// any bytes, which `recover` reports if this process is killed after the commit. Throws ConflictError
  /// "transaction.unfinished" if a journal exists already.
  void begin(const std::vector<std::string>& directories, const std::string& payload);

  /// Stages a regular file with these bytes at `path`, new or in place of a file, symlink or special file.
  /// `mode` is independent of the umask; setuid, setgid, sticky and write permission for others are refused
  /// (ArgumentError "transaction.mode"). `owner`: nullopt: that of the replaced file, otherwise the effective
  /// user. Throws ConflictError "transaction.directory" if `path` is a directory.
  void stage_file(const std::string& path, std::string_view content, mode_t mode,
                  std::optional<Owner> owner = std::nullopt);

  /// Stages a copy of the regular file `source`, a path inside `source_root` where symlinks are followed.
  /// Blocks are shared or copied inside the kernel, if possible. Returns the status of the source. Throws as
  /// `stage_file` does, and IoError "read" if `source` cannot be read.
  FileStatus stage_copy(const Root& source_root, const std::string& source, const std::string& path,
                        mode_t mode, std::optional<Owner> owner = std::nullopt);

  /// Stages a symlink at `path` that points to `target`. Throws ArgumentError "transaction.link_target" for a
  /// target that a symlink cannot hold; ConflictError as `stage_file` does.
  void stage_symlink(const std::string& target, const std::string& path);

  /// Stages a directory at `path`; does nothing if it is one already, or a symlink to one. Missing parents
  /// are made with mode 0755 for the effective user. `mode` as for files, and the owner must have rwx.
  /// `owner`: of a directory made here. Throws ArgumentError "transaction.mode"; ConflictError
  /// "transaction.in_the_way" if something else exists at `path`.
  void make_directory(const std::string& path, mode_t mode = 0755, std::optional<Owner> owner = std::nullopt);

  /// Stages the removal of `path`. Throws ConflictError "transaction.vanished" if nothing exists there,
  /// "transaction.directory" if it is a directory.
  void remove_file(const std::string& path);

  /// Stages the removal of a directory: `finish` removes it if it is empty, and otherwise leaves it without
  /// an error.
  void remove_directory(const std::string& path);

  /// Path of the staged copy of `path`, inside the root, until `commit`. Throws ArgumentError
  /// "transaction.not_staged".
  std::string staged_path(const std::string& path) const;

  /// Makes everything visible. Throws ConflictError "transaction.conflict" if a target changed, appeared or
  /// vanished since it was staged; then everything is old.
  void commit();

  /// Ends the transaction after `commit` (and reloads) or after `roll_back`: removes the old versions and the
  /// journal. An error here undoes nothing: the next `recover` removes what is left.
  void finish();

  /// After `commit`: restores everything old. Call `finish` once the services run with the old files again;
  /// after a kill before that, `recover` reports "undone" with the payload. Returns the paths that others
  /// changed since the commit; they are not touched. After an IoError the next `recover` continues. Throws
  /// ConflictError "transaction.cannot_roll_back" if an old version is missing; then nothing is done. Before
  /// `commit`: discards the staged files and ends the transaction.
  std::vector<std::string> roll_back();

  /// Completes or undoes the transaction of a killed process. Throws ConflictError "state.foreign" if the
  /// journal or its directory belongs neither to root nor to the effective user, "state.writable" if its
  /// group or others can write to it, "journal.newer", "journal.damaged"; then nothing is done. Throws
  /// IoError.
  static RecoveryReport recover(const Root& root,
                                const std::string& state_directory = default_state_directory);
  /// Tells that the action that `recover` asked for is done, and removes the journal. Does nothing if there
  /// is none. Throws as `recover` does.
  static void forget(const Root& root, const std::string& state_directory = default_state_directory);
  /// Returns the transaction that `recover` reported as completed, to finish it or roll it back. Throws
  /// ConflictError "transaction.none" if there is none, and as `recover` does.
  static Transaction resume(const Root& root, const std::string& state_directory = default_state_directory);

 private:
  class Implementation;
  explicit Transaction(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace krgboot
