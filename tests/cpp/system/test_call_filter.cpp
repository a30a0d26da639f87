#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include <linux/netlink.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "catch.hpp"
#include "forked.hpp"
#include "system/call_filter.hpp"

using krgboot::CallRule;
using krgboot::rule_of_call;

TEST_CASE("the table has a rule for every system call that libseccomp knows") {
  constexpr int more_than_there_are = 1024;
  for (unsigned architecture :
       {unsigned{SCMP_ARCH_X86_64}, unsigned{SCMP_ARCH_X86}, unsigned{SCMP_ARCH_AARCH64}}) {
    for (int number = 0; number < more_than_there_are; ++number) {
      auto* name = seccomp_syscall_resolve_num_arch(architecture, number);
      if (name == nullptr) continue;
      INFO(name);
      CHECK(rule_of_call(name) != CallRule::unknown);
      free(name);
    }
  }
  CHECK(rule_of_call("a_call_of_tomorrow") == CallRule::unknown);
}

TEST_CASE("calls that lead out are refused, calls that packages need are not") {
  for (const auto* name :
       {"keyctl", "mount", "setns", "bpf", "open_by_handle_at", "io_uring_setup", "kexec_load"})
    CHECK(rule_of_call(name) == CallRule::refused);
  for (const auto* name : {"execve", "openat", "chown", "mknod", "chroot", "getrandom", "setxattr"})
    CHECK(rule_of_call(name) == CallRule::allowed);
  for (const auto* name : {"clone", "unshare", "ioctl", "socket"})
    CHECK(rule_of_call(name) == CallRule::by_arguments);
  CHECK(rule_of_call("clone3") == CallRule::missing);
}

TEST_CASE("the filters are within the kernel's size limit") {
  constexpr std::size_t most = 4096;  // BPF_MAXINSNS
  for (auto is_32_bit : {false, true}) {
    const auto& filter = krgboot::call_filter(is_32_bit);
    CHECK(filter.size() >= 3);
    for (const auto& program : filter) {
      CHECK(program.size() > 3);
      CHECK(program.size() <= most);
    }
    CHECK(&filter == &krgboot::call_filter(is_32_bit));
  }
}

#ifdef __x86_64__
namespace {

/// Makes a system call as 32-bit programs do; returns the kernel's result, -errno for an error.
int call_32_bit(int number, int first, std::uintptr_t second, int third) {
  int answer = 0;
  asm volatile("int $0x80"
               : "=a"(answer)
               : "a"(number), "b"(first), "c"(second), "d"(third)
               : "memory", "r8", "r9", "r10", "r11");
  return answer;
}

constexpr int socketcall_number = 102;
constexpr int socket_number = 359;
constexpr int get_pid_number = 20;

/// The result of making a socket, by socketcall (with arguments in memory with 32-bit addresses) or directly,
/// in a process behind the filter for an image.
int made_socket(bool is_32_bit, bool by_socketcall, int family) {
  const auto& filter = krgboot::call_filter(is_32_bit);
  auto* low = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
  REQUIRE(low != MAP_FAILED);
  const std::array<unsigned, 3> arguments{static_cast<unsigned>(family), SOCK_STREAM, 0};
  memcpy(low, arguments.data(), sizeof arguments);
  auto status = status_of(forked([&] {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || krgboot::install_call_filter(filter) != 0) _exit(98);
    constexpr int make_socket = 1;  // SYS_SOCKET
    auto answer = by_socketcall
                      ? call_32_bit(socketcall_number, make_socket, reinterpret_cast<std::uintptr_t>(low), 0)
                      : call_32_bit(socket_number, family, SOCK_STREAM, 0);
    _exit(answer >= 0 ? 0 : -answer);
  }));
  munmap(low, 4096);
  return status;
}

}  // namespace

TEST_CASE("32-bit programs make sockets in 32-bit images, and in no others") {
  // Test in a process without a tracer whether the kernel supports 32-bit calls at all.
  if (status_of(forked([] { _exit(call_32_bit(get_pid_number, 0, 0, 0) == getpid() ? 0 : 1); })) != 0) {
    WARN("NOT TESTED: this kernel runs no 32-bit programs");
    return;
  }
  for (auto by_socketcall : {true, false}) {
    CAPTURE(by_socketcall);
    CHECK(made_socket(true, by_socketcall, AF_INET) == 0);
    CHECK(made_socket(false, by_socketcall, AF_INET) == EAFNOSUPPORT);
    CHECK(made_socket(false, by_socketcall, AF_UNIX) == EAFNOSUPPORT);
  }
}
#endif

TEST_CASE("few socket families are allowed, and one for pairs") {
  const auto& filter = krgboot::call_filter(false);
  auto answer = [&](auto make) {
    return status_of(forked([&] {
      if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || krgboot::install_call_filter(filter) != 0) _exit(98);
      _exit(make() >= 0 ? 0 : errno);
    }));
  };
  for (auto family : {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK}) {
    CAPTURE(family);
    CHECK(answer([&] { return socket(family, SOCK_DGRAM, 0); }) == 0);
  }
  for (auto family : {AF_PACKET, AF_ALG, AF_VSOCK, AF_TIPC, AF_BLUETOOTH}) {
    CAPTURE(family);
    CHECK(answer([&] { return socket(family, SOCK_SEQPACKET, 0); }) == EAFNOSUPPORT);
  }
  std::array<int, 2> pair{};
  CHECK(answer([&] { return socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()); }) == 0);
  CHECK(answer([&] { return socketpair(AF_TIPC, SOCK_STREAM, 0, pair.data()); }) == EAFNOSUPPORT);
  CHECK(answer([&] { return socket(AF_NETLINK, SOCK_RAW, NETLINK_AUDIT); }) == EAFNOSUPPORT);
}
