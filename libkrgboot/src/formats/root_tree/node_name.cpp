#include "krgboot/formats/root_tree/node_name.hpp"

namespace krgboot::node_name {

std::string_view script() noexcept {
  return R"sh(#!/bin/sh
### BEGIN INIT INFO
# Provides:          krgboot-hostname
# Required-Start:    mountkernfs
# Required-Stop:
# Default-Start:     S
# Default-Stop:
# Short-Description: Give this node its own host name
### END INIT INFO
# Written by krgboot. Nodes that share an image cannot have their names in /etc/hostname.

PATH=/sbin:/usr/sbin:/bin:/usr/bin

case "${1:-start}" in
  start | restart | force-reload) ;;
  *) exit 0 ;;
esac

# Is it a name, and not what a machine is called that nobody has named?
is_name() {
  case "$1" in
    '' | '(none)' | localhost | localhost.* | -* | *[!A-Za-z0-9.-]*) return 1 ;;
  esac
}

# Values of a variable in the files that initramfs-tools leaves, with or without quotes.
from_initramfs() {
  sed -n "s/^$1='\{0,1\}\([A-Za-z0-9.-]*\)'\{0,1\}\$/\1/p" /run/net-*.conf 2>/dev/null
}

# This node's addresses. The kernel shows each one as "|-- ADDRESS" above "/32 host LOCAL".
addresses() {
  from_initramfs IPV4ADDR
  awk '/\|--/ { address = $2 } /host LOCAL/ && address !~ /^127\./ { print address }' /proc/net/fib_trie 2>/dev/null
  ip -4 -o addr show 2>/dev/null | sed -n 's|.* inet \([0-9.]*\)/.*|\1|p'
}

from_hosts() {
  for address in $(addresses); do
    case "$address" in 127.* | 0.0.0.0) continue ;; esac
    while read -r entry canonical _; do
      if [ "$entry" = "$address" ]; then
        echo "$canonical"
        return
      fi
    done </etc/hosts
  done
}

for name in $(from_initramfs HOSTNAME | head -n 1) "$(cat /proc/sys/kernel/hostname)" $(from_hosts); do
  is_name "$name" || continue
  echo "${name%%.*}" >/proc/sys/kernel/hostname
  exit
done
echo "krgboot-hostname: neither DHCP nor /etc/hosts has a name for this node" >&2
exit 0
)sh";
}

std::string_view unit() noexcept {
  return R"([Unit]
Description=Give this node its own host name
DefaultDependencies=no
After=systemd-remount-fs.service
Before=sysinit.target network-pre.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh /etc/init.d/krgboot-hostname start

[Install]
WantedBy=sysinit.target
)";
}

}  // namespace krgboot::node_name
