#include "krgboot/system/process.hpp"

#include <array>
#include <csignal>

#include <fcntl.h>
#include <unistd.h>

#include "catch.hpp"
#include "error_of.hpp"
#include "forked.hpp"
#include "scratch.hpp"

using krgboot::CommandError;
using krgboot::RunOptions;

using namespace std::chrono_literals;

namespace {

krgboot::CommandResult shell(const std::string& script, const RunOptions& options = {}) {
  return krgboot::run({"sh", "-c", script}, options);
}

}  // namespace

TEST_CASE("programs are found in PATH and in the places of daemons") {
  CHECK(krgboot::find_program("sh"));
  CHECK(krgboot::find_program("sh")->filename() == "sh");
  CHECK_FALSE(krgboot::find_program("no-such-program-anywhere"));
  CHECK_FALSE(krgboot::find_program(""));
  CHECK_FALSE(krgboot::find_program("/etc"));
  CHECK_FALSE(krgboot::find_program("/etc/passwd"));
  CHECK(krgboot::find_program("/bin/sh") == "/bin/sh");

  Scratch scratch;
  scratch.write("/bin/only-here", "#!/bin/sh\nexit 0\n");
  std::string old_path = getenv("PATH");
  setenv("PATH", (scratch.host("/bin") + ":relative::").c_str(), 1);
  CHECK_FALSE(krgboot::find_program("only-here"));
  chmod(scratch.host("/bin/only-here").c_str(), 0755);
  CHECK(krgboot::find_program("only-here") == scratch.host("/bin/only-here"));
  CHECK(krgboot::find_program("ldconfig") == "/usr/sbin/ldconfig");
  setenv("PATH", old_path.c_str(), 1);
}

TEST_CASE("status is the exit status, or 128 and the signal") {
  CHECK(shell("exit 0").status == 0);
  CHECK(shell("exit 7").status == 7);
  CHECK(shell("kill -9 $$").status == 137);
  CHECK(shell("kill -15 $$").status == 143);
}

TEST_CASE("arguments reach the program untouched, with no shell between") {
  auto result = krgboot::run({"printf", "<%s>", "a b", "$HOME", ";exit", "*", "", "\"'\n"});
  CHECK(result.output == "<a b><$HOME><;exit><*><><\"'\n>");
}

TEST_CASE("calls without meaning are refused") {
  CHECK(error_of([] { return krgboot::run({}); }).code == "command.empty");
  CHECK(error_of([] { return krgboot::run({""}); }).code == "command.empty");
  CHECK(error_of([] { return krgboot::run({"printf", std::string("a\0b", 3)}); }).code == "command.argument");
  RunOptions options;
  options.environment = {{"A=B", "c"}};
  CHECK(error_of([&] { return krgboot::run({"true"}, options); }).code == "command.environment");
}

TEST_CASE("a program that cannot be started is an IoError") {
  Scratch scratch;
  scratch.write("/no-program", "neither ELF nor script");
  chmod(scratch.host("/no-program").c_str(), 0755);
  CHECK(error_of<krgboot::IoError>([] { return krgboot::run({"no-such-program"}); }).code == "io.run");
  CHECK(error_of<krgboot::IoError>([&] { return krgboot::run({scratch.host("/no-program")}); }).message ==
        "cannot run " + scratch.host("/no-program") + ": Exec format error");
  RunOptions options;
  options.working_directory = scratch.host("/missing");
  CHECK(error_of<krgboot::IoError>([&] { return krgboot::run({"true"}, options); }).message ==
        "cannot change to " + scratch.host("/missing") + ": No such file or directory");
}

TEST_CASE("input, environment and working directory arrive") {
  Scratch scratch;
  RunOptions options;
  options.input = std::string(300'000, 'i') + "\nend\n";
  options.output_limit = 1'000'000;
  CHECK(krgboot::run({"cat"}, options).output == options.input);
  // Input that is not read blocks nothing, and causes no SIGPIPE.
  CHECK(krgboot::run({"true"}, options).status == 0);
  CHECK(krgboot::run({"cat"}).output.empty());

  setenv("KRGBOOT_TEST_KEPT", "kept", 1);
  setenv("KRGBOOT_TEST_CHANGED", "old", 1);
  options = {};
  options.environment = {{"KRGBOOT_TEST_CHANGED", "new"}, {"KRGBOOT_TEST_ADDED", "a=b c"}};
  options.working_directory = scratch.path();
  CHECK(shell("echo \"$KRGBOOT_TEST_KEPT $KRGBOOT_TEST_CHANGED $KRGBOOT_TEST_ADDED\"; pwd -P", options)
            .output == "kept new a=b c\n" + std::filesystem::canonical(scratch.path()).string() + "\n");
  unsetenv("KRGBOOT_TEST_KEPT");
  unsetenv("KRGBOOT_TEST_CHANGED");
}

TEST_CASE("standard error joins the output or stays apart") {
  CHECK(shell("echo one; echo two >&2; echo three").output == "one\ntwo\nthree\n");
  RunOptions options;
  options.merge_stderr = false;
  auto result = shell("echo one; echo two >&2", options);
  CHECK(result.output == "one\n");
  CHECK(result.errors == "two\n");
}

TEST_CASE("the last lines that fit are kept") {
  RunOptions options;
  options.output_limit = 20;
  CHECK(shell("echo 123456789; echo 123456789", options).output == "123456789\n123456789\n");
  CHECK(shell("echo first; echo 123456789; echo 123456789", options).output == "123456789\n123456789\n");
  CHECK(shell("echo first; echo 1234567890; echo 123456789", options).output == "123456789\n");
  CHECK(shell("printf 0123456789abcdefghijklmnop", options).output == "6789abcdefghijklmnop");
  options.output_limit = 1000;
  auto result = shell("i=0; while [ $i -lt 20000 ]; do echo \"line $i\"; i=$((i+1)); done", options);
  CHECK(result.output.size() <= 1000);
  CHECK(result.output.size() > 900);
  CHECK(result.output.substr(0, 5) == "line ");
  CHECK(result.output.substr(result.output.size() - 11) == "line 19999\n");
}

TEST_CASE("lines come one by one, the last one without newline too") {
  std::vector<std::string> lines;
  RunOptions options;
  options.on_line = [&](std::string_view line) { lines.emplace_back(line); };
  CHECK(shell("printf 'a\\n\\nb'; echo error >&2; printf end", options).status == 0);
  CHECK(lines == std::vector<std::string>{"a", "", "berror", "end"});

  lines.clear();
  shell("head -c 200000 /dev/zero | tr '\\0' x; echo", options);
  std::size_t total = 0;
  for (const auto& line : lines) {
    CHECK(line.size() < 140'000);
    total += line.size();
  }
  CHECK(total == 200'000);
  CHECK(lines.size() > 1);
}

TEST_CASE("an exception of the caller's ends the program and is passed on") {
  Scratch scratch;
  RunOptions options;
  options.on_line = [](std::string_view line) { throw std::runtime_error(std::string(line)); };
  try {
    shell("echo $$; exec sleep 1000", options);
    FAIL("no exception");
  } catch (const std::runtime_error& error) {
    auto process = std::stoi(error.what());
    CHECK(kill(process, 0) == -1);
    CHECK(errno == ESRCH);
  }
}

TEST_CASE("a timeout ends the whole process group") {
  Scratch scratch;
  RunOptions options;
  options.timeout = 300ms;
  SECTION("with SIGTERM") {
    auto result =
        shell("sleep 1000 & echo $! > " + scratch.host("/sleeper") + "; echo started; wait", options);
    CHECK(result.timed_out);
    CHECK_FALSE(result.cancelled);
    CHECK(result.status == 128 + SIGTERM);
    CHECK(result.output == "started\n");
    auto sleeper = std::stoi(scratch.read("/sleeper"));
    // Its new parent may need a moment to reap it.
    for (int i = 0; i < 500 && kill(sleeper, 0) == 0; ++i) usleep(10'000);
    CHECK(kill(sleeper, 0) == -1);
  }
  SECTION("with SIGKILL where SIGTERM is ignored") {
    auto result = shell("trap '' TERM; while :; do sleep 0.1; done", options);
    CHECK(result.timed_out);
    CHECK(result.status == 128 + SIGKILL);
  }
  SECTION("one that talks all the time") {
    CHECK(shell("while :; do echo x; done", options).timed_out);
  }
}

TEST_CASE("the caller can cancel") {
  RunOptions options;
  int asked = 0;
  options.keep_running = [&] { return ++asked < 3; };
  auto result = shell("exec sleep 1000", options);
  CHECK(result.cancelled);
  CHECK_FALSE(result.timed_out);
  CHECK(result.status == 128 + SIGTERM);
}

TEST_CASE("a daemon left behind does not block the caller") {
  Scratch scratch;
  auto result = shell("sleep 1000 & echo $! > " + scratch.host("/daemon") + "; echo done");
  CHECK(result.status == 0);
  CHECK(result.output == "done\n");
  auto daemon = std::stoi(scratch.read("/daemon"));
  CHECK(kill(daemon, SIGKILL) == 0);
}

TEST_CASE("the program gets the standard descriptors and no other") {
  auto leaking = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC, as some libraries open files
  REQUIRE(leaking > 2);
  auto high = fcntl(leaking, F_DUPFD, 200);
  // ls itself opens one descriptor for the directory.
  CHECK(krgboot::run({"ls", "/proc/self/fd"}).output == "0\n1\n2\n3\n");
  close(leaking);
  close(high);
}

TEST_CASE("closed standard descriptors of the caller do no harm") {
  auto child = forked([] {
    close(0);
    close(1);
    close(2);
    if (shell("cat; echo out; echo err >&2").output != "out\nerr\n") _exit(1);
  });
  CHECK(status_of(child) == 0);
}

TEST_CASE("the program starts with default signal handling") {
  sigset_t blocked;
  sigset_t old;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigprocmask(SIG_BLOCK, &blocked, &old);
  auto old_handler = signal(SIGPIPE, SIG_IGN);
  auto result = krgboot::run({"grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"});
  signal(SIGPIPE, old_handler);
  sigprocmask(SIG_SETMASK, &old, nullptr);
  CHECK(result.output == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_CASE("the program dies with its caller") {
  std::array<int, 2> pipe_ends{};
  REQUIRE(pipe(pipe_ends.data()) == 0);
  auto child = forked([&] {
    RunOptions options;
    options.on_line = [&](std::string_view line) {
      auto process = std::stoi(std::string(line));
      [[maybe_unused]] auto written = write(pipe_ends[1], &process, sizeof process);
    };
    shell("echo $$; exec sleep 1000", options);
  });
  close(pipe_ends[1]);
  int process = 0;
  REQUIRE(read(pipe_ends[0], &process, sizeof process) == sizeof process);
  CHECK(kill(process, 0) == 0);
  kill(child, SIGKILL);
  CHECK(status_of(child) == 128 + SIGKILL);
  for (int i = 0; i < 500 && kill(process, 0) == 0; ++i) usleep(10'000);
  CHECK(kill(process, 0) == -1);
  close(pipe_ends[0]);
}

TEST_CASE("check_run turns failures into a CommandError with all details") {
  CHECK(krgboot::check_run({"echo", "fine"}).output == "fine\n");
  try {
    krgboot::check_run({"sh", "-c", "echo reason >&2; exit 3"});
    FAIL("no exception");
  } catch (const CommandError& error) {
    CHECK(error.code() == "command.failed");
    CHECK(error.status() == 3);
    CHECK(error.argv().size() == 3);
    CHECK(error.output() == "reason\n");
  }
  RunOptions options;
  options.timeout = 50ms;
  CHECK(error_of<CommandError>([&] {
          return krgboot::check_run({"sleep", "1000"}, options);
        }).code == "command.timed_out");
  options = {};
  options.keep_running = [] { return false; };
  CHECK(error_of<CommandError>([&] {
          return krgboot::check_run({"sleep", "1000"}, options);
        }).code == "command.cancelled");
}
