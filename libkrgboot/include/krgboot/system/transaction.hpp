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

struct Owner {
  uid_t uid = 0;
  gid_t gid = 0;
  friend bool operator==(const Owner&, const Owner&) = default;
};

/// What Transaction::recover found and did.
struct RecoveryReport {
  enum class Outcome {
    nothing,    ///< no unfinished transaction
    undone,     ///< everything is as it was before the transaction
    completed,  ///< everything is as the transaction wanted it
  };
  Outcome outcome = Outcome::nothing;

  /// The caller must act (reload services, as `payload` says, with the files that lie there now), and then
  /// call Transaction::forget. Until then the journal stays, and the next recover reports the same again.
  bool action_needed = false;

  /// What the killed process gave to Transaction::begin.
  std::string payload;

  /// Why a committed transaction was undone rather than completed, if so: one line for a message.
  std::string reason;

  /// Paths that somebody else changed after the transaction had been there; they were left alone.
  std::vector<std::string> left_alone;
};

/// Replaces many files beneath a root all or nothing: whatever happens, a kill at any system call, a power
/// cut or an error, once `recover` has run everything is old, or everything is new, and no stray file is
/// left.
///
/// The caller holds the Lock of the same state directory throughout, and calls `recover` before `begin`:
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
/// Staged files lie in a directory ".krgboot.ID" (mode 0700) beside their targets, under their own names;
/// whole new directories are staged there too and appear at once. The journal declares ID and the touched
/// directories before anything is staged. `commit` makes all staged data durable in one go, writes the list
/// of operations with inode numbers into the journal (from here on a killed transaction is completed), then
/// renames: a replaced file changes places with its successor (RENAME_EXCHANGE), a removed one moves into
/// ".krgboot.ID", so `roll_back` brings back the very same inodes with all their attributes. What the root
/// confines (Root::confining) stays confined for whoever recovers: the journal holds it.
///
/// What takes the place of another file keeps that file's attributes (xattr(7)): access lists, labels and
/// what users have noted; only those that speak for the old content go (security.capability, as the kernel
/// does it, security.ima and security.evm). Where one cannot be given, IoError "setxattr" tells of it at
/// staging. A file with several names is not replaced, since that would part them: ConflictError
/// "transaction.hard_links" names them. Directories are never replaced. What is new gets what it is given
/// here and nothing else: neither the umask nor a default access list above changes it.
///
/// Every function throws IoError where the system refuses and ArgumentError for calls that have no meaning
/// (a path staged twice, a directory not declared; "transaction.order" for a call that is not its turn, which
/// changes nothing). After any other exception from `begin`, a staging function or `commit` the transaction
/// is over: everything is old, nothing is left behind; where even that was refused, the message says so and
/// the journal stays for `recover`. One thread at a time.
class KRGBOOT_EXPORT Transaction {
 public:
  explicit Transaction(Root root, std::string state_directory = default_state_directory);
  Transaction(const Transaction&) = delete;
  Transaction(Transaction&&) noexcept;
  Transaction& operator=(const Transaction&) = delete;
  Transaction& operator=(Transaction&&) = delete;
  /// A transaction that was not committed is discarded. One that was committed but neither finished nor
  /// rolled back stays in the journal: the next `recover` reports it as completed.
  ~Transaction();

  /// Declares what will be touched. `directories`: the parent directory of every path that will be staged,
  /// made or removed; one that does not exist yet stands for the next existing one above it. `payload`: any
  /// bytes; they come back from `recover` if this process is killed after the commit. Throws ConflictError
  /// "transaction.unfinished" where a journal lies there already.
  void begin(const std::vector<std::string>& directories, const std::string& payload);

  /// `path` will be a regular file with these bytes; new, or in place of a file, symlink or special file.
  /// `mode`: whatever the umask; setuid, setgid, sticky and writable by others are refused (ArgumentError
  /// "transaction.mode"). `owner`: by default that of the file in whose place it comes, else who runs this. A
  /// directory at `path`: ConflictError "transaction.directory".
  void stage_file(const std::string& path, std::string_view content, mode_t mode,
                  std::optional<Owner> owner = std::nullopt);

  /// The same with the bytes of the regular file `source` beneath `source_root`, following symlinks there.
  /// Shares or copies the blocks within the kernel where it can. Returns the status of what was copied.
  FileStatus stage_copy(const Root& source_root, const std::string& source, const std::string& path,
                        mode_t mode, std::optional<Owner> owner = std::nullopt);

  /// `path` will be a symlink that says `target`.
  void stage_symlink(const std::string& target, const std::string& path);

  /// `path` will be a directory; nothing happens where it is one already, or a symlink to one. What is
  /// missing above is made with 0755. `mode` as for files, and the owner must keep rwx. Something else at
  /// `path`: ConflictError. `owner`: of the directory, if it is made here; what is made above it belongs to
  /// who runs this.
  void make_directory(const std::string& path, mode_t mode = 0755, std::optional<Owner> owner = std::nullopt);

  /// `path` (no directory) will be gone. Nothing there: ConflictError "transaction.vanished".
  void remove_file(const std::string& path);

  /// The directory `path` goes when the transaction is finished, if it is empty then; else it stays, which is
  /// no error.
  void remove_directory(const std::string& path);

  /// Where the staged copy of `path` lies, as seen inside the root, until commit. Throws ArgumentError
  /// "transaction.not_staged".
  std::string staged_path(const std::string& path) const;

  /// Makes everything visible. A target that changed, appeared or vanished since it was staged:
  /// ConflictError "transaction.conflict", everything old.
  void commit();

  /// The end, after commit (and reloads) or after roll_back: drops what is no longer wanted, and the journal.
  /// An error here does not undo anything: the next `recover` will clear up what is left.
  void finish();

  /// After commit: puts everything old back; `finish` follows once the services run with the old files again,
  /// and until then a kill makes `recover` report "undone" with the payload. Returns the paths that somebody
  /// else changed since the commit: they were left alone. After an IoError here the next `recover` goes on
  /// with it. Throws ConflictError "transaction.cannot_roll_back" where an old version is gone, and then
  /// nothing is done. Before commit: discards what was staged, and that is the end.
  std::vector<std::string> roll_back();

  /// Completes or undoes what a killed process left. Throws ConflictError "state.foreign" where the journal
  /// or its directory belongs neither to root nor to the effective user, "state.writable" where its group or
  /// others can write it, "journal.newer" and "journal.damaged"; then nothing is done.
  static RecoveryReport recover(const Root& root,
                                const std::string& state_directory = default_state_directory);
  /// What `recover` asked for is done. Nothing happens where there is no journal.
  static void forget(const Root& root, const std::string& state_directory = default_state_directory);
  /// The transaction that `recover` reported as completed, to finish it or to roll it back. Throws
  /// ConflictError "transaction.none" where there is no such.
  static Transaction resume(const Root& root, const std::string& state_directory = default_state_directory);

 private:
  class Implementation;
  explicit Transaction(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace krgboot
