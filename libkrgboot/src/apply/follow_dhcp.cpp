#include "krgboot/base/text.hpp"

#include <fmt/format.h>

#include "follow.hpp"

namespace krgboot {

namespace {

// A machine that is asked about by address or UUID alone has a MAC address nobody knows. This one is locally
// administered (IEEE 802), so no host declaration can mean it.
const MacAddress unknown_mac = MacAddress::from_string("02:00:00:00:00:00");

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
  say_all(Stage::dhcp, files_.dhcp->diagnostics());
  if (has_errors(files_.dhcp->diagnostics())) return false;

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

bool Follower::dhcp_boot_server(const dhcpd::Answer& answer) {
  next_server_ = answer.next_server();
  filename_ = answer.filename();
  dhcp_root_path_ = answer.root_path();
  const auto* next_server = answer.find("next-server");
  if (next_server_ && *next_server_ != cluster_.server().address) {
    say(Stage::dhcp, Status::broken, "boots from " + next_server_->to_string(),
        next_server == nullptr ? "" : next_server->where.to_string(),
        fmt::format("the boot server is {}", cluster_.server().address.to_string()));
    return false;
  }
  const auto* filename = answer.find("filename");
  if (filename_.empty()) {
    say(Stage::dhcp, Status::broken, "no boot file is named",
        filename == nullptr ? "no filename applies to this machine" : filename->where.to_string());
    return false;
  }
  say(Stage::dhcp, Status::ok,
      fmt::format("boots {} from {}", filename_,
                  next_server_.value_or(cluster_.server().address).to_string()),
      filename->where.to_string());
  return true;
}

}  // namespace krgboot
