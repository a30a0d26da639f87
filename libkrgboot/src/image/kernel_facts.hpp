#pragma once

#include "krgboot/image/kernels.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// /boot/config-VERSION.
class KernelConfig {
 public:
  static KernelConfig parse(std::string_view text);
  /// Of "CONFIG_NFS_FS": builtin, module, or absent where it is not set or not known to that kernel.
  Presence presence(const std::string& option) const;

 private:
  std::map<std::string, char, std::less<>> values_;
};

/// "virtio_net" of "kernel/drivers/net/virtio_net.ko.xz"; nullopt for a path that is no module.
std::optional<std::string> module_name(std::string_view path);

/// Does this module, by its path in the kernel's tree, drive network cards as a boot over NFS needs them:
/// wired, and a real machine's or a virtual one's?
bool drives_network_card(std::string_view path);

/// What an initrd holds, by the names in it.
struct InitramfsContents {
  explicit InitramfsContents(const std::vector<std::string>& names);

  bool has(const std::string& path) const { return paths.count(path) != 0; }
  bool has_program(const std::string& name) const;
  bool has_module(const std::string& name) const { return modules.count(name) != 0; }

  std::set<std::string> paths;     ///< without "usr/", for which initrds differ
  std::set<std::string> modules;   ///< names
  std::set<std::string> drivers;   ///< names, of network cards
  std::set<std::string> versions;  ///< of kernels, whose modules there are
};

}  // namespace krgboot
