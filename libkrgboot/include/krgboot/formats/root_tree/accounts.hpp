#pragma once

#include "krgboot/export.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The account files of a Debian system: passwd(5), shadow(5), group(5), gshadow(5). Lines of fields with ':'
/// between; what krgboot did not set stays as it is, to the byte, in its place.
namespace krgboot::accounts {

enum class Database { passwd, shadow, group, gshadow };
inline constexpr Database all_databases[] = {Database::passwd, Database::shadow, Database::group,
                                             Database::gshadow};
/// "passwd": the name below /etc.
KRGBOOT_EXPORT std::string to_string(Database database);
KRGBOOT_EXPORT std::optional<Database> parse_database(std::string_view text) noexcept;
/// As Debian's base-passwd makes the file where there is none; the two with hashes are root's alone.
KRGBOOT_EXPORT unsigned mode_of(Database database) noexcept;

/// One account as it is to be. A group of the same name and number is its primary one (as adduser(8) has it).
struct Account {
  std::string name;
  std::string password_hash;              ///< crypt(5), or locked; never clear text
  unsigned new_uid = 0;                   ///< where the account is not there yet, unless `uid` says so
  std::optional<unsigned> uid = {};       ///< what it must be, also where the account is there
  std::optional<std::string> home = {};   ///< nullopt: as it is; /home/NAME (/root) for a new one
  std::optional<std::string> shell = {};  ///< nullopt: as it is; /bin/bash for a new one
  std::vector<std::string> groups = {};   ///< that it is a member of, besides; other memberships stay
  friend bool operator==(const Account&, const Account&) = default;

  std::string home_directory() const { return home.value_or(name == "root" ? "/root" : "/home/" + name); }
  unsigned wanted_uid() const { return name == "root" ? 0 : uid.value_or(new_uid); }
};

/// `text` of that database with all accounts set. Where a name stands twice the first line counts, as it does
/// for the C library. A new line goes to the end, but before one of NIS (that begins with '+' or '-').
/// Setting the same again gives the same bytes. `file` is for messages. Throws ConflictError:
///
///   "accounts.uid"        the account is there with another number than Account::uid
///   "accounts.uid_taken"  another account has the number that a new one is to get
///   "accounts.gid_taken"  another group has it
///   "accounts.no_group"   a group that an account is to be a member of is not there
///   "accounts.line"       an account's own line has not the fields of its database
///
/// and ArgumentError "accounts.field" for a value that a field cannot hold (':', a control character; in a
/// name also ',').
KRGBOOT_EXPORT std::string set(Database database, std::string_view text, const std::vector<Account>& accounts,
                               std::string_view file = "");

/// For eyes: `text` with each second field of a line that is not just a mark ("", "x", "*", "!", "!!", "!*")
/// replaced by "(hash)", and by "(new hash)" where the line of that name in `before` has another one. Lines
/// without any field are shown as "(hidden)", except empty ones and comments.
KRGBOOT_EXPORT std::string without_hashes(std::string_view text, std::string_view before);
inline std::string without_hashes(std::string_view text) {
  return without_hashes(text, text);
}

}  // namespace krgboot::accounts
