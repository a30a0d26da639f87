#include "krgboot/base/error.hpp"
#include "krgboot/system/transaction.hpp"

#include <cerrno>
#include <functional>

#include <unistd.h>

#include "catch.hpp"
#include "forked.hpp"
#include "not_tested.hpp"
#include "own_mounts.hpp"
#include "scratch.hpp"

using krgboot::IoError;
using krgboot::RecoveryReport;
using krgboot::Transaction;

namespace {

/// Runs `test`, which returns true for success, in a process where `directory` is mounted read-only; false if
/// that is not possible and the test is skipped.
bool where_read_only(const std::string& directory, const std::function<bool()>& test) {
  auto status = with_own_mounts([&] { return mount_read_only(directory) && test(); });
  if (status == may_not_mount) {
    not_tested("this user may not mount anything, not even in a namespace of his own");
    return false;
  }
  CHECK(status == 0);
  return true;
}

}  // namespace

TEST_CASE("a part that is read-only refuses the transaction, and no journal stays") {
  Scratch scratch;
  scratch.write("/d/old", "old");
  scratch.write("/part/old", "old");
  auto tested = where_read_only(scratch.host("/part"), [&] {
    Transaction transaction(scratch.root());
    transaction.begin({"/d", "/part"}, "");
    transaction.stage_file("/d/old", "new", 0644);
    try {
      transaction.stage_file("/part/new", "new", 0644);
      return false;
    } catch (const IoError& error) {
      // The original error, not one of a failed cleanup.
      return error.error_number() == EROFS && error.operation() == "mkdir" &&
             std::string(error.what()).find("cleaning up") == std::string::npos;
    }
  });
  if (!tested) return;
  CHECK(scratch.read("/d/old") == "old");
  CHECK(scratch.root().list_directory("/d") == std::vector<std::string>{"old"});
  CHECK_FALSE(scratch.exists("/var/lib/krgboot/journal"));
}

TEST_CASE("a recovery succeeds if none of its files lies on a part that has become read-only") {
  Scratch scratch;
  scratch.write("/d/old", "old");
  scratch.make_directory("/part/empty");
  auto child = forked([&] {
    Transaction transaction(scratch.root());
    transaction.begin({"/d", "/part"}, "");
    transaction.stage_file("/d/old", "new", 0644);
    transaction.remove_directory("/part/gone");
    _exit(42);  // killed while staging
  });
  REQUIRE(status_of(child) == 42);
  auto tested = where_read_only(scratch.host("/part"), [&] {
    return Transaction::recover(scratch.root()).outcome == RecoveryReport::Outcome::undone;
  });
  if (!tested) return;
  CHECK_FALSE(scratch.exists("/var/lib/krgboot/journal"));
}

TEST_CASE(
    "a directory to be removed that is not there is no error on a read-only part, one that is there is") {
  for (const auto* name : {"/part/gone", "/part/empty"}) {
    Scratch scratch;
    scratch.write("/d/old", "old");
    scratch.make_directory("/part/empty");
    CAPTURE(name);
    auto tested = where_read_only(scratch.host("/part"), [&] {
      Transaction transaction(scratch.root());
      transaction.begin({"/d", "/part"}, "");
      transaction.stage_file("/d/old", "new", 0644);
      transaction.remove_directory(name);
      transaction.commit();
      try {
        transaction.finish();
        return std::string(name) == "/part/gone";
      } catch (const IoError& error) {
        return error.error_number() == EROFS && std::string(name) == "/part/empty";
      }
    });
    if (!tested) return;
    CHECK(scratch.read("/d/old") == "new");
  }
}
