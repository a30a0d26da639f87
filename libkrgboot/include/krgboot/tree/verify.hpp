#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/system/root.hpp"
#include "krgboot/tree/scan.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace krgboot {

/// One field of an entry that differs, with the values as in a manifest: {"mode", "0644", "0600"}.
struct FieldDifference {
  std::string field;  ///< type, mode, uid, gid, time, size, sha256, link, device, hard_link, xattr.NAME
  std::string expected;
  std::string found;
  friend bool operator==(const FieldDifference&, const FieldDifference&) = default;
};

/// One entry that differs.
struct TreeDifference {
  enum class Kind { missing, unexpected, changed };
  Kind kind = Kind::changed;
  std::string path;
  std::vector<FieldDifference> fields;  ///< if `kind` is changed; otherwise empty
  friend bool operator==(const TreeDifference&, const TreeDifference&) = default;
};

/// One line for a terminal: "- usr/bin/x" (missing), "+ usr/bin/x" (unexpected) or "! usr/bin/x: mode 0644 ->
/// 0600, uid 0 -> 1000" (changed).
KRGBOOT_EXPORT std::string to_string(const TreeDifference& difference);

/// How two trees are compared.
struct VerifyOptions {
  std::vector<std::string> without_contents = api_file_systems();  ///< see ScanOptions
  WhenChanged when_changed = WhenChanged::warn;
  bool digests = true;                   ///< also compare the contents of files
  std::size_t most_differences = 10000;  ///< limit of the list in the report; `count` has no limit
  unsigned threads = 0;                  ///< 0: one for each processor
  ProgressCallback progress;
};

/// Result of a comparison.
struct DifferenceReport {
  std::uint64_t entries = 0;  ///< entries compared
  std::uint64_t bytes = 0;    ///< of regular files read
  std::uint64_t count = 0;    ///< number of differences
  std::vector<TreeDifference> differences;
  Diagnostics warnings;
  bool cancelled = false;  ///< `progress` returned false; the comparison is incomplete
  /// Was everything compared, without a difference?
  bool same() const noexcept { return count == 0 && !cancelled; }
};

/// Compares `tree` with a manifest, given by its host path. The manifest is the expected state. Throws what
/// `scan` and `open_tree_manifest` throw, and ArchiveError as TreeManifestReader does.
KRGBOOT_EXPORT DifferenceReport verify_tree(const Root& tree, const std::filesystem::path& manifest,
                                            const VerifyOptions& options = {});

}  // namespace krgboot
