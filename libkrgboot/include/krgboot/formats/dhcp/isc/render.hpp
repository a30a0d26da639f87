#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/server_view.hpp"

#include <string>

namespace krgboot::dhcpd {

struct RenderOptions {
  bool ignores_client_uids = true;  ///< the server's dhcpd knows the statement ignore-client-uids
};

/// krgboot's own file, which the server's dhcpd.conf includes: everything that the networks and nodes of the
/// cluster need, in a group of its own, so that none of it reaches what else the server declares. The same
/// cluster gives the same bytes.
KRGBOOT_EXPORT std::string render(const ServerView& view, const RenderOptions& options = {});

}  // namespace krgboot::dhcpd
