#include "services/loader_pxelinux.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/loader/boot_program.hpp"
#include "krgboot/formats/loader/pxelinux/name.hpp"
#include "krgboot/formats/loader/pxelinux/new_menu.hpp"
#include "krgboot/formats/loader/pxelinux/render.hpp"

#include <fmt/format.h>

#include "base/path_text.hpp"

namespace krgboot {

namespace {

/// A file of a Debian package.
struct Installed {
  std::string_view package;
  std::string path;  ///< empty: the release does not have the file
};

/// The properties that differ between Debian releases.
struct ReleaseFiles {
  Installed program;
  Installed second_part;
};

ReleaseFiles files_of(ReleaseName release) {
  // Before syslinux 5 pxelinux.0 contains the core.
  if (release == ReleaseName::lenny) return {{"syslinux", "/usr/lib/syslinux/pxelinux.0"}, {}};
  return {{"pxelinux", "/usr/lib/PXELINUX/pxelinux.0"},
          {"syslinux-common", "/usr/lib/syslinux/modules/bios/ldlinux.c32"}};
}

std::string node_file_name(const Node& node) {
  switch (node.boot_file) {
    case BootFileKind::address:
      return pxelinux_name(node.address);
    case BootFileKind::mac:
      return pxelinux_name(node.mac.value());
    case BootFileKind::uuid:
      return pxelinux_name(node.uuid.value());
  }
  throw InternalError("a node has a boot file of no known kind");
}

std::string in_folder(std::string_view name) {
  return fmt::format("{}/{}", pxelinux_folder, name);
}

std::vector<std::string> file_names(std::string_view machines) {
  if (machines == pxelinux_default) return {std::string(pxelinux_default)};
  if (auto network = Ipv4Network::parse(machines)) return pxelinux_names(*network);
  try {
    return {pxelinux_name(machines)};
  } catch (const ArgumentError&) {
    throw ArgumentError(
        "boot_file.machines", std::string(machines),
        fmt::format("{} names no machines: expected an IPv4 address, a network, a MAC address, "
                    "a UUID or \"default\"",
                    in_quotes(machines)));
  }
}

class LoaderPxelinux : public Loader {
 public:
  std::string_view name() const noexcept override { return "pxelinux"; }
  std::string_view title() const noexcept override { return "pxelinux"; }
  std::string_view boot_program() const noexcept override { return pxelinux_program; }
  std::string default_boot_file() const override { return in_folder(pxelinux_default); }
  std::string boot_file(const Node& node) const override { return in_folder(node_file_name(node)); }

  std::vector<std::string> boot_files(std::string_view machines) const override {
    auto names = file_names(machines);
    for (auto& name : names) name = in_folder(name);
    return names;
  }
  Diagnostics check_boot_file(std::string_view text) const override { return pxelinux::check(text); }

  void check(ClusterBuilder& cluster) const override { check_pxelinux(cluster); }

  std::vector<PlanItem> items(const ServerView& view, const ServerState& /*state*/) const override {
    std::vector<PlanItem> items;
    auto below_root = [&](std::string_view path) {
      return fmt::format("{}/{}", view.server.tftp_root, path);
    };
    auto copy = [&](const Installed& installed, std::string_view name) {
      if (installed.path.empty()) return;
      CopyFile item{{Role::loader, below_root(name), "server.release"}, installed.path};
      item.package = installed.package;
      items.emplace_back(std::move(item));
    };
    auto of = files_of(view.server.release);
    copy(of.program, pxelinux_program);
    copy(of.second_part, pxelinux_second_part);

    if (view.cluster.default_boot())
      items.emplace_back(WriteFile{{Role::boot_file, below_root(default_boot_file()), "default_boot"},
                                   pxelinux::render(view)});
    pxelinux::NodeMenus menus(view);
    for (const auto& node : view.nodes) {
      if (!view.cluster.needs_own_boot_file(node)) continue;
      items.emplace_back(
          WriteFile{{Role::boot_file, below_root(boot_file(node)), fmt::format("nodes[{}]", node.entry)},
                    menus.render(node)});
    }
    return items;
  }

  bool owns(Role role, std::string_view path) const noexcept override {
    auto name = file_name_of(path);
    if (role == Role::loader) return name == pxelinux_program || name == pxelinux_second_part;
    return role == Role::boot_file && file_name_of(folder_of(path)) == pxelinux_folder &&
           parse_pxelinux_name(name).has_value();
  }

  std::vector<TraceStep> check_offer(const Offer& offer) const override {
    return check_offer_for_pxelinux(offer);
  }

  bool is(const std::string& file, std::string_view head) const override {
    return identify_boot_program(file, head).reads_pxelinux_cfg();
  }

  Loaded load(const LoadRequest& request) const override { return load_pxelinux(request); }
};

}  // namespace

const Loader& loader_pxelinux() {
  static const LoaderPxelinux loader;
  return loader;
}

}  // namespace krgboot
