#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/system/root.hpp"
#include "krgboot/tree/progress.hpp"
#include "krgboot/tree/scan.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace krgboot {

enum class Compression { none, gzip, xz, zstd };
KRGBOOT_EXPORT std::string to_string(Compression compression);

/// What the name of an archive says: .tar; .tar.gz and .tgz; .tar.xz and .txz; .tar.zst, .tar.zstd and .tzst.
/// nullopt for all others.
KRGBOOT_EXPORT std::optional<Compression> compression_of(const std::filesystem::path& file);

/// Seconds since 1970 from the environment's SOURCE_DATE_EPOCH; nullopt where it is not set. Throws
/// ArgumentError "source_date_epoch" where it is no number.
/// https://reproducible-builds.org/specs/source-date-epoch/
KRGBOOT_EXPORT std::optional<std::int64_t> source_date_epoch();

struct ArchiveOptions {
  std::optional<Compression> compression;  ///< nullopt: as the name says
  std::optional<int> level;                ///< nullopt: the compressor's own default (zstd 3, gzip 6, xz 6)
  unsigned threads = 0;  ///< 0: as many as there are processors, at most 4. The bytes do not depend on it.
  /// Files changed later get this time, in seconds since 1970, so that the same content makes the same
  /// archive: give it `source_date_epoch()`. nullopt: every file keeps its time.
  std::optional<std::int64_t> newest_mtime;
  std::vector<std::string> without_contents = api_file_systems();  ///< see ScanOptions
  WhenChanged when_changed = WhenChanged::fail;
  bool manifest = true;     ///< also write FILE.manifest; where not, that of a replaced FILE goes
  bool replace = false;     ///< an existing FILE is replaced; else ConflictError "staging.exists"
  bool durable = true;      ///< on the disk (fsync) before it gets its name
  bool allow_loss = false;  ///< see ScanOptions
  /// Permissions of FILE and FILE.manifest, whatever the umask: a tree holds password hashes and host keys.
  mode_t output_mode = 0600;
  ProgressCallback progress;
};

struct ArchiveReport {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;         ///< of regular files
  std::uint64_t archive_size = 0;  ///< bytes of FILE
  Diagnostics warnings;            ///< see ScanReport
  bool cancelled = false;          ///< FILE is as it was before
};

/// Path of an archive's manifest: FILE.manifest.
KRGBOOT_EXPORT std::filesystem::path manifest_path(const std::filesystem::path& file);

/// Writes the tree as a tar archive to `file` (a host path): the pax interchange format of POSIX with the
/// records of star and GNU tar for what POSIX does not know (SCHILY.xattr, SCHILY.acl, GNU.sparse 1.0). The
/// same tree gives the same bytes, on every machine with the same compression library. Owners are numbers.
/// FILE, and FILE.manifest after it, appear by rename when complete: nothing is seen of an archive that
/// failed or was killed, and never is an archive seen beside the manifest of another. Memory does not depend
/// on the tree's size, but for the names of files with several names. While they are written nobody but their
/// owner may read them (0600). Throws what `scan` throws; ArgumentError "archive.name" where the compression
/// is not known, "archive.level", "archive.mode" where all could write or anybody could run it; ArchiveError
/// "archive.path" for a path longer than PATH_MAX; IoError "write".
KRGBOOT_EXPORT ArchiveReport archive(const Root& tree, const std::filesystem::path& file,
                                     const ArchiveOptions& options = {});

}  // namespace krgboot
