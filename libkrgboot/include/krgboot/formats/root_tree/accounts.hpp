#pragma once

#include "krgboot/export.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The account files of a Debian system: passwd(5), shadow(5), group(5), gshadow(5). Their lines have fields
/// separated by ':'. All bytes and lines that krgboot does not set are kept in their places.
namespace krgboot::accounts {

/// The account files, named like their files in /etc.
enum class Database { passwd, shadow, group, gshadow };
inline constexpr Database all_databases[] = {Database::passwd, Database::shadow, Database::group,
                                             Database::gshadow};
/// The file's name in /etc: "passwd".
KRGBOOT_EXPORT std::string to_string(Database database);
/// The inverse of to_string(); nullopt: no database has this name.
KRGBOOT_EXPORT std::optional<Database> parse_database(std::string_view text) noexcept;
/// File mode of a new file: 0600 for shadow and gshadow, which hold hashes, 0644 for the others.
KRGBOOT_EXPORT unsigned mode_of(Database database) noexcept;

/// The required state of one account. Its primary group has the same name and number (as with adduser(8)).
struct Account {
  std::string name;
  std::string password_hash;         ///< as of crypt(5), or a mark that locks the password; never clear text
  unsigned new_uid = 0;              ///< UID of a new account if `uid` is unset
  std::optional<unsigned> uid = {};  ///< required UID, also of an existing account
  std::optional<std::string> home = {};   ///< nullopt: unchanged; for a new account /home/NAME or /root
  std::optional<std::string> shell = {};  ///< nullopt: unchanged; for a new account /bin/bash
  std::vector<std::string> groups = {};   ///< additional groups; other memberships are kept
  friend bool operator==(const Account&, const Account&) = default;

  /// The home directory of a new account.
  std::string home_directory() const { return home.value_or(name == "root" ? "/root" : "/home/" + name); }
  /// The UID of a new account; 0 for root.
  unsigned wanted_uid() const { return name == "root" ? 0 : uid.value_or(new_uid); }
};

/// Returns `text`, the content of a database, with all accounts set. If a name has several lines, the first
/// one counts, as for the C library. A new line goes to the end, but before lines of NIS (which begin with
/// '+' or '-'). A second call changes nothing. `file` is the name in messages; empty: the path in /etc.
/// Throws ConflictError:
///
///     "accounts.uid"        the account exists with another number than Account::uid
///     "accounts.uid_taken"  another account has the number of a new account
///     "accounts.gid_taken"  another group has the number of a new group
///     "accounts.no_group"   a group of Account::groups does not exist
///     "accounts.line"       the account's existing line has a wrong number of fields
///
/// and ArgumentError "accounts.field" for a value that a field cannot contain (':', a control character; in a
/// name also ',', or an empty name).
KRGBOOT_EXPORT std::string set(Database database, std::string_view text, const std::vector<Account>& accounts,
                               std::string_view file = "");

/// `text` for display: the second field of each line is replaced by "(hash)", or by "(new hash)" if the line
/// of the same name in `before`, the former text, has another one or is missing. Marks ("", "x", "*", "!",
/// "!!", "!*") are shown. Lines without ':' are shown as "(hidden)", except empty ones and comments.
KRGBOOT_EXPORT std::string without_hashes(std::string_view text, std::string_view before);
/// The same without a former text: every hash is shown as "(hash)".
inline std::string without_hashes(std::string_view text) {
  return without_hashes(text, text);
}

}  // namespace krgboot::accounts
