#pragma once

#include "krgboot/apply/proposal.hpp"
#include "krgboot/export.hpp"
#include "krgboot/model/release.hpp"
#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace krgboot {

/// The place of boot files on a server.
struct BootFilePlace {
  std::string tftp_root;    ///< absolute, as seen inside the server's root
  std::string loader = {};  ///< its name in a spec; empty: the default of specs
};

/// Proposes to give `machines` a boot file with this text, without any cluster and with a scope of its own.
/// nullopt: proposes to remove what an earlier call for the same machines has made. `machines`: an IPv4
/// address, a network, a MAC address, a UUID, or "default" for all that have no other; a network may need
/// several files. Warnings about the text are in the notices of the changes. Throws as `propose`; ConfigError
/// if the loader could not boot what the text says; ArgumentError "boot_file.loader" for an unknown loader,
/// "boot_file.machines" for another text.
KRGBOOT_EXPORT Proposal propose_boot_file(std::string_view machines, const std::optional<std::string>& text,
                                          const BootFilePlace& place, const Root& root,
                                          const DiffOptions& options = {});

}  // namespace krgboot
