#include "krgboot/base/text.hpp"
#include "krgboot/formats/kernel/kerrighed_parameters.hpp"
#include "krgboot/formats/kernel/nfsmount_options.hpp"

#include <fmt/format.h>

#include "initrd.hpp"
#include "ip_parameter.hpp"
#include "stages.hpp"

namespace krgboot::tracing {

namespace {

std::optional<KernelCommandLine> read_line(const std::string& text, Steps& steps) {
  auto line = KernelCommandLine::parse(text);
  if (!line) {
    steps.say(BootStage::command_line, StepStatus::broken, in_quotes(text),
              "the kernel stops reading at its NUL byte");
    return std::nullopt;
  }
  if (text.size() >= command_line_size) {
    steps.say(BootStage::command_line, StepStatus::broken, fmt::format("{} bytes", text.size()),
              fmt::format("the kernel takes {}", command_line_size - 1));
    return std::nullopt;
  }
  steps.say(BootStage::command_line, StepStatus::ok, text);
  return line;
}

/// Reports Kerrighed's parameters. `address`: the machine's address as the kernel knows it.
void say_kerrighed(const KernelCommandLine& line, std::optional<Ipv4Address> address, Steps& steps) {
  auto [given, findings] = find_kerrighed_parameters(line);
  if (given == KerrighedParameters{} && findings.empty()) return;
  steps.say_all(BootStage::command_line, findings);
  if (!given.session_id) {
    steps.say(BootStage::command_line, StepStatus::broken, "a Kerrighed kernel panics without session_id=");
    return;
  }
  auto automatic = given.autonodeid.value_or(true);
  if (!automatic && !given.node_id) {
    steps.say(BootStage::command_line, StepStatus::broken,
              "a Kerrighed kernel panics without node_id= where autonodeid is off");
    return;
  }
  auto id = automatic ? address ? fmt::format("{}", address->last_octet()) : "of its address"
                      : fmt::format("{}", *given.node_id);
  steps.say(BootStage::command_line, StepStatus::ok,
            fmt::format("Kerrighed session {}, node {}", *given.session_id, id));
}

/// The program that mounts the root if krgboot does not follow it; empty: the kernel or the initrd mounts it.
/// initramfs-tools runs the script named by boot=; live-boot(7) and casper(7) are such scripts.
std::string other_root(const KernelCommandLine& line) {
  auto value = [&](std::string_view name) { return value_of(line, name).value_or(""); };
  auto boot = value("boot");
  if (boot == "live") return "live-boot";
  if (boot == "casper") return boot;
  if (!boot.empty() && boot != "nfs" && boot != "local")
    return fmt::format("the initrd's script {}", in_quotes(boot));
  for (const auto* name : {"netroot", "root"}) {
    auto given = value(name);
    if (given.starts_with("live:")) return "dracut's module for live images";
    auto scheme = given.substr(0, given.find_first_not_of("abcdefghijklmnopqrstuvwxyz"));
    auto has_scheme = !scheme.empty() && given.size() > scheme.size() && given[scheme.size()] == ':';
    if (has_scheme && scheme != "nfs")
      return fmt::format("an initrd's module for {}", in_quotes(name + ("=" + given)));
  }
  return "";
}

/// The NFS root given on the command line, completed by DHCP if the command line leaves it open.
std::optional<NfsRootReading> read_root(const ServerFiles& files, const DhcpResult& dhcp,
                                        const Loaded& loaded, const KernelCommandLine& line, Steps& steps) {
  if (auto other = other_root(line); !other.empty()) {
    steps.say(BootStage::root, StepStatus::unknown, fmt::format("{} mounts the root", other),
              "krgboot does not follow it");
    return std::nullopt;
  }
  auto [maker, problem] = initrd_maker(files, loaded, line);
  auto reading = find_nfs_root(line, maker);
  if (!problem.empty() && (!reading || reading->consumer == Initramfs::none)) {
    steps.say(BootStage::root, StepStatus::unknown, "krgboot does not follow what the initrd's /init does",
              problem);
    return std::nullopt;
  }
  if (!reading) {
    steps.say(BootStage::root, StepStatus::broken, "the command line asks for no root over NFS", "",
              "it needs root=/dev/nfs and nfsroot=");
    return std::nullopt;
  }
  if (!reading->root) {
    steps.say(BootStage::root, StepStatus::broken, "the root cannot be read from the command line",
              reading->problem);
    return std::nullopt;
  }
  if (!reading->root->path.empty() || dhcp.root_path.empty()) return reading;
  auto told = read_root_path(reading->consumer, dhcp.root_path);
  if (!told.root) {
    steps.say(BootStage::root, StepStatus::unknown,
              fmt::format("DHCP says that the root is {}", in_quotes(dhcp.root_path)), told.problem);
    return std::nullopt;
  }
  reading->root = told.root;
  return reading;
}

bool somebody_mounts_root(const Loaded& loaded, const NfsRootReading& reading, Steps& steps) {
  if (reading.consumer != Initramfs::none && loaded.initrds.empty()) {
    steps.say(BootStage::root, StepStatus::broken, "no program reads the root parameters of the command line",
              "they have the form for an initramfs, and no initrd is loaded");
    return false;
  }
  return true;
}

/// With a fixed address, the server in ip= has the root if nfsroot= names none. (If both are missing, the
/// kernel asks DHCP; an initrd does not.)
bool server_is_named(const IpParameter& ip, NfsRootReading& reading, Steps& steps) {
  if (reading.root->server || !ip.fixed_address()) return true;
  reading.root->server = ip.config->server;
  if (reading.root->server || reading.consumer == Initramfs::none) return true;
  steps.say(BootStage::root, StepStatus::broken, "the initrd is not told which server has the root",
            "with the address in ip= it does not ask DHCP", "name the server in nfsroot=");
  return false;
}

std::optional<int> version_of_root(const Release& server, const NfsRootReading& reading, Steps& steps) {
  auto version = nfs_version(reading);
  if (reading.consumer != Initramfs::none || version || server.nfs3_option.empty()) return version;
  steps.say(BootStage::root, StepStatus::warning, "the command line does not say which version of NFS",
            "a kernel that was built with NFSv2 asks for it, and this server does not speak it",
            "add the option " + server.nfs3_option);
  return 3;
}

bool mounter_takes_options(const NfsRootReading& reading, Steps& steps) {
  if (reading.consumer != Initramfs::initramfs_tools) return true;
  for (const auto& option : reading.root->options) {
    if (auto problem = problem_with_nfsmount_option(option)) {
      steps.say(BootStage::root, StepStatus::broken, "the initrd cannot mount the root", *problem,
                "leave the option out");
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<CommandLine> follow_command_line(const ServerFiles& files, const DhcpResult& dhcp,
                                               const Loaded& loaded, Steps& steps) {
  auto line = read_line(loaded.command_line, steps);
  if (!line) return std::nullopt;
  // autonodeid uses the address of the kernel's own autoconfiguration, even if the initrd mounts the root.
  auto by_kernel = read_ip_parameter(*line, Initramfs::none).fixed_address();
  say_kerrighed(*line, by_kernel ? by_kernel : dhcp.machine.address, steps);
  auto reading = read_root(files, dhcp, loaded, *line, steps);
  if (!reading || !somebody_mounts_root(loaded, *reading, steps)) return std::nullopt;
  auto ip = read_ip_parameter(*line, reading->consumer);
  if (!follow_ip_parameter(ip, reading->consumer, dhcp.machine, steps) ||
      !server_is_named(ip, *reading, steps))
    return std::nullopt;
  auto version = version_of_root(files.release, *reading, steps);
  if (!mounter_takes_options(*reading, steps)) return std::nullopt;
  return CommandLine{*std::move(line), reading->consumer, *std::move(reading->root), version,
                     ip.fixed_address()};
}

}  // namespace krgboot::tracing
