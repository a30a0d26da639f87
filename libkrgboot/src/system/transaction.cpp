#include "krgboot/system/transaction.hpp"

#include "krgboot/base/error.hpp"

#include <array>
#include <cerrno>
#include <exception>

#include <fmt/format.h>
#include <sys/random.h>

#include "executor.hpp"
#include "journal.hpp"
#include "stager.hpp"
#include "workplace.hpp"

namespace krgboot {

namespace {

std::string random_id() {
  std::array<unsigned char, 8> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw IoError("read", "the random number generator", errno);
  std::string id;
  for (auto byte : bytes) id += fmt::format("{:02x}", byte);
  return id;
}

Workplace workplace_of(const Root& root, const Record& record) {
  Workplace workplace(root.confining(record.confined), record.id);
  for (const auto& path : record.directories) workplace.add(path, path);
  return workplace;
}

/// Removes the remains of a finished transaction, and its journal.
void clear_up(Workplace& workplace, const Record& record, Journal& journal, bool finishing) {
  Executor(workplace, record).clear(finishing);
  journal.remove();
}

/// Restores all old files, for a journal in phase `committed` or `undoing`; its phase is then `undone`.
std::vector<std::string> undo(Workplace& workplace, const Record& record, Journal& journal) {
  journal.set_phase(Phase::undoing);
  Executor executor(workplace, record);
  auto left_alone = executor.backward();
  executor.sync_names();
  executor.clear(false);
  journal.set_phase(Phase::undone);
  return left_alone;
}

}  // namespace

class Transaction::Implementation {
 public:
  enum class State { fresh, staging, committed, undone, over };

  Implementation(Root root, std::string state_directory)
      : state_directory_(std::move(state_directory)), workplace_(std::move(root), "") {}

  Implementation(const Root& root, std::string state_directory, Journal::Opened opened)
      : state_directory_(std::move(state_directory)),
        state_(State::committed),
        record_(std::move(opened.content.record)),
        workplace_(workplace_of(root, record_)),
        journal_(std::move(opened.journal)) {}

  Implementation(const Implementation&) = delete;
  Implementation(Implementation&&) = delete;
  Implementation& operator=(const Implementation&) = delete;
  Implementation& operator=(Implementation&&) = delete;

  ~Implementation() {
    if (state_ != State::staging) return;
    try {
      discard();
    } catch (const std::exception&) {
      // The journal stays, and `recover` tries again.
    }
  }

  void begin(const std::vector<std::string>& directories, const std::string& payload) {
    require(State::fresh, "begin");
    state_ = State::over;
    auto root = workplace_.root();
    record_.id = random_id();
    record_.payload = payload;
    record_.confined = root.confined();
    workplace_ = Workplace(root, record_.id);
    root.make_directories(state_directory_, 0755);  // must exist to be declared
    stager_.declare(directories);
    journal_ = Journal::create(root, state_directory_, record_);
    state_ = State::staging;
  }

  /// Runs a step of staging; if it fails, discards everything staged.
  template <class Step>
  auto staged(Step step) {
    require(State::staging, "stage");
    try {
      return step(stager_);
    } catch (...) {
      clean_up_after(std::current_exception(), [&] { discard(); });
    }
  }

  void commit() {
    require(State::staging, "commit");
    try {
      journal_->append_operations(record_);
      if (!stager_.sync(journal_->descriptor())) journal_->sync();
    } catch (...) {
      clean_up_after(std::current_exception(), [&] { discard(); });
    }
    stager_.move_home();
    try {
      journal_->set_phase(Phase::committed);
      Executor executor(workplace_, record_);
      executor.forward(false);
      executor.sync_names();
      state_ = State::committed;
    } catch (...) {
      clean_up_after(std::current_exception(), [&] {
        state_ = State::over;
        undo(workplace_, record_, *journal_);
        journal_->remove();
      });
    }
  }

  void finish() {
    auto was = state_;
    if (was != State::undone) require(State::committed, "finish");
    state_ = State::over;
    telling("all files are in place; the next krgboot command will clear up", [&] {
      if (was == State::committed) {
        journal_->set_phase(Phase::finishing);
        Executor(workplace_, record_).clear(true);
      }
      journal_->remove();
    });
  }

  std::vector<std::string> roll_back() {
    if (state_ == State::staging) {
      discard();
      return {};
    }
    require(State::committed, "roll back");
    telling("the old files were not put back: all files are in place, and are new",
            [&] { Executor(workplace_, record_).require_old_versions(); });
    state_ = State::over;
    std::vector<std::string> left_alone;
    telling("while putting the old files back; the next krgboot command will go on with it",
            [&] { left_alone = undo(workplace_, record_, *journal_); });
    state_ = State::undone;
    return left_alone;
  }

  std::string staged_path(const std::string& path) {
    require(State::staging, "ask for a staged path");
    return stager_.staged_path(path);
  }

 private:
  void require(State state, std::string_view what) const {
    if (state_ != state)
      throw ArgumentError("transaction.order", "",
                          fmt::format("a transaction in this state cannot {}", what));
  }

  void discard() {
    state_ = State::over;
    clear_up(workplace_, record_, *journal_, false);
  }

  /// Runs `step`; adds `circumstances` to the message of its IoError.
  template <class Step>
  static void telling(const std::string& circumstances, Step step) {
    try {
      step();
    } catch (const IoError& error) {
      throw IoError(error.operation(), error.path(), error.error_number(), circumstances);
    }
  }

  /// Throws `failure` again after `clean_up`; if that fails too, throws an IoError with both messages.
  template <class CleanUp>
  [[noreturn]] void clean_up_after(const std::exception_ptr& failure, CleanUp clean_up) {
    std::string first;
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& error) {
      first = error.what();
    }
    try {
      clean_up();
    } catch (const IoError& error) {
      throw IoError(error.operation(), error.path(), error.error_number(),
                    fmt::format("while cleaning up after \"{}\"; the journal {} stays, and the next krgboot "
                                "command will put things right",
                                first, journal_->host_path()));
    }
    std::rethrow_exception(failure);
  }

  std::string state_directory_;
  State state_ = State::fresh;
  Record record_;
  Workplace workplace_;
  Stager stager_{workplace_, record_};
  std::optional<Journal> journal_;
};

Transaction::Transaction(Root root, std::string state_directory)
    : implementation_(std::make_unique<Implementation>(std::move(root), std::move(state_directory))) {}
Transaction::Transaction(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
Transaction::Transaction(Transaction&&) noexcept = default;
Transaction::~Transaction() = default;

void Transaction::begin(const std::vector<std::string>& directories, const std::string& payload) {
  implementation_->begin(directories, payload);
}

void Transaction::stage_file(const std::string& path, std::string_view content, mode_t mode,
                             std::optional<Owner> owner) {
  implementation_->staged([&](Stager& stager) { stager.file(path, content, mode, owner); });
}

FileStatus Transaction::stage_copy(const Root& source_root, const std::string& source,
                                   const std::string& path, mode_t mode, std::optional<Owner> owner) {
  return implementation_->staged(
      [&](Stager& stager) { return stager.copy(source_root, source, path, mode, owner); });
}

void Transaction::stage_symlink(const std::string& target, const std::string& path) {
  implementation_->staged([&](Stager& stager) { stager.symlink(target, path); });
}

void Transaction::make_directory(const std::string& path, mode_t mode, std::optional<Owner> owner) {
  implementation_->staged([&](Stager& stager) { stager.directory(path, mode, owner); });
}

void Transaction::remove_file(const std::string& path) {
  implementation_->staged([&](Stager& stager) { stager.remove_file(path); });
}

void Transaction::remove_directory(const std::string& path) {
  implementation_->staged([&](Stager& stager) { stager.remove_directory(path); });
}

std::string Transaction::staged_path(const std::string& path) const {
  return implementation_->staged_path(path);
}

void Transaction::commit() {
  implementation_->commit();
}
void Transaction::finish() {
  implementation_->finish();
}
std::vector<std::string> Transaction::roll_back() {
  return implementation_->roll_back();
}

RecoveryReport Transaction::recover(const Root& root, const std::string& state_directory) {
  RecoveryReport report;
  auto opened = Journal::open(root, state_directory);
  if (!opened) return report;
  auto& journal = opened->journal;
  const auto& record = opened->content.record;
  auto workplace = workplace_of(root, record);
  Executor executor(workplace, record);
  report.payload = record.payload;

  auto undone = [&] {
    report.left_alone = undo(workplace, record, journal);
    report.outcome = RecoveryReport::Outcome::undone;
    report.action_needed = true;
  };
  switch (opened->content.phase) {
    case Phase::staging:
      clear_up(workplace, record, journal, false);
      report.outcome = RecoveryReport::Outcome::undone;
      break;
    case Phase::committed:
      try {
        executor.forward(true);
        executor.sync_names();
        report.outcome = RecoveryReport::Outcome::completed;
        report.action_needed = true;
      } catch (const Error& error) {
        report.reason = error.what();
        undone();
      }
      break;
    case Phase::undoing:
      undone();
      break;
    case Phase::undone:
      report.outcome = RecoveryReport::Outcome::undone;
      report.action_needed = true;
      break;
    case Phase::finishing:
      clear_up(workplace, record, journal, true);
      report.outcome = RecoveryReport::Outcome::completed;
      break;
  }
  return report;
}

void Transaction::forget(const Root& root, const std::string& state_directory) {
  auto opened = Journal::open(root, state_directory);
  if (!opened) return;
  if (opened->content.phase == Phase::undone) return opened->journal.remove();
  if (opened->content.phase == Phase::committed) return resume(root, state_directory).finish();
  recover(root, state_directory);
}

Transaction Transaction::resume(const Root& root, const std::string& state_directory) {
  auto opened = Journal::open(root, state_directory);
  if (!opened || opened->content.phase != Phase::committed)
    throw ConflictError("transaction.none", root.describe(state_directory),
                        "there is no committed transaction to go on with");
  return Transaction(std::make_unique<Implementation>(root, state_directory, std::move(*opened)));
}

}  // namespace krgboot
