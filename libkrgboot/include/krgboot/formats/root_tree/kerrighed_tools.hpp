#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/cluster.hpp"

#include <optional>
#include <string>

/// The files of kerrighed-tools 3.0 in an image. A shell reads the first two and uses the last value of a
/// variable. So krgboot's lines go into a marked block at the end (set_block()), and the package's lines are
/// kept. The functions return the body of the block; nullopt: no setting of the file is set.
namespace krgboot::kerrighed_tools {

/// For /etc/default/kerrighed-host: BOOT_ID, NET_DEVICES, then the lines of `host_extra`.
KRGBOOT_EXPORT std::optional<std::string> render_host(const KerrighedTools& tools);

/// For /etc/default/kerrighed: ADD_OPTS and LEGACY_SCHED.
KRGBOOT_EXPORT std::optional<std::string> render_cluster(const KerrighedTools& tools);

/// For /etc/kerrighed/krginit_helper.conf: the lines of `init_helper`.
KRGBOOT_EXPORT std::optional<std::string> render_init_helper(const KerrighedTools& tools);

}  // namespace krgboot::kerrighed_tools
