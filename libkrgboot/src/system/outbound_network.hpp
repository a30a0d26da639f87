#pragma once

#include "krgboot/system/file_descriptor.hpp"

#include <string>

#include "child_start.hpp"

namespace krgboot {

/// A network namespace from which programs reach what this machine reaches by its network, and nothing that
/// is for this machine alone: no interface of it, no address of its loopback, no abstract socket of its
/// programs (unix(7)). slirp4netns(1) makes their connections on their behalf, as a user's program would: so
/// a service of this machine that listens on its address in the network is reached, from that address. Name
/// servers are reached through it as well. It is there as long as this object, and no longer than the calling
/// process.
class OutboundNetwork {
 public:
  /// Is slirp4netns installed?
  static bool is_available();

  /// Throws IoError "run" where slirp4netns is missing or cannot start, "enter" where the system allows no
  /// network namespaces.
  OutboundNetwork();
  OutboundNetwork(const OutboundNetwork&) = delete;
  OutboundNetwork(OutboundNetwork&&) = delete;
  OutboundNetwork& operator=(const OutboundNetwork&) = delete;
  OutboundNetwork& operator=(OutboundNetwork&&) = delete;
  ~OutboundNetwork();

  /// Of the namespace, for setns(2).
  int descriptor() const noexcept { return namespace_.get(); }
  /// An /etc/resolv.conf for programs in it: that of the host with the name server's address in here.
  static std::string resolv_conf(const std::string& of_host);

 private:
  FileDescriptor namespace_;
  FileDescriptor end_;  ///< closed, it tells slirp4netns to end
  StartedChild slirp_;
};

}  // namespace krgboot
