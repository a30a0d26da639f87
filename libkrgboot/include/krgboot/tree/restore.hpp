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

/// Which device nodes an archive may bring.
enum class Devices {
  none,
  standard,  ///< character devices that give nothing away: null, zero, full, random, urandom, tty, console,
             ///< ptmx, and the consoles tty0 to tty63 and ttyS0 to ttyS191
  all,       ///< only for an archive from a trusted hand: a node for a disk opens the disk
};

struct RestoreOptions {
  Devices devices = Devices::standard;
  std::uint64_t max_entries = 500'000;
  std::uint64_t max_bytes = std::uint64_t{256} << 30U;  ///< of all regular files together, holes counted
  bool replace = false;  ///< an existing directory is replaced; else ConflictError "staging.exists"
  bool durable = true;   ///< on the disk (syncfs) before it gets its name
  /// Owners, modes, device nodes and extended attributes that this process may not or the file system cannot
  /// give are left out with a warning; else they are an error. Set-user-id and set-group-id bits are never
  /// given to other owners than they were meant for.
  bool allow_loss = false;
  /// A manifest that the result must agree with; nullopt: FILE.manifest, if there is one; "": none.
  std::optional<std::filesystem::path> manifest;
  unsigned threads = 0;  ///< 0: as many as there are processors
  ProgressCallback progress;
};

struct RestoreReport {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  ///< of regular files, holes counted
  bool verified = false;    ///< agrees with a manifest
  Diagnostics warnings;
  bool cancelled = false;  ///< nothing was made
};

/// Unpacks a tar archive (of krgboot, GNU tar, bsdtar and others; plain, gzip, bzip2, xz, lzma, lz4, zstd)
/// from `file`, a host path, as the directory `target` inside `root`. It is unpacked into a fresh directory
/// beside `target`, checked, and gets its name by one rename: where anything fails, and where this process is
/// killed, nothing is seen of it; what a killed one left is removed by the next one. Names never lead out of
/// it, and nothing is written through a link. Owners are taken as numbers. Holes stay holes. Times and modes
/// of directories are right.
///
/// Throws ArchiveError, naming the entry: "archive.path" (absolute, "..", longer than PATH_MAX),
/// "archive.through_link", "archive.hard_link" (to outside or to what is not there), "archive.device",
/// "archive.type", "archive.too_many", "archive.too_large", "archive.kind" (a directory and something else of
/// one name), "archive.damaged", "archive.truncated", "archive.format", "archive.not_as_in_manifest";
/// ConflictError "staging.exists"; IoError.
KRGBOOT_EXPORT RestoreReport restore(const std::filesystem::path& file, const Root& root,
                                     const std::string& target, const RestoreOptions& options = {});

}  // namespace krgboot
