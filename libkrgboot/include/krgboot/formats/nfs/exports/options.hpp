#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::exports {

/// How a client says who its users are (RFC 5531 and RFC 2203). An NFS root is mounted with `sys`.
enum class Flavor { sys, none, krb5, krb5i, krb5p };
KRGBOOT_EXPORT std::string to_string(Flavor flavor);

/// What a client of one flavor may do.
struct Access {
  Flavor flavor = Flavor::sys;
  bool read_only = true;
  bool root_squash = true;
  bool all_squash = false;
  friend bool operator==(const Access&, const Access&) = default;
};

/// One thing to say about an option list. An error makes exportfs drop the entry and all that follows it in
/// the file.
struct OptionFinding {
  Severity severity = Severity::error;
  std::string code;
  std::string option;
  std::string message;
  std::string hint;
};

/// The options of one export as they work out: nfs-utils' defaults (ro, sync, wdelay, hide, nocrossmnt,
/// secure, root_squash, no_all_squash, no_subtree_check), then each option in the order given (exports(5);
/// nfs-utils 2.6.2).
class KRGBOOT_EXPORT Options {
 public:
  Options();

  /// Throws ArgumentError with the code and option of the first error.
  static Options from_string(std::string_view text);

  /// Takes up what stands between the parentheses, or after the '-' of a line's defaults. Blanks may stand
  /// after a comma, nowhere else. Reading stops at the first error, which is then the last finding.
  std::vector<OptionFinding> apply(std::string_view text);

  bool read_only() const noexcept { return has(bit_read_only); }
  bool sync() const noexcept { return !has(bit_async); }
  bool write_delay() const noexcept { return has(bit_write_delay); }
  bool hide() const noexcept { return !has(bit_no_hide); }
  bool crossmnt() const noexcept { return has(bit_crossmnt); }
  /// Only clients that call from a port below 1024.
  bool secure() const noexcept { return !has(bit_insecure); }
  bool root_squash() const noexcept { return has(bit_root_squash); }
  bool all_squash() const noexcept { return has(bit_all_squash); }
  bool subtree_check() const noexcept { return !has(bit_no_subtree_check); }
  bool secure_locks() const noexcept { return !has(bit_insecure_locks); }
  bool acl() const noexcept { return !has(bit_no_acl); }
  bool readdirplus() const noexcept { return !has(bit_no_readdirplus); }
  bool security_label() const noexcept { return has(bit_security_label); }
  bool pnfs() const noexcept { return has(bit_pnfs); }

  /// User and group that squashed users become; 65534 unless given.
  std::uint32_t anonuid() const noexcept { return anonuid_; }
  std::uint32_t anongid() const noexcept { return anongid_; }
  /// `fsid=` as a number; `fsid=root` is 0.
  std::optional<std::uint32_t> fsid() const noexcept;
  /// `fsid=` as a UUID, as written.
  const std::optional<std::string>& fsid_uuid() const noexcept { return fsid_uuid_; }
  /// Is there any `fsid=`?
  bool has_fsid() const noexcept { return has(bit_fsid) || fsid_uuid_; }
  /// `mountpoint`: export only while this path is one; empty means the export's own path.
  const std::optional<std::string>& mountpoint() const noexcept { return mountpoint_; }
  const std::optional<std::string>& refer() const noexcept { return refer_; }
  const std::optional<std::string>& replicas() const noexcept { return replicas_; }

  /// By flavor, in the order named; `sys` alone where no `sec=` is given. The flags after a `sec=` are those
  /// flavors' own; flags given elsewhere in the same list apply to flavors named later, not to earlier ones.
  std::vector<Access> flavors() const;
  /// nullopt: clients of this flavor are refused.
  std::optional<Access> access(Flavor flavor) const;

  /// The option list as exportfs writes it into its export table, etab, on a kernel whose only flags by
  /// flavor are ro, root_squash and all_squash. squash_uids and squash_gids, which no kernel obeys, are left
  /// out.
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
  std::vector<std::size_t> active_;  // those of named_ that the last `sec=` of the list being read named
};

}  // namespace krgboot::exports
