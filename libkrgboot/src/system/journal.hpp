#pragma once

#include <optional>
#include <string>

#include "operation.hpp"

// The journal: STATE_DIRECTORY/journal, mode 0600. Its lines consist of fields separated by one blank; in
// names and in the payload '%', blanks, control characters and non-ASCII bytes are written as %XX.
//
// clang-format off
//     krgboot journal 1 PHASE        PHASE is padded to nine characters, for changes in place
//     id ID
//     confined PATH                  Root::confined(), so that recovery resolves paths as the transaction did
//     directory PATH                 declared, in the order of their indices from 0
//     payload TEXT
//     begun CHECKSUM                 of all bytes after the first line; a file without it was never begun
//     also PATH                      made by the transaction; the indices continue
//     create DIRECTORY NAME KIND INODE SIZE MTIME
//     replace DIRECTORY NAME KIND INODE SIZE MTIME KIND INODE SIZE MTIME      staged file, old file
//     remove DIRECTORY NAME KIND INODE SIZE MTIME                             old file
//     tree DIRECTORY NAME KIND INODE SIZE MTIME
//     inside DIRECTORY NAME KIND INODE SIZE MTIME
//     remove_directory DIRECTORY NAME
//     end CHECKSUM                   of all bytes after the line "begun"
// clang-format on
//
// The lines up to "begun" are durable before anything is staged, those up to "end" before PHASE becomes
// "committed"; so a torn write is never taken for a complete one. The journal contains no commands: to this
// layer the payload is opaque data, and apply reads only names of services from it.

namespace krgboot {

enum class Phase {
  staging,    ///< all files are old; staged files are to be discarded
  committed,  ///< the transaction is to be completed
  undoing,    ///< the transaction is to be undone
  undone,     ///< all files are old again; the caller must still be told
  finishing,  ///< all files are new; old versions and the journal are to be removed
};

std::string phase_line(Phase phase);
std::string header_text(const Record& record);
std::string operations_text(const Record& record);

struct ParsedJournal {
  Phase phase = Phase::staging;
  Record record;
};

/// nullopt: the transaction was never begun, nothing is staged. Throws ConflictError "journal.damaged" for
/// text that no krgboot wrote, "journal.newer" for a later format; `path` is for the message.
std::optional<ParsedJournal> parse_journal(std::string_view text, const std::string& path);

/// The journal file.
class Journal {
 public:
  /// Writes a new journal in phase `staging`, durably, into an existing directory. Throws ConflictError
  /// "transaction.unfinished" if a journal exists, IoError otherwise; after an error there is no new journal.
  static Journal create(const Root& root, const std::string& state_directory, const Record& record);

  struct Opened;
  /// nullopt if there is no journal; removes one that was never begun first. Throws the errors of
  /// `require_own`, for the journal or its directory, and of `parse_journal`.
  static std::optional<Opened> open(const Root& root, const std::string& state_directory);

  /// Appends the operations; they are not durable before `sync` or a sync of the whole file system.
  void append_operations(const Record& record);
  void sync() const;
  /// Durable on return.
  void set_phase(Phase phase);
  void remove();

  const std::string& host_path() const noexcept { return host_path_; }
  int descriptor() const noexcept { return file_.get(); }

 private:
  Journal(FileDescriptor directory, FileDescriptor file, std::string host_path)
      : directory_(std::move(directory)), file_(std::move(file)), host_path_(std::move(host_path)) {}

  FileDescriptor directory_;
  FileDescriptor file_;
  std::string host_path_;
};

struct Journal::Opened {
  Journal journal;
  ParsedJournal content;
};

}  // namespace krgboot
