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

/// How an archive file is compressed.
enum class Compression { none, gzip, xz, zstd };
KRGBOOT_EXPORT std::string to_string(Compression compression);

/// The compression that the end of the file name stands for: .tar; .tar.gz and .tgz; .tar.xz and .txz;
/// .tar.zst, .tar.zstd and .tzst. nullopt for any other name. The file is not opened.
KRGBOOT_EXPORT std::optional<Compression> compression_of(const std::filesystem::path& file);

/// The environment variable SOURCE_DATE_EPOCH, in seconds since 1970; nullopt if it is not set or empty.
/// Throws ArgumentError "source_date_epoch" if it is not a decimal number from 0 to 9 000 000 000.
/// https://reproducible-builds.org/specs/source-date-epoch/
KRGBOOT_EXPORT std::optional<std::int64_t> source_date_epoch();

/// How `archive` reads the tree and writes the file.
struct ArchiveOptions {
  std::optional<Compression> compression;  ///< nullopt: `compression_of` the name
  std::optional<int> level;                ///< nullopt: the compressor's default (zstd 3, gzip 6, xz 6)
  /// Threads that read files, and threads that compress; 0: one for each processor, at most 4. The number
  /// does not change the bytes of the archive.
  unsigned threads = 0;
  /// Later modification times are replaced by this one, in seconds since 1970, so that the same content gives
  /// the same archive; see `source_date_epoch`. nullopt: all times are kept.
  std::optional<std::int64_t> newest_mtime;
  std::vector<std::string> without_contents = api_file_systems();  ///< see ScanOptions
  WhenChanged when_changed = WhenChanged::fail;
  bool manifest = true;  ///< also write FILE.manifest; if false, the manifest of a replaced FILE is removed
  bool replace = false;  ///< replace an existing FILE; if false: ConflictError "staging.exists"
  bool durable = true;   ///< sync to disk (fsync) before the final rename
  bool allow_loss = false;  ///< see ScanOptions
  /// Permissions of FILE and FILE.manifest, independent of the umask. The default keeps others out, because a
  /// tree holds password hashes and host keys.
  mode_t output_mode = 0600;
  ProgressCallback progress;
};

/// What `archive` has done.
struct ArchiveReport {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;         ///< of regular files
  std::uint64_t archive_size = 0;  ///< bytes of FILE
  Diagnostics warnings;            ///< see ScanReport
  bool cancelled = false;          ///< `progress` returned false; FILE is as before
};

/// Path of an archive's manifest: FILE.manifest.
KRGBOOT_EXPORT std::filesystem::path manifest_path(const std::filesystem::path& file);

/// Writes the tree as a tar archive to `file` (FILE, a host path whose directory exists). The format is the
/// pax interchange format of POSIX, with the records of star and GNU tar for what POSIX lacks (SCHILY.xattr,
/// SCHILY.acl, GNU.sparse 1.0). The same tree gives the same bytes on every machine that has the same version
/// of the compression library. Owners are stored as numbers.
///
/// FILE and then FILE.manifest get their names by rename when they are complete. A failed or killed run
/// leaves no incomplete file under these names, and an archive never lies beside the manifest of another one.
/// During writing only the owner can read the files (mode 0600). Memory use does not depend on the size of
/// the tree, except for the names of files with hard links.
///
/// Throws what `scan` throws; ArgumentError "archive.name" if `compression` is nullopt and the name does not
/// tell it, "archive.level" if the compressor has no such level, "archive.mode" if `output_mode` has an
/// execute bit, a special bit or write permission for others; ConflictError "staging.exists" if FILE or
/// FILE.manifest exists and `replace` is false, "staging.busy" if another process keeps the directory locked
/// for a minute; ArchiveError "archive.path" for a path longer than PATH_MAX, "archive.attributes" if the
/// extended attributes of an entry do not fit into a pax header, "archive.compressor" if the compression
/// library fails; IoError.
KRGBOOT_EXPORT ArchiveReport archive(const Root& tree, const std::filesystem::path& file,
                                     const ArchiveOptions& options = {});

}  // namespace krgboot
