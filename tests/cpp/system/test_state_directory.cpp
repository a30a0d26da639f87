#include "krgboot/base/error.hpp"
#include "krgboot/system/lock.hpp"
#include "krgboot/system/transaction.hpp"

#include <functional>
#include <map>

#include <sys/stat.h>
#include <unistd.h>

#include "catch.hpp"
#include "error_of.hpp"
#include "not_tested.hpp"
#include "scratch.hpp"
#include "system/journal.hpp"
#include "system/state_directory.hpp"

using namespace krgboot;

namespace {

const std::string state = default_state_directory;
constexpr uid_t somebody = 12345;

/// A root with the journal of a command that was killed before its commit.
struct Unfinished {
  Unfinished() {
    scratch.write(state + "/journal", header_text({"0123456789abcdef", "payload", {}, {}, 0, {}}));
    scratch.write(state + "/manifest", "krgboot manifest 1\n");
    chmod(scratch.host(state).c_str(), 0755);
    for (const auto* name : {"/journal", "/manifest"}) chmod(scratch.host(state + name).c_str(), 0644);
  }
  Scratch scratch;

  /// Result of each use of the state directory: "" or the error code.
  std::map<std::string, std::string> outcomes() const {
    auto root = scratch.root();
    auto code = [](const std::function<void()>& use) {
      auto thrown = error_of<ConflictError>([&] { return use(), 0; });
      return thrown.code == "(nothing thrown)" ? std::string() : thrown.code;
    };
    return {{"lock", code([&] { Lock lock(root); })},
            {"manifest", code([&] { read_state_file(root, "manifest"); })},
            {"journal", code([&] { Transaction::recover(root); })}};
  }
};

}  // namespace

TEST_CASE("a state directory that only root or the caller can write is used") {
  Unfinished own;
  CHECK(own.outcomes() ==
        std::map<std::string, std::string>{{"lock", ""}, {"manifest", ""}, {"journal", ""}});
  CHECK_FALSE(own.scratch.exists(state + "/journal"));
}

TEST_CASE("a state directory that others can write is refused") {
  Unfinished open;
  auto mode = GENERATE(0775, 0757, 0777, 01777, 02775);
  REQUIRE(chmod(open.scratch.host(state).c_str(), static_cast<mode_t>(mode)) == 0);
  for (const auto& [way, code] : open.outcomes()) {
    CAPTURE(way, mode);
    CHECK(code == "state.writable");
  }
  auto thrown = error_of<ConflictError>([&] { return Lock(open.scratch.root()); });
  CHECK(thrown.subject == open.scratch.host(state));
  CHECK(thrown.message.find(open.scratch.host(state)) != std::string::npos);
  CHECK(thrown.message.find("chmod go-w") != std::string::npos);
  CHECK(open.scratch.exists(state + "/journal"));
}

TEST_CASE("a journal or manifest that others can write is refused") {
  Unfinished open;
  auto name = GENERATE(as<std::string>(), "journal", "manifest");
  auto mode = GENERATE(0664, 0646, 0666);
  REQUIRE(chmod(open.scratch.host(state + '/' + name).c_str(), static_cast<mode_t>(mode)) == 0);
  CAPTURE(name, mode);
  auto outcomes = open.outcomes();
  CHECK(outcomes.at(name) == "state.writable");
  CHECK(outcomes.at("lock").empty());
}

TEST_CASE("files of another user are refused") {
  if (geteuid() != 0) {
    not_tested("only root gives files away");
    return;
  }
  Unfinished foreign;
  SECTION("the directory") {
    REQUIRE(chown(foreign.scratch.host(state).c_str(), somebody, 0) == 0);
    for (const auto& [way, code] : foreign.outcomes()) CHECK(code == "state.foreign");
    // For that user, it is his own directory.
    REQUIRE(seteuid(somebody) == 0);
    auto outcome =
        error_of<ConflictError>([&] { return read_state_file(foreign.scratch.root(), "manifest"); });
    REQUIRE(seteuid(0) == 0);
    CHECK(outcome.code == "(nothing thrown)");
  }
  SECTION("the journal") {
    REQUIRE(chown(foreign.scratch.host(state + "/journal").c_str(), somebody, 0) == 0);
    CHECK(foreign.outcomes().at("journal") == "state.foreign");
    CHECK(foreign.scratch.exists(state + "/journal"));
  }
  SECTION("the manifest") {
    REQUIRE(chown(foreign.scratch.host(state + "/manifest").c_str(), somebody, 0) == 0);
    CHECK(foreign.outcomes().at("manifest") == "state.foreign");
  }
}

TEST_CASE("a journal of a newer krgboot is called newer, not damaged") {
  auto code = [](const std::string& text) {
    return error_of<ConflictError>([&] { return parse_journal(text, "/x/journal"); }).code;
  };
  CHECK(code("krgboot journal 2 committed\nwhatever\n") == "journal.newer");
  CHECK(code("krgboot journal 17\n") == "journal.newer");
  CHECK(code("krgboot journal 0 staging  \n") == "journal.damaged");
  CHECK(code("krgboot journal x\n") == "journal.damaged");
  CHECK(code("krgboot journal 99999999999999999999 \n") == "journal.damaged");
  auto newer =
      error_of<ConflictError>([] { return parse_journal("krgboot journal 2 committed\n", "/x/journal"); });
  CHECK(newer.subject == "/x/journal");
  CHECK(newer.message.find("run that krgboot's verify") != std::string::npos);
}
