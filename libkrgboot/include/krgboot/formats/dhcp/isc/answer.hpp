#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/model/firmware.hpp"
#include "krgboot/net/ipv4.hpp"
#include "krgboot/net/mac.hpp"
#include "krgboot/net/uuid.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::dhcpd {

/// A machine that requests an address.
struct Client {
  MacAddress mac;
  /// The address that it requests, or for which it has a lease.
  std::optional<Ipv4Address> address;
  /// An address of the network segment that its request comes from: that of the server's interface there, or
  /// of the relay. nullopt: the segment is derived, if the configuration leaves only one choice.
  std::optional<Ipv4Address> link;
  /// The DHCP options that it sends: option codes with their bytes. Other options count as not sent.
  std::map<std::uint8_t, std::string> options;
};

/// A machine that boots from its network card (PXE 2.1, RFC 4578; UEFI 2.10, section 24), with its options
/// 53, 60, 93, 94 and, if `uuid` is given, 97; iPXE adds 77.
KRGBOOT_EXPORT Client pxe_client(const MacAddress& mac, const std::optional<Uuid>& uuid = std::nullopt,
                                 Firmware firmware = Firmware::bios);

/// One parameter of an answer, and its place in the configuration.
struct Setting {
  std::string text;   ///< a string without its quotes, addresses in dotted decimal, lists joined by ", "
  bool exact = true;  ///< false: `text` is an expression that only the running daemon can evaluate
  Location where;     ///< of the statement
  std::string scope;  ///< the declaration that contains it: "host ssi1", "pool", "group", "global"
  std::optional<std::uint8_t> code = {};  ///< code of an option; nullopt: no option, or unknown to krgboot

  friend bool operator==(const Setting&, const Setting&) = default;
};

/// The offer of dhcpd to a client, or the reason why it offers nothing.
struct KRGBOOT_EXPORT Answer {
  bool offered = false;
  std::string reason;  ///< why nothing is offered, in one sentence; empty if `offered`

  std::optional<Ipv4Address> address;  ///< nullopt: one of `pool`, or that of a name, which needs a resolver
  std::vector<Ipv4Range> pool;         ///< the ranges of the pool that it comes from; empty: a fixed address
  Location pool_where;                 ///< of the pool, or of the range if it is not inside a pool
  std::string host;                    ///< name of the host declaration that applies; empty: none
  Location host_where;
  std::optional<Ipv4Network> subnet;
  Location subnet_where;

  /// Every parameter in force, by name: options as "option root-path", others as "filename" or "next-server";
  /// allow and deny as the flags that they set ("boot-unknown-clients").
  std::map<std::string, Setting, std::less<>> settings;

  /// Reasons why the real answer may differ: conditions that cannot be decided here, several pools, a boot
  /// file without next-server.
  Diagnostics diagnostics;

  /// The setting with this name in `settings`; nullptr: none.
  const Setting* find(std::string_view name) const;
  /// The option with this code that is sent, by any name that the configuration defines for it; an option of
  /// another option space only if site-option-space names that space. nullptr: none.
  const Setting* find_option(std::uint8_t code) const;
  /// The text of a setting; "" if it is not set or not exact.
  std::string text(std::string_view name) const;

  bool from_pool() const noexcept { return !pool.empty(); }
  /// The server of the boot file (siaddr); nullopt: not set, or not an address.
  std::optional<Ipv4Address> next_server() const;
  /// The values of common parameters; empty if not set or not exact.
  std::string filename() const { return text("filename"); }
  std::string root_path() const { return text("option root-path"); }
  std::string host_name() const { return text("option host-name"); }
  std::string domain_name() const { return text("option domain-name"); }
  /// The addresses of the option routers, in order.
  std::vector<Ipv4Address> routers() const;
};

/// Returns the content of an included file, whose path is as written; nullopt: it cannot be read.
using IncludeReader = std::function<std::optional<std::string>(const std::string& path)>;

struct Declarations;  // the configuration as dhcpd has it in memory; src/formats/dhcp/isc/declarations.hpp

/// A whole configuration of ISC dhcpd 4.4. It is parsed once and can answer many requests, as dhcpd does with
/// an empty lease file.
class KRGBOOT_EXPORT Configuration {
 public:
  /// Parses the main file, whose content is `text`, and the files that it includes, which `include` reads.
  /// `file`: name of the main file in messages. Faults are in diagnostics().
  Configuration(std::string text, const std::string& file, const IncludeReader& include);
  ~Configuration();
  Configuration(const Configuration&) = delete;
  Configuration(Configuration&&) noexcept;
  Configuration& operator=(const Configuration&) = delete;
  Configuration& operator=(Configuration&&) noexcept;

  /// Errors: faults that dhcpd rejects. Warnings: probable mistakes that dhcpd accepts, such as two hosts
  /// with one hardware address, a fixed address that is given twice, inside a dynamic range or in no subnet,
  /// or a group whose parameters affect no client.
  const Diagnostics& diagnostics() const noexcept;

  /// The answer to this client; nothing is offered if diagnostics() has errors. Parameters come from these
  /// scopes (dhcpd.conf(5)); a later one overrides the earlier: the scopes around the subnet (global, group,
  /// shared-network), the subnet, the pool, the client's classes, other scopes around its host declaration (a
  /// group), the host.
  Answer answer(const Client& client) const;

 private:
  std::unique_ptr<const Declarations> declarations_;
};

}  // namespace krgboot::dhcpd
