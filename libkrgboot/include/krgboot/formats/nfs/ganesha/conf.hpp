#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/formats/nfs/exports/match.hpp"
#include "krgboot/net/ipv4.hpp"

#include <string>
#include <utility>
#include <vector>

namespace krgboot {

struct GaneshaOptions {
  Ipv4Address bind;  ///< that the server listens on
  /// Components of its log and their levels. EXPORT at INFO tells of each mount and request that is refused,
  /// and is silent about those that are not.
  std::vector<std::pair<std::string, std::string>> log = {{"EXPORT", "INFO"}};
  bool udp = true;  ///< over TCP alone, where not
  /// Whatever `mountpoint=` asks for counts as mounted: of a staged tree, in which it may not be yet. Else
  /// such an entry admits nobody, since Ganesha does not look.
  bool mounted = false;
};

struct GaneshaConf {
  std::string text;
  /// What nfsd would do and Ganesha cannot, by entry. Where there is none, both admit the same clients.
  Diagnostics diagnostics;
};

/// The configuration of NFS-Ganesha (4 and later, FSAL VFS) that offers what nfsd would with these exports:
/// for machines whose kernel has no NFS server. An EXPORT for each path; its CLIENTs in the order in which
/// nfs-utils looks for one, then those of the exported directories above it, since Ganesha takes the first
/// that matches.
///
/// Nobody gets more than nfsd would give: a client that Ganesha cannot name is left out, and so is every
/// later one that would give the same machine more. Both are told as errors. Throws ArgumentError
/// "ganesha.log" for a component or level that is not a word.
KRGBOOT_EXPORT GaneshaConf ganesha_conf(const exports::ExportsView& exports, const GaneshaOptions& options);

}  // namespace krgboot
