#include "krgboot/formats/root_tree/ssh_host_keys.hpp"

#include "krgboot/base/error.hpp"

#include <fmt/format.h>

namespace krgboot::ssh_host_keys {

namespace {

std::string key_path(std::string_view type) {
  return fmt::format("/run/krgboot-ssh/ssh_host_{}_key", type);
}

}  // namespace

std::string config(const std::vector<std::string>& types) {
  std::string text = "# Written by krgboot: each node makes its own host keys at boot, in its memory.\n";
  for (const auto& type : types) text += fmt::format("HostKey {}\n", key_path(type));
  return text;
}

// The unit is not ordered before ssh.socket: sockets.target precedes basic.target, which this unit waits for.
// ssh-keygen asks before it replaces a key. The condition prevents that at a restart of the unit.
std::string unit(const std::vector<std::string>& types) {
  if (types.empty()) throw InternalError("an ssh server without host keys");
  auto text = fmt::format(R"([Unit]
Description=Make the ssh host keys of this node
Before=ssh.service
ConditionPathExists=!{}

[Service]
Type=oneshot
RemainAfterExit=yes
UMask=0077
RuntimeDirectory=krgboot-ssh
RuntimeDirectoryMode=0700
RuntimeDirectoryPreserve=yes
)",
                          key_path(types.back()));
  for (const auto& type : types) {
    text +=
        fmt::format("ExecStart=/usr/bin/ssh-keygen -q -t {} -N \"\" -C \"\" -f {}\n", type, key_path(type));
  }
  return text + "\n[Install]\nWantedBy=ssh.service\n";
}

}  // namespace krgboot::ssh_host_keys
