#pragma once

#include "krgboot/model/cluster.hpp"

#include <span>

namespace krgboot {

/// What one boot server sees of its cluster. A view: it refers to the cluster and must not outlive it. As
/// long as a cluster has one server, that server sees everything.
struct ServerView {
  /* implicit */ ServerView(const Cluster& of)  // NOLINT(google-explicit-constructor): a view, as string_view
      : cluster(of), server(of.server()), networks(of.networks()), images(of.images()), nodes(of.nodes()) {}

  const Release& release() const { return krgboot::release(server.release); }

  const Cluster& cluster;
  const Server& server;
  std::span<const Network> networks;  ///< Node::network is an index into it
  std::span<const Image> images;      ///< BootEntry::image is an index into it
  std::span<const Node> nodes;
};

}  // namespace krgboot
