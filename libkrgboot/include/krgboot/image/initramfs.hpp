#pragma once

#include "krgboot/model/spec.hpp"
#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// The names of everything in an initial RAM file system, sorted, without "./" before them. As the kernel
/// takes it (Documentation/driver-api/early-userspace/buffer-format.rst): cpio archives in the "newc" form
/// one after another, the last of them compressed by gzip, bzip2, lzma, xz, lz4 or zstd or not at all. `path`
/// is one of `image`'s; symlinks are followed within it. Reads as a stream. Throws IoError; ArchiveError
/// "initramfs.damaged" where it is none, "initramfs.too_large" beyond `largest_boot_file` bytes (packed and
/// unpacked ones together, those between archives too), 500 000 entries or 64 MiB of names.
std::vector<std::string> list_initramfs(const Root& image, const std::string& path);

/// Whose /init starts from an initial RAM file system of these names, sorted; `none`: it has no /init, and
/// the kernel goes on by itself; nullopt: somebody else's.
std::optional<Initramfs> maker_of_initramfs(const std::vector<std::string>& names);

}  // namespace krgboot
