#include "terminal_session.hpp"

#include "krgboot/base/error.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace krgboot {

namespace {

constexpr std::array<int, 6> watched{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGWINCH, SIGCONT};

// Global: there is only one standard input, so only one session at a time.
volatile std::sig_atomic_t last_signal = 0;
volatile std::sig_atomic_t was_stopped = 0;

void note_signal(int signal) {
  if (signal == SIGCONT) {
    was_stopped = 1;
  } else if (signal != SIGWINCH) {
    last_signal = signal;
  }
}

/// Blocks signals except while `wait` sleeps.
class HeldSignals {
 public:
  HeldSignals() {
    last_signal = 0;
    was_stopped = 0;
    sigset_t set;
    sigemptyset(&set);
    for (auto signal : watched) sigaddset(&set, signal);
    pthread_sigmask(SIG_BLOCK, &set, &mask_);
    struct sigaction noted {};
    noted.sa_handler = note_signal;
    for (std::size_t i = 0; i < watched.size(); ++i) sigaction(watched.at(i), &noted, &actions_.at(i));
  }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals(HeldSignals&&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  HeldSignals& operator=(HeldSignals&&) = delete;
  ~HeldSignals() {
    for (std::size_t i = 0; i < watched.size(); ++i) sigaction(watched.at(i), &actions_.at(i), nullptr);
    auto came = last_signal;
    pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
    if (came != 0) raise(came);
  }

  /// Waits for at most a second, because a signal may be delivered to another thread.
  template <std::size_t count>
  void wait(std::array<struct pollfd, count>& descriptors) const {
    constexpr struct timespec second { 1, 0 };
    if (ppoll(descriptors.data(), descriptors.size(), &second, &mask_) >= 0) return;
    if (errno != EINTR) throw IoError("run", "the terminal", errno);
    for (auto& descriptor : descriptors) descriptor.revents = 0;
  }

 private:
  sigset_t mask_{};
  std::array<struct sigaction, watched.size()> actions_{};
};

/// Sets the caller's terminal to raw mode, which passes every byte on.
class RawTerminal {
 public:
  RawTerminal() {
    if (tcgetattr(STDIN_FILENO, &before_) != 0) throw IoError("open", "the terminal", errno);
    raw_ = before_;
    cfmakeraw(&raw_);
    set();
  }
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal(RawTerminal&&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;
  RawTerminal& operator=(RawTerminal&&) = delete;
  ~RawTerminal() { tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }

  void set() const { tcsetattr(STDIN_FILENO, TCSADRAIN, &raw_); }

 private:
  struct termios before_ {};
  struct termios raw_ {};
};

/// Copies bytes from one descriptor to another.
class Flow {
 public:
  Flow(int from, int to) : from_(from), to_(to) {}

  /// Poll events to wait for, on `from` and on `to`.
  short reading() const { return is_open_ && waiting_.empty() ? POLLIN : short{0}; }
  short writing() const { return waiting_.empty() ? short{0} : POLLOUT; }
  bool is_open() const { return is_open_; }
  /// Has writing failed for good: a pipe without a reader, a full disk?
  bool is_refused() const { return is_refused_; }

  void read() {
    std::array<char, 16384> buffer{};
    auto got = ::read(from_, buffer.data(), buffer.size());
    if (got > 0) {
      waiting_.assign(buffer.data(), static_cast<std::size_t>(got));
    } else if (got == 0 || (errno != EINTR && errno != EAGAIN)) {
      is_open_ = false;  // also EIO: the other end of a terminal is closed
    }
  }

  void write() {
    auto put = ::write(to_, waiting_.data(), waiting_.size());
    if (put > 0) {
      waiting_.erase(0, static_cast<std::size_t>(put));
    } else if (put < 0 && errno != EINTR && errno != EAGAIN) {
      waiting_.clear();
      is_open_ = false;
      is_refused_ = true;
    }
  }

 private:
  int from_;
  int to_;
  std::string waiting_;
  bool is_open_ = true;
  bool is_refused_ = false;
};

class Session {
 public:
  Session(FileDescriptor program, int ended)
      : program_(std::move(program)),
        ended_(ended),
        keys_(STDIN_FILENO, program_.get()),
        screen_(program_.get(), STDOUT_FILENO) {
    // Non-blocking: a full input queue must not stop the output.
    fcntl(program_.get(), F_SETFL, O_NONBLOCK);
  }

  void run(const std::function<void()>& stop) {
    auto has_stopped = false;
    for (auto has_ended = false; !has_ended || screen_.writing() != 0 || has_output();) {
      pass_size();
      std::array<struct pollfd, 4> waiting{
          {{STDIN_FILENO, has_ended ? short{0} : keys_.reading(), 0},
           {program_.get(), static_cast<short>(keys_.writing() | screen_.reading()), 0},
           {STDOUT_FILENO, screen_.writing(), 0},
           {has_ended ? -1 : ended_, POLLIN, 0}}};
      if (!keys_.is_open()) waiting[0].fd = -1;
      if (!screen_.is_open()) waiting[1].fd = -1;
      if (screen_.writing() == 0) waiting[2].fd = -1;
      signals_.wait(waiting);
      if (last_signal != 0 && !has_stopped) {
        has_stopped = true;
        stop();
      }
      if (was_stopped != 0) {
        was_stopped = 0;
        terminal_.set();  // another process may have changed the settings meanwhile
      }
      constexpr short readable = POLLIN | POLLHUP | POLLERR;
      if ((waiting[0].revents & readable) != 0) keys_.read();
      if ((waiting[1].revents & POLLOUT) != 0) keys_.write();
      if ((waiting[1].revents & readable) != 0 && screen_.reading() != 0) screen_.read();
      if (waiting[2].revents != 0) screen_.write();
      if (waiting[3].revents != 0) has_ended = true;
      if ((!keys_.is_open() || screen_.is_refused()) && !has_stopped && !has_ended) {
        // The user's end is closed, so end the program.
        has_stopped = true;
        stop();
      }
    }
  }

 private:
  bool has_output() const {
    struct pollfd waiting {
      program_.get(), POLLIN, 0
    };
    return screen_.is_open() && poll(&waiting, 1, 0) > 0 && (waiting.revents & POLLIN) != 0;
  }

  void pass_size() {
    struct winsize now {};
    if (ioctl(STDIN_FILENO, TIOCGWINSZ, &now) != 0) return;
    if (now.ws_col == size_.ws_col && now.ws_row == size_.ws_row) return;
    size_ = now;
    ioctl(program_.get(), TIOCSWINSZ, &size_);
  }

  FileDescriptor program_;
  int ended_;
  HeldSignals signals_;
  RawTerminal terminal_;
  Flow keys_;
  Flow screen_;
  struct winsize size_ {};
};

}  // namespace

void relay_terminal(FileDescriptor program, int ended, const std::function<void()>& stop) {
  Session(std::move(program), ended).run(stop);
}

}  // namespace krgboot
