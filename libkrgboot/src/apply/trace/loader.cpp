#include "krgboot/base/text.hpp"
#include "krgboot/formats/loader/boot_program.hpp"
#include "krgboot/formats/root_tree/hosts.hpp"

#include <fmt/format.h>

#include "apply/served_file.hpp"
#include "apply/trace/stages.hpp"

namespace krgboot::tracing {

namespace {

/// Does the TFTP server receive requests that machines send to `server`?
bool listens(const ServerFiles& files, const TftpSettings& tftp, Ipv4Address server, Steps& steps) {
  if (tftp.port != TftpSettings{}.port) {
    steps.say(BootStage::loader, StepStatus::broken,
              fmt::format("TFTP listens on port {}", in_quotes(tftp.port)), tftp.file,
              "machines ask port 69");
    return false;
  }
  if (!tftp.ipv4) {
    steps.say(BootStage::loader, StepStatus::broken, "TFTP does not listen by IPv4", tftp.file,
              "boot ROMs ask by IPv4");
    return false;
  }
  if (tftp.address.empty()) return true;
  auto only = Ipv4Address::parse(tftp.address);
  if (!only) {
    if (auto text = files.root.read_through_links("/etc/hosts"))
      only = hosts::HostsFile::parse(text->bytes).address_of(tftp.address);
  }
  if (!only) {
    steps.say(
        BootStage::loader, StepStatus::warning, fmt::format("TFTP listens on {}", in_quotes(tftp.address)),
        tftp.file + "; the server's /etc/hosts does not have this name, and krgboot does not resolve it");
    return true;
  }
  if (*only == Ipv4Address() || *only == server) return true;
  steps.say(BootStage::loader, StepStatus::broken, fmt::format("TFTP listens on {} only", only->to_string()),
            tftp.file, fmt::format("machines ask {}", server.to_string()));
  return false;
}

bool serves(const ServerFiles& files, const TftpService& service, const DhcpResult& dhcp, Steps& steps) {
  const auto& tftp = files.tftp;
  if (!tftp) {
    steps.say(BootStage::loader, StepStatus::broken, dhcp.boot_program,
              service.config_file(files.view.release()) + " is not there", "apply the spec");
    return false;
  }
  steps.say_all(BootStage::loader, tftp->diagnostics);
  if (!tftp->off.empty()) {
    steps.say(BootStage::loader, StepStatus::broken, dhcp.boot_program, tftp->off);
    return false;
  }
  if (files.tftp_root != files.view.server.tftp_root) {
    steps.say(BootStage::loader, StepStatus::warning,
              fmt::format("TFTP serves {}", in_quotes(files.tftp_root)),
              fmt::format("{}; the spec says {}", tftp->file, files.view.server.tftp_root));
  }
  if (!tftp->unconfined.empty())
    steps.say(BootStage::loader, StepStatus::warning, "TFTP serves the whole file system", tftp->unconfined);
  if (!listens(files, *tftp, dhcp.next_server.value_or(files.view.server.address), steps)) return false;
  if (!tftp->renames.empty())
    steps.say(BootStage::loader, StepStatus::unknown, tftp->renames,
              tftp->file + "; krgboot does not follow that");
  return true;
}

/// Can the firmware start this program?
bool can_start(Firmware firmware, const std::string& program, std::string_view head, Steps& steps) {
  auto is_for_uefi = is_uefi_program(head);
  if (is_for_uefi == is_uefi(firmware)) return true;
  steps.say(BootStage::loader, StepStatus::broken, program,
            fmt::format("{} is not a program for {}", to_string(identify_boot_program(program, head).kind),
                        is_for_uefi ? "BIOS" : "UEFI on x86-64"),
            "let the DHCP server name another program to these machines: they differ in option 93");
  return false;
}

/// The kind of the boot loader that DHCP names, if TFTP serves it; nullptr: none that krgboot follows.
const Loader* find_served_loader(const ServerFiles& files, const DhcpResult& dhcp, const ServedFiles& served,
                                 Steps& steps) {
  const auto& program = dhcp.boot_program;
  if (auto refused = served.refused(program)) {
    steps.say(BootStage::loader, refused->sure ? StepStatus::broken : StepStatus::unknown, program,
              fmt::format("{}{}: {}", files.tftp_root, served.path(program), refused->why));
    return nullptr;
  }
  auto head = served.head(program, boot_program_head);
  if (head.empty()) {
    steps.say(BootStage::loader, StepStatus::broken, program,
              fmt::format("{}{} is empty", files.tftp_root, served.path(program)));
    return nullptr;
  }
  if (!can_start(dhcp.machine.firmware, program, head, steps)) return nullptr;
  const auto* loader = find_loader(program, head);
  if (loader == nullptr) {
    auto kind = identify_boot_program(program, head).kind;
    steps.say(BootStage::loader, StepStatus::unknown, program,
              fmt::format("it is {}: what it boots is not followed", to_string(kind)));
  }
  return loader;
}

}  // namespace

std::optional<Loaded> follow_loader(const ServerFiles& files, const DhcpResult& dhcp, Steps& steps) {
  const auto* service = tftp_of(files.view.server);
  if (service != nullptr && !serves(files, *service, dhcp, steps)) return std::nullopt;
  if (!files.tftp_directory) {
    steps.say(BootStage::loader, StepStatus::broken, dhcp.boot_program,
              fmt::format("{} is not a directory", in_quotes(files.tftp_root)));
    return std::nullopt;
  }
  const FilesByTftp served(*files.tftp_directory, files.tftp_root, files.tftp);
  const auto* loader = find_served_loader(files, dhcp, served, steps);
  if (loader == nullptr) return std::nullopt;
  const auto& machine = dhcp.machine;
  auto loaded = loader->load({machine.mac, machine.uuid, machine.address, dhcp.node, dhcp.boot_program,
                              dhcp.config_file, dhcp.path_prefix, dhcp.next_server, files.view, served});
  for (const auto& step : loaded.steps) steps.add(step);
  return loaded;
}

}  // namespace krgboot::tracing
