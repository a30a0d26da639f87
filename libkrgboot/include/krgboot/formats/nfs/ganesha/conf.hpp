#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/formats/nfs/exports/match.hpp"
#include "krgboot/net/ipv4.hpp"

#include <string>
#include <utility>
#include <vector>

namespace krgboot {

/// Settings of ganesha_conf().
struct GaneshaOptions {
  Ipv4Address bind;  ///< the address that the server listens on
  /// Log components and their levels. EXPORT at INFO logs every refused mount and request, and no accepted
  /// one.
  std::vector<std::pair<std::string, std::string>> log = {{"EXPORT", "INFO"}};
  bool udp = true;  ///< serve UDP too; false: TCP only
  /// Every `mountpoint=` counts as mounted, for a staged tree in which the mounts are still missing. If
  /// false, an entry with `mountpoint=` admits nobody, because Ganesha does not check mounts.
  bool mounted = false;
};

/// Result of ganesha_conf().
struct GaneshaConf {
  std::string text;  ///< of the configuration file
  /// The differences from nfsd, by entry. Without any, both servers admit the same clients.
  Diagnostics diagnostics;
};

/// Makes a configuration of NFS-Ganesha (4 and later, FSAL VFS) that serves the same exports as nfsd, for
/// machines whose kernel has no NFS server. It has an EXPORT for each path. Ganesha uses the first CLIENT
/// that matches, so the CLIENTs are in the order in which nfs-utils looks for one, followed by those of the
/// exported directories above the path.
///
/// No client gets more rights than from nfsd: a client that Ganesha cannot express is left out, with every
/// later one that would give the same machine more rights. Both are reported as errors. Throws ArgumentError
/// "ganesha.log" for a log component or level that is not a word.
KRGBOOT_EXPORT GaneshaConf ganesha_conf(const exports::ExportsView& exports, const GaneshaOptions& options);

}  // namespace krgboot
