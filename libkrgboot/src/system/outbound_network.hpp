#pragma once

#include "krgboot/system/file_descriptor.hpp"

#include <string>

#include "child_start.hpp"

namespace krgboot {

/// A network namespace from which programs reach what this machine reaches over its network, but nothing
/// local to the machine: not its interfaces, its loopback addresses or the abstract sockets of its programs
/// (unix(7)). slirp4netns(1) makes the connections, as a user's program does; so a service that listens on
/// the machine's network address can be reached, and sees that address as the peer. Name servers are reached
/// through it as well. The namespace exists as long as this object, and not longer than the calling process.
class OutboundNetwork {
 public:
  /// Is slirp4netns installed?
  static bool is_available();

  /// Throws IoError "run" if slirp4netns is missing or cannot start, "enter" if the system allows no network
  /// namespaces.
  OutboundNetwork();
  OutboundNetwork(const OutboundNetwork&) = delete;
  OutboundNetwork(OutboundNetwork&&) = delete;
  OutboundNetwork& operator=(const OutboundNetwork&) = delete;
  OutboundNetwork& operator=(OutboundNetwork&&) = delete;
  ~OutboundNetwork();

  /// Descriptor of the namespace, for setns(2).
  int descriptor() const noexcept { return namespace_.get(); }
  /// /etc/resolv.conf for programs in the namespace: the host's, with the namespace's name server.
  static std::string resolv_conf(const std::string& of_host);

 private:
  FileDescriptor namespace_;
  FileDescriptor end_;  ///< closing it ends slirp4netns
  StartedChild slirp_;
};

}  // namespace krgboot
