// Initial RAM file systems: an untrusted file is listed or refused.
#include "krgboot/base/error.hpp"
#include "krgboot/image/initramfs.hpp"

#include <algorithm>
#include <string>

#include "fuzz.hpp"
#include "fuzz_directory.hpp"

using namespace krgboot;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::Directory directory;
  static const Root root(directory.path());
  directory.write("initrd", fuzz::text_of(data, size));
  try {
    auto names = list_initramfs(root, "/initrd");
    require(std::is_sorted(names.begin(), names.end()), "names are sorted");
    require(std::adjacent_find(names.begin(), names.end()) == names.end(), "each once");
  } catch (const ArchiveError& error) {
    require(error.code() == "initramfs.damaged" || error.code() == "initramfs.too_large", "a known code");
    require(error.subject() == directory.path() + "/initrd", "the file is named");
  }
  return 0;
}
