#pragma once

#include "krgboot/export.hpp"

#include <string>
#include <string_view>
#include <vector>

/// Files of an image whose nodes make their ssh host keys at boot, in memory. They need systemd and an sshd
/// that reads /etc/ssh/sshd_config.d (Debian 11 and later). All paths are as seen inside the image.
namespace krgboot::ssh_host_keys {

inline constexpr std::string_view config_path = "/etc/ssh/sshd_config.d/krgboot.conf";
inline constexpr std::string_view unit_path = "/etc/systemd/system/krgboot-ssh-host-keys.service";
inline constexpr std::string_view link_path =
    "/etc/systemd/system/ssh.service.wants/krgboot-ssh-host-keys.service";

/// Text of the file at config_path (sshd_config(5)): one HostKey line for each of `types`, which are as in
/// ssh-keygen(1). sshd then uses no other keys.
KRGBOOT_EXPORT std::string config(const std::vector<std::string>& types);

/// Text of the unit at unit_path, which makes the keys once per boot, before ssh.service starts. ssh.socket
/// alone does not start it. Throws InternalError if `types` is empty.
KRGBOOT_EXPORT std::string unit(const std::vector<std::string>& types);

}  // namespace krgboot::ssh_host_keys
