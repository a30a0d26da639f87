#include "render_image.hpp"

#include "krgboot/formats/root_tree/accounts.hpp"
#include "krgboot/formats/root_tree/apt_sources.hpp"
#include "krgboot/formats/root_tree/fstab.hpp"
#include "krgboot/formats/root_tree/hosts.hpp"
#include "krgboot/formats/root_tree/initramfs_conf.hpp"
#include "krgboot/formats/root_tree/kerrighed_tools.hpp"
#include "krgboot/formats/root_tree/node_name.hpp"
#include "krgboot/formats/root_tree/resolv_conf.hpp"
#include "krgboot/formats/root_tree/ssh_host_keys.hpp"
#include "krgboot/model/root_scheme.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/path_text.hpp"

namespace krgboot {

namespace {

// Nodes of an image without /etc/hosts must still resolve their own names.
constexpr std::string_view bare_hosts =
    "127.0.0.1\tlocalhost\n"
    "::1\t\tlocalhost ip6-localhost ip6-loopback\n";

// Mode of a home directory, the default of adduser(8) since Debian 12.
constexpr unsigned private_directory = 0700;

class ImageRendering {
 public:
  ImageRendering(const ServerView& view, const Image& image)
      : view_(view),
        cluster_(view.cluster),
        image_(image),
        release_(release(image.release)),
        init_(init_of(image)),
        root_(root_scheme(image.root)),
        key_("images." + image.name) {}

  std::vector<PlanItem> result() {
    edit("/etc/fstab", MarkedBlock{"mounts", fstab::render_block(view_, image_)}, key_);
    mount_points();
    edit("/etc/hosts", MarkedBlock{"hosts", hosts::render_block(view_)}, key_, bare_hosts);
    write("/etc/resolv.conf", resolv_conf::render(view_, image_), "networks", true);
    locale();
    package_sources();
    identity();
    accounts();
    if (init_ == InitSystem::sysvinit) {
      initscripts();
    } else if (root_.is_shared) {
      // A node has a new machine-id at every start: on a shared disk nobody would find or remove its old
      // journals.
      write("/etc/systemd/journald.conf.d/krgboot.conf",
            "# Written by krgboot: nodes that share an image keep their journals in memory.\n[Journal]\n"
            "Storage=volatile\n",
            key_ + ".root");
    }
    host_keys();
    kernel_names();
    initramfs();
    kerrighed();
    return std::move(items_);
  }

 private:
  std::string in_image(std::string_view path) const { return fmt::format("{}{}", image_.path, path); }
  Item item(Role role, std::string_view path, const std::string& origin) const {
    return {role, in_image(path), origin, image_.path};
  }

  /// Makes `path` and its missing parent directories, each once.
  void directory(std::string_view path, const std::string& origin, unsigned mode = 0755,
                 std::optional<NumericOwner> owner = {}) {
    if (path.empty() || path == "/" || !directories_.insert(std::string(path)).second) return;
    directory(folder_of(path), origin);
    items_.emplace_back(MakeDirectory{item(Role::directory, path, origin), mode, owner});
  }
  void directory_of(std::string_view path, const std::string& origin) { directory(folder_of(path), origin); }

  void write(std::string_view path, std::string content, const std::string& origin, bool replaces = false,
             unsigned mode = 0644) {
    directory_of(path, origin);
    items_.emplace_back(
        WriteFile{item(Role::image_file, path, origin), std::move(content), mode, std::nullopt, replaces});
  }

  void edit(std::string_view path, Edit edit, const std::string& origin, std::string_view initial = "",
            unsigned mode = 0644, std::optional<NumericOwner> owner = {}) {
    directory_of(path, origin);
    items_.emplace_back(
        EditFile{item(Role::image_file, path, origin), std::move(edit), std::string(initial), mode, owner});
  }

  void link(std::string_view path, std::string target, bool replaces = false) {
    directory_of(path, key_);
    items_.emplace_back(MakeLink{item(Role::image_file, path, key_), std::move(target), replaces});
  }

  /// Nodes cannot make mount points on a read-only root.
  void mount_points() {
    for (const auto& mount : fstab::image_mounts(view_, image_)) directory(mount.file, key_);
  }

  void locale() {
    auto origin = key_ + ".locale";
    write("/etc/default/locale", fmt::format("LANG={}\n", image_.locale), origin, true);
    if (!is_generated_locale(image_.locale)) return;
    auto line = fmt::format("{} {}\n", image_.locale, charset_of_locale(image_.locale));
    edit("/etc/locale.gen", MarkedBlock{"locale", std::move(line)}, origin);
  }

  /// linux-update-symlinks(1) puts the symlinks to the newest kernel into / by default. Nodes' kernels come
  /// from /boot; kernel-img.conf(5) has the option for that.
  void kernel_names() {
    auto is_named = [&](const BootEntry& entry) {
      return cluster_.image_of(entry).name == image_.name && is_kernel_name(entry.kernel);
    };
    if (std::any_of(cluster_.boot().begin(), cluster_.boot().end(), is_named))
      edit("/etc/kernel-img.conf", MarkedBlock{"links", "do_symlinks = yes\nlink_in_boot = yes\n"}, key_);
  }

  void package_sources() {
    if (auto text = apt::render_sources(image_))
      write("/etc/apt/sources.list", std::move(*text), key_ + ".mirror", true);
    if (auto text = apt::render_conf(image_))
      write("/etc/apt/apt.conf.d/krgboot", std::move(*text), key_ + ".trust");
  }

  /// Adds settings to files that are read as sh: the last value counts.
  void initscripts() {
    // With "yes", services that need /var would start before it is mounted.
    std::string settings = "ASYNCMOUNTNFS=no\n";
    if (root_.is_shared) {
      // Each node that starts would empty the /tmp that other nodes are using.
      settings += "TMPTIME=-1\n";
      // rpc.statd keeps its state in /var/lib/nfs, which nodes share or cannot write to; they mount with
      // nolock.
      edit("/etc/default/nfs-common", MarkedBlock{"locks", "NEED_STATD=no\n"}, key_ + ".root");
    }
    edit("/etc/default/rcS", MarkedBlock{"network mounts", std::move(settings)}, key_);
  }

  /// Makes everything that must differ between nodes.
  void identity() {
    items_.emplace_back(Remove{item(Role::image_file, "/etc/hostname", key_)});
    // Same target as in systemd's tmpfiles.d/etc.conf and sysvinit's checkroot.sh, which would otherwise
    // change the symlink.
    link("/etc/mtab", init_ == InitSystem::systemd ? "../proc/self/mounts" : "/proc/mounts", true);
    write("/etc/init.d/krgboot-hostname", std::string(node_name::script()), key_, false, 0755);
    if (init_ == InitSystem::sysvinit) {
      // On releases where insserv orders the scripts, insserv makes the symlink: a step of image configure.
      if (!release_.orders_scripts) link("/etc/rcS.d/S03krgboot-hostname", "../init.d/krgboot-hostname");
      return;
    }
    constexpr std::string_view units = "/etc/systemd/system";
    write(fmt::format("{}/krgboot-hostname.service", units), std::string(node_name::unit()), key_);
    link(fmt::format("{}/sysinit.target.wants/krgboot-hostname.service", units),
         "../krgboot-hostname.service");
    // An empty file: systemd generates an id at every start. On a writable root the first id would stay.
    if (!root_.is_shared) return;
    write("/etc/machine-id", "", key_, true, 0444);
    // If machine-id is empty, systemd takes the id of D-Bus (machine-id(5)). That id, and with it the DHCP
    // client identifier, would be the same on every node. Same symlink as in D-Bus' own tmpfiles.d/dbus.conf.
    link("/var/lib/dbus/machine-id", "/etc/machine-id", true);
  }

  void accounts() {
    if (image_.users.empty()) return;
    auto origin = key_ + ".users";
    std::vector<accounts::Account> list;
    for (const auto& user : image_.users) {
      list.push_back(
          {user.name, user.password_hash, user.new_uid, user.uid, user.home, user.shell, user.groups});
    }
    for (auto database : accounts::all_databases) {
      edit("/etc/" + accounts::to_string(database), AccountLines{database, list}, origin, "",
           accounts::mode_of(database));
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
      home(image_.users[i], list[i], fmt::format("{}[{}]", origin, i));
    }
  }

  void home(const User& user, const accounts::Account& account, const std::string& origin) {
    auto path = account.home_directory();
    if (path == "/") path.clear();
    auto uid = account.wanted_uid();
    NumericOwner owner{uid, uid};
    directory(path, origin, private_directory, owner);
    if (user.ssh_authorized_keys.empty()) return;
    directory(path + "/.ssh", origin, private_directory, owner);
    std::string keys;
    for (const auto& key : user.ssh_authorized_keys) keys += key + '\n';
    edit(path + "/.ssh/authorized_keys", MarkedBlock{"keys", std::move(keys)}, origin, "", 0600, owner);
  }

  void host_keys() {
    if (image_.ssh_host_keys == SshHostKeyPlace::image) {
      // An image may be a copy of one whose nodes make their own keys: remove these files.
      for (auto path : {ssh_host_keys::link_path, ssh_host_keys::unit_path, ssh_host_keys::config_path})
        items_.emplace_back(Remove{item(Role::image_file, path, key_ + ".ssh_host_keys")});
      return;
    }
    auto packages = packages_of(image_);
    if (std::find(packages.begin(), packages.end(), "openssh-server") == packages.end()) return;
    auto origin = key_ + ".ssh_host_keys";
    const auto& types = release_.ssh_host_key_types;
    write(ssh_host_keys::config_path, ssh_host_keys::config(types), origin);
    write(ssh_host_keys::unit_path, ssh_host_keys::unit(types), origin);
    link(ssh_host_keys::link_path, "../krgboot-ssh-host-keys.service");
  }

  bool boots_with(Initramfs initramfs) const {
    return std::any_of(cluster_.boot().begin(), cluster_.boot().end(), [&](const BootEntry& entry) {
      return entry.initramfs == initramfs && cluster_.image_of(entry).name == image_.name;
    });
  }

  void initramfs() {
    if (boots_with(Initramfs::initramfs_tools))
      write("/etc/initramfs-tools/conf.d/krgboot", std::string(initramfs_conf::initramfs_tools()), key_);
    if (boots_with(Initramfs::dracut))
      write("/etc/dracut.conf.d/krgboot.conf", std::string(initramfs_conf::dracut()), key_);
  }

  void kerrighed() {
    // Validation has checked that all entries of this image have the same settings.
    auto entry = std::find_if(cluster_.boot().begin(), cluster_.boot().end(), [&](const BootEntry& e) {
      return e.kerrighed && cluster_.image_of(e).name == image_.name;
    });
    if (entry == cluster_.boot().end()) return;
    const auto& tools = entry->kerrighed->tools;
    auto origin = fmt::format("boot.{}.kerrighed", entry->name);
    auto block = [&](std::string_view path, std::optional<std::string> body) {
      if (body) edit(path, MarkedBlock{"kerrighed", std::move(*body)}, origin);
    };
    block("/etc/default/kerrighed-host", kerrighed_tools::render_host(tools));
    block("/etc/default/kerrighed", kerrighed_tools::render_cluster(tools));
    block("/etc/kerrighed/krginit_helper.conf", kerrighed_tools::render_init_helper(tools));
  }

  const ServerView& view_;
  const Cluster& cluster_;
  const Image& image_;
  const Release& release_;
  InitSystem init_;
  const RootScheme& root_;
  std::string key_;
  std::vector<PlanItem> items_;
  std::set<std::string, std::less<>> directories_;  // paths inside the image
};

}  // namespace

std::vector<PlanItem> render_image(const ServerView& view, const Image& image) {
  return ImageRendering(view, image).result();
}

}  // namespace krgboot
