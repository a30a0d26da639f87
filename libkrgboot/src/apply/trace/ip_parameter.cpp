#include "ip_parameter.hpp"

#include "krgboot/base/text.hpp"

#include <fmt/format.h>

namespace krgboot::tracing {

namespace {

constexpr auto on_command_line = "ip= on the command line";
constexpr auto use_dhcp = "ip=dhcp";

/// "ip=...", as written.
std::string shown(const IpParameter& parameter) {
  return in_quotes("ip=" + parameter.value.value_or(""));
}

std::string_view name_of(Initramfs root_mounter) {
  return root_mounter == Initramfs::none ? "the kernel" : "the initrd";
}

/// Is it the form DEVICE:AUTOCONF, which only dracut reads?
bool is_device_form(const std::string& value, const IpConfig& config) {
  return !config.device.empty() && value.substr(0, value.find(':')) == config.device;
}

/// Does only dracut know this protocol? The kernel treats every word that begins with "dhcp" as DHCP.
bool is_dracuts(IpAutoconf autoconf, Initramfs root_mounter) {
  switch (autoconf) {
    case IpAutoconf::dhcp6:
      return root_mounter == Initramfs::initramfs_tools;
    case IpAutoconf::auto6:
    case IpAutoconf::either6:
    case IpAutoconf::link6:
    case IpAutoconf::single_dhcp:
    case IpAutoconf::ibft:
      return true;
    default:
      return false;
  }
}

/// Why `root_mounter` gets no address from a value that IpConfig can parse; empty if it gets one. Follows the
/// kernel's ip_auto_config_setup(), which takes any text for an address, and klibc's ipconfig, which takes a
/// word without ':' for a device and fails at an unknown protocol.
std::string misread(const std::string& value, const IpConfig& config, Initramfs root_mounter) {
  if (root_mounter == Initramfs::dracut) return "";
  if (is_device_form(value, config)) return "only dracut takes a device before the first ':'";
  if (is_dracuts(config.autoconf, root_mounter) && !config.client) return "only dracut knows this word";
  auto bare_address = config.client && value.find(':') == std::string::npos;
  if (bare_address && root_mounter == Initramfs::initramfs_tools)
    return "initramfs-tools takes it for the name of a device";
  return "";
}

/// The protocol if it is neither DHCP nor a fixed address; otherwise empty.
std::string other_protocol(IpAutoconf autoconf) {
  switch (autoconf) {
    case IpAutoconf::rarp:
      return "asks for its address by RARP";
    case IpAutoconf::ibft:
      return "takes the address that its firmware tells (iBFT)";
    case IpAutoconf::dhcp6:
    case IpAutoconf::auto6:
    case IpAutoconf::either6:
    case IpAutoconf::link6:
      return "gets an IPv6 address only";
    default:
      return "";
  }
}

void say_fixed_address(const IpParameter& parameter, Ipv4Address address, Initramfs root_mounter,
                       const Machine& machine, Steps& steps) {
  auto is_bare = parameter.value->find(':') == std::string::npos;  // then netmask= is a parameter of its own
  if (root_mounter == Initramfs::dracut && !parameter.config->netmask && !is_bare) {
    steps.say(BootStage::command_line, StepStatus::warning,
              fmt::format("dracut does not work out the netmask of {}", address.to_string()), on_command_line,
              "write the netmask into ip=");
  }
  if (machine.address == address) return;
  auto instead = machine.address ? fmt::format(", not {}", machine.address->to_string()) : "";
  steps.say(BootStage::command_line, StepStatus::warning,
            fmt::format("the machine takes the address {}{}", address.to_string(), instead), on_command_line,
            use_dhcp);
}

/// The machine asks for an address. Does it use DHCP?
bool follow_asking(const IpParameter& parameter, Initramfs root_mounter, Steps& steps) {
  const auto& config = *parameter.config;
  // If the kernel mounts the root, it treats dhcp6 as DHCP.
  auto by_kernel = root_mounter == Initramfs::none;
  auto other = by_kernel && config.autoconf == IpAutoconf::dhcp6 ? "" : other_protocol(config.autoconf);
  if (!other.empty()) {
    steps.say(BootStage::root, StepStatus::unknown, "the machine " + other,
              fmt::format("{}; krgboot follows DHCP over IPv4", on_command_line), use_dhcp);
    return false;
  }
  if (config.autoconf == IpAutoconf::bootp || config.autoconf == IpAutoconf::both) {
    steps.say(
        BootStage::command_line, StepStatus::warning, "the machine asks for its address by BOOTP",
        fmt::format("{}; krgboot follows DHCP, and a server may answer BOOTP otherwise", on_command_line),
        use_dhcp);
  }
  if (config.client) {
    steps.say(
        BootStage::command_line, StepStatus::warning,
        fmt::format("ip= gives the address {} and asks DHCP for one besides", config.client->to_string()),
        root_mounter == Initramfs::dracut ? "dracut refuses both at once" : "", use_dhcp);
  }
  return true;
}

}  // namespace

std::optional<Ipv4Address> IpParameter::fixed_address() const {
  return config && !config->is_dynamic() && !is_one_of_several ? config->client : std::nullopt;
}

IpParameter read_ip_parameter(const KernelCommandLine& line, Initramfs root_mounter) {
  IpParameter parameter;
  const auto* last = line.find("ip");
  if (last == nullptr || !last->value()) return parameter;
  parameter.value = last->value();
  parameter.config = IpConfig::parse(*parameter.value);
  parameter.is_one_of_several = root_mounter == Initramfs::dracut && line.find_all("ip").size() > 1;
  return parameter;
}

bool follow_ip_parameter(const IpParameter& parameter, Initramfs root_mounter, const Machine& machine,
                         Steps& steps) {
  auto by_kernel = root_mounter == Initramfs::none;
  if (!parameter.value && by_kernel) {
    steps.say(BootStage::root, StepStatus::broken, "the kernel gets no address",
              "the command line has no ip=");
    return false;
  }
  // Without a value, an initramfs uses DHCP.
  auto is_empty = !parameter.value || parameter.value->empty();
  if ((is_empty && !by_kernel) || parameter.is_one_of_several) return true;
  if (!parameter.config) {
    steps.say(BootStage::root, by_kernel ? StepStatus::broken : StepStatus::warning,
              fmt::format("{} cannot read {}", by_kernel ? "the kernel" : "krgboot", shown(parameter)),
              "it is neither dhcp nor CLIENT:SERVER:GATEWAY:NETMASK:HOSTNAME:DEVICE:AUTOCONF", use_dhcp);
    return !by_kernel;
  }
  auto why = misread(*parameter.value, *parameter.config, root_mounter);
  auto is_off = parameter.config->autoconf == IpAutoconf::none && !parameter.config->client;
  if (is_off) why = "it switches the configuration of addresses off";
  if (!why.empty()) {
    steps.say(BootStage::root, StepStatus::broken, fmt::format("{} gets no address", name_of(root_mounter)),
              fmt::format("{}: {}", shown(parameter), why), use_dhcp);
    return false;
  }
  auto fixed = parameter.fixed_address();
  if (!fixed) return follow_asking(parameter, root_mounter, steps);
  say_fixed_address(parameter, *fixed, root_mounter, machine, steps);
  return true;
}

}  // namespace krgboot::tracing
