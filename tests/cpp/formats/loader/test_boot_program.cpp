#include "krgboot/formats/loader/boot_program.hpp"

#include <string>

#include "catch.hpp"

using namespace krgboot;
using Kind = BootProgram::Kind;

TEST_CASE("a boot program by its name", "[boot_program]") {
  struct Case {
    std::string name;
    Kind kind;
    bool reads_pxelinux_cfg;
  };
  auto c = GENERATE(values<Case>({
      {"pxelinux.0", Kind::pxelinux, true},
      {"lab/lpxelinux.0", Kind::lpxelinux, true},
      {"gpxelinux.0", Kind::gpxelinux, true},
      {"syslinux.efi", Kind::syslinux, false},
      {"undionly.kpxe", Kind::ipxe, false},
      {"ipxe.efi", Kind::ipxe, false},
      {"snponly.efi", Kind::ipxe, false},
      {"grubx64.efi", Kind::grub, false},
      {"grub/i386-pc/core.0", Kind::grub, false},
      {"shimx64.efi.signed", Kind::shim, false},
      {"EFI/BOOT/BOOTX64.EFI", Kind::uefi, false},
      {"memdisk", Kind::memdisk, false},
      {"memtest86+", Kind::memtest, false},
      {"Boot\\x86\\wdsnbp.com", Kind::windows, false},
      {"bootmgfw.efi", Kind::windows, false},
      {"nbp.0", Kind::other, false},
  }));
  CAPTURE(c.name);
  auto program = identify_boot_program(c.name, "");
  CHECK(program.kind == c.kind);
  CHECK(program.reads_pxelinux_cfg() == c.reads_pxelinux_cfg);
  CHECK_FALSE(to_string(program.kind).empty());
}

TEST_CASE("a boot program by what it says of itself", "[boot_program]") {
  const std::string nul(1, '\0');
  CHECK(identify_boot_program("x.0", "MZ" + nul + "\r\nPXELINUX 6.04 PXE 20200816\r\n" + nul) ==
        BootProgram{Kind::pxelinux, 6});
  CHECK(identify_boot_program("pxelinux.0", "PXELINUX 6.04 lwIP 20200816" + nul) ==
        BootProgram{Kind::lpxelinux, 6});
  CHECK(identify_boot_program("pxelinux.0", "PXELINUX 3.71 Debian-2008" + nul) ==
        BootProgram{Kind::pxelinux, 3});
  // Another program under its name.
  CHECK(identify_boot_program("pxelinux.0", "iPXE").kind == Kind::other);
  CHECK(identify_boot_program("gpxelinux.0", "packed").kind == Kind::gpxelinux);
}

TEST_CASE("a UEFI program is known by its PE header") {
  std::string head(0x80, '\0');
  head.replace(0, 2, "MZ");
  head[0x3c] = 0x40;
  CHECK_FALSE(is_uefi_program(head));
  head.replace(0x40, 6, std::string("PE\0\0\x64\x86", 6));
  CHECK(is_uefi_program(head));
  head[0x44] = 0x4c;  // another machine type
  CHECK_FALSE(is_uefi_program(head));
  CHECK_FALSE(is_uefi_program(""));
  CHECK_FALSE(is_uefi_program("MZ"));
  CHECK_FALSE(is_uefi_program(head.substr(0, 0x42)));
  head.replace(0x3c, 4, "\xff\xff\xff\xff");
  CHECK_FALSE(is_uefi_program(head));
}
