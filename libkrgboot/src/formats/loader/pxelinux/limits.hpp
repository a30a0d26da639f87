#pragma once

#include "krgboot/formats/kernel/command_line.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace krgboot::pxelinux {

/// The command line that syslinux passes to a Linux kernel (com32/elflink/ldlinux/kernel.c).
inline std::string loaded_line(std::string_view file, std::string_view words) {
  return fmt::format("BOOT_IMAGE={} {}", file, words);
}

/// The longest line that arrives complete: the kernel announces one byte less than its buffer holds, and
/// syslinux writes its NUL into that (com32/lib/syslinux/load_linux.c). A line within this limit also keeps
/// syslinux' own limit, which applies before BOOT_IMAGE= is added.
inline constexpr std::size_t max_loaded_line = command_line_size - 2;

/// The length that readconfig.c reads at a time (MAX_LINE without the NUL); it splits a longer line.
inline constexpr std::size_t max_line = 4095;
/// Maximum length of a raw line, which is written with two blanks before it and a newline after it.
inline constexpr std::size_t max_extra_line = max_line - 3;

}  // namespace krgboot::pxelinux
