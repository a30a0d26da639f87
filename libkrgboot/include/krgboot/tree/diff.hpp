#pragma once

#include "krgboot/export.hpp"
#include "krgboot/tree/verify.hpp"

#include <filesystem>
#include <string>

namespace krgboot {

/// One side of a comparison.
struct TreeSource {
  enum class Kind { directory, archive, manifest };
  Kind kind = Kind::directory;
  std::filesystem::path path;
};

/// Finds out what lies at a host path: a directory; a manifest, if the file begins like one; otherwise an
/// archive. Symlinks are followed to a directory, but not to a file. Throws IoError, "open" if nothing exists
/// at `path`.
KRGBOOT_EXPORT TreeSource tree_source(const std::filesystem::path& path);

/// Differences of `after` from `before`, in the order of `compare_tree_paths`. Digests, sizes, owners, modes,
/// times, links and extended attributes are compared, the positions of holes are not. Trees, manifests and
/// archives written by krgboot are compared while they are read, with little memory. The entries of an
/// archive in another order are kept in memory and sorted. Archives have the default limits of
/// RestoreOptions. Throws what `scan`, `restore` and TreeManifestReader throw.
KRGBOOT_EXPORT DifferenceReport diff_trees(const TreeSource& before, const TreeSource& after,
                                           const VerifyOptions& options = {});

/// The report as JSON: `{"same", "count", "entries", "bytes", "cancelled", "differences": [{"kind", "path",
/// "fields": [{"field", "expected", "found"}]}]}`. "kind" is "missing", "unexpected" or "changed". In a path
/// that is not UTF-8 the bytes are escaped as in the manifest, and "path_escaped" is true.
KRGBOOT_EXPORT std::string to_json(const DifferenceReport& report);

}  // namespace krgboot
