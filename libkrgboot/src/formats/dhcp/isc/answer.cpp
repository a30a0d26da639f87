#include "krgboot/formats/dhcp/isc/answer.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "declarations.hpp"
#include "execution.hpp"
#include "functions.hpp"
#include "matching.hpp"

namespace krgboot::dhcpd {

namespace {

class Answerer {
 public:
  Answerer(const Declarations& declarations, const Client& client)
      : declarations_(declarations), client_(client) {}

  Answer run() {
    if (has_errors(declarations_.diagnostics)) return refuse_all();
    matches_ = match_hosts(declarations_, client_);
    if (!matches_.empty()) hosts_ = matches_.front();
    classes_ = memberships(declarations_, client_);
    auto network = find_network();
    if (!network) return std::move(answer_);
    if (auto fixed = fixed_lease(declarations_, hosts_, *network)) {
      take_fixed(*fixed, *network);
    } else if (!take_pool(*network)) {
      return std::move(answer_);
    }
    execute();
    return std::move(answer_);
  }

 private:
  Answer refuse_all() {
    auto error = std::find_if(declarations_.diagnostics.begin(), declarations_.diagnostics.end(),
                              [](const Diagnostic& d) { return d.severity == Severity::error; });
    answer_.reason = "dhcpd does not start with this configuration: " + error->to_string();
    return std::move(answer_);
  }

  std::optional<Index> nothing(std::string reason) {
    answer_.reason = std::move(reason);
    return std::nullopt;
  }

  void warn(const char* code, std::string message, std::string hint = "", Location where = {}) {
    answer_.diagnostics.push_back(
        {Severity::warning, code, std::move(message), std::move(hint), "", std::move(where)});
  }

  /// The shared network that the request comes from.
  std::optional<Index> find_network() {
    if (client_.link) {
      if (const auto* subnet = declarations_.subnet_of(*client_.link)) return subnet->shared;
      return nothing(fmt::format("no subnet is declared for the segment of {}", client_.link->to_string()));
    }
    std::set<Index> networks;
    for (auto host : hosts_) {
      for (const auto& fixed : declarations_.hosts[host].addresses) {
        const auto* subnet = fixed.address ? declarations_.subnet_of(*fixed.address) : nullptr;
        if (subnet) networks.insert(subnet->shared);
      }
    }
    const auto* held = client_.address ? declarations_.subnet_of(*client_.address) : nullptr;
    if (networks.size() == 1) return *networks.begin();
    if (held) return held->shared;
    if (declarations_.shared_networks.empty()) return nothing("no subnet is declared");
    // A subnet that is declared again later gets no requests.
    std::set<Index> answering;
    for (const auto& subnet : declarations_.subnets) {
      if (const auto* last = declarations_.subnet_of(subnet.address)) answering.insert(last->shared);
    }
    if (answering.size() == 1) return *answering.begin();
    return nothing("several networks are declared, and nothing says which one the machine is on");
  }

  void take_fixed(const FixedLease& fixed, Index network) {
    host_ = fixed.host;
    fixed_ = true;
    answer_.address = fixed.address;
    if (fixed.address) {
      take_subnet(*fixed.address, network);
      return;
    }
    const auto& first = declarations_.shared_networks[network].subnets.front();
    subnet_ = &declarations_.subnets[first];
    warn("dhcpd.fixed_address_by_name",
         fmt::format("the fixed address of host {} is a name that only dhcpd's resolver knows",
                     in_quotes(declarations_.hosts[fixed.host].name)),
         "write the address", declarations_.where(declarations_.hosts[fixed.host].declared));
  }

  void take_subnet(Ipv4Address address, Index network) {
    for (auto index : declarations_.shared_networks[network].subnets) {
      const auto& subnet = declarations_.subnets[index];
      if (!subnet.contains(address)) continue;
      // dhcpd uses the later one of two equal subnets.
      if (!subnet_ || subnet.network.prefix_length() >= subnet_->network.prefix_length()) subnet_ = &subnet;
    }
  }

  bool take_pool(Index network) {
    bool known = !hosts_.empty();
    std::vector<Index> admitting;
    std::vector<Index> doubtful;
    for (auto index : declarations_.shared_networks[network].pools) {
      auto admitted = admission(declarations_.pools[index], known, classes_);
      if (admitted == Admission::yes) admitting.push_back(index);
      if (admitted == Admission::undecidable) doubtful.push_back(index);
    }
    if (admitting.empty()) {
      admitting = doubtful;
      if (!doubtful.empty()) {
        warn("dhcpd.undecided", "only the running dhcpd can tell whether the pool admits this machine", "",
             declarations_.where(declarations_.pools[doubtful.front()].declared));
      }
    }
    if (admitting.empty()) {
      no_pool(network, known);
      return false;
    }
    choose(admitting);
    return true;
  }

  void no_pool(Index network, bool known) {
    const char* who = known ? "known" : "unknown";
    if (declarations_.shared_networks[network].pools.empty()) {
      nothing(fmt::format("{}, and the network has no pool",
                          known ? "its host declaration has no address on this network"
                                : "no host declaration means this machine"));
    } else {
      nothing(fmt::format("no pool of the network admits this {} machine", who));
    }
  }

  void choose(const std::vector<Index>& pools) {
    auto chosen = pools.front();
    for (auto index : pools) {
      for (const auto& range : declarations_.pools[index].ranges) {
        if (!client_.address || !range.range.contains(*client_.address)) continue;
        chosen = index;
        answer_.address = client_.address;
      }
    }
    const auto& pool = declarations_.pools[chosen];
    pool_ = &pool;
    for (const auto& range : pool.ranges) answer_.pool.push_back(range.range);
    answer_.pool_where = declarations_.where(pool.declared);
    take_subnet(answer_.address.value_or(pool.ranges.front().range.first), pool.shared);
    if (pools.size() > 1 && !answer_.address) {
      warn("dhcpd.several_pools",
           fmt::format("{} pools of the network admit this machine; which one serves it depends on dhcpd's "
                       "leases",
                       pools.size()),
           "", answer_.pool_where);
    }
    host_ = host_without_address(declarations_, matches_);
  }

  void execute() {
    EvaluationContext context{declarations_, client_, !hosts_.empty(), fixed_, true, answer_.address, "", {}};
    if (host_) context.host_name = declarations_.hosts[*host_].name;
    Execution execution(declarations_, context);
    auto network_scope = declarations_.shared_networks[subnet_->shared].scope;
    execution.run(subnet_->scope);
    if (pool_) execution.run(pool_->scope, network_scope);
    auto limit = pool_ ? pool_->scope : subnet_->scope;
    // The class that matched first is executed last, so its values win.
    std::vector<Membership> members(classes_.certain.rbegin(), classes_.certain.rend());
    for (const auto& member : members) execution.run(member.scope, limit);
    if (host_) execution.run(declarations_.hosts[*host_].scope, limit);
    answer_.settings = execution.settings();
    const auto& found = execution.diagnostics();
    answer_.diagnostics.insert(answer_.diagnostics.end(), found.begin(), found.end());
    describe(execution);
    conclude();
  }

  void describe(const Execution& execution) {
    answer_.subnet = subnet_->network;
    answer_.subnet_where = declarations_.where(subnet_->declared);
    if (host_) {
      answer_.host = declarations_.hosts[*host_].name;
      answer_.host_where = declarations_.where(declarations_.hosts[*host_].declared);
    }
    for (auto index : classes_.undecidable) {
      const auto& declared = declarations_.classes[index];
      warn(
          "dhcpd.undecided",
          fmt::format("only the running dhcpd can tell whether the machine is in class {}; the class is left "
                      "out here",
                      in_quotes(declared.name)),
          "", declarations_.where(declared.declared));
    }
    if (!execution.has("option subnet-mask")) {
      add("option subnet-mask", subnet_->netmask.to_string(), answer_.subnet_where,
          scope_name(subnet_->scope));
    }
    if (host_ && !execution.has("option host-name") && flag("use-host-decl-names", false)) {
      add("option host-name", answer_.host, answer_.host_where,
          scope_name(declarations_.hosts[*host_].scope));
    }
  }

  std::string scope_name(Index scope) const { return declarations_.name_of(declarations_.scopes[scope]); }

  void add(const char* name, std::string text, Location where, std::string scope) {
    answer_.settings.try_emplace(name, Setting{std::move(text), true, std::move(where), std::move(scope)});
  }

  /// A parameter that is on or off; "ignore" means off without a log message.
  bool flag(const char* name, bool otherwise) {
    const auto* setting = answer_.find(name);
    if (!setting) return otherwise;
    auto text = to_lower(setting->text);
    if (text == "true" || text == "on" || (setting->exact && text == "1")) return true;
    if (!setting->exact) {
      warn("dhcpd.undecided", fmt::format("{} is an expression that only the running dhcpd works out", name),
           "", setting->where);
      return otherwise;
    }
    return false;
  }

  void conclude() {
    if (!host_ && !flag("boot-unknown-clients", true)) {
      refuse("dhcpd ignores machines without a host declaration here", "boot-unknown-clients");
    } else if (!flag("allow-booting", true)) {
      refuse("dhcpd is told not to let this machine boot", "allow-booting");
    } else {
      answer_.offered = true;
      warn_of_next_server();
    }
  }

  void refuse(const std::string& reason, const char* setting) {
    answer_.reason = reason;
    if (const auto* found = answer_.find(setting)) {
      answer_.reason += fmt::format(" ({})", found->where.to_string());
    }
    answer_.address.reset();
  }

  void warn_of_next_server() {
    const auto* filename = answer_.find("filename");
    if (!filename || answer_.find("next-server")) return;
    const auto* name = answer_.find("server-name");
    warn("dhcpd.no_next_server",
         name ? "server-name does not say where the boot file is: next-server is missing"
              : "a boot file is named, but no next-server to fetch it from",
         "add next-server with the address of the TFTP server", name ? name->where : filename->where);
  }

  const Declarations& declarations_;
  const Client& client_;
  Answer answer_;
  HostMatches matches_;
  std::vector<Index> hosts_;  // hosts whose fixed address may apply
  Memberships classes_;
  std::optional<Index> host_;
  bool fixed_ = false;
  const Subnet* subnet_ = nullptr;
  const PoolDeclaration* pool_ = nullptr;
};

}  // namespace

Client pxe_client(const MacAddress& mac, const std::optional<Uuid>& uuid, Firmware firmware) {
  using namespace std::string_literals;
  Client client;
  client.mac = mac;
  // Option 60 has the architecture of option 93 (IANA's "Processor Architecture Types"), and the version of
  // UNDI of option 94.
  switch (firmware) {
    case Firmware::bios:
    case Firmware::ipxe:
      client.options = {{60, "PXEClient:Arch:00000:UNDI:002001"s}, {93, "\0\0"s}, {94, "\x01\x02\x01"s}};
      break;
    case Firmware::uefi:
      client.options = {{60, "PXEClient:Arch:00007:UNDI:003000"s}, {93, "\0\x07"s}, {94, "\x01\x03\0"s}};
      break;
    case Firmware::uefi_http:
      client.options = {{60, "HTTPClient:Arch:00016:UNDI:003000"s}, {93, "\0\x10"s}, {94, "\x01\x03\0"s}};
      break;
  }
  client.options[53] = "\x01"s;                                  // DHCPDISCOVER
  if (firmware == Firmware::ipxe) client.options[77] = "iPXE"s;  // without the lengths of RFC 3004
  if (uuid) client.options[97] = '\0' + std::string(uuid->octets().begin(), uuid->octets().end());
  return client;
}

const Setting* Answer::find(std::string_view name) const {
  auto found = settings.find(name);
  return found == settings.end() ? nullptr : &found->second;
}

const Setting* Answer::find_option(std::uint8_t code) const {
  constexpr std::string_view key = "option ";
  for (const auto& [name, setting] : settings) {
    if (setting.code != code) continue;
    auto dot = name.find('.');
    if (dot == std::string::npos || text("site-option-space") == name.substr(key.size(), dot - key.size()))
      return &setting;
  }
  return nullptr;
}

std::string Answer::text(std::string_view name) const {
  const auto* setting = find(name);
  return setting && setting->exact ? setting->text : "";
}

std::optional<Ipv4Address> Answer::next_server() const {
  // Of several addresses dhcpd takes the first.
  auto list = text("next-server");
  return Ipv4Address::parse(trim(split(list, ',').front()));
}

std::vector<Ipv4Address> Answer::routers() const {
  std::vector<Ipv4Address> routers;
  auto list = text("option routers");
  for (auto part : split(list, ',')) {
    if (auto router = Ipv4Address::parse(trim(part))) routers.push_back(*router);
  }
  return routers;
}

Configuration::Configuration(std::string text, const std::string& file, const IncludeReader& include) {
  auto declarations = std::make_unique<Declarations>(declare(std::move(text), file, include));
  warn_of_silent_faults(*declarations);
  declarations_ = std::move(declarations);
}

Configuration::~Configuration() = default;
Configuration::Configuration(Configuration&&) noexcept = default;
Configuration& Configuration::operator=(Configuration&&) noexcept = default;

const Diagnostics& Configuration::diagnostics() const noexcept {
  return declarations_->diagnostics;
}

Answer Configuration::answer(const Client& client) const {
  return Answerer(*declarations_, client).run();
}

}  // namespace krgboot::dhcpd
