#include "krgboot/system/transaction.hpp"

#include <functional>

#include <fcntl.h>
#include <sys/stat.h>

#include "catch.hpp"
#include "error_of.hpp"
#include "forked.hpp"
#include "scratch.hpp"

using krgboot::ConflictError;
using krgboot::Lock;
using krgboot::RecoveryReport;
using krgboot::Transaction;
using Outcome = krgboot::RecoveryReport::Outcome;

// tests/python/test_transaction_faults.py tests kills at each system call; these tests cover changes made
// between the kill and the recovery.

namespace {

constexpr const char* journal = "/var/lib/krgboot/journal";

/// Runs a process that dies after `steps`.
void leave_behind(const Scratch& scratch, const std::function<void(Transaction&)>& steps) {
  auto child = forked([&] {
    Transaction transaction(scratch.root());
    steps(transaction);
    _exit(42);
  });
  REQUIRE(status_of(child) == 42);
}

void stage_files(Transaction& transaction) {
  transaction.begin({"/d"}, "payload");
  transaction.stage_file("/d/created", "new", 0644);
  transaction.stage_file("/d/replaced", "new", 0644);
  transaction.remove_file("/d/removed");
}

void make_old_files(const Scratch& scratch) {
  scratch.write("/d/replaced", "old");
  scratch.write("/d/removed", "old");
}

bool is_old(const Scratch& scratch) {
  return scratch.root().list_directory("/d") == std::vector<std::string>{"removed", "replaced"} &&
         scratch.read("/d/replaced") == "old" && scratch.read("/d/removed") == "old";
}

bool is_new(const Scratch& scratch) {
  return scratch.root().list_directory("/d") == std::vector<std::string>{"created", "replaced"} &&
         scratch.read("/d/replaced") == "new" && scratch.read("/d/created") == "new";
}

/// The journal of a transaction, changed back to its state at the commit, before any operation was done.
std::string phase_changed(const Scratch& scratch, const std::string& phase) {
  auto text = scratch.read(journal);
  REQUIRE(text.substr(0, 18) == "krgboot journal 1 ");
  REQUIRE(phase.size() == 9);
  return text.replace(18, 9, phase);
}

}  // namespace

TEST_CASE("without a journal there is nothing to recover") {
  Scratch scratch;
  CHECK(Transaction::recover(scratch.root()).outcome == Outcome::nothing);
  CHECK_FALSE(scratch.exists("/var"));
  scratch.make_directory("/var/lib/krgboot");
  auto report = Transaction::recover(scratch.root());
  CHECK(report.outcome == Outcome::nothing);
  CHECK_FALSE(report.action_needed);
  Transaction::forget(scratch.root());
  CHECK(error_of<ConflictError>([&] { return Transaction::resume(scratch.root()); }).code ==
        "transaction.none");
}

TEST_CASE("a recovery resolves confined paths as the transaction did") {
  Scratch scratch;
  scratch.write("/image/etc/hosts", "old");
  scratch.write("/etc/hosts", "the server's");
  auto child = forked([&] {
    Transaction transaction(scratch.root().confining({"/image"}));
    transaction.begin({"/image/etc"}, "");
    transaction.stage_file("/image/etc/hosts", "new", 0644);
    transaction.commit();
    _exit(42);
  });
  REQUIRE(status_of(child) == 42);
  CHECK(scratch.read("/image/etc/hosts") == "new");
  // A user with access to the image moves its directory aside and puts a symlink to the server's in its
  // place.
  std::filesystem::rename(scratch.host("/image/etc"), scratch.host("/image/moved"));
  scratch.link("/etc", "/image/etc");
  auto text = phase_changed(scratch, "undoing  ");
  REQUIRE(text.find("confined /image\n") != std::string::npos);
  std::ofstream(scratch.host(journal)) << text;
  try {
    Transaction::recover(scratch.root());
    FAIL("it went on through the link");
  } catch (const krgboot::IoError& error) {
    CHECK(error.error_number() == ELOOP);
  }
  CHECK(scratch.read("/etc/hosts") == "the server's");
  CHECK(scratch.root().list_directory("/etc") == std::vector<std::string>{"hosts"});
  // Once the directory is back, recovery restores the old files.
  std::filesystem::remove(scratch.host("/image/etc"));
  std::filesystem::rename(scratch.host("/image/moved"), scratch.host("/image/etc"));
  CHECK(Transaction::recover(scratch.root()).outcome == Outcome::undone);
  CHECK(scratch.read("/image/etc/hosts") == "old");
}

TEST_CASE("staged files are discarded") {
  Scratch scratch;
  make_old_files(scratch);
  leave_behind(scratch, stage_files);
  Transaction next(scratch.root());
  CHECK(error_of<ConflictError>([&] { next.begin({"/d"}, ""); }).code == "transaction.unfinished");
  CHECK(error_of<ConflictError>([&] { return Transaction::resume(scratch.root()); }).code ==
        "transaction.none");
  auto report = Transaction::recover(scratch.root());
  CHECK(report.outcome == Outcome::undone);
  CHECK_FALSE(report.action_needed);
  CHECK(is_old(scratch));
  CHECK_FALSE(scratch.exists(journal));
}

TEST_CASE(
    "a committed transaction is completed, reported until it is forgotten, and can still be rolled back") {
  Scratch scratch;
  make_old_files(scratch);
  leave_behind(scratch, [](Transaction& transaction) {
    stage_files(transaction);
    transaction.commit();
  });
  for (int time = 0; time < 2; ++time) {
    auto report = Transaction::recover(scratch.root());
    CHECK(report.outcome == Outcome::completed);
    CHECK(report.action_needed);
    CHECK(report.payload == "payload");
    CHECK(report.left_alone.empty());
  }
  SECTION("forgotten") {
    Transaction::forget(scratch.root());
    CHECK(is_new(scratch));
  }
  SECTION("resumed and finished") {
    Transaction::resume(scratch.root()).finish();
    CHECK(is_new(scratch));
  }
  SECTION("resumed and rolled back") {
    auto transaction = Transaction::resume(scratch.root());
    CHECK(transaction.roll_back().empty());
    transaction.finish();
    CHECK(is_old(scratch));
  }
  SECTION("resumed, rolled back and killed again") {
    auto child = forked([&] {
      auto transaction = Transaction::resume(scratch.root());
      transaction.roll_back();
      _exit(42);
    });
    REQUIRE(status_of(child) == 42);
    auto report = Transaction::recover(scratch.root());
    CHECK(report.outcome == Outcome::undone);
    CHECK(report.action_needed);
    CHECK(report.payload == "payload");
    Transaction::forget(scratch.root());
    CHECK(is_old(scratch));
  }
  CHECK(Transaction::recover(scratch.root()).outcome == Outcome::nothing);
}

TEST_CASE("a transaction that cannot be completed any more is undone") {
  Scratch scratch;
  make_old_files(scratch);
  leave_behind(scratch, [](Transaction& transaction) {
    stage_files(transaction);
    transaction.commit();
  });
  // Restore the state right after the commit record; then another process interferes.
  auto committed = scratch.read(journal);
  {
    std::filesystem::path staging;
    for (const auto& entry : std::filesystem::directory_iterator(scratch.host("/d"))) {
      if (entry.path().filename().string().rfind(".krgboot.", 0) == 0) staging = entry.path();
    }
    REQUIRE_FALSE(staging.empty());
    std::filesystem::rename(scratch.host("/d/created"), staging / "created");
    std::filesystem::rename(scratch.host("/d/replaced"), scratch.host("/d/x"));
    std::filesystem::rename(staging / "replaced", scratch.host("/d/replaced"));
    std::filesystem::rename(scratch.host("/d/x"), staging / "replaced");
    std::filesystem::rename(staging / "removed", scratch.host("/d/removed"));
  }
  SECTION("who changes nothing") {
    auto report = Transaction::recover(scratch.root());
    CHECK(report.outcome == Outcome::completed);
    Transaction::forget(scratch.root());
    CHECK(is_new(scratch));
  }
  SECTION("who takes the place of a new file") {
    scratch.write("/d/created", "theirs");
    auto report = Transaction::recover(scratch.root());
    CHECK(report.outcome == Outcome::undone);
    CHECK(report.action_needed);
    CHECK(report.reason.find("appeared") != std::string::npos);
    Transaction::forget(scratch.root());
    CHECK(scratch.read("/d/created") == "theirs");
    CHECK(scratch.read("/d/replaced") == "old");
    CHECK(scratch.read("/d/removed") == "old");
    CHECK(scratch.root().list_directory("/d")->size() == 3);
  }
  SECTION("who edits a file that is to be removed, the last step") {
    scratch.write("/d/removed", "theirs");
    struct timespec times[2] = {{2'000'000'000, 0}, {2'000'000'000, 0}};
    utimensat(AT_FDCWD, scratch.host("/d/removed").c_str(), times, 0);
    CHECK(Transaction::recover(scratch.root()).outcome == Outcome::undone);
    Transaction::forget(scratch.root());
    CHECK(scratch.read("/d/removed") == "theirs");
    CHECK(scratch.read("/d/replaced") == "old");
    CHECK(scratch.root().list_directory("/d")->size() == 2);
  }
  SECTION("who removes the whole directory") {
    std::filesystem::remove_all(scratch.host("/d"));
    auto report = Transaction::recover(scratch.root());
    CHECK(report.outcome == Outcome::completed);
    Transaction::forget(scratch.root());
    CHECK_FALSE(scratch.exists("/d"));
  }
  CHECK_FALSE(scratch.exists(journal));
  CHECK(Transaction::recover(scratch.root()).outcome == Outcome::nothing);
}

TEST_CASE("a journal that outlived its transaction does no harm") {
  Scratch scratch;
  make_old_files(scratch);
  leave_behind(scratch, [](Transaction& transaction) {
    stage_files(transaction);
    transaction.commit();
  });
  auto phase = GENERATE(as<std::string>{}, "committed", "undoing  ", "undone   ", "finishing");
  CAPTURE(phase);
  auto text = phase_changed(scratch, phase);
  Transaction::forget(scratch.root());
  REQUIRE(is_new(scratch));
  // A power cut has brought the journal back after other processes changed the files.
  scratch.write("/d/created", "theirs");
  scratch.write("/d/replaced", "theirs too");
  scratch.write("/d/removed", "made anew");
  scratch.write(journal, text);
  Transaction::recover(scratch.root());
  Transaction::forget(scratch.root());
  CHECK(scratch.read("/d/created") == "theirs");
  CHECK(scratch.read("/d/replaced") == "theirs too");
  CHECK(scratch.read("/d/removed") == "made anew");
  CHECK_FALSE(scratch.exists(journal));
}

TEST_CASE("a journal cut short was never begun") {
  Scratch scratch;
  make_old_files(scratch);
  leave_behind(scratch, [](Transaction& transaction) { transaction.begin({"/d"}, "payload"); });
  auto text = scratch.read(journal);
  for (std::size_t size = 0; size < text.size(); ++size) {
    scratch.write(journal, text.substr(0, size));
    CHECK(Transaction::recover(scratch.root()).outcome == Outcome::nothing);
    CHECK_FALSE(scratch.exists(journal));
  }
  // Blocks that never reached the disk read as zeros.
  scratch.write(journal, std::string(text.size(), '\0'));
  CHECK(Transaction::recover(scratch.root()).outcome == Outcome::nothing);
  scratch.write(journal, text.substr(0, 30) + std::string(text.size() - 30, '\0'));
  CHECK(Transaction::recover(scratch.root()).outcome == Outcome::nothing);
  scratch.write(journal, text);
  CHECK(Transaction::recover(scratch.root()).outcome == Outcome::undone);
  CHECK(is_old(scratch));
}

TEST_CASE("a damaged journal is kept for inspection") {
  Scratch scratch;
  make_old_files(scratch);
  leave_behind(scratch, [](Transaction& transaction) {
    stage_files(transaction);
    transaction.commit();
  });
  const auto text = scratch.read(journal);
  auto replaced = [&](const std::string& from, const std::string& to) {
    auto result = text;
    auto at = result.find(from);
    REQUIRE(at != std::string::npos);
    return result.replace(at, from.size(), to);
  };
  const std::vector<std::string> damaged{
      "something else\n",
      replaced("journal 1 ", "journal 0 "),
      replaced("committed", "comitted "),
      replaced("id ", "id x"),
      replaced("payload payload", "payload another"),
      replaced("create 0 created", "create 0 creation"),
      replaced("create 0 created", "create 7 created"),
      replaced("create 0 created", "create 0 ../etc"),
      replaced("create 0 created file", "create 0 created fifo"),
      replaced("create 0", "crate 0"),
      replaced("remove 0", "remove 0 "),
      replaced("\nend ", "\nend 0"),
      text.substr(0, text.size() - 1),
      text.substr(0, text.find("\nend ") + 1),
      text.substr(0, text.find("\nbegun ") + 1),
  };
  for (const auto& wrong : damaged) {
    CAPTURE(wrong);
    scratch.write(journal, wrong);
    CHECK(error_of<ConflictError>([&] { return Transaction::recover(scratch.root()); }).code ==
          "journal.damaged");
    CHECK(scratch.read(journal) == wrong);
  }
  scratch.write(journal, text);
  CHECK(Transaction::recover(scratch.root()).outcome == Outcome::completed);
}

TEST_CASE("a file planted in place of the journal is refused") {
  Scratch outside;
  outside.write("/journal", "host's");
  Scratch scratch;
  scratch.make_directory("/var/lib/krgboot");
  SECTION("a symlink") {
    scratch.link(outside.host("/journal"), journal);
  }
  SECTION("a FIFO") {
    REQUIRE(mkfifo(scratch.host(journal).c_str(), 0600) == 0);
  }
  SECTION("a directory") {
    scratch.make_directory(journal);
  }
  CHECK(error_of<krgboot::IoError>([&] { return Transaction::recover(scratch.root()); }).code == "io.open");
  Transaction transaction(scratch.root());
  CHECK(error_of<ConflictError>([&] { transaction.begin({"/"}, ""); }).code == "transaction.unfinished");
  CHECK(outside.read("/journal") == "host's");
}

TEST_CASE("only its owner can read the journal") {
  Scratch scratch;
  make_old_files(scratch);
  auto old_mask = umask(0);
  leave_behind(scratch, stage_files);
  umask(old_mask);
  CHECK(scratch.root().status(journal)->mode == 0600);
}

TEST_CASE("eight processes at once lose no transaction") {
  Scratch scratch;
  scratch.make_directory("/d");
  scratch.write("/d/counter", "0");
  std::vector<pid_t> children;
  for (int process = 0; process < 8; ++process) {
    children.push_back(forked([&] {
      for (int i = 0; i < 2; ++i) {
        auto root = scratch.root();
        Lock lock(root);
        if (Transaction::recover(root).outcome != Outcome::nothing) _exit(1);
        Transaction transaction(root);
        transaction.begin({"/d"}, "");
        auto next = std::stoi(*root.read_file("/d/counter")) + 1;
        transaction.stage_file("/d/counter", std::to_string(next), 0644);
        transaction.stage_file("/d/" + std::to_string(next), "x", 0644);
        transaction.commit();
        transaction.finish();
      }
    }));
  }
  for (auto child : children) CHECK(status_of(child) == 0);
  CHECK(scratch.read("/d/counter") == "16");
  CHECK(scratch.root().list_directory("/d")->size() == 17);
}
