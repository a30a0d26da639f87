#include "krgboot/system/process.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.hpp"
#include "child_start.hpp"
#include "path.hpp"
#include "system_call.hpp"
#include "terminal_session.hpp"

namespace krgboot {

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

/// Time for a program to end by itself after SIGTERM.
constexpr Milliseconds grace(2000);
constexpr Milliseconds cancel_interval(100);
constexpr std::size_t line_limit = 65536;

/// Keeps the end of a program's output, and passes its lines on one by one.
class Output {
 public:
  using Consumer = std::function<void(std::string_view)>;
  Output(std::size_t limit, Consumer on_bytes, Consumer on_line)
      : limit_(limit), on_bytes_(std::move(on_bytes)), on_line_(std::move(on_line)) {}

  void add(std::string_view bytes) {
    if (on_bytes_) on_bytes_(bytes);
    tail_ += bytes;
    if (tail_.size() > 2 * limit_ + line_limit) {
      tail_.erase(0, tail_.size() - limit_ - 1);
      shortened_ = true;
    }
    if (!on_line_) return;
    line_ += bytes;
    std::size_t start = 0;
    for (auto end = line_.find('\n'); end != std::string::npos; end = line_.find('\n', start)) {
      on_line_(std::string_view(line_).substr(start, end - start));
      start = end + 1;
    }
    line_.erase(0, start);
    if (line_.size() >= line_limit) flush_line();
  }

  void end() {
    if (on_line_ && !line_.empty()) flush_line();
  }

  /// The last lines that fit; a single longer line loses its start.
  std::string tail() const {
    if (!shortened_ && tail_.size() <= limit_) return tail_;
    auto start = tail_.size() - std::min(limit_, tail_.size());
    auto newline = tail_.find('\n', start - std::min<std::size_t>(1, start));
    if (newline != std::string::npos && newline + 1 < tail_.size()) start = newline + 1;
    return tail_.substr(start);
  }

 private:
  void flush_line() {
    auto line = std::move(line_);
    line_.clear();
    on_line_(line);
  }

  std::size_t limit_;
  Consumer on_bytes_;
  Consumer on_line_;
  std::string tail_;
  std::string line_;
  bool shortened_ = false;
};

/// A started program that does not outlive this object.
class Running {
 public:
  Running(StartedChild child, const RunOptions& options)
      : child_(std::move(child)),
        options_(options),
        output_(options.output_limit, options.on_output, options.on_line),
        errors_(options.output_limit, options.on_errors, nullptr) {}

  Running(const Running&) = delete;
  Running(Running&&) = delete;
  Running& operator=(const Running&) = delete;
  Running& operator=(Running&&) = delete;

  ~Running() {
    if (reaped_) return;
    signal_all(child_, SIGKILL);
    siginfo_t ignored{};
    system_call::retried([&] { return waitid(P_PID, static_cast<id_t>(child_.process), &ignored, WEXITED); });
  }

  CommandResult result(const std::string& program) {
    auto start = Clock::now();
    for (;;) {
      wait_for_something(start);
      if (ended_) break;
      if (!stopped_at_ && options_.timeout && Clock::now() - start >= *options_.timeout) {
        result_.timed_out = true;
        stop();
      } else if (!stopped_at_ && options_.keep_running && !options_.keep_running()) {
        result_.cancelled = true;
        stop();
      } else if (stopped_at_ && !killed_ && Clock::now() - *stopped_at_ >= grace) {
        signal_all(child_, SIGKILL);
        killed_ = true;
      }
    }
    if (stopped_at_) signal_all(child_, SIGKILL);  // the rest of the program's process group
    reap(program);
    // Only the data available now: a daemon that the program started may keep the pipe open forever.
    drain();
    output_.end();
    result_.output = output_.tail();
    result_.errors = errors_.tail();
    return std::move(result_);
  }

  /// Relays the terminal until the program ends.
  CommandResult in_terminal(const std::string& program, PseudoTerminal& terminal) {
    relay_terminal(terminal.other_end(), child_.process_descriptor.get(),
                   [this] { signal_all(child_, SIGKILL); });
    reap(program);
    return std::move(result_);
  }

 private:
  void stop() {
    signal_all(child_, SIGTERM);
    stopped_at_ = Clock::now();
  }

  /// Timeout for poll in milliseconds; -1: none.
  int patience(Clock::time_point start) const {
    auto left = [](Clock::time_point until) {
      auto wait = std::chrono::ceil<Milliseconds>(until - Clock::now()).count();
      return static_cast<int>(std::clamp<decltype(wait)>(wait, 0, 60'000));
    };
    if (killed_) return -1;  // the kernel may take long, for example for a disk that does not answer
    if (stopped_at_) return left(*stopped_at_ + grace);
    if (options_.keep_running) {
      auto tick = static_cast<int>(cancel_interval.count());
      return options_.timeout ? std::min(tick, left(start + *options_.timeout)) : tick;
    }
    return options_.timeout ? left(start + *options_.timeout) : -1;
  }

  void wait_for_something(Clock::time_point start) {
    std::array<struct pollfd, 3> waiting{{{child_.process_descriptor.get(), POLLIN, 0},
                                          {child_.output.get(), POLLIN, 0},
                                          {child_.errors.get(), POLLIN, 0}}};
    auto ready = poll(waiting.data(), waiting.size(), patience(start));
    if (ready < 0 && errno != EINTR) throw IoError("run", "the program", errno);
    if (ready <= 0) return;
    drain();
    ended_ = waiting[0].revents != 0;
  }

  void drain() {
    drain(child_.output, output_);
    drain(child_.errors, errors_);
  }

  /// Reads the available data, but not without limit: endless output must not prevent the timeout.
  static void drain(FileDescriptor& from, Output& to) {
    std::array<char, 65536> buffer{};
    for (int reads = 0; from && reads < 16; ++reads) {
      auto got = ::read(from.get(), buffer.data(), buffer.size());
      if (got > 0) {
        to.add({buffer.data(), static_cast<std::size_t>(got)});
      } else if (got == 0) {
        from = FileDescriptor();
      } else if (errno != EINTR) {
        return;
      }
    }
  }

  void reap(const std::string& program) {
    siginfo_t info{};
    auto waited = system_call::retried(
        [&] { return waitid(P_PID, static_cast<id_t>(child_.process), &info, WEXITED); });
    reaped_ = true;
    if (waited != 0) throw IoError("wait for", program, errno);
    result_.status = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
  }

  StartedChild child_;
  const RunOptions& options_;
  Output output_;
  Output errors_;
  CommandResult result_;
  std::optional<Clock::time_point> stopped_at_;
  bool killed_ = false;
  bool ended_ = false;
  bool reaped_ = false;
};

bool is_program(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::optional<std::filesystem::path> find_program(const std::string& name) {
  if (name.empty()) return std::nullopt;
  if (name.find('/') != std::string::npos)
    return is_program(name) ? std::optional<std::string>(name) : std::nullopt;
  const char* variable = getenv("PATH");
  auto places = split(variable == nullptr ? "" : variable, ':');
  for (std::string_view place :
       {"/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin"})
    places.push_back(place);
  for (auto place : places) {
    // An empty or relative entry depends on the working directory.
    if (place.empty() || place.front() != '/') continue;
    auto path = joined_path(place, name);
    if (is_program(path)) return path;
  }
  return std::nullopt;
}

void check_command(const std::vector<std::string>& argv, const RunOptions& options) {
  auto has_nul = [](const std::string& text) { return text.find('\0') != std::string::npos; };
  if (argv.empty() || argv.front().empty())
    throw ArgumentError("command.empty", "", "there is no program to run");
  for (const auto& argument : argv) {
    if (has_nul(argument))
      throw ArgumentError("command.argument", argument,
                          fmt::format("the argument {} holds a NUL byte", in_quotes(argument)));
  }
  for (const auto& [name, value] : options.environment) {
    if (name.empty() || name.find('=') != std::string::npos || has_nul(name) || has_nul(value))
      throw ArgumentError(
          "command.environment", name,
          fmt::format("{} cannot be set to {} in an environment", in_quotes(name), in_quotes(value)));
  }
  if (has_nul(options.working_directory))
    throw ArgumentError("command.directory", options.working_directory,
                        fmt::format("{} is no directory", in_quotes(options.working_directory.native())));
}

ChildOutcome run_child(const std::vector<std::string>& argv, const RunOptions& options, ChildSetup* setup) {
  check_command(argv, options);
  auto program = find_program(argv.front());
  if (!program) throw IoError("run", argv.front(), ENOENT);
  return run_child(ChildProgram{*program, argv, environment_with(options), nullptr, {}}, options, setup);
}

ChildOutcome run_child(const ChildProgram& program, const RunOptions& options, ChildSetup* setup) {
  auto child = start_child(program, options, setup);
  if (child.failure) return {{}, child.failure};
  Running running(std::move(child), options);
  if (program.terminal != nullptr)
    return {running.in_terminal(program.path, *program.terminal), std::nullopt};
  return {running.result(program.path), std::nullopt};
}

CommandResult run(const std::vector<std::string>& argv, const RunOptions& options) {
  return run_child(argv, options, nullptr).result;
}

CommandResult checked(CommandResult result, const std::vector<std::string>& argv) {
  auto output = result.output + result.errors;
  if (result.timed_out) throw CommandError("command.timed_out", argv, result.status, output + "\ntimed out");
  if (result.cancelled) throw CommandError("command.cancelled", argv, result.status, output + "\ncancelled");
  if (result.status != 0) throw CommandError("command.failed", argv, result.status, output);
  return result;
}

CommandResult check_run(const std::vector<std::string>& argv, const RunOptions& options) {
  return checked(run(argv, options), argv);
}

}  // namespace krgboot
