#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
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

/// A machine that asks for an address.
struct Client {
  MacAddress mac;
  /// The address that it asks for, or holds a lease of.
  std::optional<Ipv4Address> address;
  /// Any address of the segment that its request comes from: of the server's interface there, or the relay's.
  /// nullopt: worked out, where the configuration leaves only one choice.
  std::optional<Ipv4Address> link;
  /// What it sends: DHCP option numbers with their bytes. What is not here counts as not sent.
  std::map<std::uint8_t, std::string> options;
};

/// A PC in legacy BIOS mode whose network card boots by PXE (PXE 2.1, RFC 4578): options 53, 60, 93, 94, 97.
KRGBOOT_EXPORT Client pxe_client(const MacAddress& mac, const std::optional<Uuid>& uuid = std::nullopt);

/// One parameter of an answer, and where it was said.
struct Setting {
  std::string text;   ///< a string without its quotes, addresses in dotted decimal, lists joined by ", "
  bool exact = true;  ///< false: `text` is an expression that only the running daemon can work out
  Location where;     ///< of the statement
  std::string scope;  ///< the declaration it stands in: "host ssi1", "pool", "group", "global"
  std::optional<std::uint8_t> code = {};  ///< of an option; nullopt: of one whose code krgboot has no use for

  friend bool operator==(const Setting&, const Setting&) = default;
};

/// What dhcpd would offer to a client, or why nothing.
struct KRGBOOT_EXPORT Answer {
  bool offered = false;
  std::string reason;  ///< where nothing is offered: why, in one sentence

  std::optional<Ipv4Address> address;  ///< nullopt: one of `pool`, or of a name that only a resolver knows
  std::vector<Ipv4Range> pool;         ///< the ranges of the pool it comes from; empty: a fixed address
  Location pool_where;                 ///< of the pool, or of the range where no pool is written
  std::string host;                    ///< name of the host declaration that applies; empty: none
  Location host_where;
  std::optional<Ipv4Network> subnet;
  Location subnet_where;

  /// Every parameter in force: options as "option root-path", everything else by its own name ("filename",
  /// "next-server"); allow and deny as the flags they stand for ("boot-unknown-clients").
  std::map<std::string, Setting, std::less<>> settings;

  /// What makes the answer doubtful: conditions that cannot be decided here, several pools, no next-server.
  Diagnostics diagnostics;

  const Setting* find(std::string_view name) const;
  /// The option of this code that is sent, under whatever name the configuration defines it: one of another
  /// option space only where site-option-space names that space. nullptr: none.
  const Setting* find_option(std::uint8_t code) const;
  /// The text of a setting that is there and exact; "" otherwise.
  std::string text(std::string_view name) const;

  bool from_pool() const noexcept { return !pool.empty(); }
  /// siaddr: where the boot file is fetched from.
  std::optional<Ipv4Address> next_server() const;
  std::string filename() const { return text("filename"); }
  std::string root_path() const { return text("option root-path"); }
  std::string host_name() const { return text("option host-name"); }
  std::string domain_name() const { return text("option domain-name"); }
  std::vector<Ipv4Address> routers() const;
};

/// The text of an included file; nullopt where there is none.
using IncludeReader = std::function<std::optional<std::string>(const std::string& path)>;

struct Declarations;  // what dhcpd has in memory; src/formats/dhcp/isc/declarations.hpp

/// A whole configuration, read once and asked often: it answers as ISC dhcpd 4.4 does with an empty lease
/// file. What dhcpd refuses is an error in its diagnostics; what it takes silently and hardly anybody means
/// is a warning: two hosts with one hardware address, a fixed address twice, inside a dynamic range or in no
/// subnet, a group whose parameters reach nobody.
class KRGBOOT_EXPORT Configuration {
 public:
  /// Reads the main file and, through `include`, all it includes. `file` names the main file in messages.
  Configuration(std::string text, const std::string& file, const IncludeReader& include);
  ~Configuration();
  Configuration(const Configuration&) = delete;
  Configuration(Configuration&&) noexcept;
  Configuration& operator=(const Configuration&) = delete;
  Configuration& operator=(Configuration&&) noexcept;

  const Diagnostics& diagnostics() const noexcept;

  /// What this client gets. Scopes apply as dhcpd.conf(5) says, the later over the earlier: what encloses the
  /// subnet (global, group, shared-network), the subnet, the pool, the classes the client is in, what
  /// encloses its host declaration and is not among these (a group), the host.
  Answer answer(const Client& client) const;

 private:
  std::unique_ptr<const Declarations> declarations_;
};

}  // namespace krgboot::dhcpd
