#include "krgboot/plan/render.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/formats/dhcp/isc/render.hpp"
#include "krgboot/formats/loader/pxelinux/render.hpp"
#include "krgboot/formats/nfs/exports/render.hpp"
#include "krgboot/formats/root_tree/mount_unit.hpp"
#include "krgboot/net/pxelinux_name.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "render_image.hpp"

namespace krgboot {

namespace {

class Rendering {
 public:
  Rendering(const Cluster& cluster, const ServerState& server)
      : cluster_(cluster), server_(server), release_(cluster.server_release()) {}

  Plan result() {
    if (cluster_.server().dhcp == DhcpDaemon::isc) dhcp();
    if (cluster_.server().tftp == TftpDaemon::tftpd_hpa) {
      tftp();
      loader();
      kernels();
      boot_files();
    }
    if (cluster_.server().nfs == NfsDaemon::kernel) nfs();
    mount_units();
    images();
    reloads();
    Plan plan;
    plan.items = directories();
    std::move(items_.begin(), items_.end(), std::back_inserter(plan.items));
    plan.steps = steps();
    return plan;
  }

 private:
  void dhcp() {
    items_.emplace_back(
        WriteFile{Role::dhcpd_conf, release_.dhcpd_krgboot_conf, dhcpd::render(cluster_), "networks"});
    items_.emplace_back(EditFile{Role::dhcpd_conf, release_.dhcpd_conf,
                                 IncludeLine{release_.dhcpd_krgboot_conf}, "server.dhcp", "", ""});
  }

  void tftp() {
    items_.emplace_back(EditFile{Role::tftpd_conf, release_.tftpd_defaults,
                                 TftpdDefaults{release_.tftpd_style, cluster_.server().tftp_root},
                                 "server.tftp_root", "", ""});
  }

  void loader() {
    copy_loader(release_.pxelinux, release_.pxelinux_package, "pxelinux.0");
    if (!release_.ldlinux.empty()) copy_loader(release_.ldlinux, release_.ldlinux_package, "ldlinux.c32");
  }

  void copy_loader(const std::string& source, const std::string& package, std::string_view name) {
    items_.emplace_back(CopyFile{Role::loader, source, in_tftp_root(name), "server.release", "", package});
  }

  void kernels() {
    // Two boot entries may share a kernel or an initrd: it is copied once.
    std::map<std::string, CopyFile> copies;
    auto add = [&](const BootEntry& entry, const std::string& file) {
      const auto& image = cluster_.image_of(entry);
      auto path = in_tftp_root(pxelinux::tftp_boot_path(image, file));
      copies.try_emplace(path, CopyFile{Role::kernel, fmt::format("{}/boot/{}", image.path, file), path,
                                        "boot." + entry.name, image.path, ""});
    };
    for (const auto& entry : cluster_.boot()) {
      add(entry, entry.kernel);
      if (entry.initrd) add(entry, *entry.initrd);
    }
    for (auto& [path, item] : copies) items_.emplace_back(std::move(item));
  }

  void boot_files() {
    if (auto findings = pxelinux::check(cluster_); has_errors(findings)) {
      throw ValidationError(findings);
    }
    auto folder = in_tftp_root("pxelinux.cfg/");
    if (cluster_.default_boot()) {
      items_.emplace_back(WriteFile{Role::boot_file, folder + std::string(pxelinux_default),
                                    pxelinux::render(cluster_), "default_boot"});
    }
    pxelinux::NodeMenus menus(cluster_);
    for (const auto& node : cluster_.nodes()) {
      if (!cluster_.needs_own_boot_file(node)) continue;
      items_.emplace_back(WriteFile{Role::boot_file, folder + cluster_.boot_file_name(node),
                                    menus.render(node), fmt::format("nodes[{}]", node.entry)});
    }
  }

  void nfs() {
    std::string all;
    for (const auto& image : cluster_.images()) {
      auto text = exports::render(cluster_, image, server_.without_number.count(image.name) != 0);
      if (!text) continue;
      if (release_.exports_directory.empty()) {
        all += *text;
      } else {
        items_.emplace_back(WriteFile{
            Role::exports, fmt::format("{}/{}", release_.exports_directory, exports::drop_in_name(image)),
            std::move(*text), "images." + image.name});
      }
    }
    if (!all.empty()) {
      items_.emplace_back(EditFile{Role::exports, release_.exports, MarkedBlock{"exports", std::move(all)},
                                   "images", "", ""});
    }
  }

  void mount_units() {
    for (const auto& image : cluster_.images()) {
      if (!image.filesystem) continue;
      auto origin = fmt::format("images.{}.filesystem", image.name);
      items_.emplace_back(
          WriteFile{Role::mount_unit, mount_unit::path(image), mount_unit::render(image), origin});
      items_.emplace_back(
          Link{Role::mount_unit, mount_unit::link_path(image), "../" + mount_unit::name(image.path), origin});
    }
  }

  void images() {
    for (const auto& image : cluster_.images()) {
      auto items = render_image(cluster_, image);
      std::move(items.begin(), items.end(), std::back_inserter(items_));
    }
  }

  std::vector<ImageStep> steps() const {
    std::vector<ImageStep> all;
    for (const auto& image : cluster_.images()) {
      auto steps = image_steps(cluster_, image);
      std::move(steps.begin(), steps.end(), std::back_inserter(all));
    }
    return all;
  }

  // All of them, whatever the server runs now: what an earlier spec wrote may have to be unloaded.
  void reloads() {
    for (auto [service, role] :
         {std::pair{Service::dhcp, Role::dhcpd_conf}, std::pair{Service::tftp, Role::tftpd_conf},
          std::pair{Service::systemd, Role::mount_unit}, std::pair{Service::nfs, Role::exports}}) {
      const auto& command = reload_command(release_, service);
      if (!command.empty()) items_.emplace_back(ReloadService{service, command, paths_with(role)});
    }
  }

  std::vector<std::string> paths_with(Role role) const {
    std::vector<std::string> paths;
    for (const auto& item : items_) {
      std::visit(
          [&](const auto& i) {
            using T = std::decay_t<decltype(i)>;
            if constexpr (std::is_same_v<T, WriteFile> || std::is_same_v<T, EditFile>) {
              if (i.role == role) paths.push_back(i.path);
            }
          },
          item);
    }
    return paths;
  }

  /// Every directory that an item lies in, but those of images, which are there or are not.
  std::vector<PlanItem> directories() const {
    std::map<std::string, std::string, std::less<>> found;  // path, origin
    for (const auto& item : items_) {
      if (std::holds_alternative<ReloadService>(item)) continue;
      if (!only_within_of(item).empty()) continue;
      auto path = path_of(item);
      for (;;) {
        path = path.substr(0, path.rfind('/'));
        if (path.empty() || !found.emplace(path, origin_of(item)).second) break;
      }
    }
    std::vector<PlanItem> items;
    items.reserve(found.size());
    for (auto& [path, origin] : found) items.emplace_back(MakeDirectory{path, origin});
    return items;
  }

  std::string in_tftp_root(std::string_view relative) const {
    return fmt::format("{}/{}", cluster_.server().tftp_root, relative);
  }

  const Cluster& cluster_;
  const ServerState& server_;
  const Release& release_;
  std::vector<PlanItem> items_;
};

}  // namespace

Plan render(const Cluster& cluster, const ServerState& server) {
  return Rendering(cluster, server).result();
}

}  // namespace krgboot
