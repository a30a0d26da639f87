#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/model/cluster.hpp"
#include "krgboot/plan/snapshot.hpp"
#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// How far a client that may mount a directory can reach with forged file handles. With no_subtree_check nfsd
/// checks only that a handle belongs to the exported file system (exports(5), subtree_check), and handles can
/// be guessed: the root of an ext4 is always inode 2, generation 0.
enum class Reach {
  directory,    ///< only the directory, which is the root of its file system
  image,        ///< the whole image, which has its own file system
  file_system,  ///< all other files on that file system
  server,       ///< the server's own root file system
};

/// `path` is an exported directory of `image`, or lies elsewhere (nullptr). `root` represents the server's
/// root file system: everything beneath it without a mount belongs to that, unless `images.NAME.filesystem`
/// gives it its own file system. nullopt if the directory does not exist.
std::optional<Reach> reach_of(const Root& root, const Image* image, const std::string& path);

/// An exported directory with the rights of its export.
struct Exported {
  std::string path;
  bool read_only = true;
  bool root_squashed = false;
};

/// The finding for exported directories of one image that reach as far as `reach`: an error if root of a
/// client can change the server's own files as root, otherwise a warning. nullopt: no finding.
std::optional<Diagnostic> reach_finding(const Image* image, Reach reach,
                                        const std::vector<Exported>& directories);

/// Findings of plan, verify and apply on the exports that `cluster` asks for.
struct ReachFindings {
  Diagnostics findings;
  Diagnostics accepted;                 ///< findings that the spec accepts, with the reason
  std::vector<Snapshot::Fault> faults;  ///< images whose directories cannot be read
};
ReachFindings check_reach_of_exports(const Cluster& cluster, const Root& root);

/// Images with their own file system that is not mounted on this server: files written now would be hidden
/// beneath the mount. `within` as in DiffOptions.
std::vector<Snapshot::Fault> check_mounts(const Cluster& cluster, const Root& root,
                                          const std::string& within);

/// The finding as a warning, with "...; accepted: REASON" in its message.
Diagnostic accepted(Diagnostic finding, const std::string& reason);

}  // namespace krgboot
