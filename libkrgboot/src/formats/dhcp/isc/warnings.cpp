#include "krgboot/base/text.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "declarations.hpp"
#include "quoted.hpp"

namespace krgboot::dhcpd {

namespace {

class Warner {
 public:
  explicit Warner(Declarations& declarations) : declarations_(declarations) {}

  void run() {
    overlapping_subnets();
    overlapping_ranges();
    for (const auto& host : declarations_.hosts) {
      same_hardware(host);
      for (const auto& fixed : host.addresses) {
        if (fixed.address) fixed_address(host, *fixed.address);
      }
    }
  }

 private:
  void warn(StatementRef ref, const char* code, std::string message, std::string hint = "") {
    declarations_.report(ref, Severity::warning, code, std::move(message), std::move(hint));
  }

  std::string place(StatementRef ref) const { return declarations_.where(ref).to_string(); }

  void overlapping_subnets() {
    std::vector<const Subnet*> sorted;
    for (const auto& subnet : declarations_.subnets) sorted.push_back(&subnet);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Subnet* a, const Subnet* b) { return a->network < b->network; });
    const Subnet* widest = nullptr;
    const Subnet* first = nullptr;  // of equal subnets
    for (const auto* subnet : sorted) {
      if (first && first->network == subnet->network) {
        warn(subnet->declared, "dhcpd.subnet_twice",
             fmt::format("{} is declared twice, first at {}: dhcpd answers from the last one",
                         subnet->network.to_string(), place(first->declared)));
        continue;
      }
      first = subnet;
      if (widest && widest->network.contains(subnet->network)) {
        warn(subnet->declared, "dhcpd.overlapping_subnets",
             fmt::format("{} lies within {}, declared at {}", subnet->network.to_string(),
                         widest->network.to_string(), place(widest->declared)));
      } else {
        widest = subnet;
      }
    }
  }

  /// dhcpd rejects an address that lies in two ranges.
  void overlapping_ranges() {
    for (const auto& pool : declarations_.pools) {
      ranges_.insert(ranges_.end(), pool.ranges.begin(), pool.ranges.end());
    }
    std::stable_sort(ranges_.begin(), ranges_.end(),
                     [](const PoolRange& a, const PoolRange& b) { return a.range < b.range; });
    for (std::size_t i = 1; i < ranges_.size(); ++i) {
      if (ranges_[i].range.first > ranges_[i - 1].range.last) continue;
      declarations_.report(ranges_[i].declared, Severity::error, "dhcpd.overlapping_ranges",
                           fmt::format("{} stands in the range at {}, too",
                                       ranges_[i].range.first.to_string(), place(ranges_[i - 1].declared)));
    }
  }

  /// Several hosts with the same hardware address are correct if each has its address on another network.
  void same_hardware(const Host& host) {
    if (host.hardware.empty()) return;
    auto networks = networks_of(host);
    for (auto index : declarations_.hosts_by_hardware.at(host.hardware)) {
      const auto& earlier = declarations_.hosts[index];
      if (&earlier == &host) return;
      auto others = networks_of(earlier);
      bool apart = !networks.empty() && !others.empty() &&
                   std::none_of(networks.begin(), networks.end(),
                                [&](Index network) { return others.count(network) != 0; });
      if (apart) continue;
      return warn(host.declared, "dhcpd.duplicate_hardware",
                  fmt::format("host {} has the hardware address of host {} ({}), which dhcpd takes instead",
                              quoted(host.name), quoted(earlier.name), place(earlier.declared)));
    }
  }

  std::set<Index> networks_of(const Host& host) const {
    std::set<Index> networks;
    for (const auto& fixed : host.addresses) {
      const auto* subnet = fixed.address ? declarations_.subnet_of(*fixed.address) : nullptr;
      if (subnet) networks.insert(subnet->shared);
    }
    return networks;
  }

  void fixed_address(const Host& host, Ipv4Address address) {
    auto [first, fresh] = holders_.emplace(address, &host);
    if (!fresh && first->second != &host) {
      warn(host.declared, "dhcpd.duplicate_address",
           fmt::format("{} is the fixed address of host {} ({}), too", address.to_string(),
                       quoted(first->second->name), place(first->second->declared)));
    }
    if (!declarations_.subnet_of(address)) {
      warn(host.declared, "dhcpd.address_off_subnet",
           fmt::format("{} lies in no subnet declared here: host {} never gets it", address.to_string(),
                       quoted(host.name)));
    }
    auto behind = std::upper_bound(ranges_.begin(), ranges_.end(), address,
                                   [](Ipv4Address a, const PoolRange& r) { return a < r.range.first; });
    if (behind != ranges_.begin() && (behind - 1)->range.contains(address)) {
      warn(host.declared, "dhcpd.address_in_range",
           fmt::format("{} lies in the dynamic range at {}: dhcpd may lease it to somebody else",
                       address.to_string(), place((behind - 1)->declared)),
           "take it out of the range");
    }
  }

  Declarations& declarations_;
  std::vector<PoolRange> ranges_;
  std::unordered_map<Ipv4Address, const Host*> holders_;
};

}  // namespace

void warn_of_silent_faults(Declarations& declarations) {
  Warner(declarations).run();
}

}  // namespace krgboot::dhcpd
