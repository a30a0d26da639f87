#pragma once

#include <functional>
#include <set>
#include <string>

namespace krgboot {

/// The state of a boot server on which its files depend, besides the cluster.
struct ServerState {
  /// Names of the images on a file system without a permanent number for the NFS server: their exports get an
  /// fsid.
  std::set<std::string, std::less<>> without_number = {};
  /// Paths of files that other scopes own, according to the manifest.
  std::set<std::string, std::less<>> taken = {};
  /// Paths of files that the scope of the cluster owns, according to the manifest.
  std::set<std::string, std::less<>> owned = {};
};

}  // namespace krgboot
