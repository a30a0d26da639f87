#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::exports {

/// Authentication flavor of RPC: the way in which a client identifies its users (RFC 5531, RFC 2203). An NFS
/// root uses `sys`.
enum class Flavor { sys, none, krb5, krb5i, krb5p };
KRGBOOT_EXPORT std::string to_string(Flavor flavor);

/// The rights of clients of one flavor.
struct Access {
  Flavor flavor = Flavor::sys;
  bool read_only = true;
  bool root_squash = true;
  bool all_squash = false;
  friend bool operator==(const Access&, const Access&) = default;
};

/// A finding about an option list. An error makes exportfs drop the entry and the rest of the file.
struct OptionFinding {
  Severity severity = Severity::error;
  std::string code;
  std::string option;  ///< as written
  std::string message;
  std::string hint;
};

/// The effective options of one export: the defaults of nfs-utils 2.6.2 (ro, sync, wdelay, hide, nocrossmnt,
/// secure, root_squash, no_all_squash, no_subtree_check), changed by each option of a list in order; see
/// exports(5).
class KRGBOOT_EXPORT Options {
 public:
  /// The defaults.
  Options();

  /// The defaults changed by an option list. Throws ArgumentError "exports.bad_option" or
  /// "exports.unknown_option", with the option as the subject, for the first error.
  static Options from_string(std::string_view text);

  /// Applies an option list: the text between the parentheses, or after the '-' of a line's default options.
  /// Blanks are allowed only after a comma. Reading stops at the first error, which is then the last finding.
  /// Codes: errors "exports.bad_option" and "exports.unknown_option", warnings "exports.ignored_option" and
  /// "exports.newer_option".
  std::vector<OptionFinding> apply(std::string_view text);

  bool read_only() const noexcept { return has(bit_read_only); }
  bool sync() const noexcept { return !has(bit_async); }
  bool write_delay() const noexcept { return has(bit_write_delay); }
  bool hide() const noexcept { return !has(bit_no_hide); }
  bool crossmnt() const noexcept { return has(bit_crossmnt); }
  /// Are only requests from ports below 1024 accepted?
  bool secure() const noexcept { return !has(bit_insecure); }
  bool root_squash() const noexcept { return has(bit_root_squash); }
  bool all_squash() const noexcept { return has(bit_all_squash); }
  bool subtree_check() const noexcept { return !has(bit_no_subtree_check); }
  bool secure_locks() const noexcept { return !has(bit_insecure_locks); }
  bool acl() const noexcept { return !has(bit_no_acl); }
  bool readdirplus() const noexcept { return !has(bit_no_readdirplus); }
  bool security_label() const noexcept { return has(bit_security_label); }
  bool pnfs() const noexcept { return has(bit_pnfs); }

  /// UID and GID of squashed users; the default is 65534.
  std::uint32_t anonuid() const noexcept { return anonuid_; }
  std::uint32_t anongid() const noexcept { return anongid_; }
  /// The number of `fsid=`; 0 for `fsid=root`; nullopt: not given as a number.
  std::optional<std::uint32_t> fsid() const noexcept;
  /// The UUID of `fsid=`, as written; nullopt: not given as a UUID.
  const std::optional<std::string>& fsid_uuid() const noexcept { return fsid_uuid_; }
  /// Is `fsid=` given?
  bool has_fsid() const noexcept { return has(bit_fsid) || fsid_uuid_; }
  /// `mountpoint=`: the export exists only while something is mounted on this path; empty: on the export's
  /// own path. nullopt: not given.
  const std::optional<std::string>& mountpoint() const noexcept { return mountpoint_; }
  /// The value of `refer=`; nullopt: not given.
  const std::optional<std::string>& refer() const noexcept { return refer_; }
  /// The value of `replicas=`; nullopt: not given.
  const std::optional<std::string>& replicas() const noexcept { return replicas_; }

  /// The rights of each flavor in the order of `sec=`; only `sys` without `sec=`. A flag applies to the
  /// flavors of the last `sec=` before it and to flavors named later, but not to others named before.
  std::vector<Access> flavors() const;
  /// The rights of clients of this flavor; nullopt: they are refused.
  std::optional<Access> access(Flavor flavor) const;

  /// The option list as exportfs writes it into its export table, etab, on a kernel that has only the flags
  /// ro, root_squash and all_squash per flavor. Without squash_uids and squash_gids, which no kernel
  /// implements.
  std::string to_etab() const;

  friend bool operator==(const Options&, const Options&) = default;

 private:
  static constexpr std::uint32_t bit_read_only = 1U << 0U;
  static constexpr std::uint32_t bit_insecure = 1U << 1U;
  static constexpr std::uint32_t bit_root_squash = 1U << 2U;
  static constexpr std::uint32_t bit_all_squash = 1U << 3U;
  static constexpr std::uint32_t bit_async = 1U << 4U;
  static constexpr std::uint32_t bit_write_delay = 1U << 5U;
  static constexpr std::uint32_t bit_no_readdirplus = 1U << 6U;
  static constexpr std::uint32_t bit_security_label = 1U << 7U;
  static constexpr std::uint32_t bit_no_hide = 1U << 8U;
  static constexpr std::uint32_t bit_no_subtree_check = 1U << 9U;
  static constexpr std::uint32_t bit_insecure_locks = 1U << 10U;
  static constexpr std::uint32_t bit_fsid = 1U << 11U;
  static constexpr std::uint32_t bit_crossmnt = 1U << 12U;
  static constexpr std::uint32_t bit_no_acl = 1U << 13U;
  static constexpr std::uint32_t bit_pnfs = 1U << 14U;
  static constexpr std::uint32_t bits_by_flavor = bit_read_only | bit_root_squash | bit_all_squash;

  struct Switch;
  struct FlavorFlags {
    Flavor flavor;
    std::string name;  // as first written: "unix" is sys, "null" is none
    std::uint32_t flags;
    friend bool operator==(const FlavorFlags&, const FlavorFlags&) = default;
  };

  bool has(std::uint32_t bit) const noexcept { return (flags_ & bit) != 0; }
  void set(std::uint32_t bit, bool on);
  std::optional<OptionFinding> take(std::string_view option);
  std::optional<OptionFinding> take_value(std::string_view option, std::string_view name,
                                          std::string_view value);
  std::optional<OptionFinding> take_flavors(std::string_view option, std::string_view names);
  bool take_fsid(std::string_view value);
  std::vector<FlavorFlags> flavors_in_force() const;

  std::uint32_t flags_;
  std::uint32_t anonuid_ = 65534;
  std::uint32_t anongid_ = 65534;
  std::uint32_t fsid_ = 0;
  std::optional<std::string> fsid_uuid_;
  std::optional<std::string> mountpoint_;
  std::optional<std::string> refer_;
  std::optional<std::string> replicas_;
  std::vector<FlavorFlags> named_;
  std::vector<std::size_t> active_;  // indexes into named_: flavors of the last `sec=` in the current list
};

}  // namespace krgboot::exports
