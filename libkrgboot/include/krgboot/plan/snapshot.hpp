#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/plan/manifest.hpp"
#include "krgboot/plan/plan.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// What exists at a path.
enum class PathKind { absent, file, directory, symlink, other };
/// In words, for messages: "missing path", "file", "directory", "symbolic link", "device, socket or pipe".
KRGBOOT_EXPORT std::string to_string(PathKind kind);

/// Shows whether a path has changed since it was examined. All fields are 0 if nothing exists there.
struct Fingerprint {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;     ///< bytes
  std::int64_t mtime_ns = 0;  ///< nanoseconds since 1970
  std::int64_t ctime_ns = 0;  ///< nanoseconds since 1970
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

/// What exists at the path of an item.
struct Observed {
  PathKind kind = PathKind::absent;
  unsigned mode = 0;        ///< permission bits (07777)
  std::uint64_t links = 1;  ///< number of hard links
  /// Paths of the hard links that were found, its own first; only if there are several and the text differs.
  std::vector<std::string> names = {};
  Fingerprint fingerprint;
  /// Does the file (or symlink) hold exactly what the item wants? Then `text` is not kept.
  bool same_content = false;
  /// The file's text or the symlink's target, if it differs; nullopt for a binary or very large file.
  std::optional<std::string> text;
  /// The file is too large for a text file; its text is not kept.
  bool too_large = false;
  /// Why a path in an image could not be examined. Then the other fields have no meaning, except `kind` for a
  /// copy on the server whose source is in the image.
  std::optional<Diagnostic> fault = {};
  /// For a CopyFile: what exists at its source. For an item inside a tree: `absent` if the tree does not
  /// exist, `symlink` if a symlink lies between the tree and the item.
  PathKind source = PathKind::file;
};

/// The state of all paths of a plan in a root: one entry for each item, and one for each path that the
/// manifest lists and the plan no longer contains.
struct Snapshot {
  std::vector<Observed> items;      ///< parallel to the items of the plan
  Manifest manifest;                ///< what krgboot owned before
  std::vector<Observed> leftovers;  ///< parallel to the result of `leftovers_of`
  /// Steps whose state is not reached; none for images that do not exist or are not Debian trees.
  std::vector<PendingStep> steps = {};
  /// Why steps of an image could not be examined.
  struct Fault {
    std::string image;  ///< path of the image
    Diagnostic finding;
  };
  std::vector<Fault> faults = {};
};

/// Indices of the manifest entries that the plan's scope owns and the plan no longer contains, ascending.
KRGBOOT_EXPORT std::vector<std::size_t> leftovers_of(const Manifest& manifest, const Plan& plan);

}  // namespace krgboot
