#include "krgboot/image/configure.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/visible.hpp"
#include "krgboot/image/apt_mirrors.hpp"
#include "krgboot/system/inside.hpp"
#include "krgboot/system/lock.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "configured_record.hpp"
#include "dpkg_status.hpp"
#include "image_inputs.hpp"
#include "kept_network.hpp"
#include "kerrighed_package.hpp"
#include "step_facts.hpp"
#include "tree/staging.hpp"

namespace krgboot {

namespace {

using Argv = std::vector<std::string>;

bool has_program(const Root& image, const std::string& name) {
  for (const auto* directory : {"/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"}) {
    auto status = image.status_through_links(directory + name);
    if (status && status->kind == FileKind::file) return true;
  }
  return false;
}

class Maker {
 public:
  Maker(const Root& image, const ConfigureOptions& options) : image_(image), options_(options) {}

  void make(const ImageState& state) {
    std::visit([&](const auto& s) { make_one(s); }, state);
  }

 private:
  void run(const Argv& argv, InsideNetwork network = InsideNetwork::none) {
    InsideOptions inside;
    inside.run.on_line = options_.on_line;
    inside.run.keep_running = options_.keep_running;
    inside.run.timeout = options_.timeout;
    inside.network = network;
    check_run_inside(image_, argv, inside);
  }

  DpkgStatus dpkg() const {
    auto status = read_dpkg_status(image_);
    if (!status)
      throw IoError("configure", image_.describe("/var/lib/dpkg/status"), ENOENT, "no Debian tree");
    return *std::move(status);
  }

  InsideNetwork network_for_apt() const {
    auto warn = [&](const std::string& why, const std::string& hint) {
      if (!options_.on_warning) return;
      auto message = fmt::format("apt in {} uses this machine's own network: {}",
                                 visible(image_.host_path().native()), why);
      options_.on_warning({Severity::warning, "image.host_network", message, hint, "", {}});
    };
    if (auto source = source_on_loopback()) {
      if (is_known(*source)) {
        warn(fmt::format("its source {} is on the loopback", visible(*source)), "");
        return InsideNetwork::host;
      }
      // Root of a node can write the image's sources, so they must not decide that the image's programs get
      // the host's network.
      if (options_.on_warning)
        options_.on_warning(
            {Severity::warning,
             "image.source_out_of_reach",
             fmt::format("apt in {} does not reach its source {}, which is on this machine's loopback",
                         visible(image_.host_path().native()), visible(*source)),
             "name it as the image's mirror, and apt gets this machine's network",
             "",
             {}});
    }
    if (has_outbound_network()) return InsideNetwork::outbound;
    warn("slirp4netns is not installed", "install slirp4netns, and it has one of its own");
    return InsideNetwork::host;
  }

  std::optional<std::string> source_on_loopback() const {
    for (auto& source : read_apt_sources(image_)) {
      if (is_on_loopback(source.uri)) return std::move(source.uri);
    }
    return std::nullopt;
  }
  bool is_known(const std::string& uri) const {
    auto same = [&](const std::string& mirror) { return mirror == uri || mirror == uri + "/"; };
    if (std::any_of(options_.mirrors.begin(), options_.mirrors.end(), same)) return true;
    auto own = read_apt_sources(Root("/"));
    return std::any_of(own.begin(), own.end(), [&](const AptSource& source) { return same(source.uri); });
  }

  [[noreturn]] void lacks(const std::string& path, const std::string& hint) const {
    throw IoError("configure", image_.describe(path), ENOENT, hint);
  }

  void make_one(const InstalledPackages& state) {
    if (dpkg().interrupted) run({"dpkg", "--configure", "--pending", "--force-confold"});
    auto missing = missing_packages(dpkg(), state);
    if (missing.empty()) return;
    auto network = network_for_apt();
    run({"apt-get", "--quiet", "update"}, network);
    Argv install{"apt-get", "--quiet", "--yes", "--no-install-recommends"};
    for (const auto* option :
         {"Dpkg::Use-Pty=0", "Dpkg::Options::=--force-confdef", "Dpkg::Options::=--force-confold"}) {
      install.insert(install.end(), {"--option", option});
    }
    install.insert(install.end(), {"install", "--"});
    install.insert(install.end(), missing.begin(), missing.end());
    run(install, network);
    run({"apt-get", "clean"});
  }

  void make_one(const InstalledKerrighed& state) {
    install_kerrighed(image_, state.source, dpkg(), options_);
  }

  void make_one(const NamedKernels& state) {
    auto kernel = newest_kernel(image_, dpkg());
    if (!kernel) lacks("/boot", "no kernel is in it: name its package in the image's packages");
    if (has_program(image_, "linux-update-symlinks")) {
      run({"linux-update-symlinks", "install", kernel->version, "/boot/" + kernel->file});
      return;
    }
    for (const auto& name : state.names) {
      auto target =
          name == "initrd.img" ? kernel->initrd.value_or("initrd.img-" + kernel->version) : kernel->file;
      run({"ln", "--symbolic", "--force", "--no-dereference", "--", target, "/boot/" + name});
    }
  }

  void make_one(const GeneratedLocale& state) {
    auto inputs = locale_inputs(image_);
    run({"locale-gen"});
    record(record_name(state), inputs);
  }

  void make_one(const SshHostKeys& state) {
    if (state.types.empty()) {
      Argv remove{"rm", "--force", "--"};
      for (auto& path : ssh_host_key_files(image_)) remove.push_back(std::move(path));
      run(remove);
      return;
    }
    for (const auto& type : wanting_host_keys(image_, state).types) {
      auto path = ssh_host_key(type);
      // Otherwise ssh-keygen asks whether to replace them.
      run({"rm", "--force", "--", path, path + ".pub"});
      run({"ssh-keygen", "-q", "-t", type, "-N", "", "-C", "", "-f", path});
    }
  }

  void make_one(const EnabledService& state) {
    auto script = "/etc/init.d/" + state.service;
    if (!image_.status_through_links(script) &&
        !image_.status_through_links(fmt::format("/lib/systemd/system/{}.service", state.service)))
      lacks(script,
            "Kerrighed's tools are not installed: boot.*.kerrighed.install says where they come from");
    run({"update-rc.d", state.service, "defaults"});
  }

  void make_one(const KeptNetwork& state) {
    // Settings that cannot be written are reported as still pending.
    for (const auto& setting : missing_network_settings(image_, state)) {
      if (setting.text) write_small_file(image_, setting.path, *setting.text);
    }
  }

  void make_one(const BuiltInitramfs& state) {
    auto kernel = find_kernel(image_, state.kernel);
    if (!kernel)
      lacks("/boot/" + state.kernel, "install the kernel: name its package in the image's packages");
    if (kernel->version.empty()) lacks("/lib/modules", "the version of " + state.kernel + " is not known");
    auto inputs = initramfs_inputs(image_, state.generator, kernel->version);
    run(initramfs_command(state, *kernel));
    record(record_name(state, kernel->version), inputs);
  }

  Argv initramfs_command(const BuiltInitramfs& state, const Kernel& kernel) const {
    auto usual = "initrd.img-" + kernel.version;
    auto is_usual = state.initrd == usual || is_kernel_name(state.initrd);
    auto file = "/boot/" + (is_usual ? usual : state.initrd);
    if (state.generator == Initramfs::dracut) return {"dracut", "--force", "--kver", kernel.version, file};
    if (!is_usual) return {"mkinitramfs", "-o", file, kernel.version};
    return {"update-initramfs", image_.status(file) ? "-u" : "-c", "-k", kernel.version};
  }

  void record(const std::string& name, const std::string& inputs) {
    auto known = read_record(image_);
    known.insert_or_assign(name, inputs);
    write_record(image_, known);
  }

  const Root& image_;
  const ConfigureOptions& options_;
};

}  // namespace

std::vector<PendingStep> configure(const Root& image, const std::vector<ImageStep>& steps,
                                   const ConfigureOptions& options) {
  if (!read_dpkg_status(image))
    throw IoError("configure", image.describe("/var/lib/dpkg/status"), ENOENT, "no Debian tree");
  Lock lock(image, {std::nullopt, options.keep_running});
  Maker maker(image, options);
  std::vector<PendingStep> made;
  for (const auto& step : steps) {
    // Checked only now: earlier steps may have done this step, or undone it.
    auto pending = pending_steps(image, {step});
    if (pending.empty()) continue;
    if (options.on_step) options.on_step(pending.front());
    maker.make(step.state);
    auto still = pending_steps(image, {step});
    if (!still.empty()) {
      throw ConflictError("configure.pending", step.origin,
                          fmt::format("{} of {}: all programs reported success, but {}", name_of(step.state),
                                      image.host_path().native(), still.front().why));
    }
    made.push_back(std::move(pending.front()));
  }
  return made;
}

}  // namespace krgboot
