#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/model/cluster.hpp"
#include "krgboot/plan/snapshot.hpp"
#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// What a client that may mount a directory reaches by handles. With no_subtree_check nfsd asks of a handle
/// only that it is of the exported file system (exports(5), subtree_check), and handles can be made up: the
/// root of an ext4 is always inode 2, generation 0.
enum class Reach {
  directory,    ///< no more: the directory is the root of its file system
  image,        ///< the whole of the image, which has a file system of its own
  file_system,  ///< what else lies on that file system
  server,       ///< the server's own root file system
};

/// `path` is an exported directory of `image`, or lies elsewhere (nullptr). `root` stands for the server's
/// root file system: what is not mounted beneath it is on that, unless `images.NAME.filesystem` gives it one.
/// nullopt where there is no such directory.
std::optional<Reach> reach_of(const Root& root, const Image* image, const std::string& path);

/// One exported directory, and how.
struct Exported {
  std::string path;
  bool read_only = true;
  bool root_squashed = false;
};

/// What to say of exported directories of one image that reach as far as `reach`: an error where root of a
/// client becomes the server's own root for its own files, else a warning. nullopt: nothing.
std::optional<Diagnostic> reach_finding(const Image* image, Reach reach,
                                        const std::vector<Exported>& directories);

/// What plan, verify and apply say of the exports that `cluster` asks for.
struct ReachFindings {
  Diagnostics findings;
  Diagnostics accepted;                 ///< what the spec accepts, with its reason
  std::vector<Snapshot::Fault> faults;  ///< images whose directories cannot be looked at
};
ReachFindings check_reach_of_exports(const Cluster& cluster, const Root& root);

/// Images that are to be file systems of their own, on whose directories nothing is mounted on this server:
/// what would be written there would lie beneath the mount. `within`: as of DiffOptions.
std::vector<Snapshot::Fault> check_mounts(const Cluster& cluster, const Root& root,
                                          const std::string& within);

/// "…; accepted: REASON", as a warning.
Diagnostic accepted(Diagnostic finding, const std::string& reason);

}  // namespace krgboot
