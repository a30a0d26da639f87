#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/system/root.hpp"
#include "krgboot/tree/progress.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace krgboot {

/// Which device nodes an archive may create.
enum class Devices {
  none,
  /// Character devices that give access to no data: null, zero, full, random, urandom, tty, console, ptmx,
  /// and the consoles tty0 to tty63 and ttyS0 to ttyS191.
  standard,
  all,  ///< for trusted archives only: the node of a disk gives access to the disk
};

/// Limits of `restore`, and how it writes.
struct RestoreOptions {
  Devices devices = Devices::standard;
  std::uint64_t max_entries = 500'000;
  std::uint64_t max_bytes = std::uint64_t{256} << 30U;  ///< of all regular files together, including holes
  bool replace = false;  ///< replace an existing directory; if false: ConflictError "staging.exists"
  bool durable = true;   ///< sync to disk (syncfs) before the final rename
  /// Owners, device nodes and extended attributes that this process may not set, or that the file system
  /// cannot hold, are left out with a warning "tree.lost"; if false, they are an IoError. Set-user-ID and
  /// set-group-ID bits are never given to a file with another owner than in the archive.
  bool allow_loss = false;
  /// Host path of a manifest that the result must match; nullopt: FILE.manifest, if it exists; empty: none.
  std::optional<std::filesystem::path> manifest;
  unsigned threads = 0;  ///< 0: one for each processor
  ProgressCallback progress;
};

/// What `restore` has done.
struct RestoreReport {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  ///< of regular files, including holes
  bool verified = false;    ///< compared with a manifest, without differences
  Diagnostics warnings;
  bool cancelled = false;  ///< `progress` returned false; nothing was made
};

/// Unpacks a tar archive (of krgboot, GNU tar, bsdtar and others; plain or compressed by gzip, bzip2, xz,
/// lzma, lz4 or zstd) from `file`, a host path, to the directory `target`, a path inside `root` whose parent
/// exists.
///
/// It unpacks into a new directory beside `target`, checks the result and publishes it by one rename. An
/// error or a kill leaves no `target`; the next call in the same directory removes what a killed process
/// left. No entry leads out of the directory, and nothing is written through a symlink. Owners are taken as
/// numbers. Holes are kept. Directories get the times and modes of the archive.
///
/// Throws ArchiveError, with the entry: "archive.path" (absolute, with "..", or longer than PATH_MAX),
/// "archive.through_link", "archive.hard_link" (to a path outside, or to a missing entry), "archive.device",
/// "archive.type", "archive.too_many", "archive.too_large", "archive.kind" (a directory and another entry
/// have one name), "archive.damaged", "archive.truncated", "archive.format", "archive.not_as_in_manifest";
/// what TreeManifestReader throws; ConflictError "staging.exists", "staging.busy" if another process keeps
/// the directory locked for a minute; IoError.
KRGBOOT_EXPORT RestoreReport restore(const std::filesystem::path& file, const Root& root,
                                     const std::string& target, const RestoreOptions& options = {});

}  // namespace krgboot
