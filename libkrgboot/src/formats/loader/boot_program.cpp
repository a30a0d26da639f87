#include "krgboot/formats/loader/boot_program.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace krgboot {

namespace {

using Kind = BootProgram::Kind;

struct Name {
  std::string_view start;  // of the file's name, in lower case
  Kind kind;
};

// File names from Debian's packages pxelinux, syslinux-efi, ipxe, grub-*, shim-*, from the manuals of these
// programs, and from the UEFI specification (the default names that machines load).
constexpr std::array boot_program_names = {
    Name{"pxelinux", Kind::pxelinux},
    Name{"lpxelinux", Kind::lpxelinux},
    Name{"gpxelinux", Kind::gpxelinux},
    Name{"syslinux", Kind::syslinux},
    Name{"undionly", Kind::ipxe},
    Name{"ipxe", Kind::ipxe},
    Name{"snponly", Kind::ipxe},
    Name{"gpxe", Kind::ipxe},
    Name{"grub", Kind::grub},
    Name{"core.0", Kind::grub},
    Name{"pxegrub", Kind::grub},
    Name{"shim", Kind::shim},
    Name{"memdisk", Kind::memdisk},
    Name{"memtest", Kind::memtest},
    Name{"mt86", Kind::memtest},
    Name{"bootx64.efi", Kind::uefi},
    Name{"bootia32.efi", Kind::uefi},
    Name{"bootaa64.efi", Kind::uefi},
    Name{"wdsnbp.com", Kind::windows},
    Name{"wdsmgfw.efi", Kind::windows},
    Name{"bootmgfw.efi", Kind::windows},
    Name{"pxeboot.n12", Kind::windows},
    Name{"pxeboot.com", Kind::windows},
};

/// "PXELINUX 6.04 lwIP 20200816", as in core/pxelinux.asm; the text after the version differs between builds.
std::optional<BootProgram> by_banner(std::string_view head) {
  constexpr std::string_view banner = "PXELINUX ";
  for (auto at = head.find(banner); at != std::string_view::npos; at = head.find(banner, at + 1)) {
    auto rest = head.substr(at + banner.size());
    unsigned version = 0;
    auto [end, error] =
        std::from_chars(rest.data(), rest.data() + std::min<std::size_t>(rest.size(), 4), version);
    if (error != std::errc()) continue;
    auto line = rest.substr(0, rest.find_first_of(std::string_view("\r\n\0", 3)));
    auto has_lwip = line.substr(0, 40).find("lwIP") != std::string_view::npos;
    return BootProgram{has_lwip ? Kind::lpxelinux : Kind::pxelinux, version};
  }
  return std::nullopt;
}

}  // namespace

bool BootProgram::reads_pxelinux_cfg() const noexcept {
  return kind == Kind::pxelinux || kind == Kind::lpxelinux || kind == Kind::gpxelinux;
}

std::string to_string(BootProgram::Kind kind) {
  switch (kind) {
    case Kind::pxelinux:
      return "pxelinux";
    case Kind::lpxelinux:
      return "lpxelinux";
    case Kind::gpxelinux:
      return "gpxelinux";
    case Kind::syslinux:
      return "syslinux for UEFI";
    case Kind::ipxe:
      return "iPXE";
    case Kind::grub:
      return "GRUB";
    case Kind::shim:
      return "shim, which loads GRUB";
    case Kind::uefi:
      return "a loader for UEFI machines";
    case Kind::memdisk:
      return "memdisk, which boots an image of a disk";
    case Kind::memtest:
      return "a memory test";
    case Kind::windows:
      return "a boot program of Windows";
    case Kind::other:
      return "a boot program that is not known here";
  }
  throw InternalError("a boot program without a name");
}

bool is_uefi_program(std::string_view head) noexcept {
  auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(head[at])); };
  constexpr std::size_t header_offset = 0x3c;  // of the offset of the PE header, 4 bytes
  if (!head.starts_with("MZ") || head.size() < header_offset + 4) return false;
  auto header = byte(header_offset) | byte(header_offset + 1) << 8U | byte(header_offset + 2) << 16U |
                byte(header_offset + 3) << 24U;
  constexpr std::string_view x64("PE\0\0\x64\x86", 6);
  return header < head.size() && head.substr(header, x64.size()) == x64;
}

BootProgram identify_boot_program(std::string_view file_name, std::string_view head) {
  if (auto said = by_banner(head.substr(0, boot_program_head))) return *said;
  auto name = to_lower(file_name.substr(file_name.find_last_of("/\\") + 1));  // npos + 1 is 0
  auto found = std::find_if(boot_program_names.begin(), boot_program_names.end(),
                            [&](const Name& n) { return name.compare(0, n.start.size(), n.start) == 0; });
  auto kind = found == boot_program_names.end() ? Kind::other : found->kind;
  // These programs have a banner in their first bytes; a file without it is another program.
  auto has_banner = kind == Kind::pxelinux || kind == Kind::lpxelinux;
  return {has_banner && !head.empty() ? Kind::other : kind, 0};
}

}  // namespace krgboot
