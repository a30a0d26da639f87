#pragma once

#include <string_view>
#include <vector>

#include <linux/filter.h>

namespace krgboot {

/// The result of a system call by a program inside an image. The table, with the reasons, is in
/// call_filter.cpp.
enum class CallRule {
  allowed,
  by_arguments,  ///< some uses are refused
  refused,       ///< EPERM
  missing,       ///< ENOSYS, as from a kernel without this call: libraries then use another one
  unknown,       ///< ENOSYS too; the call has not been reviewed yet
};

/// The rule for the Linux system call of this name, such as "mount".
CallRule rule_of_call(std::string_view name);

/// Filter programs as seccomp(2) takes them; of their results the strictest counts.
using CallFilter = std::vector<std::vector<sock_filter>>;

/// The filter for this machine's programs and, on x86-64 and arm64, for 32-bit programs. `is_32_bit`: the
/// image itself is 32-bit. Its programs may only have socketcall(2), whose arguments a filter cannot read, so
/// they may make any socket. In other images 32-bit programs cannot make sockets. Made once; later calls
/// return the same filter. Throws IoError "enter" if libseccomp fails.
const CallFilter& call_filter(bool is_32_bit);

/// Installs `filter` for this process and all its descendants. Returns 0 or an errno: ENOSYS or EINVAL if the
/// kernel has no filters. Needs CAP_SYS_ADMIN in the user namespace. Makes only system calls.
int install_call_filter(const CallFilter& filter) noexcept;

}  // namespace krgboot
