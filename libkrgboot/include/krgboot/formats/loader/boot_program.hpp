#pragma once

#include "krgboot/export.hpp"

#include <string>
#include <string_view>

namespace krgboot {

/// A network boot program: what DHCP has a machine load.
struct KRGBOOT_EXPORT BootProgram {
  enum class Kind {
    pxelinux,   ///< of syslinux, over TFTP
    lpxelinux,  ///< the same with a TCP/IP of its own, over HTTP as well
    gpxelinux,  ///< the same within gPXE, up to syslinux 4
    syslinux,   ///< for UEFI machines (syslinux.efi)
    ipxe,       ///< iPXE, or gPXE before it
    grub,       ///< GRUB
    shim,       ///< what loads GRUB under Secure Boot
    uefi,       ///< any for UEFI machines, under the name that they look for by themselves
    memdisk,    ///< of syslinux, for images of disks
    memtest,    ///< memtest86 or memtest86+
    windows,    ///< of Windows Deployment Services
    other,      ///< none that is known here
  };
  Kind kind = Kind::other;
  unsigned version = 0;  ///< of a pxelinux that says so: 6; 0 where it is not known

  /// Does it look for a boot file below pxelinux.cfg/, with pxelinux's names?
  bool reads_pxelinux_cfg() const noexcept;
  friend bool operator==(const BootProgram&, const BootProgram&) = default;
};

/// How people call it: "iPXE".
KRGBOOT_EXPORT std::string to_string(BootProgram::Kind kind);

/// How much of a boot program identify_boot_program() looks at.
inline constexpr std::size_t boot_program_head = 65536;

/// By what the program says of itself near its start ("PXELINUX 6.04 lwIP 20200816"), `head`; by the name
/// that its package or its manual gives the file where it says nothing, as compressed ones do.
KRGBOOT_EXPORT BootProgram identify_boot_program(std::string_view file_name, std::string_view head);

}  // namespace krgboot
