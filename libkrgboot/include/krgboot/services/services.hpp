#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/server_view.hpp"
#include "krgboot/services/reload.hpp"
#include "krgboot/services/role.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// The values that the spec accepts for a program of this kind: the default first, `no_program` last. Empty
/// for ServiceKind::units, which the spec does not choose.
KRGBOOT_EXPORT std::vector<std::string> program_words(ServiceKind kind);

/// Path of the main configuration file of the server's program of this kind; nullopt: the server runs none.
KRGBOOT_EXPORT std::optional<std::string> config_file(const Server& server, ServiceKind kind);

/// Does one of the programs give this name to a file of that role? False for the roles without a program
/// (image_file, directory, other).
KRGBOOT_EXPORT bool is_program_file(Role role, std::string_view path) noexcept;

/// Does this program give this name to a file of that role?
KRGBOOT_EXPORT bool is_file_of(const ServiceName& service, Role role, std::string_view path) noexcept;

/// Path, relative to the TFTP root, of the boot program that machines load first.
KRGBOOT_EXPORT std::string boot_program_path(const ServerView& view);
/// Path, relative to the TFTP root, of the boot file for machines without one of their own.
KRGBOOT_EXPORT std::string default_boot_file_path(const ServerView& view);
/// Path, relative to the TFTP root, of the boot file of a node.
KRGBOOT_EXPORT std::string boot_file_path(const ServerView& view, const Node& node);
/// The last component of `boot_file_path`.
KRGBOOT_EXPORT std::string boot_file_name(const ServerView& view, const Node& node);

}  // namespace krgboot
