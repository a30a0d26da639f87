#include "krgboot/image/file_capabilities.hpp"
#include "krgboot/model/root_scheme.hpp"

#include <vector>

#include <fmt/format.h>

#include "exports.hpp"
#include "stages.hpp"

namespace krgboot::tracing {

namespace {

const Image* image_at(const Cluster& cluster, const std::string& path) {
  const Image* found = nullptr;
  for (const auto& image : cluster.images()) {
    if (image.path == path) found = &image;
  }
  return found;
}

bool is_directory_on_server(const ServerFiles& files, const std::string& path, Steps& steps) {
  auto tree = files.root.status_through_links(path);
  if (tree && tree->kind == FileKind::directory) return true;
  steps.say(BootStage::root, StepStatus::broken, path, tree ? "it is not a directory" : "it is not there",
            "make the image");
  return false;
}

bool server_speaks_version(const ServerFiles& files, const CommandLine& line, Steps& steps) {
  auto off = line.nfs_version ? files.nfs.switches_off(*line.nfs_version) : std::nullopt;
  if (!off) return true;
  steps.say(
      BootStage::root, StepStatus::broken,
      fmt::format("the root is mounted by NFSv{}, which the NFS server has switched off", *line.nfs_version),
      off->to_string(), fmt::format("set vers{}=y in [nfsd]", *line.nfs_version));
  return false;
}

/// Does this export, which admits the machine, serve the root as its scheme requires?
bool export_serves_root(const ServerFiles& files, const CommandLine& line, const MountedRoot& root,
                        const exports::Verdict& verdict, Steps& steps) {
  if (!server_speaks_version(files, line, steps) || !root_is_mounted_on_server(files, root, verdict, steps) ||
      !can_be_exported(files, BootStage::root, StepStatus::broken, verdict, steps))
    return false;
  const auto* scheme = root.image == nullptr ? nullptr : &root_scheme(root.image->root);
  auto writes = scheme != nullptr && scheme->export_is_writable;
  if (writes && verdict.read_only) {
    steps.say(BootStage::root, StepStatus::broken,
              fmt::format("{} is exported read-only, and the root is to be {}", root.path, scheme->word),
              place(*verdict.entry));
    return false;
  }
  if (!root_may_use_root(files, root, verdict, steps)) return false;
  steps.say(BootStage::root, StepStatus::ok, fmt::format("{} {}", root.path, verdict.read_only ? "ro" : "rw"),
            place(*verdict.entry));
  say_reach(files, BootStage::root, root.image, root.path, verdict, steps);
  if (!writes && scheme != nullptr && !verdict.read_only) {
    steps.say(BootStage::root, StepStatus::warning, "nodes may write to a root that is to be read-only",
              place(*verdict.entry));
  }
  if (verdict.exported_path != root.path) {
    steps.say(BootStage::root, StepStatus::warning,
              fmt::format("the export is that of {}", verdict.exported_path),
              "it serves only what lies in the same file system");
  }
  return true;
}

/// Reports conditions of the image itself that affect programs on the node.
void say_state_of_image(const ServerFiles& files, const Image& image, Steps& steps) {
  if (auto finding = capabilities_finding(files.capable_programs_of(image)))
    steps.say_all(BootStage::root, {*finding});
  const auto& configuring = files.steps_of(image);
  for (auto fault : configuring.faults) {
    fault.severity = Severity::warning;  // only a warning: nodes boot all the same
    steps.say_all(BootStage::root, {fault});
  }
  for (const auto& pending : configuring.pending) {
    steps.say(BootStage::root, StepStatus::warning,
              fmt::format("{}: {}", name_of(pending.step.state), pending.why), pending.step.origin,
              "configure the image");
  }
}

}  // namespace

bool root_is_on_boot_server(const ServerFiles& files, const CommandLine& line, Steps& steps) {
  auto here = files.cluster.server().address;
  if (line.root.server && *line.root.server != here) {
    steps.say(BootStage::root, StepStatus::broken,
              fmt::format("{}:{}", line.root.server->to_string(), line.root.path),
              fmt::format("the boot server is {}", here.to_string()));
    return false;
  }
  if (line.root.path.empty()) {
    steps.say(BootStage::root, StepStatus::broken, "neither the command line nor DHCP names the root");
    return false;
  }
  return true;
}

std::optional<MountedRoot> follow_root(const ServerFiles& files, const DhcpResult& dhcp,
                                       const CommandLine& line, Steps& steps) {
  const auto& path = line.root.path;
  // ip= may give an address where DHCP gives none, and may give all machines of a pool the same one.
  auto client = line.fixed_address ? line.fixed_address : dhcp.machine.address;
  if (!is_directory_on_server(files, path, steps)) return std::nullopt;
  if (!client) {
    steps.say(BootStage::root, StepStatus::broken, path,
              "without an address nobody can tell whether it is exported to this machine");
    return std::nullopt;
  }
  MountedRoot root{path, image_at(files.cluster, path), *client, false};
  // exportfs skips entries that it cannot read, and the server starts all the same: check the remaining
  // entries below.
  auto faults = files.exports.diagnostics();
  for (auto& fault : faults) fault.severity = Severity::warning;
  steps.say_all(BootStage::root, faults);
  // For a pool, the last address must be allowed as well as the first.
  std::vector<Ipv4Address> addresses{*client};
  if (dhcp.pool && !line.fixed_address) addresses.push_back(dhcp.pool->last);
  for (auto address : addresses) {
    auto verdict = files.exports.would_allow(address, path);
    if (verdict.admission == exports::Admission::refused) {
      steps.say(BootStage::root, StepStatus::broken, path,
                fmt::format("it is not exported to {}", address.to_string()), "apply the spec");
      return std::nullopt;
    }
    if (verdict.admission == exports::Admission::unknown || !verdict.entry) {
      steps.say(BootStage::root, StepStatus::warning, path,
                "whether it is exported depends on names that only a resolver knows");
      continue;
    }
    if (address != addresses.front()) continue;
    root.exported_read_only = verdict.read_only;
    if (!export_serves_root(files, line, root, verdict, steps)) return std::nullopt;
  }
  if (root.image != nullptr) say_state_of_image(files, *root.image, steps);
  return root;
}

}  // namespace krgboot::tracing
