#pragma once

#include <functional>
#include <set>
#include <string>

namespace krgboot {

/// What the files of a boot server depend on besides the cluster.
struct ServerState {
  /// Names of images on a file system that the NFS server has no lasting number for: their exports get one.
  std::set<std::string, std::less<>> without_number = {};
  /// Paths that other scopes have, by the manifest, and those that the cluster's own has.
  std::set<std::string, std::less<>> taken = {};
  std::set<std::string, std::less<>> owned = {};
};

}  // namespace krgboot
