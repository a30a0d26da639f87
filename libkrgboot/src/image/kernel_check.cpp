#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/image/initramfs.hpp"
#include "krgboot/image/kernels.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "kernel_facts.hpp"

namespace krgboot {

namespace {

class Checker {
 public:
  Checker(const Root& image, const Kernel& kernel, const std::optional<std::string>& initrd,
          Initramfs initramfs, const std::optional<Kerrighed>& kerrighed)
      : image_(image), initrd_(initrd), initramfs_(initramfs), kerrighed_(kerrighed) {
    result_.kernel = kernel;
    read_config();
    read_builtin_modules();
  }

  KernelCheck result() {
    support().overlay = option("CONFIG_OVERLAY_FS");
    support().nfs = option("CONFIG_NFS_FS");
    if (initramfs_ == Initramfs::none) {
      by_kernel();
    } else {
      by_initramfs();
    }
    if (kerrighed_) check_kerrighed();
    if (!kernel().modules && !kernel().version.empty()) {
      warning("kernel.no_modules", modules_folder(),
              "the kernel has no modules in the image: it has only the drivers that are built in",
              "install the kernel's package, or its modules_install");
    }
    return std::move(result_);
  }

 private:
  const Kernel& kernel() const { return result_.kernel; }
  NfsRootSupport& support() { return result_.support; }
  std::string modules_folder() const { return "/lib/modules/" + kernel().version; }
  std::string kernel_path() const { return "/boot/" + kernel().file; }

  void report(Severity severity, const char* code, std::string path, std::string message, std::string hint) {
    result_.findings.push_back(
        {severity, code, std::move(message), std::move(hint), "", {std::move(path), {}}});
  }
  void error(const char* code, std::string path, std::string message, std::string hint = {}) {
    report(Severity::error, code, std::move(path), std::move(message), std::move(hint));
  }
  void warning(const char* code, std::string path, std::string message, std::string hint = {}) {
    report(Severity::warning, code, std::move(path), std::move(message), std::move(hint));
  }

  void read_config() {
    if (!kernel().config) return;
    if (auto text = image_.read_through_links(*kernel().config, image_text_limit))
      config_ = KernelConfig::parse(text->bytes);
  }

  void read_builtin_modules() {
    if (kernel().version.empty()) return;
    auto text = image_.read_through_links(modules_folder() + "/modules.builtin", image_text_limit);
    if (!text) return;
    builtin_drivers_.emplace();
    for (auto line : split_lines(text->bytes)) {
      line = trim(line);
      if (drives_network_card(line)) builtin_drivers_->insert(*module_name(line));
    }
  }

  Presence option(const std::string& name) const {
    return config_ ? config_->presence(name) : Presence::unknown;
  }

  void use_builtin_drivers() {
    if (!builtin_drivers_) return;
    support().drivers.assign(builtin_drivers_->begin(), builtin_drivers_->end());
    support().network_driver = builtin_drivers_->empty() ? Presence::absent : Presence::builtin;
  }

  /// Reports a feature that is not built into the kernel itself.
  void must_be_builtin(Presence presence, const char* code, const std::string& what,
                       const std::string& shown_by) {
    if (presence == Presence::builtin) return;
    if (presence == Presence::unknown) {
      unknown_.push_back(what);
      return;
    }
    auto how = presence == Presence::module ? "has it only as a module, which lies in the root it is to mount"
                                            : "does not have it";
    error(code, shown_by, fmt::format("the kernel needs {} built in, and {}", what, how),
          "build it in, or boot with an initrd");
  }

  void tell_unknown() {
    if (unknown_.empty()) return;
    std::string list;
    for (const auto& what : unknown_) list += (list.empty() ? "" : ", ") + what;
    warning("kernel.unknown", kernel_path(),
            fmt::format("the image does not show whether the kernel has {}", list),
            fmt::format("keep the kernel's configuration as /boot/config-{} and install its modules",
                        kernel().version.empty() ? "VERSION" : kernel().version));
  }

  // Documentation/admin-guide/nfs/nfsroot.rst
  void by_kernel() {
    auto shown_by = kernel().config.value_or(kernel_path());
    support().nfs_root = option("CONFIG_ROOT_NFS");
    support().ip_autoconfiguration = option("CONFIG_IP_PNP_DHCP");
    use_builtin_drivers();
    must_be_builtin(support().nfs, "kernel.no_nfs", "the NFS client (CONFIG_NFS_FS)", shown_by);
    must_be_builtin(support().nfs_root, "kernel.no_nfs_root", "root over NFS (CONFIG_ROOT_NFS)", shown_by);
    must_be_builtin(support().ip_autoconfiguration, "kernel.no_ip_autoconfiguration",
                    "IP autoconfiguration by DHCP (CONFIG_IP_PNP_DHCP)", shown_by);
    must_be_builtin(support().network_driver, "kernel.no_network_driver", "a network card's driver",
                    modules_folder() + "/modules.builtin");
    tell_unknown();
  }

  void by_initramfs() {
    if (!initrd_) {
      error("initramfs.none", kernel_path(), "the boot entry has no initrd, which is to mount the root",
            "name it by initrd:, or write initramfs: none");
      return;
    }
    auto path = "/boot/" + *initrd_;
    if (!image_.status_through_links(path)) {
      error("initramfs.missing", path, "the initrd is not there", "update-initramfs -c, or dracut");
      return;
    }
    std::vector<std::string> names;
    try {
      names = list_initramfs(image_, path);
    } catch (const ArchiveError& unreadable) {
      return error(unreadable.code().c_str(), path, unreadable.what(),
                   "make it anew: update-initramfs -u, or dracut --force");
    }
    InitramfsContents contents(names);
    check_version(contents, path);
    find_drivers(contents, path);
    find_nfs_client(contents, path);
    if (initramfs_ == Initramfs::dracut) {
      check_dracut(contents, path);
    } else {
      check_initramfs_tools(contents, path);
    }
  }

  void check_version(const InitramfsContents& contents, const std::string& path) {
    if (contents.versions.empty() || kernel().version.empty() ||
        contents.versions.count(kernel().version) != 0)
      return;
    error("initramfs.other_version", path,
          fmt::format("the initrd holds modules of {}, but the kernel is {}", *contents.versions.begin(),
                      kernel().version),
          "name the initrd that belongs to the kernel");
  }

  void find_drivers(const InitramfsContents& contents, const std::string& path) {
    use_builtin_drivers();
    if (!contents.drivers.empty()) {
      auto& drivers = support().drivers;
      drivers.insert(drivers.end(), contents.drivers.begin(), contents.drivers.end());
      std::sort(drivers.begin(), drivers.end());
      drivers.erase(std::unique(drivers.begin(), drivers.end()), drivers.end());
      if (support().network_driver != Presence::builtin) support().network_driver = Presence::initramfs;
      return;
    }
    if (support().network_driver == Presence::builtin) return;
    support().network_driver = Presence::absent;
    error("initramfs.no_network_driver", path,
          "neither the initrd nor the kernel has a network card's driver",
          initramfs_ == Initramfs::dracut ? "add dracut's module network, and --no-hostonly"
                                          : "MODULES=netboot in /etc/initramfs-tools/initramfs.conf");
  }

  void find_nfs_client(const InitramfsContents& contents, const std::string& path) {
    auto one = [&](const char* module, const char* name) {
      if (contents.has_module(module)) return Presence::initramfs;
      auto configured = option(name);
      return configured == Presence::builtin ? configured : Presence::absent;
    };
    support().nfs = one("nfs", "CONFIG_NFS_FS");
    if (support().nfs == Presence::absent) {
      error("initramfs.no_nfs", path, "neither the initrd nor the kernel has the NFS client",
            initramfs_ == Initramfs::dracut
                ? "add dracut's module nfs"
                : "BOOT=nfs or MODULES=netboot in /etc/initramfs-tools/initramfs.conf");
      return;
    }
    // Before Linux 3.6 NFS version 3 was part of nfs.ko.
    bool separate = contents.has_module("nfsv2") || contents.has_module("nfsv4");
    if (initramfs_ == Initramfs::initramfs_tools && separate &&
        one("nfsv3", "CONFIG_NFS_V3") == Presence::absent) {
      error("initramfs.no_nfs_v3", path,
            "the initrd has no nfsv3, and its nfsmount speaks no later version than 3");
    }
  }

  void check_initramfs_tools(const InitramfsContents& contents, const std::string& path) {
    if (!contents.has("scripts/nfs") || !contents.has_program("nfsmount")) {
      support().nfs_root = Presence::absent;
      error("initramfs.no_nfs_root", path,
            contents.has("scripts/nfs") ? "the initrd has no nfsmount" : "the initrd has no scripts/nfs",
            "install initramfs-tools and klibc-utils in the image and run update-initramfs -u");
    } else {
      support().nfs_root = Presence::initramfs;
    }
    ip_by({"ipconfig", "dhcpcd", "udhcpc"}, contents, path);
  }

  // dracut.cmdline(7), "NFS"
  void check_dracut(const InitramfsContents& contents, const std::string& path) {
    constexpr std::string_view hooks = "lib/dracut/hooks/cmdline/";  // below /var in initrds of Debian 13
    bool parses = std::any_of(contents.paths.begin(), contents.paths.end(), [&](const std::string& name) {
      auto in_hooks = name.rfind(hooks, 0) == 0 || name.rfind(fmt::format("var/{}", hooks), 0) == 0;
      return in_hooks && name.find("parse-nfsroot.sh") != std::string::npos;
    });
    if (!parses || !contents.has_program("nfsroot")) {
      support().nfs_root = Presence::absent;
      error("initramfs.no_nfs_root", path, "the initrd lacks dracut's module nfs",
            "install dracut-network in the image and run dracut --force --add nfs");
    } else {
      support().nfs_root = Presence::initramfs;
    }
    ip_by({"dhclient", "NetworkManager", "wickedd", "dhcpcd", "systemd-networkd"}, contents, path);
  }

  void ip_by(const std::vector<std::string>& programs, const InitramfsContents& contents,
             const std::string& path) {
    auto there = [&](const std::string& program) {
      return contents.has_program(program) || contents.has("lib/systemd/" + program);
    };
    if (std::any_of(programs.begin(), programs.end(), there)) {
      support().ip_autoconfiguration = Presence::initramfs;
      return;
    }
    support().ip_autoconfiguration = Presence::absent;
    error("initramfs.no_ip_autoconfiguration", path,
          fmt::format("the initrd has no program that asks for an address, such as {}", programs.front()));
  }

  // autonodeid uses the address from the kernel's own autoconfiguration; DHCP in the initrd has no effect on
  // it.
  void check_kerrighed() {
    auto shown_by = kernel().config.value_or(kernel_path());
    unknown_.clear();
    if (kerrighed_->autonodeid) {
      must_be_builtin(
          option("CONFIG_IP_PNP_DHCP"), "kernel.kerrighed_no_ip_autoconfiguration",
          "IP autoconfiguration by DHCP (CONFIG_IP_PNP_DHCP), from which autonodeid takes the node_id,",
          shown_by);
      must_be_builtin(builtin_drivers_ ? (builtin_drivers_->empty() ? Presence::module : Presence::builtin)
                                       : Presence::unknown,
                      "kernel.kerrighed_no_network_driver",
                      "a network card's driver, which autonodeid needs before any initrd runs,",
                      modules_folder() + "/modules.builtin");
    }
    auto configfs = option("CONFIG_CONFIGFS_FS");
    if (configfs == Presence::absent) {
      error("kernel.kerrighed_no_configfs", shown_by,
            "Kerrighed's scheduler needs configfs (CONFIG_CONFIGFS_FS)");
    }
    tell_unknown();
  }

  const Root& image_;
  const std::optional<std::string>& initrd_;
  Initramfs initramfs_;
  const std::optional<Kerrighed>& kerrighed_;
  std::optional<KernelConfig> config_;
  std::optional<std::set<std::string>> builtin_drivers_;
  std::vector<std::string> unknown_;
  KernelCheck result_;
};

}  // namespace

KernelCheck check_kernel(const Root& image, const Kernel& kernel, const std::optional<std::string>& initrd,
                         Initramfs initramfs, const std::optional<Kerrighed>& kerrighed) {
  return Checker(image, kernel, initrd, initramfs, kerrighed).result();
}

}  // namespace krgboot
