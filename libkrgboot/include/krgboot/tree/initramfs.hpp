#pragma once

#include "krgboot/export.hpp"
#include "krgboot/system/root.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace krgboot {

/// Size limit in bytes of a kernel or initrd: 4 GiB. Machines load no larger one by TFTP, and krgboot neither
/// reads nor copies it.
inline constexpr std::uint64_t largest_boot_file = std::uint64_t{4} << 30U;

/// Lists the names of all entries of an initramfs, sorted, without a leading "./". `path` is a path inside
/// `image`; symlinks are followed within it. The format is that of the kernel
/// (Documentation/driver-api/early-userspace/buffer-format.rst): one or more cpio archives in the "newc"
/// form, the last one plain or compressed by gzip, bzip2, lzma, xz, lz4 or zstd. The file is read as a
/// stream.
///
/// Throws IoError, also if there is no such file; ArchiveError "initramfs.damaged" if the file is not an
/// initramfs, "initramfs.too_large" if it exceeds `largest_boot_file` bytes (packed and unpacked data
/// together), 500 000 entries or 64 MiB of names.
KRGBOOT_EXPORT std::vector<std::string> list_initramfs(const Root& image, const std::string& path);

}  // namespace krgboot
