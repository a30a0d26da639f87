#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/base/visible.hpp"
#include "krgboot/export.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace krgboot {

/// Root of everything krgboot throws. The class says what the caller should do next; `code()` is a stable
/// identifier for programs ("exports.client_too_long"), `subject()` is the value, key or path that is to
/// blame (may be empty), `what()` is one readable line. `what()` may be given to a terminal whatever files
/// and programs it tells of (`harmless`); the other texts of an error are as they were met.
class KRGBOOT_EXPORT Error : public std::runtime_error {
 public:
  const std::string& code() const noexcept { return code_; }
  const std::string& subject() const noexcept { return subject_; }

 protected:
  Error(std::string code, std::string subject, const std::string& message)
      : std::runtime_error(harmless(message)), code_(std::move(code)), subject_(std::move(subject)) {}

 private:
  std::string code_;
  std::string subject_;
};

/// Fix the call: an argument has no meaning.
class KRGBOOT_EXPORT ArgumentError : public Error {
 public:
  ArgumentError(std::string code, std::string subject, const std::string& message)
      : Error(std::move(code), std::move(subject), message) {}
};

/// An error that carries the full list of findings; `what()` lists all errors among them, one a line.
class KRGBOOT_EXPORT DiagnosticsError : public Error {
 public:
  const Diagnostics& diagnostics() const noexcept { return diagnostics_; }

 protected:
  DiagnosticsError(std::string code, std::string subject, const std::string& message, Diagnostics diagnostics)
      : Error(std::move(code), std::move(subject), message), diagnostics_(std::move(diagnostics)) {}

 private:
  Diagnostics diagnostics_;
};

/// Fix the file: it cannot be read as what it should be. `where()` is the first fault; what else was found
/// in the same reading is in `diagnostics()`.
class KRGBOOT_EXPORT ConfigError : public DiagnosticsError {
 public:
  /// `diagnostics` must hold at least one error; code, subject and position are taken from the first one.
  explicit ConfigError(const Diagnostics& diagnostics);
  const Location& where() const noexcept { return where_; }

 private:
  Location where_;
};

/// Fix the cluster: the file is well-formed, but what it says cannot be. All findings at once.
class KRGBOOT_EXPORT ValidationError : public DiagnosticsError {
 public:
  /// `diagnostics` must hold at least one error; code and subject are taken from the first one.
  explicit ValidationError(const Diagnostics& diagnostics);
};

/// Plan again: what is there is not what the plan was made against, or belongs to somebody else.
class KRGBOOT_EXPORT ConflictError : public Error {
 public:
  /// `overridden_by`: see the accessor.
  ConflictError(std::string code, std::string path, const std::string& message,
                std::string overridden_by = {})
      : Error(std::move(code), std::move(path), message), overridden_by_(std::move(overridden_by)) {}
  /// Name of the option of ApplyOptions that makes apply write despite this conflict: "allow_missing". Empty
  /// if there is none.
  const std::string& overridden_by() const noexcept { return overridden_by_; }

 private:
  std::string overridden_by_;
};

/// The system refused an operation. The message reads "cannot OPERATION PATH: strerror", followed by
/// " (circumstances)" where they are given.
class KRGBOOT_EXPORT IoError : public Error {
 public:
  IoError(std::string operation, std::string path, int error_number, const std::string& circumstances = {});
  const std::string& operation() const noexcept { return operation_; }
  const std::string& path() const noexcept { return subject(); }
  int error_number() const noexcept { return error_number_; }

 private:
  std::string operation_;
  int error_number_;
};

/// An archive is damaged, hostile or of an unknown kind.
class KRGBOOT_EXPORT ArchiveError : public Error {
 public:
  ArchiveError(std::string code, std::string archive, std::string entry, const std::string& message)
      : Error(std::move(code), std::move(archive), message), entry_(std::move(entry)) {}
  const std::string& entry() const noexcept { return entry_; }

 private:
  std::string entry_;
};

/// A program that krgboot ran failed. `status()` is its exit status, or 128 + signal.
class KRGBOOT_EXPORT CommandError : public Error {
 public:
  /// `output`: its last lines, standard output and standard error together.
  CommandError(std::string code, std::vector<std::string> argv, int status, std::string output);
  const std::vector<std::string>& argv() const noexcept { return argv_; }
  int status() const noexcept { return status_; }
  const std::string& output() const noexcept { return output_; }

 private:
  std::vector<std::string> argv_;
  int status_;
  std::string output_;
};

/// A fault of krgboot itself; please report it.
class KRGBOOT_EXPORT InternalError : public Error {
 public:
  explicit InternalError(const std::string& message) : Error("internal", "", message) {}
};

}  // namespace krgboot
