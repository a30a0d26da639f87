#include "services/dhcp_isc_configuration.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "services/say.hpp"

namespace krgboot {

namespace {

// MAC address for a request that has only an address or a UUID. It is locally administered (IEEE 802), so
// that no host declaration matches it.
const MacAddress unknown_mac = MacAddress::from_string("02:00:00:00:00:00");

/// A lease time in seconds. dhcpd reads the number as C does, in base 8, 10 or 16; a value that is not a
/// number means an endless lease.
std::uint32_t lease_time(const dhcpd::Answer& answer, std::string_view statement, std::uint32_t otherwise) {
  const auto* given = answer.find(statement);
  if (given == nullptr) return otherwise;
  char* end = nullptr;
  auto seconds = std::strtoul(given->text.c_str(), &end, 0);
  return *end == '\0' ? static_cast<std::uint32_t>(seconds) : std::numeric_limits<std::uint32_t>::max();
}

std::uint32_t lease_of(const dhcpd::Answer& answer) {
  // The defaults of dhcpd: dhcpd.conf(5), default-lease-time, max-lease-time and min-lease-time.
  constexpr std::uint32_t usual = 43200;
  constexpr std::uint32_t usual_most = 86400;
  auto least = lease_time(answer, "min-lease-time", 0);
  auto most = std::max(lease_time(answer, "max-lease-time", usual_most), least);
  return std::clamp(lease_time(answer, "default-lease-time", usual), least, most);
}

std::optional<OfferedValue> value_of(const dhcpd::Setting* setting) {
  if (setting == nullptr) return std::nullopt;
  return OfferedValue{setting->text, setting->exact, setting->where.to_string()};
}

Offer offer_of(const dhcpd::Answer& answer) {
  Offer offer;
  offer.offered = answer.offered;
  offer.reason = answer.reason;
  offer.diagnostics = answer.diagnostics;
  offer.address = answer.address;
  offer.host_name = answer.host_name();
  if (answer.from_pool()) {
    offer.pool = answer.pool.front();
    offer.lease = lease_of(answer);
  }
  offer.address_where = (answer.from_pool() ? answer.pool_where : answer.host_where).to_string();
  offer.next_server = value_of(answer.find("next-server"));
  // dhcpd takes the first of several addresses.
  if (offer.next_server && offer.next_server->exact)
    offer.next_server->text = trim(split(offer.next_server->text, ',').front());
  offer.filename = value_of(answer.find("filename"));
  for (const auto& [code, name] : {std::pair{dhcp_option::root_path, "option root-path"},
                                   std::pair{dhcp_option::vendor_class, "option vendor-class-identifier"},
                                   std::pair{dhcp_option::tftp_server_name, "option tftp-server-name"},
                                   std::pair{dhcp_option::bootfile_name, "option bootfile-name"}}) {
    if (auto value = value_of(answer.find(name))) offer.options.emplace(code, *std::move(value));
  }
  // The configuration itself names these options.
  for (auto code : {dhcp_option::config_file, dhcp_option::path_prefix}) {
    if (auto value = value_of(answer.find_option(code))) offer.options.emplace(code, *std::move(value));
  }
  // dhcpd sends only requested options, unless the configuration sets the list of requested options.
  offer.sends_unasked = answer.find("option dhcp-parameter-request-list") != nullptr;
  return offer;
}

}  // namespace

DhcpdConf read_dhcpd_conf(const std::string& conf, const FileReader& read) {
  DhcpdConf files;
  auto read_normal = [&](const std::string& path) -> std::optional<std::string> {
    if (path.empty() || path.front() != '/') return std::nullopt;
    auto normal = std::filesystem::path(path).lexically_normal().string();
    auto text = read(normal);
    if (!text) return std::nullopt;
    return files.texts[normal] = *std::move(text);
  };
  if (auto text = read_normal(conf)) files.configuration.emplace(*std::move(text), conf, read_normal);
  return files;
}

/// The installed dhcpd decides whether its configuration is valid, except for a server with an older dhcpd.
DhcpConfiguration::Verdict DhcpIscConfiguration::verdict(const std::optional<std::string>& refusal) const {
  Verdict verdict;
  constexpr auto stage = BootStage::dhcp;
  auto findings = configuration_.diagnostics();
  if (is_older_)
    std::erase_if(findings, [](const auto& finding) { return finding.code == "dhcpd.obsolete"; });
  auto dies = std::any_of(findings.begin(), findings.end(),
                          [](const auto& finding) { return finding.code == "dhcpd.deadly"; });
  if (refusal && refusal->empty() && has_errors(findings) && !dies) {
    // The configuration is valid, but krgboot does not understand all of it.
    for (auto& finding : findings) finding.severity = Severity::warning;
    say_all(verdict.steps, stage, findings);
    verdict.steps.push_back({stage, StepStatus::unknown, "krgboot cannot work out the answer",
                             "the installed dhcpd takes a configuration that krgboot does not understand"});
    verdict.answers = false;
    return verdict;
  }
  say_all(verdict.steps, stage, findings);
  verdict.answers = !has_errors(findings);
  if (!verdict.answers || !refusal || refusal->empty()) return verdict;
  auto first = std::string(trim(split_lines(*refusal).front()));
  if (is_older_) {
    verdict.steps.push_back({stage, StepStatus::warning, "the dhcpd installed here would not start with it",
                             fmt::format("{}; that of Debian {} is older", first, version_)});
    return verdict;
  }
  verdict.steps.push_back(
      {stage, StepStatus::broken, "no answer", "dhcpd does not start: " + first, "dhcpd -t tells more"});
  verdict.answers = false;
  return verdict;
}

Offer DhcpIscConfiguration::offer(const DhcpRequest& request) const {
  auto client = dhcpd::pxe_client(request.mac.value_or(unknown_mac), request.uuid, request.firmware);
  client.address = client.link = request.address;
  auto answer = configuration_.answer(client);
  if (answer.from_pool() && !client.address) {
    // Ask again as the machine with the first address of the pool: some settings depend on the address.
    client.address = client.link = answer.pool.front().first;
    answer = configuration_.answer(client);
  }
  return offer_of(answer);
}

}  // namespace krgboot
