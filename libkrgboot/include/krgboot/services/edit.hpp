#pragma once

#include "krgboot/export.hpp"
#include "krgboot/formats/root_tree/accounts.hpp"
#include "krgboot/formats/tftp/hpa/defaults.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace krgboot {

/// One `include` line in a dhcpd.conf that the admin owns.
struct IncludeLine {
  std::string path;
  friend bool operator==(const IncludeLine&, const IncludeLine&) = default;
};

/// The values in /etc/default/tftpd-hpa that make it serve `tftp_root`.
struct TftpdDefaults {
  TftpdDefaultsStyle style;
  std::string tftp_root;
  friend bool operator==(const TftpdDefaults&, const TftpdDefaults&) = default;
};

/// A marked block of lines.
struct MarkedBlock {
  std::string name;
  std::string body;
  friend bool operator==(const MarkedBlock&, const MarkedBlock&) = default;
};

/// Accounts in one of the files that hold them.
struct AccountLines {
  accounts::Database database;
  std::vector<accounts::Account> accounts;
  friend bool operator==(const AccountLines&, const AccountLines&) = default;
};

/// A change to a file that others write too. In JSON, and so in the manifest, accounts have no password
/// hashes.
using Edit = std::variant<IncludeLine, TftpdDefaults, MarkedBlock, AccountLines>;

/// `text` with the edit made; foreign bytes stay. Idempotent. Throws ConflictError where `text` has no safe
/// place for the edit (a block begun twice), ArgumentError where the file's grammar cannot carry a value.
KRGBOOT_EXPORT std::string apply_edit(const Edit& edit, std::string_view text);
/// `text` without what `apply_edit` put there. Values of tftpd-hpa stay, since nothing tells what stood there
/// before; accounts stay, since they may own files.
KRGBOOT_EXPORT std::string revert_edit(const Edit& edit, std::string_view text);

/// In a few words: "include \"/etc/dhcp/krgboot.conf\"".
KRGBOOT_EXPORT std::string describe(const Edit& edit);

/// As one line of JSON, for the manifest and for `to_json` of a plan.
KRGBOOT_EXPORT std::string edit_to_json(const Edit& edit);
/// The inverse. Accounts come back with their names alone. Throws ArgumentError "edit.syntax".
KRGBOOT_EXPORT Edit edit_from_json(std::string_view text);

}  // namespace krgboot
