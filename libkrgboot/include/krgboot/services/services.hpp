#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/cluster.hpp"
#include "krgboot/services/reload.hpp"
#include "krgboot/services/role.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// The words that a spec may have for a program of this kind, the default first, no_program last.
KRGBOOT_EXPORT std::vector<std::string> program_words(ServiceKind kind);

/// Path of the main configuration file of the program that the server runs for this; nullopt: it runs none.
KRGBOOT_EXPORT std::optional<std::string> config_file(const Server& server, ServiceKind kind);

/// Is this a name that one of the programs gives to a file of that role? False for the roles that no program
/// gives names to (image_file, directory, other).
KRGBOOT_EXPORT bool is_program_file(Role role, std::string_view path) noexcept;

/// The same for one service.
KRGBOOT_EXPORT bool is_file_of(const ServiceName& service, Role role, std::string_view path) noexcept;

/// Paths, below the TFTP root, of the boot program that machines load first, of the boot file for machines
/// that have none of their own, and of that of a node.
KRGBOOT_EXPORT std::string boot_program_path(const Cluster& cluster);
KRGBOOT_EXPORT std::string default_boot_file_path(const Cluster& cluster);
KRGBOOT_EXPORT std::string boot_file_path(const Cluster& cluster, const Node& node);
/// The last component of the same.
KRGBOOT_EXPORT std::string boot_file_name(const Cluster& cluster, const Node& node);

}  // namespace krgboot
