#include "namespaces.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init_program.hpp"
#include "mount_calls.hpp"

// Only the constructor in this file may allocate memory, take a lock or throw: see mount_calls.hpp.

namespace krgboot {

namespace {

using Failure = ChildSetup::Failure;

int process_descriptor(pid_t process) noexcept {
  return static_cast<int>(syscall(SYS_pidfd_open, process, 0));
}

bool has_ended(int process) noexcept {
  struct pollfd waiting {
    process, POLLIN, 0
  };
  return poll(&waiting, 1, 0) != 0;
}

sigset_t all_signals() noexcept {
  sigset_t signals;
  sigfillset(&signals);
  return signals;
}

/// Closes all descriptors except `kept`, which is sorted.
void close_all_but(const int* kept, std::size_t count) noexcept {
  auto from = 0U;
  for (std::size_t index = 0; index < count; ++index) {
    auto descriptor = static_cast<unsigned>(kept[index]);
    if (descriptor > from) syscall(SYS_close_range, from, descriptor - 1, 0);
    from = descriptor + 1;
  }
  syscall(SYS_close_range, from, ~0U, 0);
}

int exit_status(int status) noexcept {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Lets programs talk to themselves on 127.0.0.1 where there is no other network.
void bring_up_loopback() noexcept {
  Handle socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  struct ifreq request {};
  request.ifr_name[0] = 'l';
  request.ifr_name[1] = 'o';
  request.ifr_flags = IFF_UP;
  ioctl(socket.get(), SIOCSIFFLAGS, &request);
}

/// init sends a byte once its program runs; end of file means failure.
void wait_for_init(int ready) noexcept {
  char byte = 0;
  while (::read(ready, &byte, 1) != 1) {
    if (errno != EINTR) _exit(127);
    errno = 0;
  }
}

}  // namespace

NamespaceSetup::NamespaceSetup(Kind kind, std::vector<Placeholder> placeholders)
    : kind_(kind),
      placeholders_(std::move(placeholders)),
      caller_(getpid()),
      user_map_(fmt::format("0 {} 1\n", geteuid())),
      group_map_(fmt::format("0 {} 1\n", getegid())) {
  kept_.reserve(3 + 2 * placeholders_.size());
}

/// The keeper itself stays in the host's mount namespace: from the new one it could not remove the mount
/// points.
std::optional<Failure> NamespaceSetup::unshare_processes() const noexcept {
  if (unshare(CLONE_NEWPID) == 0) return std::nullopt;
  if (errno != EPERM || kind_.needs_root) return Failure{make_namespace, 0, errno};
  if (unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0) return Failure{make_user, 0, errno};
  if (auto error = become_root_of_namespace(user_map_, group_map_)) return Failure{map_user, 0, error};
  return std::nullopt;
}

std::optional<Failure> NamespaceSetup::unshare_all() const noexcept {
  auto is_alone = kind_.network == no_network;
  auto flags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | (is_alone ? CLONE_NEWNET : 0);
  if (unshare(flags) != 0) return Failure{make_namespace, 0, errno};
  if (kind_.network >= 0 && setns(kind_.network, CLONE_NEWNET) != 0) return Failure{make_namespace, 0, errno};
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return Failure{make_private, 0, errno};
  if (is_alone) bring_up_loopback();
  return std::nullopt;
}

std::optional<Failure> NamespaceSetup::prepare() noexcept {
  // Blocked signals stay pending until the keeper reads them.
  auto signals = all_signals();
  sigprocmask(SIG_SETMASK, &signals, nullptr);
  Handle caller(process_descriptor(caller_));
  if (caller.failed()) return Failure{start_keeper, 0, errno};
  if (getppid() != caller_) _exit(127);
  if (auto failure = unshare_processes()) return failure;
  Handle keeper(process_descriptor(getpid()));
  if (keeper.failed()) return Failure{start_keeper, 0, errno};
  if (auto failure = put_placeholders()) return failure;
  auto init = _Fork();
  if (init < 0) {
    auto error = errno;
    remove_placeholders();
    return Failure{start_keeper, 0, error};
  }
  if (init > 0) keep(init, caller.get());
  return be_init(keeper.get());
}

std::optional<Failure> NamespaceSetup::put_placeholders() noexcept {
  auto index = 0;
  for (auto& placeholder : placeholders_) {
    if (auto error = placeholder.put()) {
      remove_placeholders();
      return Failure{put_placeholder, index, error};
    }
    ++index;
  }
  return std::nullopt;
}

void NamespaceSetup::remove_placeholders() noexcept {
  for (auto& placeholder : placeholders_) placeholder.remove();
}

void NamespaceSetup::clear_up() noexcept {
  for (auto& placeholder : placeholders_) placeholder.remove_left();
}

void NamespaceSetup::keep(pid_t init, int caller) noexcept {
  prctl(PR_SET_NAME, "krgboot-keeper");
  auto ended = process_descriptor(init);
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGTERM);
  sigaddset(&wanted, SIGUSR1);
  auto signals = signalfd(-1, &wanted, SFD_CLOEXEC);
  if (ended < 0 || signals < 0) _exit(127);  // init dies with this process
  for (auto descriptor : {ended, signals, caller}) kept_.push_back(descriptor);
  for (const auto& placeholder : placeholders_) {
    kept_.push_back(placeholder.directory());
    if (placeholder.descriptor() >= 0) kept_.push_back(placeholder.descriptor());
  }
  std::sort(kept_.begin(), kept_.end());
  // The keeper must not hold the caller's pipes open or its locks.
  close_all_but(kept_.data(), kept_.size());
  auto is_orphan = false;
  for (;;) {
    std::array<struct pollfd, 3> waiting{
        {{ended, POLLIN, 0}, {signals, POLLIN, 0}, {is_orphan ? -1 : caller, POLLIN, 0}}};
    if (poll(waiting.data(), waiting.size(), -1) < 0) continue;
    if (waiting[0].revents != 0) break;
    if (waiting[2].revents != 0) {
      is_orphan = true;
      kill(init, SIGKILL);
    }
    struct signalfd_siginfo signal {};
    if (waiting[1].revents != 0 && ::read(signals, &signal, sizeof signal) == sizeof signal)
      kill(init, signal.ssi_signo == SIGUSR1 ? SIGKILL : SIGTERM);
  }
  int status = 0;
  waitpid(init, &status, 0);
  remove_placeholders();
  _exit(exit_status(status));
}

std::optional<Failure> NamespaceSetup::be_init(int keeper) noexcept {
  prctl(PR_SET_NAME, "init");
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (has_ended(keeper)) _exit(127);
  if (auto failure = before()) return failure;
  if (auto failure = unshare_all()) return failure;
  if (auto failure = build()) return failure;
  Handle own_program(open_init());
  std::array<int, 2> ready{};
  if (own_program.failed() || pipe2(ready.data(), O_CLOEXEC) != 0) return Failure{start_init, 0, errno};
  auto program = _Fork();
  if (program < 0) return Failure{start_keeper, 0, errno};
  if (program > 0) {
    if (auto failure = limit_init()) return failure;
    return Failure{start_init, 0, become_init(own_program.get(), program, ready[1])};
  }
  ::close(ready[1]);
  wait_for_init(ready[0]);
  ::close(ready[0]);
  // A new session has no controlling terminal of the caller's, and a process group with a number in this
  // namespace.
  setsid();
  if (auto failure = enter()) return failure;
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  return std::nullopt;
}

}  // namespace krgboot
