#include "network_keep.hpp"

namespace krgboot {

std::string_view networkd_keep() noexcept {
  return R"(# Written by krgboot: this card carries a node's NFS root, which is lost without its address.
[Network]
KeepConfiguration=yes
)";
}

// systemd replaces $$ by $. ifup keeps its state in ifstate and ifstate.CARD: lines CARD=STANZA, and STANZA.
std::string_view ifupdown_keep() noexcept {
  return R"(# Written by krgboot: the card that carries the NFS root has an address before any service runs. It is left as
# it is until the node is off.
[Service]
ExecStartPre=/bin/sh -c 'mkdir -p /run/network; ip -4 -oneline address show scope global | while read -r _ card _; do [ -s /run/network/ifstate.$$card ] || { echo "$$card" >/run/network/ifstate.$$card; echo "$$card=$$card" >>/run/network/ifstate; }; done'
ExecStop=
)";
}

std::string_view ifupdown_exclude() noexcept {
  return R"sh(# Written by krgboot: the card that carries the NFS root has an address before any service runs.
EXCLUDE_INTERFACES="$EXCLUDE_INTERFACES $(ip -4 -oneline address show scope global | while read -r _ card _; do echo "$card"; done)"
)sh";
}

// 0x1003: IFF_UP, IFF_BROADCAST and IFF_MULTICAST of netdevice(7). Later events must keep the result of the
// first one.
std::string_view network_manager_keep() noexcept {
  return R"(# Written by krgboot: a wired card that is up this early is the card that carries the NFS root.
SUBSYSTEM!="net", GOTO="krgboot_end"
ACTION=="add", ATTR{type}=="1", ATTR{flags}=="0x1003", ENV{NM_UNMANAGED}="1"
ACTION!="add|remove", IMPORT{db}="NM_UNMANAGED"
LABEL="krgboot_end"
)";
}

}  // namespace krgboot
