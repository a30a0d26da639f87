#pragma once

#include "krgboot/formats/kernel/command_line.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace krgboot::pxelinux {

/// The command line as syslinux hands it to a Linux kernel (com32/elflink/ldlinux/kernel.c).
inline std::string loaded_line(std::string_view file, std::string_view words) {
  return fmt::format("BOOT_IMAGE={} {}", file, words);
}

/// The longest such line that arrives whole: the kernel announces one byte less than it holds, and syslinux
/// puts its NUL into that (com32/lib/syslinux/load_linux.c). Its own limit, on the line before BOOT_IMAGE= is
/// added, is met by then.
inline constexpr std::size_t max_loaded_line = command_line_size - 2;

/// What readconfig.c reads at a time (MAX_LINE less the NUL): a longer line becomes two.
inline constexpr std::size_t max_line = 4095;
/// A raw line that is written with two blanks before it and a newline after it.
inline constexpr std::size_t max_extra_line = max_line - 3;

}  // namespace krgboot::pxelinux
