#include "krgboot/base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string_view>

#include <fmt/format.h>

#include "follow.hpp"

namespace krgboot {

namespace {

// A machine that is asked about by address or UUID alone has a MAC address nobody knows. This one is locally
// administered (IEEE 802), so no host declaration can mean it.
const MacAddress unknown_mac = MacAddress::from_string("02:00:00:00:00:00");

/// In seconds. dhcpd reads the number as C does, in base 8, 10 or 16; what is none counts as endless.
std::uint32_t lease_time(const dhcpd::Answer& answer, std::string_view statement,
                         std::uint32_t unless_given) {
  const auto* given = answer.find(statement);
  if (given == nullptr) return unless_given;
  char* end = nullptr;
  auto seconds = std::strtoul(given->text.c_str(), &end, 0);
  return *end == '\0' ? static_cast<std::uint32_t>(seconds) : std::numeric_limits<std::uint32_t>::max();
}

}  // namespace

bool Follower::dhcp() {
  if (cluster_.server().dhcp == DhcpDaemon::none) {
    next_server_ = cluster_.server().address;
    filename_ = "pxelinux.0";
    if (!trace_.machine.address) {
      say(Stage::dhcp, Status::broken, "an address that nobody here knows",
          "server.dhcp is none, and the machine is not listed");
      return false;
    }
    say(Stage::dhcp, Status::warning, trace_.machine.address->to_string() + " as the spec says",
        "server.dhcp is none: what answers is not krgboot's");
    return true;
  }
  if (!files_.dhcp) {
    say(Stage::dhcp, Status::broken, "no answer", files_.release.dhcpd_conf + " is not there",
        "apply the spec");
    return false;
  }
  if (!dhcpd_takes_it()) return false;

  auto client = dhcpd::pxe_client(trace_.machine.mac.value_or(unknown_mac), trace_.machine.uuid);
  client.address = trace_.machine.address;
  client.link = trace_.machine.address;
  auto answer = files_.dhcp->answer(client);
  if (answer.from_pool() && !client.address) {
    // Ask again as one who holds the pool's first address: some settings are worked out from it.
    client.address = client.link = answer.pool.front().first;
    answer = files_.dhcp->answer(client);
  }
  say_all(Stage::dhcp, answer.diagnostics);
  if (!answer.offered) {
    say(Stage::dhcp, Status::broken, "no answer", answer.reason);
    return false;
  }
  dhcp_address(answer);
  return dhcp_boot_server(answer);
}

/// The installed dhcpd has the last word on its own configuration, but for a server whose own is older.
bool Follower::dhcpd_takes_it() {
  auto findings = files_.dhcp->diagnostics();
  const auto& says = files_.dhcpd_says();
  const auto older = files_.release.dhcpd_is_older;
  if (older)
    std::erase_if(findings, [](const Diagnostic& finding) { return finding.code == "dhcpd.obsolete"; });
  auto dies = std::any_of(findings.begin(), findings.end(),
                          [](const Diagnostic& finding) { return finding.code == "dhcpd.deadly"; });
  if (says && says->empty() && has_errors(findings) && !dies) {
    // It is not broken, and what is not understood is not followed.
    for (auto& finding : findings) finding.severity = Severity::warning;
    say_all(Stage::dhcp, findings);
    say(Stage::dhcp, Status::unknown, "krgboot cannot work out the answer",
        "the installed dhcpd takes a configuration that krgboot does not understand");
    return false;
  }
  say_all(Stage::dhcp, findings);
  if (has_errors(findings)) return false;
  if (!says || says->empty()) return true;
  auto lines = split_lines(*says);
  if (older) {
    say(Stage::dhcp, Status::warning, "the dhcpd installed here would not start with it",
        fmt::format("{}; that of Debian {} is older", trim(lines.front()), files_.release.version));
    return true;
  }
  say(Stage::dhcp, Status::broken, "no answer", fmt::format("dhcpd does not start: {}", trim(lines.front())),
      "dhcpd -t tells more");
  return false;
}

void Follower::dhcp_address(const dhcpd::Answer& answer) {
  auto said = answer.from_pool() ? answer.pool_where : answer.host_where;
  trace_.host_name = answer.host_name();
  if (answer.from_pool()) {
    pool_ = answer.pool.front();
    auto asked = trace_.machine.address;
    trace_.machine.address = asked && pool_->contains(*asked) ? *asked : pool_->first;
    const auto& name = trace_.host_name;
    say(Stage::dhcp, Status::ok,
        fmt::format("one of {} to {}, here {}{}", pool_->first.to_string(), pool_->last.to_string(),
                    trace_.machine.address->to_string(), name.empty() ? "" : ", as " + name),
        said.to_string());
  } else if (answer.address) {
    trace_.machine.address = answer.address;
    const auto& name = trace_.host_name;
    say(Stage::dhcp, Status::ok,
        fmt::format("{}{}", answer.address->to_string(), name.empty() ? "" : ", as " + name),
        said.to_string());
  } else {
    say(Stage::dhcp, Status::warning, "an address that only a resolver knows", said.to_string());
  }
  if (node_ != nullptr && trace_.machine.address && *trace_.machine.address != node_->address) {
    say(Stage::dhcp, Status::warning, fmt::format("not {}, as the spec says", node_->address.to_string()),
        node_->mac ? "" : "without a MAC address DHCP cannot know this node",
        node_->mac ? "" : "give the node a mac");
  }
}

// dhcpd resolves a name when it answers, a boot ROM that in option 66 by itself; what they would find is only
// known of the server's own /etc/hosts.
std::optional<Ipv4Address> Follower::next_server_of(const dhcpd::Answer& answer) {
  auto known = answer.next_server();
  const auto* named = answer.find("next-server");
  constexpr auto option = "option tftp-server-name";  // 66
  auto by_option = named == nullptr && !answer.text(option).empty();
  if (by_option) named = answer.find(option);
  if (known || named == nullptr || named->text.empty()) return known;
  if (!named->exact) {
    say(Stage::dhcp, Status::unknown, "the boot server is an expression", named->where.to_string(),
        "only dhcpd can work it out");
    return std::nullopt;
  }
  known = Ipv4Address::parse(named->text);
  if (!known) {
    if (auto text = files_.root.read_through_links("/etc/hosts"))
      known = hosts::HostsFile::parse(text->bytes).address_of(named->text);
  }
  if (by_option) {
    say(Stage::dhcp, Status::warning, "the boot server is named by option 66 alone", named->where.to_string(),
        "not all boot ROMs read option 66; set next-server");
  }
  if (!known) {
    say(Stage::dhcp, Status::warning,
        fmt::format("{} names the host {}", by_option ? "option 66" : "next-server", in_quotes(named->text)),
        fmt::format("{}; the server's /etc/hosts does not have it{}", named->where.to_string(),
                    by_option ? "" : ", and where dhcpd cannot resolve it, machines are told 0.0.0.0"),
        "write its IP address");
  }
  return known;
}

// RFC 5071: where pxelinux takes its files from. (Option 208 must be there for gPXE alone, and 211 says after
// how long to reboot where nothing is found.)
void Follower::pxelinux_options(const dhcpd::Answer& answer) {
  constexpr std::uint8_t config_file = 209;
  constexpr std::uint8_t path_prefix = 210;
  auto text_of = [&](std::uint8_t code) {
    const auto* setting = answer.find_option(code);
    if (setting == nullptr || setting->exact) return setting == nullptr ? std::string() : setting->text;
    say(Stage::dhcp, Status::unknown, fmt::format("option {} is an expression", code),
        setting->where.to_string(), "only dhcpd can work it out");
    return std::string();
  };
  config_file_ = text_of(config_file);
  path_prefix_ = text_of(path_prefix);
  if ((config_file_.empty() && path_prefix_.empty()) || answer.find("option dhcp-parameter-request-list"))
    return;
  say(Stage::dhcp, Status::warning, "dhcpd sends options 209 and 210 only on request",
      "boot ROMs do not request them, and pxelinux reads the answer that the boot ROM got",
      "set option dhcp-parameter-request-list as syslinux's documentation of pxelinux has it");
}

/// Nobody renews on a machine without disks what its initramfs got.
void Follower::dhcp_lease(const dhcpd::Answer& answer) {
  if (!answer.from_pool()) return;
  // What dhcpd does where nothing is said: dhcpd.conf(5), "default-lease-time" and the two beside it.
  constexpr std::uint32_t usual = 43200;
  constexpr std::uint32_t usual_most = 86400;
  constexpr std::uint32_t day = 86400;
  auto least = lease_time(answer, "min-lease-time", 0);
  auto most = std::max(lease_time(answer, "max-lease-time", usual_most), least);
  auto seconds = std::clamp(lease_time(answer, "default-lease-time", usual), least, most);
  if (seconds >= day) return;
  say(Stage::dhcp, Status::warning, fmt::format("the lease lasts {} s", seconds),
      answer.pool_where.to_string(),
      "the node does not renew it, and dhcpd may give the address to another machine; set "
      "default-lease-time and max-lease-time to 604800 (a week)");
}

bool Follower::dhcp_boot_server(const dhcpd::Answer& answer) {
  filename_ = answer.filename();
  dhcp_root_path_ = answer.root_path();
  const auto* next_server = answer.find("next-server");
  next_server_ = next_server_of(answer);
  const auto* filename = answer.find("filename");
  constexpr auto bootfile_name = "option bootfile-name";  // 67
  if (filename_.empty() && !answer.text(bootfile_name).empty()) {
    filename = answer.find(bootfile_name);
    filename_ = answer.text(bootfile_name);
    say(Stage::dhcp, Status::warning, "the boot file is named by option 67 alone",
        filename->where.to_string(), "not all boot ROMs read option 67; set filename");
  }
  pxelinux_options(answer);
  dhcp_lease(answer);
  if (next_server_ && *next_server_ != cluster_.server().address) {
    say(Stage::dhcp, Status::broken, "boots from " + next_server_->to_string(),
        next_server == nullptr ? "" : next_server->where.to_string(),
        fmt::format("the boot server is {}", cluster_.server().address.to_string()));
    return false;
  }
  if (filename_.empty()) {
    say(Stage::dhcp, Status::broken, "no boot file is named",
        filename == nullptr ? "no filename applies to this machine" : filename->where.to_string());
    return false;
  }
  auto by_name = next_server != nullptr && !next_server_ ? next_server->text : std::string();
  auto from = next_server_.value_or(cluster_.server().address).to_string();
  say(Stage::dhcp, Status::ok,
      fmt::format("boots {} from {}", filename_,
                  by_name.empty() ? from : fmt::format("{}, if that is {}", in_quotes(by_name), from)),
      filename->where.to_string());
  return true;
}

}  // namespace krgboot
