#pragma once

#include <string>

namespace krgboot::test {

/// The start of a kernel file of this release, as the kernel's build makes it.
inline std::string bz_image(const std::string& release) {
  std::string file(0x400, '\0');
  file.replace(0x202, 4, "HdrS");
  file[0x20E] = '\x10';  // offset from 0x200
  auto text = release + " (builder@example.org) #1 SMP";
  return file.replace(0x210, text.size(), text);
}

}  // namespace krgboot::test
