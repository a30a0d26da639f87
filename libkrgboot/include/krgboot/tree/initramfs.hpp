#pragma once

#include "krgboot/export.hpp"
#include "krgboot/system/root.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace krgboot {

/// No kernel or initrd that machines load by TFTP is larger; what is, is not read and not copied.
inline constexpr std::uint64_t largest_boot_file = std::uint64_t{4} << 30U;

/// The names of everything in an initial RAM file system, sorted, without "./" before them. As the kernel
/// takes it (Documentation/driver-api/early-userspace/buffer-format.rst): cpio archives in the "newc" form
/// one after another, the last of them compressed by gzip, bzip2, lzma, xz, lz4 or zstd or not at all. `path`
/// is one of `image`'s; symlinks are followed within it. Reads as a stream. Throws IoError; ArchiveError
/// "initramfs.damaged" where it is none, "initramfs.too_large" beyond `largest_boot_file` bytes (packed and
/// unpacked ones together, those between archives too), 500 000 entries or 64 MiB of names.
KRGBOOT_EXPORT std::vector<std::string> list_initramfs(const Root& image, const std::string& path);

}  // namespace krgboot
