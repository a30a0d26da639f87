#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/base/visible.hpp"
#include "krgboot/export.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace krgboot {

/// Base class of all exceptions that krgboot throws. The derived class says what the caller can do about it:
/// correct the call, correct the file, plan again. `what()` is a readable message, one line in most classes.
/// It is escaped by `harmless`, so it is safe to print on a terminal; all other texts of an error are not
/// escaped.
class KRGBOOT_EXPORT Error : public std::runtime_error {
 public:
  /// A stable identifier for programs: "exports.client_too_long".
  const std::string& code() const noexcept { return code_; }
  /// The value, key or path that caused the error; may be empty.
  const std::string& subject() const noexcept { return subject_; }

 protected:
  Error(std::string code, std::string subject, const std::string& message)
      : std::runtime_error(harmless(message)), code_(std::move(code)), subject_(std::move(subject)) {}

 private:
  std::string code_;
  std::string subject_;
};

/// An argument of a call is invalid. The caller must correct the call.
class KRGBOOT_EXPORT ArgumentError : public Error {
 public:
  ArgumentError(std::string code, std::string subject, const std::string& message)
      : Error(std::move(code), std::move(subject), message) {}
};

/// An error with a list of findings. `what()` has one line for each finding of severity `error`.
class KRGBOOT_EXPORT DiagnosticsError : public Error {
 public:
  /// All findings, warnings included.
  const Diagnostics& diagnostics() const noexcept { return diagnostics_; }

 protected:
  DiagnosticsError(std::string code, std::string subject, const std::string& message, Diagnostics diagnostics)
      : Error(std::move(code), std::move(subject), message), diagnostics_(std::move(diagnostics)) {}

 private:
  Diagnostics diagnostics_;
};

/// A file does not follow the syntax of its format. The user must correct the file.
class KRGBOOT_EXPORT ConfigError : public DiagnosticsError {
 public:
  /// Takes code, subject (the finding's key) and position from the first finding of severity `error`. Throws
  /// InternalError if `diagnostics` holds no such finding.
  explicit ConfigError(const Diagnostics& diagnostics);
  /// Place of the first error.
  const Location& where() const noexcept { return where_; }

 private:
  Location where_;
};

/// A cluster.yaml is well-formed, but it describes an impossible cluster. The user must correct its values.
class KRGBOOT_EXPORT ValidationError : public DiagnosticsError {
 public:
  /// Takes code and subject (the finding's key) from the first finding of severity `error`. Throws
  /// InternalError if `diagnostics` holds no such finding.
  explicit ValidationError(const Diagnostics& diagnostics);
};

/// The system no longer has the state that the plan was made for, or an existing file is not krgboot's. The
/// caller must plan again.
class KRGBOOT_EXPORT ConflictError : public Error {
 public:
  /// `path` becomes the subject. `overridden_by`: see the accessor.
  ConflictError(std::string code, std::string path, const std::string& message,
                std::string overridden_by = {})
      : Error(std::move(code), std::move(path), message), overridden_by_(std::move(overridden_by)) {}
  /// Name of the option of ApplyOptions that makes apply write despite this conflict: "allow_missing". Empty
  /// if there is none.
  const std::string& overridden_by() const noexcept { return overridden_by_; }

 private:
  std::string overridden_by_;
};

/// A system call failed. The message is "cannot OPERATION PATH: STRERROR", followed by " (CIRCUMSTANCES)" if
/// given.
class KRGBOOT_EXPORT IoError : public Error {
 public:
  /// `operation`: a verb such as "open"; the code is "io.OPERATION". `error_number`: a value of errno(3).
  IoError(std::string operation, std::string path, int error_number, const std::string& circumstances = {});
  /// The operation that failed: "open".
  const std::string& operation() const noexcept { return operation_; }
  const std::string& path() const noexcept { return subject(); }
  /// The value of errno(3).
  int error_number() const noexcept { return error_number_; }

 private:
  std::string operation_;
  int error_number_;
};

/// An archive is damaged, unsafe to extract or in an unknown format.
class KRGBOOT_EXPORT ArchiveError : public Error {
 public:
  /// `archive`: path of the archive, which becomes the subject. `entry`: path of the entry in it, empty if
  /// the fault is not in one entry.
  ArchiveError(std::string code, std::string archive, std::string entry, const std::string& message)
      : Error(std::move(code), std::move(archive), message), entry_(std::move(entry)) {}
  /// Path of the entry in the archive; may be empty.
  const std::string& entry() const noexcept { return entry_; }

 private:
  std::string entry_;
};

/// A program that krgboot ran failed.
class KRGBOOT_EXPORT CommandError : public Error {
 public:
  /// `argv`: the program and its arguments; the program becomes the subject. `output`: the last lines of its
  /// standard output and standard error together.
  CommandError(std::string code, std::vector<std::string> argv, int status, std::string output);
  const std::vector<std::string>& argv() const noexcept { return argv_; }
  /// Exit status of the program, or 128 + signal number.
  int status() const noexcept { return status_; }
  const std::string& output() const noexcept { return output_; }

 private:
  std::vector<std::string> argv_;
  int status_;
  std::string output_;
};

/// A bug in krgboot; please report it.
class KRGBOOT_EXPORT InternalError : public Error {
 public:
  /// The code is "internal".
  explicit InternalError(const std::string& message) : Error("internal", "", message) {}
};

}  // namespace krgboot
