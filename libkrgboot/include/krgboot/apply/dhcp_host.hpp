#pragma once

#include "krgboot/apply/proposal.hpp"
#include "krgboot/export.hpp"
#include "krgboot/model/dhcp_host.hpp"
#include "krgboot/model/release.hpp"
#include "krgboot/system/root.hpp"

#include <string>

namespace krgboot {

/// The DHCP server that `propose_dhcp_host` changes.
struct DhcpServerPlace {
  Release release = krgboot::release(ReleaseName::bookworm);  ///< of the server
  std::string program = {};  ///< its name in a spec; empty: the default of specs
};

/// Proposes to make the DHCP server of `root` know `host`, in a file that only has such hosts, with a scope
/// of its own; a host of the same name in that file is replaced. The notices of the changes say if the server
/// would give the machine another address, or none: "dhcp.other_address", "dhcp.no_answer". Throws as
/// `propose`; ArgumentError "dhcp.program" for an unknown program; ConfigError and ArgumentError for values
/// that its configuration cannot hold.
KRGBOOT_EXPORT Proposal propose_dhcp_host(const DhcpHost& host, const Root& root,
                                          const DhcpServerPlace& server = {},
                                          const DiffOptions& options = {});

/// Proposes to remove the host that propose_dhcp_host() has added under this name. Throws as above.
KRGBOOT_EXPORT Proposal propose_without_dhcp_host(const HostName& name, const Root& root,
                                                  const DhcpServerPlace& server = {},
                                                  const DiffOptions& options = {});

}  // namespace krgboot
