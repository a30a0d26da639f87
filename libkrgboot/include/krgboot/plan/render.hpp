#pragma once

#include "krgboot/model/cluster.hpp"
#include "krgboot/plan/plan.hpp"

#include <functional>
#include <set>
#include <string>

namespace krgboot {

/// What the files depend on besides the cluster: what the server is like.
struct ServerState {
  /// Images that lie on a file system that the NFS server has no number for, by name: their exports get one.
  std::set<std::string, std::less<>> without_number = {};
};

/// Everything that the boot server of `cluster` needs, as data. Pure and deterministic: the same cluster
/// gives the same plan to the byte. What lies where, and whose it is, is told in docs/formats.md.
/// Throws ValidationError where a value is well-formed but longer than pxelinux or the kernel can hold: all
/// errors of pxelinux::check at once.
Plan render(const Cluster& cluster, const ServerState& server = {});

}  // namespace krgboot
