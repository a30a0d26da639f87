#include "child_start.hpp"

#include "krgboot/base/error.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mount_calls.hpp"
#include "system_call.hpp"

namespace krgboot {

namespace {

/// Message of a child that cannot start its program, sent through the status pipe.
struct StartFailure {
  enum class Place : int { working_directory, setup, program };
  Place place = Place::program;
  ChildSetup::Failure detail;
};

/// The input is a file, not a pipe, so that neither side waits for the other. `confined`: the program gets an
/// empty file instead of the host's /dev/null, whose mode and owner it could change through the descriptor.
/// For a descriptor that the caller passes in, the caller is responsible.
FileDescriptor standard_input(const RunOptions& options, bool confined, const std::string& program) {
  const auto& text = options.input;
  if (options.input_descriptor >= 0) {
    FileDescriptor copy(fcntl(options.input_descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!copy) throw IoError("run", program, errno);
    return copy;
  }
  if (text.empty() && !confined) return above_standard(::open("/dev/null", O_RDONLY | O_CLOEXEC), program);
  auto file = above_standard(memfd_create("input", MFD_CLOEXEC), program);
  system_call::write_all(file.get(), text, program);
  if (lseek(file.get(), 0, SEEK_SET) != 0) throw IoError("run", program, errno);
  return file;
}

std::vector<char*> pointers_to(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (auto& string : strings) result.push_back(string.data());
  result.push_back(nullptr);
  return result;
}

/// Everything the child needs, prepared before the fork.
struct Launch {
  const char* program;
  char* const* argv;
  char* const* environment;
  const char* working_directory;  // nullptr: unchanged
  ChildSetup* setup;
  bool has_terminal;
  const int* inherited;
  std::size_t inherited_count;
  int input;
  int output;
  int errors;
  int status;
  pid_t parent;
};

void reset_signals() noexcept {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) sigaction(signal, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void fail(const Launch& launch, StartFailure::Place place, ChildSetup::Failure detail) noexcept {
  StartFailure failure{place, detail};
  // Smaller than PIPE_BUF: written whole or not at all.
  [[maybe_unused]] auto written = ::write(launch.status, &failure, sizeof failure);
  _exit(127);
}

[[noreturn]] void be_the_child(const Launch& launch) noexcept {
  using Place = StartFailure::Place;
  setpgid(0, 0);
  reset_signals();
  auto parent = launch.parent;
  if (launch.setup != nullptr) {
    if (auto failure = launch.setup->prepare()) fail(launch, Place::setup, *failure);
    if (launch.setup->parent() != 0) parent = launch.setup->parent();
  }
  // After the setup, because a change of credentials resets the signal. The parent may have died before.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  if (launch.has_terminal) {
    // The setup has already replaced the standard descriptors with the terminal.
  } else if (dup2(launch.input, STDIN_FILENO) < 0 || dup2(launch.output, STDOUT_FILENO) < 0 ||
             dup2(launch.errors, STDERR_FILENO) < 0) {
    fail(launch, Place::program, {0, 0, errno});
  }
  if (launch.working_directory != nullptr && chdir(launch.working_directory) != 0)
    fail(launch, Place::working_directory, {0, 0, errno});
  close_on_exec_from(STDERR_FILENO + 1);
  for (std::size_t i = 0; i < launch.inherited_count; ++i) fcntl(launch.inherited[i], F_SETFD, 0);
  execve(launch.program, launch.argv, launch.environment);
  fail(launch, Place::program, {0, 0, errno});
}

void reap(pid_t process) {
  system_call::retried([&] { return waitpid(process, nullptr, 0); });
}

}  // namespace

FileDescriptor above_standard(int descriptor, const std::string& program) {
  FileDescriptor held(descriptor);
  if (descriptor > STDERR_FILENO) return held;
  if (descriptor < 0) throw IoError("run", program, errno);
  FileDescriptor copy(fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!copy) throw IoError("run", program, errno);
  return copy;
}

std::pair<FileDescriptor, FileDescriptor> make_pipe(const std::string& program) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw IoError("run", program, errno);
  FileDescriptor other(ends[1]);
  auto reading = above_standard(ends[0], program);
  return {std::move(reading), above_standard(other.release(), program)};
}

std::vector<std::string> environment_with(const RunOptions& options) {
  std::vector<std::string> result;
  auto is_replaced = [&](std::string_view variable) {
    for (const auto& addition : options.environment) {
      if (variable.substr(0, variable.find('=')) == addition.first) return true;
    }
    return false;
  };
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    if (!is_replaced(*variable)) result.emplace_back(*variable);
  }
  for (const auto& [name, value] : options.environment) result.push_back(fmt::format("{}={}", name, value));
  return result;
}

void signal_all(const StartedChild& child, int signal) noexcept {
  if (child.has_keeper) {
    kill(child.process, signal == SIGKILL ? SIGUSR1 : signal);
  } else {
    kill(-child.process, signal);
  }
}

StartedChild start_child(const ChildProgram& program, const RunOptions& options, ChildSetup* setup) {
  const auto& path = program.path;
  FileDescriptor input;
  std::pair<FileDescriptor, FileDescriptor> output;
  std::pair<FileDescriptor, FileDescriptor> errors;
  if (program.terminal == nullptr) {
    input = standard_input(options, setup != nullptr, path);
    output = make_pipe(path);
    if (!options.merge_stderr) errors = make_pipe(path);
  }
  auto status = make_pipe(path);
  auto environment = program.environment;
  auto arguments = program.argv;
  auto argv_pointers = pointers_to(arguments);
  auto environment_pointers = pointers_to(environment);
  Launch launch{path.c_str(),
                argv_pointers.data(),
                environment_pointers.data(),
                options.working_directory.empty() ? nullptr : options.working_directory.c_str(),
                setup,
                program.terminal != nullptr,
                program.inherited.data(),
                program.inherited.size(),
                input.get(),
                output.second.get(),
                options.merge_stderr ? output.second.get() : errors.second.get(),
                status.second.get(),
                getpid()};

  StartedChild child;
  child.has_keeper = setup != nullptr && setup->has_keeper();
  child.process = fork();
  if (child.process < 0) throw IoError("run", path, errno);
  if (child.process == 0) be_the_child(launch);
  // Parent and child both call this: the group must exist before the first signal to it.
  setpgid(child.process, child.process);
  status.second = FileDescriptor();
  StartFailure failure;
  auto got = system_call::retried([&] { return ::read(status.first.get(), &failure, sizeof failure); });
  if (got != 0) {
    reap(child.process);
    if (got != static_cast<ssize_t>(sizeof failure)) throw IoError("run", path, got < 0 ? errno : EIO);
    if (failure.place == StartFailure::Place::working_directory)
      throw IoError("change to", options.working_directory, failure.detail.error_number);
    if (failure.place == StartFailure::Place::program)
      throw IoError("run", path, failure.detail.error_number);
    child.process = -1;
    child.failure = failure.detail;
    return child;
  }
  child.process_descriptor = FileDescriptor(static_cast<int>(syscall(SYS_pidfd_open, child.process, 0)));
  if (!child.process_descriptor) {
    auto error = errno;
    signal_all(child, SIGKILL);
    reap(child.process);
    throw IoError("run", path, error);
  }
  child.output = std::move(output.first);
  child.errors = std::move(errors.first);
  for (auto* end : {&child.output, &child.errors}) {
    if (*end) fcntl(end->get(), F_SETFL, O_NONBLOCK);
  }
  return child;
}

}  // namespace krgboot
