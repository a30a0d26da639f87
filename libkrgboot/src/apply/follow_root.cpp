#include "krgboot/base/text.hpp"
#include "krgboot/formats/kernel/kerrighed_parameters.hpp"
#include "krgboot/formats/kernel/nfsmount_options.hpp"
#include "krgboot/formats/loader/pxelinux/render.hpp"
#include "krgboot/image/file_capabilities.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "follow.hpp"
#include "image_programs.hpp"
#include "served_file.hpp"

namespace krgboot {

std::string place(const exports::Entry& entry) {
  return fmt::format("{}: {}({})", entry.where.to_string(), entry.client.empty() ? "*" : entry.client,
                     entry.options);
}

namespace {

/// Who makes the root, where it is none that is followed here; empty: the kernel or the initrd mounts it.
/// initramfs-tools runs its script of the name that boot= gives; live-boot(7) and casper(7) are two of them.
std::string other_root(const KernelCommandLine& line) {
  auto value = [&](std::string_view name) {
    const auto* parameter = line.find(name);
    return parameter == nullptr ? std::string() : parameter->value().value_or("");
  };
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

}  // namespace

bool Follower::command_line() {
  auto line = KernelCommandLine::parse(trace_.command_line);
  if (!line) {
    say(Stage::command_line, Status::broken, in_quotes(trace_.command_line),
        "the kernel stops reading at its NUL byte");
    return false;
  }
  if (trace_.command_line.size() >= command_line_size) {
    say(Stage::command_line, Status::broken, fmt::format("{} bytes", trace_.command_line.size()),
        fmt::format("the kernel takes {}", command_line_size - 1));
    return false;
  }
  say(Stage::command_line, Status::ok, trace_.command_line);
  kerrighed(*line);
  if (auto other = other_root(*line); !other.empty()) {
    say(Stage::root, Status::unknown, fmt::format("{} mounts the root", other), "krgboot does not follow it");
    return false;
  }
  std::string problem;
  auto initrd = initrd_maker(*line, problem);
  auto reading = find_nfs_root(*line, initrd);
  if (!problem.empty() && (!reading || reading->consumer == Initramfs::none)) {
    say(Stage::root, Status::unknown, "krgboot does not follow what the initrd's /init does", problem);
    return false;
  }
  if (!reading) {
    say(Stage::root, Status::broken, "the command line asks for no root over NFS", "",
        "it needs root=/dev/nfs and nfsroot=");
    return false;
  }
  if (!reading->root) {
    say(Stage::root, Status::broken, "the root cannot be read from the command line", reading->problem);
    return false;
  }
  consumer_ = reading->consumer;
  if (reading->root->path.empty() && !dhcp_root_path_.empty()) {
    auto told = read_root_path(consumer_, dhcp_root_path_);
    if (!told.root) {
      say(Stage::root, Status::unknown,
          fmt::format("DHCP says that the root is {}", in_quotes(dhcp_root_path_)), told.problem);
      return false;
    }
    reading->root = told.root;
  }
  root_options_ = reading->root->options;
  if (!kernel_mounts_root(*line, *reading)) return false;

  trace_.root_path = reading->root->path;
  auto server = reading->root->server;
  if (server && *server != cluster_.server().address) {
    say(Stage::root, Status::broken, fmt::format("{}:{}", server->to_string(), trace_.root_path),
        fmt::format("the boot server is {}", cluster_.server().address.to_string()));
    return false;
  }
  if (trace_.root_path.empty()) {
    say(Stage::root, Status::broken, "neither the command line nor DHCP names the root");
    return false;
  }
  return true;
}

/// nullopt: nobody is known to be it; then `problem` says why, or no initrd is loaded.
std::optional<Initramfs> Follower::initrd_maker(const KernelCommandLine& line, std::string& problem) const {
  std::optional<Initramfs> found;
  for (const auto& initrd : trace_.initrds) {
    const auto& of_this = files_.maker_of_initrd(as_tftp_path(in_tftp(initrd)));
    if (!of_this.maker) {
      problem = of_this.fault.empty() ? fmt::format("{}: neither initramfs-tools nor dracut made it", initrd)
                                      : of_this.fault;
      return std::nullopt;
    }
    // The kernel unpacks all of them: one without /init, such as microcode, changes nothing.
    if (!found || *of_this.maker != Initramfs::none) found = of_this.maker;
  }
  return initrd_is_left_aside(line) ? Initramfs::none : found;
}

bool Follower::kernel_mounts_root(const KernelCommandLine& line, const NfsRootReading& reading) {
  auto with_initrd = !trace_.initrds.empty();
  if (reading.consumer != Initramfs::none && !with_initrd) {
    say(Stage::root, Status::broken, "nobody reads what the command line says of the root",
        "its form is an initramfs's, and no initrd is loaded");
    return false;
  }
  if (reading.consumer == Initramfs::none && line.find("ip") == nullptr) {
    say(Stage::root, Status::broken, "the kernel gets no address", "the command line has no ip=");
    return false;
  }
  root_nfs_version_ = nfs_version(reading);
  if (reading.consumer == Initramfs::none && !root_nfs_version_ && !files_.release.nfs3_option.empty()) {
    say(Stage::root, Status::warning, "the command line does not say which version of NFS",
        "a kernel that was built with NFSv2 asks for it, and this server does not speak it",
        "add the option " + files_.release.nfs3_option);
    root_nfs_version_ = 3;
  }
  if (reading.consumer != Initramfs::initramfs_tools) return true;
  for (const auto& option : reading.root->options) {
    if (auto problem = problem_with_nfsmount_option(option)) {
      say(Stage::root, Status::broken, "the initrd cannot mount the root", *problem, "leave the option out");
      return false;
    }
  }
  return true;
}

void Follower::kerrighed(const KernelCommandLine& line) {
  auto [given, findings] = find_kerrighed_parameters(line);
  if (given == KerrighedParameters{} && findings.empty()) return;
  say_all(Stage::command_line, findings);
  if (!given.session_id) {
    say(Stage::command_line, Status::broken, "a Kerrighed kernel panics without session_id=");
    return;
  }
  auto automatic = given.autonodeid.value_or(true);
  if (!automatic && !given.node_id) {
    say(Stage::command_line, Status::broken,
        "a Kerrighed kernel panics without node_id= where autonodeid is off");
    return;
  }
  auto id = automatic ? trace_.machine.address ? fmt::format("{}", trace_.machine.address->last_octet())
                                               : "of its address"
                      : fmt::format("{}", *given.node_id);
  say(Stage::command_line, Status::ok, fmt::format("Kerrighed session {}, node {}", *given.session_id, id));
}

// By the image's files, of which apply has put copies where TFTP serves them.
void Follower::kernel_support() {
  ServerFiles::BootedKernel booted;
  auto file_of = [&](const std::string& name) {
    auto path = as_tftp_path(in_tftp(name));
    auto named = pxelinux::parse_tftp_boot_path(*booted.image, path.empty() ? path : path.substr(1));
    return named || booted.image->path != trace_.root_path ? named
                                                           : files_.file_of_image(*booted.image, path);
  };
  for (const auto& image : cluster_.images()) {
    booted.image = &image;
    if (auto file = file_of(trace_.kernel)) {
      booted.kernel = *std::move(file);
      break;
    }
  }
  if (booted.kernel.empty()) {
    say(Stage::kernel, Status::warning, trace_.kernel,
        "no image has this kernel: krgboot does not check whether it can mount a root over NFS");
    return;
  }
  check_copy(Stage::kernel, *booted.image, booted.kernel, trace_.kernel);
  for (const auto& initrd : trace_.initrds) {
    auto file = file_of(initrd);
    if (!file) continue;  // somebody's own, such as microcode: what is in it, nobody here knows
    check_copy(Stage::initrd, *booted.image, *file, initrd);
    if (!booted.initrd) booted.initrd = *std::move(file);
  }
  if (!trace_.initrds.empty() && !booted.initrd) {
    say(Stage::initrd, Status::warning, trace_.initrds.front(),
        "no image has this initrd: krgboot does not check whether it can mount a root over NFS");
    return;
  }
  const auto& entries = cluster_.boot();
  auto entry = std::find_if(entries.begin(), entries.end(), [&](const BootEntry& candidate) {
    return candidate.name == trace_.label && &cluster_.images()[candidate.image] == booted.image &&
           candidate.kernel == booted.kernel;
  });
  if (entry != entries.end()) booted.kerrighed = entry->kerrighed;
  booted.initramfs = consumer_;
  for (const auto& finding : files_.kernel_findings(booted)) {
    say_all(finding.code.rfind("initramfs.", 0) == 0 ? Stage::initrd : Stage::kernel, {finding});
  }
}

void Follower::check_copy(Stage stage, const Image& image, const std::string& file, const std::string& path) {
  if (files_.is_that_of_image(image, file, as_tftp_path(in_tftp(path)))) return;
  say(stage, Status::warning, path, fmt::format("it is not the image's {}/boot/{}", image.path, file),
      "krgbootctl apply");
}

bool Follower::root() {
  const auto& path = trace_.root_path;
  for (const auto& image : cluster_.images()) {
    if (image.path == path) image_ = &image;
  }
  auto tree = files_.root.status_through_links(path);
  if (!tree || tree->kind != FileKind::directory) {
    say(Stage::root, Status::broken, path, tree ? "it is not a directory" : "it is not there",
        "make the image");
    return false;
  }
  if (!trace_.machine.address) {
    say(Stage::root, Status::broken, path,
        "without an address nobody can tell whether it is exported to this machine");
    return false;
  }
  // exportfs drops what it cannot read, and the server starts all the same: what remains decides below.
  auto faults = files_.exports.diagnostics();
  for (auto& fault : faults) fault.severity = Severity::warning;
  say_all(Stage::root, faults);
  // Of a pool, the last address must be as welcome as the first.
  std::vector<Ipv4Address> addresses{*trace_.machine.address};
  if (pool_) addresses.push_back(pool_->last);
  for (auto address : addresses) {
    auto verdict = files_.exports.would_allow(address, path);
    if (verdict.admission == exports::Admission::refused) {
      say(Stage::root, Status::broken, path, fmt::format("it is not exported to {}", address.to_string()),
          "apply the spec");
      return false;
    }
    if (verdict.admission == exports::Admission::unknown || !verdict.entry) {
      say(Stage::root, Status::warning, path,
          "whether it is exported depends on names that only a resolver knows");
      continue;
    }
    if (address != addresses.front()) continue;
    root_exported_read_only_ = verdict.read_only;
    if (auto off = root_nfs_version_ ? files_.nfs.switches_off(*root_nfs_version_) : std::nullopt) {
      say(Stage::root, Status::broken,
          fmt::format("the root is mounted by NFSv{}, which the NFS server has switched off",
                      *root_nfs_version_),
          off->to_string(), fmt::format("set vers{}=y in [nfsd]", *root_nfs_version_));
      return false;
    }
    if (!is_mounted(verdict) || !can_be_exported(Stage::root, Status::broken, verdict)) return false;
    auto writes = image_ != nullptr && image_->root == RootMode::rw;
    if (writes && verdict.read_only) {
      say(Stage::root, Status::broken, path + " is exported read-only, and the root is to be rw",
          place(*verdict.entry));
      return false;
    }
    if (!squashed_root(verdict)) return false;
    say(Stage::root, Status::ok, fmt::format("{} {}", path, verdict.read_only ? "ro" : "rw"),
        place(*verdict.entry));
    reaches(Stage::root, path, verdict);
    if (!writes && image_ != nullptr && !verdict.read_only) {
      say(Stage::root, Status::warning, "nodes may write to a root that is to be read-only",
          place(*verdict.entry));
    }
    if (verdict.exported_path != path) {
      say(Stage::root, Status::warning, fmt::format("the export is that of {}", verdict.exported_path),
          "it serves only what lies in the same file system");
    }
  }
  if (image_ != nullptr) {
    if (auto finding = capabilities_finding(files_.capable_programs_of(*image_)))
      say_all(Stage::root, {*finding});
    const auto& steps = files_.steps_of(*image_);
    for (auto fault : steps.faults) {
      fault.severity = Severity::warning;  // nodes boot all the same
      say_all(Stage::root, {fault});
    }
    for (const auto& pending : steps.pending) {
      say(Stage::root, Status::warning, fmt::format("{}: {}", name_of(pending.step.state), pending.why),
          pending.step.origin, "krgbootctl image configure");
    }
  }
  return true;
}

void Follower::mounts() {
  auto image = files_.root.beneath(trace_.root_path);
  constexpr std::size_t largest_fstab = std::size_t{1} << 20U;
  auto text = image.read_through_links("/etc/fstab", largest_fstab);
  if (!text) {
    say(Stage::mounts, Status::warning, "the image has no /etc/fstab", "", "apply the spec");
    writable_directories({});
    return;
  }
  auto table = fstab::FstabTable::parse(text->bytes, trace_.root_path + "/etc/fstab");
  say_all(Stage::mounts, table.diagnostics());
  if (image_ != nullptr) say_all(Stage::mounts, fstab::check(table, release(image_->release)));

  // Whoever has root on a node writes it, and each line is looked at in the image and in the exports.
  constexpr std::size_t most_followed = 200;
  const auto& entries = table.list();
  auto followed = std::min(entries.size(), most_followed);
  for (std::size_t i = 0; i < followed; ++i) {
    const auto& line = entries[i];
    // nofail: the boot goes on without it.
    auto fatal = line.mount.has_option("nofail") ? Status::warning : Status::broken;
    follow(Stage::mounts, fatal, [&] { return follow_mount(line), true; });
  }
  if (followed < entries.size()) {
    say(Stage::mounts, Status::warning, fmt::format("and {} more lines", entries.size() - followed),
        "they are not followed", "shorten /etc/fstab");
  }
  writable_directories(table);
}

void Follower::follow_mount(const fstab::Line& line) {
  const auto& mount = line.mount;
  auto here = line.where.to_string();
  auto fatal = mount.has_option("nofail") ? Status::warning : Status::broken;
  auto image = files_.root.beneath(trace_.root_path);
  if (auto finding = fstab::disk_finding(line)) return say_all(Stage::mounts, {*finding});
  if (mount.file.front() == '/' && mount.file != "/" && !mount.has_option("noauto") &&
      !has_directory(image, tidy_path(mount.file))) {
    say(Stage::mounts, fatal, mount.file + " is no directory in the image", here, "make it");
    return;
  }
  auto remote = mount.remote();
  if (!remote) return;
  if (remote->host != cluster_.server().address.to_string() &&
      remote->host != cluster_.server().name.to_string()) {
    say(Stage::mounts, Status::warning, fmt::format("{} comes from {}", mount.file, remote->host),
        here + "; that is not the boot server");
    return;
  }
  from_server({mount, here, fatal}, remote->path);
}

}  // namespace krgboot
