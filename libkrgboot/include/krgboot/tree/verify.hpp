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

/// One property of an entry that differs, as text of the manifest: {"mode", "0644", "0600"}.
struct FieldDifference {
  std::string field;  ///< type, mode, uid, gid, time, size, sha256, link, device, hard_link, xattr.NAME
  std::string expected;
  std::string found;
  friend bool operator==(const FieldDifference&, const FieldDifference&) = default;
};

struct TreeDifference {
  enum class Kind { missing, unexpected, changed };
  Kind kind = Kind::changed;
  std::string path;
  std::vector<FieldDifference> fields;  ///< of a changed one
  friend bool operator==(const TreeDifference&, const TreeDifference&) = default;
};

/// "- usr/bin/x", "+ usr/bin/x", "! usr/bin/x: mode 0644 -> 0600, uid 0 -> 1000": one line, for the terminal.
KRGBOOT_EXPORT std::string to_string(const TreeDifference& difference);

struct VerifyOptions {
  std::vector<std::string> without_contents = api_file_systems();  ///< see ScanOptions
  WhenChanged when_changed = WhenChanged::warn;
  bool digests = true;                   ///< compare what is in the files too
  std::size_t most_differences = 10000;  ///< kept in the report; all are counted
  unsigned threads = 0;
  ProgressCallback progress;
};

struct DifferenceReport {
  std::uint64_t entries = 0;  ///< looked at
  std::uint64_t bytes = 0;
  std::uint64_t count = 0;  ///< of differences
  std::vector<TreeDifference> differences;
  Diagnostics warnings;
  bool cancelled = false;  ///< not all was compared
  bool same() const noexcept { return count == 0 && !cancelled; }
};

/// What is different in `tree` from what the manifest (a host path) says. Throws what `scan` and
/// TreeManifestReader throw.
KRGBOOT_EXPORT DifferenceReport verify_tree(const Root& tree, const std::filesystem::path& manifest,
                                            const VerifyOptions& options = {});

}  // namespace krgboot
