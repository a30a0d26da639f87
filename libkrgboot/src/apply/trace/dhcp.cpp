#include "krgboot/base/text.hpp"
#include "krgboot/formats/root_tree/hosts.hpp"

#include <fmt/format.h>

#include "apply/trace/stages.hpp"

namespace krgboot::tracing {

namespace {

/// The DHCP answer expected from the spec, if krgboot does not configure the DHCP server.
std::optional<DhcpResult> as_the_spec_says(const ServerFiles& files, DhcpResult result, Steps& steps) {
  result.next_server = files.view.server.address;
  result.boot_program = boot_program_path(files.view);
  if (!result.machine.address) {
    steps.say(BootStage::dhcp, StepStatus::broken, "an address that is not known here",
              "server.dhcp is none, and the machine is not listed");
    return std::nullopt;
  }
  steps.say(BootStage::dhcp, StepStatus::warning, result.machine.address->to_string() + " as the spec says",
            "server.dhcp is none: krgboot does not configure the DHCP server");
  return result;
}

void take_address(const Offer& offer, DhcpResult& result, Steps& steps) {
  result.host_name = offer.host_name;
  auto& machine = result.machine;
  auto name = offer.host_name.empty() ? "" : ", as " + offer.host_name;
  if (offer.pool) {
    result.pool = offer.pool;
    if (!machine.address || !offer.pool->contains(*machine.address)) machine.address = offer.pool->first;
    steps.say(BootStage::dhcp, StepStatus::ok,
              fmt::format("one of {} to {}, here {}{}", offer.pool->first.to_string(),
                          offer.pool->last.to_string(), machine.address->to_string(), name),
              offer.address_where);
  } else if (offer.address) {
    machine.address = offer.address;
    steps.say(BootStage::dhcp, StepStatus::ok, offer.address->to_string() + name, offer.address_where);
  } else {
    steps.say(BootStage::dhcp, StepStatus::warning, "an address that only a resolver knows",
              offer.address_where);
  }
  if (result.node != nullptr && machine.address && *machine.address != result.node->address) {
    steps.say(BootStage::dhcp, StepStatus::warning,
              fmt::format("not {}, as the spec says", result.node->address.to_string()),
              result.node->mac ? "" : "without a MAC address DHCP cannot know this node",
              result.node->mac ? "" : "give the node a mac");
  }
}

// A DHCP server resolves a host name when it answers, a boot ROM one in option 66. Here only the server's own
// /etc/hosts is known.
std::optional<Ipv4Address> next_server_of(const ServerFiles& files, const Offer& offer, Steps& steps) {
  const auto* named = offer.next_server ? &*offer.next_server : nullptr;
  const auto* option = offer.option(dhcp_option::tftp_server_name);
  auto by_option = named == nullptr && option != nullptr && option->exact && !option->text.empty();
  if (by_option) named = option;
  if (named == nullptr || named->text.empty()) return std::nullopt;
  if (!named->exact) {
    steps.say(BootStage::dhcp, StepStatus::unknown, "the boot server is an expression", named->where,
              "only the DHCP server can work it out");
    return std::nullopt;
  }
  auto known = Ipv4Address::parse(named->text);
  if (known && !by_option) return known;
  if (!known) {
    if (auto text = files.root.read_through_links("/etc/hosts"))
      known = hosts::HostsFile::parse(text->bytes).address_of(named->text);
  }
  if (by_option) {
    steps.say(BootStage::dhcp, StepStatus::warning, "the boot server is named by option 66 alone",
              named->where, "not all boot ROMs read option 66; set next-server");
  }
  if (!known) {
    steps.say(
        BootStage::dhcp, StepStatus::warning,
        fmt::format("{} names the host {}", by_option ? "option 66" : "next-server", in_quotes(named->text)),
        fmt::format(
            "{}; the server's /etc/hosts does not have it{}", named->where,
            by_option ? "" : ", and where the DHCP server cannot resolve it, machines are told 0.0.0.0"),
        "write its IP address");
  }
  return known;
}

/// On a diskless machine no program renews the lease that its initramfs got.
void check_lease(const Offer& offer, Steps& steps) {
  constexpr std::uint32_t day = 86400;
  if (!offer.pool || !offer.lease || *offer.lease >= day) return;
  steps.say(BootStage::dhcp, StepStatus::warning, fmt::format("the lease lasts {} s", *offer.lease),
            offer.address_where,
            "the node does not renew it, and the DHCP server may give the address to another machine; set "
            "default-lease-time and max-lease-time to 604800 (a week)");
}

/// The boot program from `file` or option 67, with the place that sets it; empty: none is named.
OfferedValue boot_program_of(const Offer& offer, Steps& steps) {
  auto named = offer.filename.value_or(OfferedValue{});
  if (!named.exact) named.text.clear();
  const auto* option = offer.option(dhcp_option::bootfile_name);
  if (!named.text.empty() || option == nullptr || !option->exact || option->text.empty()) return named;
  steps.say(BootStage::dhcp, StepStatus::warning, "the boot file is named by option 67 alone", option->where,
            "not all boot ROMs read option 67; set filename");
  return *option;
}

std::string text_of(const Offer& offer, std::uint8_t code) {
  const auto* option = offer.option(code);
  return option != nullptr && option->exact ? option->text : "";
}

/// HTTP boot: the firmware fetches the boot program by its URL. krgboot does not follow it further.
void take_url(const Offer& offer, DhcpResult& result, Steps& steps) {
  auto program = boot_program_of(offer, steps);
  result.boot_program = program.text;
  if (text_of(offer, dhcp_option::vendor_class) != "HTTPClient") {
    steps.say(BootStage::dhcp, StepStatus::broken, "the firmware ignores the offer",
              "HTTP boot needs the vendor class (option 60) HTTPClient in it");
  } else if (!program.text.starts_with("http://") && !program.text.starts_with("https://")) {
    steps.say(BootStage::dhcp, StepStatus::broken,
              fmt::format("the boot program {}", in_quotes(program.text)), "HTTP boot needs a URL", "");
  } else {
    steps.say(BootStage::dhcp, StepStatus::ok, fmt::format("boots {}", program.text), program.where);
    steps.say(BootStage::loader, StepStatus::unknown, program.text, "krgboot does not follow HTTP");
  }
}

bool take_boot_server(const ServerFiles& files, const Offer& offer, DhcpResult& result, Steps& steps) {
  result.root_path = text_of(offer, dhcp_option::root_path);
  result.next_server = next_server_of(files, offer, steps);
  auto program = boot_program_of(offer, steps);
  result.boot_program = program.text;
  if (!is_uefi(result.machine.firmware)) {
    for (const auto& step : files.loader().check_offer(offer)) steps.add(step);
  }
  result.config_file = text_of(offer, dhcp_option::config_file);
  result.path_prefix = text_of(offer, dhcp_option::path_prefix);
  check_lease(offer, steps);
  auto server = files.view.server.address;
  if (result.next_server && *result.next_server != server) {
    steps.say(BootStage::dhcp, StepStatus::broken, "boots from " + result.next_server->to_string(),
              offer.next_server ? offer.next_server->where : "",
              fmt::format("the boot server is {}", server.to_string()));
    return false;
  }
  if (program.text.empty()) {
    steps.say(BootStage::dhcp, StepStatus::broken, "no boot file is named",
              program.where.empty() ? "no filename applies to this machine" : program.where);
    return false;
  }
  auto by_name = offer.next_server && !result.next_server ? offer.next_server->text : std::string();
  auto from = result.next_server.value_or(server).to_string();
  steps.say(BootStage::dhcp, StepStatus::ok,
            fmt::format("boots {} from {}", program.text,
                        by_name.empty() ? from : fmt::format("{}, if that is {}", in_quotes(by_name), from)),
            program.where);
  return true;
}

}  // namespace

std::optional<DhcpResult> follow_dhcp(const ServerFiles& files, const Machine& machine, Steps& steps) {
  DhcpResult result;
  result.machine = machine;
  if (auto name = HostName::parse(machine.name)) result.node = files.view.cluster.find_node(*name);
  const auto* service = dhcp_of(files.view.server);
  if (service == nullptr) return as_the_spec_says(files, std::move(result), steps);
  if (!files.dhcp) {
    steps.say(BootStage::dhcp, StepStatus::broken, "no answer",
              service->config_file(files.view.release()) + " is not there", "apply the spec");
    return std::nullopt;
  }
  auto verdict = files.dhcp->verdict(files.dhcp_refusal());
  for (const auto& step : verdict.steps) steps.add(step);
  if (!verdict.answers) return std::nullopt;

  auto offer = files.dhcp->offer({machine.mac, machine.uuid, machine.address, machine.firmware});
  steps.say_all(BootStage::dhcp, offer.diagnostics);
  if (!offer.offered) {
    steps.say(BootStage::dhcp, StepStatus::broken, "no answer", offer.reason);
    return std::nullopt;
  }
  take_address(offer, result, steps);
  if (machine.firmware == Firmware::uefi_http) {
    take_url(offer, result, steps);
    result.goes_on = false;
  } else {
    result.goes_on = take_boot_server(files, offer, result, steps);
  }
  return result;
}

}  // namespace krgboot::tracing
