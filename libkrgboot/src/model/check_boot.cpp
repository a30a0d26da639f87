#include "krgboot/base/text.hpp"
#include "krgboot/model/defaults.hpp"

#include <fmt/format.h>

#include "model/append.hpp"
#include "model/kerrighed_tools.hpp"
#include "model/names.hpp"
#include "model/paths.hpp"
#include "model/stages.hpp"

namespace krgboot::model {

namespace {

/// One boot entry and the data for its messages.
class BootEntryCheck {
 public:
  BootEntryCheck(ClusterBuilder& cluster, const BootSpec& spec)
      : cluster_(cluster), report_(cluster.report), spec_(spec), key_(named_key("boot", spec.name)) {}

  BootEntry check() {
    if (!is_label(spec_.name)) {
      report_.error(spec_.at, key_, "boot.name_syntax",
                    fmt::format("{} cannot be the name of a boot entry", in_quotes(spec_.name)),
                    label_grammar);
    }
    BootEntry entry{};
    entry.name = spec_.name;
    entry.image = check_image();
    if (cluster_.require(spec_.kernel, key_, "kernel")) {
      check_file("kernel", *spec_.kernel, spec_.kernel.at);
      entry.kernel = *spec_.kernel;
    }
    if (spec_.initrd) check_file("initrd", *spec_.initrd, spec_.initrd.at);
    if (spec_.initrd && spec_.kernel && *spec_.initrd == *spec_.kernel) {
      report_.error(spec_.initrd.at, key_ + ".initrd", "boot.initrd_is_kernel",
                    fmt::format("kernel and initrd are the same file {}", in_quotes(*spec_.kernel)));
    }
    entry.initrd = spec_.initrd.value;
    entry.initramfs = check_initramfs();
    if (spec_.append) check_append(report_, *spec_.append, key_ + ".append");
    entry.append = values(spec_.append);
    if (spec_.kerrighed) entry.kerrighed = check_kerrighed_parameters(*spec_.kerrighed, entry.initramfs);
    entry.extra = values(spec_.extra);
    return entry;
  }

 private:
  std::size_t check_image() {
    if (!cluster_.require(spec_.image, key_, "image")) return nowhere;
    auto found = cluster_.images_by_name.find(*spec_.image);
    if (found != cluster_.images_by_name.end()) return found->second;
    report_.error(spec_.image.at, key_ + ".image", "boot.unknown_image",
                  fmt::format("there is no image {}", in_quotes(*spec_.image)),
                  suggest(*spec_.image, cluster_.spec.images));
    return nowhere;
  }

  /// Checks the path of a file in the image's /boot.
  void check_file(const char* name, std::string_view path, Position at) {
    check_relative_path(report_, path, at, fmt::format("{}.{}", key_, name), longest_image_path);
  }

  /// An initrd always needs the name of the program that made it: the command line must contain what the
  /// scripts of that program read. (An initrd that only loads drivers and leaves the mounting to the kernel
  /// has no /init. Such initrds are no longer made.)
  Initramfs check_initramfs() {
    if (!spec_.initrd) {
      // If the reader rejected the value of `initrd`, only its position is set: the initrd is given all the
      // same.
      if (spec_.initramfs && *spec_.initramfs != Initramfs::none && !spec_.initrd.at) {
        report_.error(spec_.initramfs.at, key_ + ".initramfs", "boot.initramfs_without_initrd",
                      fmt::format("boot entry {} has no initrd", shown(spec_.name)),
                      "name the initrd, or leave out initramfs");
      }
      return Initramfs::none;
    }
    if (spec_.initramfs && *spec_.initramfs == Initramfs::none) {
      report_.error(
          spec_.initramfs.at, key_ + ".initramfs", "boot.initrd_without_initramfs",
          fmt::format("boot entry {} has an initrd, which mounts the root itself", shown(spec_.name)),
          "write initramfs: initramfs-tools or dracut, or leave out the initrd");
    }
    return spec_.initramfs.value_or(defaults::initramfs_with_initrd);
  }

  std::optional<Kerrighed> check_kerrighed_parameters(const KerrighedSpec& kerrighed, Initramfs initramfs) {
    auto key = key_ + ".kerrighed";
    Kerrighed result{};
    result.tools = check_kerrighed_tools(report_, kerrighed, key);
    result.autonodeid = kerrighed.autonodeid.value_or(defaults::autonodeid);
    if (kerrighed.nb_nodes_min) {
      if (*kerrighed.nb_nodes_min < 1 || *kerrighed.nb_nodes_min > limits::kerrighed_nodes) {
        report_.error(kerrighed.nb_nodes_min.at, key + ".nb_nodes_min", "kerrighed.nb_nodes_min",
                      fmt::format("nb_nodes_min is {}, but a Kerrighed cluster has 1 to {} nodes",
                                  *kerrighed.nb_nodes_min, limits::kerrighed_nodes));
      } else {
        result.nb_nodes_min = static_cast<int>(*kerrighed.nb_nodes_min);
      }
    }
    if (result.autonodeid && initramfs != Initramfs::none) {
      report_.warning(
          kerrighed.autonodeid.at ? kerrighed.autonodeid.at : spec_.kerrighed.at, key + ".autonodeid",
          "kerrighed.initramfs_address",
          "autonodeid takes the address that the kernel itself got: DHCP done by an initramfs does not "
          "count",
          "build the driver of the network card and NFS root into the kernel and leave out the initrd, "
          "or give each node a node_id");
    }
    if (!cluster_.require(kerrighed.session_id, key, "session_id")) return std::nullopt;
    if (*kerrighed.session_id < 1 || *kerrighed.session_id > limits::session_id) {
      report_.error(
          kerrighed.session_id.at, key + ".session_id", "kerrighed.session_id",
          fmt::format("session_id is {}, but must be 1 to {}", *kerrighed.session_id, limits::session_id));
      return std::nullopt;
    }
    result.session_id = static_cast<int>(*kerrighed.session_id);
    return result;
  }

  ClusterBuilder& cluster_;
  Report& report_;
  const BootSpec& spec_;
  std::string key_;
};

}  // namespace

void check_boot(ClusterBuilder& cluster) {
  const auto& spec = cluster.spec;
  auto& report = cluster.report;
  for (const auto& entry : spec.boot) {
    auto index = cluster.boot.size();
    cluster.boot.push_back(BootEntryCheck(cluster, entry).check());
    auto [first, is_new] = cluster.boot_by_name.emplace(entry.name, index);
    if (!is_new) {
      report.error(entry.at, named_key("boot", entry.name), "boot.duplicate_name",
                   fmt::format("there are two boot entries named {}{}", shown(entry.name),
                               report.see(spec.boot[first->second].at)));
    }
  }
  if (!spec.default_boot) return;
  auto found = cluster.boot_by_name.find(*spec.default_boot);
  if (found != cluster.boot_by_name.end()) {
    cluster.default_boot = found->second;
  } else {
    report.error(spec.default_boot.at, "default_boot", "boot.unknown",
                 fmt::format("there is no boot entry {}", in_quotes(*spec.default_boot)),
                 suggest(*spec.default_boot, spec.boot));
  }
}

}  // namespace krgboot::model
