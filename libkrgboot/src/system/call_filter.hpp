#pragma once

#include <string_view>
#include <vector>

#include <linux/filter.h>

namespace krgboot {

/// What a program inside an image gets when it makes a system call. The table, with the reasons, is in
/// call_filter.cpp.
enum class CallRule {
  allowed,
  by_arguments,  ///< some uses are refused
  refused,       ///< EPERM
  missing,       ///< ENOSYS, as a kernel says that has no such call: libraries know what to do then
  unknown,       ///< the same, and nobody has looked at it yet
};

/// Of a system call's name on Linux, such as "mount".
CallRule rule_of_call(std::string_view name);

/// As the kernel takes it (seccomp(2)): programs, of whose answers the strictest counts.
using CallFilter = std::vector<std::vector<sock_filter>>;

/// For this machine's programs and, on x86-64 and arm64, for 32-bit ones. `is_32_bit`: the image itself is
/// 32-bit; its programs may have no way to make a socket but socketcall(2), which hides from a filter what is
/// asked for: so they may make any. In other images 32-bit programs make none. Made once; a later call
/// returns the same. Throws IoError "enter" where libseccomp refuses.
const CallFilter& call_filter(bool is_32_bit);

/// Puts this process, and all that it will ever start, under `filter`. 0, or an errno: ENOSYS or EINVAL where
/// the kernel has no filters. Takes CAP_SYS_ADMIN in the user namespace. System calls alone.
int install_call_filter(const CallFilter& filter) noexcept;

}  // namespace krgboot
