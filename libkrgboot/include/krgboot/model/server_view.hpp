#pragma once

#include "krgboot/model/cluster.hpp"

#include <span>

namespace krgboot {

/// The part of a cluster that one boot server serves. It refers to the cluster and must not outlive it. A
/// cluster has one server, so the view currently covers the whole cluster.
struct ServerView {
  /// `of` must outlive the view.
  /* implicit */ ServerView(const Cluster& of)  // NOLINT(google-explicit-constructor): a view, as string_view
      : cluster(of), server(of.server()), networks(of.networks()), images(of.images()), nodes(of.nodes()) {}

  /// The server's own Debian release.
  const Release& release() const { return krgboot::release(server.release); }

  const Cluster& cluster;
  const Server& server;
  std::span<const Network> networks;  ///< Node::network is an index into it
  std::span<const Image> images;      ///< BootEntry::image is an index into it
  std::span<const Node> nodes;
};

}  // namespace krgboot
