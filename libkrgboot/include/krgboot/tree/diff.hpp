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

/// What a path is: a directory; a file that begins as a manifest does; else an archive. Throws IoError "open"
/// where nothing is there.
KRGBOOT_EXPORT TreeSource tree_source(const std::filesystem::path& path);

/// What `after` has that is different from `before`, in the order of the tree. Digests, sizes, owners, modes,
/// times, links and extended attributes count; where files have holes does not. Trees, manifests and the
/// archives that krgboot writes are compared as they are read, with little memory; for archives in another
/// order their entries are kept and sorted. An archive may be as large as `restore` takes by default. Throws
/// what `scan`, `restore` and TreeManifestReader throw.
KRGBOOT_EXPORT DifferenceReport diff_trees(const TreeSource& before, const TreeSource& after,
                                           const VerifyOptions& options = {});

/// The report as JSON: {"same", "count", "entries", "bytes", "cancelled", "differences": [{"kind", "path",
/// "fields": [{"field", "expected", "found"}]}]}. Paths that are not UTF-8 have their bytes escaped as in the
/// manifest, and "path_escaped": true.
KRGBOOT_EXPORT std::string to_json(const DifferenceReport& report);

}  // namespace krgboot
