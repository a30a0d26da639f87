#pragma once

#include "krgboot/export.hpp"

#include <string>
#include <string_view>

namespace krgboot {

/// A network boot program: the program that DHCP tells a machine to load.
struct KRGBOOT_EXPORT BootProgram {
  /// Kinds of boot programs.
  enum class Kind {
    pxelinux,   ///< pxelinux of syslinux, which loads by TFTP
    lpxelinux,  ///< pxelinux with its own TCP/IP stack, which also loads by HTTP
    gpxelinux,  ///< pxelinux inside gPXE, up to syslinux 4
    syslinux,   ///< syslinux for UEFI machines (syslinux.efi)
    ipxe,       ///< iPXE, or its predecessor gPXE
    grub,       ///< GRUB
    shim,       ///< shim, which loads GRUB under Secure Boot
    uefi,       ///< an unknown UEFI program under the default name of the firmware
    memdisk,    ///< memdisk of syslinux, which boots disk images
    memtest,    ///< memtest86 or memtest86+
    windows,    ///< a program of Windows Deployment Services
    other,      ///< an unknown program
  };
  Kind kind = Kind::other;
  unsigned version = 0;  ///< major version in the banner of pxelinux: 6; 0: unknown

  /// Does it look for boot files below `pxelinux.cfg/` (see pxelinux_search_order)?
  bool reads_pxelinux_cfg() const noexcept;
  friend bool operator==(const BootProgram&, const BootProgram&) = default;
};

/// The name of the program for a message: "iPXE", "a memory test".
KRGBOOT_EXPORT std::string to_string(BootProgram::Kind kind);

/// Does the file begin as a UEFI program for x86-64 machines: PE/COFF of machine type 0x8664 (UEFI 2.10,
/// section 2.1.1)? `head`: its first boot_program_head bytes.
KRGBOOT_EXPORT bool is_uefi_program(std::string_view head) noexcept;

/// Number of bytes of a boot program that identify_boot_program() reads.
inline constexpr std::size_t boot_program_head = 65536;

/// Identifies a boot program by its banner ("PXELINUX 6.04 lwIP 20200816") in `head`, the first bytes of the
/// file. Without a banner, as in compressed programs, the usual name of the file decides. `file_name` may be
/// a path; an empty `head` means that the content is unknown.
KRGBOOT_EXPORT BootProgram identify_boot_program(std::string_view file_name, std::string_view head);

}  // namespace krgboot
