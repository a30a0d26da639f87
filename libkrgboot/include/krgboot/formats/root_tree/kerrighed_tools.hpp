#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/cluster.hpp"

#include <optional>
#include <string>

/// The files of kerrighed-tools 3.0 in an image. The first two are read by a shell, which takes the last
/// value of a variable: so krgboot's go into a marked block at the end, and the package's own lines stay as
/// they are.
namespace krgboot::kerrighed_tools {

/// For /etc/default/kerrighed-host: BOOT_ID, NET_DEVICES, then the spec's own lines. nullopt: nothing to say.
KRGBOOT_EXPORT std::optional<std::string> render_host(const KerrighedTools& tools);

/// For /etc/default/kerrighed: ADD_OPTS, LEGACY_SCHED. nullopt: nothing to say.
KRGBOOT_EXPORT std::optional<std::string> render_cluster(const KerrighedTools& tools);

/// For /etc/kerrighed/krginit_helper.conf: the spec's own lines. nullopt: nothing to say.
KRGBOOT_EXPORT std::optional<std::string> render_init_helper(const KerrighedTools& tools);

}  // namespace krgboot::kerrighed_tools
