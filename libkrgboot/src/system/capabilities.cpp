#include "capabilities.hpp"

#include <array>
#include <cerrno>
#include <cstdint>

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace krgboot {

namespace {

constexpr std::uint64_t bit(int capability) noexcept {
  return std::uint64_t{1} << static_cast<unsigned>(capability);
}

constexpr std::uint64_t kept_capabilities =
    bit(CAP_CHOWN) | bit(CAP_DAC_OVERRIDE) |
    bit(CAP_FOWNER) |                    // dpkg, tar, install: for any file of the image
    bit(CAP_FSETID) |                    // dpkg: keeps setgid in a mode
    bit(CAP_SETUID) | bit(CAP_SETGID) |  // apt switches to the user _apt; su,
                                         // runuser
    bit(CAP_KILL) |                      // apt ends its processes that run as _apt; start-stop-daemon
    bit(CAP_SETFCAP) |                   // setcap in maintainer scripts (iputils-ping)
    bit(CAP_SYS_CHROOT);                 // ldconfig -r, which mkinitramfs and dracut call

}  // namespace

int limit_capabilities() noexcept {
  // The bounding set limits what programs get that root starts. The loop ends at the kernel's last
  // capability.
  for (int capability = 0; capability < 64; ++capability) {
    if ((kept_capabilities & bit(capability)) != 0) continue;
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0) continue;
    if (errno == EINVAL) break;
    return errno;
  }
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  struct __user_cap_header_struct header {
    _LINUX_CAPABILITY_VERSION_3, 0
  };
  std::array<struct __user_cap_data_struct, 2> sets{};
  if (syscall(SYS_capget, &header, sets.data()) != 0) return errno;
  constexpr std::array<std::uint32_t, 2> masks{static_cast<std::uint32_t>(kept_capabilities),
                                               static_cast<std::uint32_t>(kept_capabilities >> 32U)};
  for (std::size_t half = 0; half < sets.size(); ++half) {
    sets[half].effective &= masks[half];
    sets[half].permitted &= masks[half];
    sets[half].inheritable = 0;
  }
  return syscall(SYS_capset, &header, sets.data()) == 0 ? 0 : errno;
}

}  // namespace krgboot
