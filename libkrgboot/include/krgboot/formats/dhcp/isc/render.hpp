#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/server_view.hpp"

#include <string>

namespace krgboot::dhcpd {

/// Properties of the server's dhcpd.
struct RenderOptions {
  bool ignores_client_uids = true;  ///< it knows the statement ignore-client-uids
};

/// Text of krgboot's own file, which the server's dhcpd.conf includes (dhcpd.conf(5)). It declares the
/// networks and nodes of the cluster in a separate group, so that its parameters do not affect other
/// declarations of the server. The same cluster gives the same bytes. Throws as quote().
KRGBOOT_EXPORT std::string render(const ServerView& view, const RenderOptions& options = {});

}  // namespace krgboot::dhcpd
