#pragma once

#include "krgboot/export.hpp"
#include "krgboot/formats/root_tree/accounts.hpp"
#include "krgboot/formats/tftp/hpa/defaults.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace krgboot {

/// An `include` line in a dhcpd.conf that the administrator owns.
struct IncludeLine {
  std::string path;
  friend bool operator==(const IncludeLine&, const IncludeLine&) = default;
};

/// The values in /etc/default/tftpd-hpa that make tftpd-hpa serve `tftp_root`, a path on the server.
struct TftpdDefaults {
  TftpdDefaultsStyle style;
  std::string tftp_root;
  friend bool operator==(const TftpdDefaults&, const TftpdDefaults&) = default;
};

/// A block of lines between two marker lines of krgboot.
struct MarkedBlock {
  std::string name;  ///< stands in the markers: one line of printable characters
  std::string body;  ///< text between the markers
  friend bool operator==(const MarkedBlock&, const MarkedBlock&) = default;
};

/// Accounts in a file of the user database: passwd, group, shadow or gshadow.
struct AccountLines {
  accounts::Database database;
  std::vector<accounts::Account> accounts;
  friend bool operator==(const AccountLines&, const AccountLines&) = default;
};

/// A change to a file that other programs write too. In JSON, and so in the manifest, accounts have no
/// password hashes.
using Edit = std::variant<IncludeLine, TftpdDefaults, MarkedBlock, AccountLines>;

/// Returns the text of a file with the edit made; all other bytes stay. A second call changes nothing. Throws
/// ConflictError if `text` has no safe place for the edit, for example "block.unterminated" or
/// "block.doubled" for damaged markers, or "accounts.uid_taken"; ConfigError if a dhcpd.conf cannot be
/// parsed; ArgumentError if the file format cannot hold a value.
KRGBOOT_EXPORT std::string apply_edit(const Edit& edit, std::string_view text);
/// Returns the text of a file without what `apply_edit` has added. The values of tftpd-hpa stay, because the
/// former values are not known; accounts stay, because they may own files. Throws ConflictError and
/// ConfigError as `apply_edit` does.
KRGBOOT_EXPORT std::string revert_edit(const Edit& edit, std::string_view text);

/// A short description: `include "/etc/dhcp/krgboot.conf"`.
KRGBOOT_EXPORT std::string describe(const Edit& edit);

/// One line of JSON, for the manifest and for `to_json` of a plan.
KRGBOOT_EXPORT std::string edit_to_json(const Edit& edit);
/// Reads the result of `edit_to_json`. Accounts have only their names. Throws ArgumentError "edit.syntax".
KRGBOOT_EXPORT Edit edit_from_json(std::string_view text);

}  // namespace krgboot
