#include <cstdlib>
#include <string>

#include <seccomp.h>

#include "catch.hpp"
#include "system/call_filter.hpp"

using krgboot::CallRule;
using krgboot::rule_of_call;

TEST_CASE("of every system call that libseccomp knows here it is decided what becomes of it") {
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

TEST_CASE("what leads out is refused, what packages need is not") {
  for (const auto* name :
       {"keyctl", "mount", "setns", "bpf", "open_by_handle_at", "io_uring_setup", "kexec_load"})
    CHECK(rule_of_call(name) == CallRule::refused);
  for (const auto* name : {"execve", "openat", "chown", "mknod", "chroot", "getrandom", "setxattr"})
    CHECK(rule_of_call(name) == CallRule::allowed);
  for (const auto* name : {"clone", "unshare", "ioctl", "socket"})
    CHECK(rule_of_call(name) == CallRule::by_arguments);
  CHECK(rule_of_call("clone3") == CallRule::missing);
}

TEST_CASE("the filters fit into what the kernel takes") {
  constexpr std::size_t most = 4096;  // BPF_MAXINSNS
  for (auto is_32_bit : {false, true}) {
    const auto& filter = krgboot::call_filter(is_32_bit);
    CHECK(filter.known.size() > 100);
    CHECK(filter.known.size() <= most);
    CHECK(filter.refused.size() > 100);
    CHECK(filter.refused.size() <= most);
    CHECK(&filter == &krgboot::call_filter(is_32_bit));
  }
}
