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

enum class PathKind { absent, file, directory, symlink, other };
KRGBOOT_EXPORT std::string to_string(PathKind kind);

/// Tells whether a path has been touched since it was looked at.
struct Fingerprint {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

/// What was found where an item of a plan belongs.
struct Observed {
  PathKind kind = PathKind::absent;
  unsigned mode = 0;
  std::uint64_t links = 1;  ///< how many names it has
  /// Those that are found, its own first, where there are several and the text differs.
  std::vector<std::string> names = {};
  Fingerprint fingerprint;
  /// Does the file (or link) hold exactly what the item wants? Then its text is not kept.
  bool same_content = false;
  /// The file's text, or the link's target, where it differs; nullopt for a binary or very large file.
  std::optional<std::string> text;
  /// A file that is too large to be text of anybody's; its text is not kept.
  bool too_large = false;
  /// What kept it from being looked at, for what lies in an image; then nothing else here counts, but the
  /// `kind` of a copy on the server, whose source it was.
  std::optional<Diagnostic> fault = {};
  /// CopyFile: what was found at the source. Items within a tree: `absent` where the tree is not there,
  /// `symlink` where a symlink lies between the tree and the item.
  PathKind source = PathKind::file;
};

/// What lies under a root where a plan wants to act: one entry for each item, and one for each path of the
/// manifest that the plan no longer holds.
struct Snapshot {
  std::vector<Observed> items;      ///< as many as the plan has items
  Manifest manifest;                ///< what krgboot wrote there before
  std::vector<Observed> leftovers;  ///< one for each manifest entry that `leftovers_of` names
  /// Steps whose state is not there; none of images that are not there, or that are no Debian trees.
  std::vector<PendingStep> steps = {};
  /// What kept steps of an image from being looked at.
  struct Fault {
    std::string image;
    Diagnostic finding;
  };
  std::vector<Fault> faults = {};
};

/// The entries of the manifest that are of the plan's scope and that it does not hold any more, as indices,
/// ascending.
KRGBOOT_EXPORT std::vector<std::size_t> leftovers_of(const Manifest& manifest, const Plan& plan);

}  // namespace krgboot
