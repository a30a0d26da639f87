#pragma once

#include "krgboot/export.hpp"

#include <string>
#include <string_view>
#include <vector>

/// The files of an image whose nodes make their ssh host keys at boot, in memory. For systemd and an sshd
/// that reads /etc/ssh/sshd_config.d (Debian 11 and later).
namespace krgboot::ssh_host_keys {

inline constexpr std::string_view config_path = "/etc/ssh/sshd_config.d/krgboot.conf";
inline constexpr std::string_view unit_path = "/etc/systemd/system/krgboot-ssh-host-keys.service";
inline constexpr std::string_view link_path =
    "/etc/systemd/system/ssh.service.wants/krgboot-ssh-host-keys.service";

/// sshd_config(5): one HostKey for each of `types`, as of ssh-keygen(1). With them sshd looks for no others.
KRGBOOT_EXPORT std::string config(const std::vector<std::string>& types);

/// The unit that makes them before ssh.service starts, once in a boot. ssh.socket alone does not start it.
KRGBOOT_EXPORT std::string unit(const std::vector<std::string>& types);

}  // namespace krgboot::ssh_host_keys
