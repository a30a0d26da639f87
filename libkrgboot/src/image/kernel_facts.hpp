#pragma once

#include "krgboot/image/kernels.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// The settings of /boot/config-VERSION.
class KernelConfig {
 public:
  static KernelConfig parse(std::string_view text);
  /// For an option such as "CONFIG_NFS_FS": builtin, module, or absent if it is not set or that kernel does
  /// not have it.
  Presence presence(const std::string& option) const;

 private:
  std::map<std::string, char, std::less<>> values_;
};

/// "virtio_net" for "kernel/drivers/net/virtio_net.ko.xz"; nullopt for a path that is no module.
std::optional<std::string> module_name(std::string_view path);

/// Does this module, given by its path in the kernel's tree, drive network cards that can boot over NFS:
/// wired cards, physical or virtual?
bool drives_network_card(std::string_view path);

/// The content of an initrd, by its file names.
struct InitramfsContents {
  explicit InitramfsContents(const std::vector<std::string>& names);

  bool has(const std::string& path) const { return paths.count(path) != 0; }
  bool has_program(const std::string& name) const;
  bool has_module(const std::string& name) const { return modules.count(name) != 0; }

  std::set<std::string> paths;     ///< without "usr/", which only some initrds have
  std::set<std::string> modules;   ///< names
  std::set<std::string> drivers;   ///< module names of network card drivers
  std::set<std::string> versions;  ///< kernel versions that it has modules for
};

}  // namespace krgboot
