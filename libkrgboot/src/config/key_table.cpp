#include "config/key_table.hpp"

#include "krgboot/model/defaults.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace krgboot::config {

template <>
const Section<ServerSpec>& section_of() {
  static const auto section =
      Section<ServerSpec>("server", "The boot server: the machine that serves DHCP, TFTP and NFS.")
          .one<&ServerSpec::name, Parsed<HostName>>(
              {.name = "name", .required = true, .meaning = "Host name of the server.", .example = "server"})
          .one<&ServerSpec::address, Parsed<Ipv4Address>>(
              {.name = "address",
               .required = true,
               .meaning = "Address of the server in the nodes' network: nodes load boot files from it by "
                          "TFTP (DHCP next-server) and mount their root from it.",
               .example = "192.168.0.2"})
          .one<&ServerSpec::release, Word<ReleaseName>>(
              {.name = "release",
               .required = true,
               .meaning =
                   "Debian release of the server; it determines paths, service names and file formats.",
               .example = "bookworm"})
          .one<&ServerSpec::tftp_root, Path>({.name = "tftp_root",
                                              .fallback = {std::string(defaults::tftp_root)},
                                              .meaning = "The directory that TFTP serves.",
                                              .example = "/srv/tftp"})
          .one<&ServerSpec::dhcp, Program<ServiceKind::dhcp>>(
              {.name = "dhcp",
               .fallback = {Program<ServiceKind::dhcp>::usual()},
               .meaning = "The DHCP daemon to write files for; none: krgboot does not configure DHCP.",
               .example = Program<ServiceKind::dhcp>::usual()})
          .one<&ServerSpec::tftp, Program<ServiceKind::tftp>>(
              {.name = "tftp",
               .fallback = {Program<ServiceKind::tftp>::usual()},
               .meaning =
                   "The TFTP daemon to configure; none: krgboot only places the boot files below tftp_root.",
               .example = Program<ServiceKind::tftp>::usual()})
          .one<&ServerSpec::nfs, Program<ServiceKind::nfs>>(
              {.name = "nfs",
               .fallback = {Program<ServiceKind::nfs>::usual()},
               .meaning = "The NFS server to write exports for; none: krgboot writes no exports.",
               .example = Program<ServiceKind::nfs>::usual()})
          .list<&ServerSpec::extra, RawLine>(
              {.name = "extra",
               .otherwise = "none",
               .meaning =
                   "Lines in the syntax of the DHCP server, written unchanged outside of all networks.",
               .example = "[\"option time-offset 3600;\"]"});
  return section;
}

template <>
const Section<PoolSpec>& section_of() {
  static const auto section =
      Section<PoolSpec>("networks[].pool", "The addresses that DHCP gives to machines that are not listed.")
          .one<&PoolSpec::first, Parsed<Ipv4Address>>({.name = "first",
                                                       .required = true,
                                                       .meaning = "The first address.",
                                                       .example = "192.168.0.150"})
          .one<&PoolSpec::last, Parsed<Ipv4Address>>({.name = "last",
                                                      .required = true,
                                                      .meaning = "The last address, included.",
                                                      .example = "192.168.0.199"})
          .one<&PoolSpec::host_prefix, Parsed<HostName>>(
              {.name = "host_prefix",
               .otherwise = "no host name is sent",
               .meaning = "Prefix of host names: a machine of the pool is named by the prefix and the last "
                          "octet of its address.",
               .example = "krgnode"})
          .one<&PoolSpec::writable, Boolean>(
              {.name = "writable",
               .fallback = {fmt::format("{}", defaults::pool_writable)},
               .meaning = "Whether these unlisted machines may write where nodes of the image may write. If "
                          "false, they mount it read-only.",
               .example = "true"})
          .one<&PoolSpec::lease, Duration>(
              {.name = "lease",
               .fallback = {std::string(defaults::pool_lease)},
               .meaning = "How long a machine keeps its address: a number followed by s, m, h, d or w. "
                          "Machines without disks do not renew their lease; when it has expired, the DHCP "
                          "server may give the address to another machine.",
               .example = "4w"});
  return section;
}

template <>
const Section<NetworkSpec>& section_of() {
  static const auto section =
      Section<NetworkSpec>("networks[]", "A network that nodes boot from.")
          .one<&NetworkSpec::subnet, Parsed<Ipv4Network>>(
              {.name = "subnet",
               .required = true,
               .meaning = "Address and prefix length of the network.",
               .example = "192.168.0.0/24"})
          .one<&NetworkSpec::router, Parsed<Ipv4Address>>({.name = "router",
                                                           .otherwise = "none",
                                                           .meaning = "Default gateway of the machines.",
                                                           .example = "192.168.0.1"})
          .list<&NetworkSpec::dns, Parsed<Ipv4Address>>({.name = "dns",
                                                         .otherwise = "none",
                                                         .meaning = "Name servers, the preferred one first.",
                                                         .example = "[123.123.123.123, 124.124.124.124]"})
          .list<&NetworkSpec::ntp, Text>({.name = "ntp",
                                          .otherwise = "none",
                                          .meaning = "Time servers, by name or by address.",
                                          .example = "[ntp.network.net]"})
          .section<&NetworkSpec::pool>({.name = "pool",
                                        .otherwise = "only listed nodes get an address",
                                        .meaning = "Addresses for machines that are not listed."})
          .one<&NetworkSpec::unknown_clients, AllowOrDeny>(
              {.name = "unknown_clients",
               .fallback = {word_of(defaults::unknown_clients_allowed)},
               .meaning = "Whether machines that are not listed get an address from the pool.",
               .example = "deny"})
          .list<&NetworkSpec::extra, RawLine>(
              {.name = "extra",
               .otherwise = "none",
               .meaning = "Lines in the syntax of the DHCP server, written unchanged inside the network.",
               .example = "[\"max-lease-time 7200;\"]"});
  return section;
}

template <>
const Section<BootSpec>& section_of() {
  static const auto section =
      Section<BootSpec>(
          "boot.NAME",
          "A boot entry: kernel, initrd, command line and image; one entry of the loader's menu.")
          .one<&BootSpec::image, Text>({.name = "image",
                                        .required = true,
                                        .meaning = "Name of the image that nodes mount as /.",
                                        .example = "kerrighed"})
          .one<&BootSpec::kernel, Text>({.name = "kernel",
                                         .required = true,
                                         .meaning = "Name of the kernel file in the image's /boot. krgboot "
                                                    "copies the file below the TFTP root.",
                                         .example = "vmlinuz-2.6.30-krg3.0.0"})
          .one<&BootSpec::initrd, Text>(
              {.name = "initrd",
               .otherwise = "none: the kernel mounts its root itself",
               .meaning = "Name of the initrd file in the image's /boot; copied likewise.",
               .example = "initrd.img-2.6.30-krg3.0.0"})
          .one<&BootSpec::initramfs, Word<Initramfs>>(
              {.name = "initramfs",
               .otherwise = fmt::format("{} with an initrd, {} without one",
                                        word_of(defaults::initramfs_with_initrd), word_of(Initramfs::none)),
               .meaning =
                   "The program that made the initrd; it determines how the command line names the root.",
               .example = "initramfs-tools"})
          .list<&BootSpec::append, Text>({.name = "append",
                                          .otherwise = "none",
                                          .meaning = "More parameters for the kernel command line.",
                                          .example = "[quiet]"})
          .section<&BootSpec::kerrighed>({.name = "kerrighed",
                                          .otherwise = "no Kerrighed kernel",
                                          .meaning = "Parameters for a Kerrighed kernel."})
          .list<&BootSpec::extra, RawLine>(
              {.name = "extra",
               .otherwise = "none",
               .meaning = "Lines in the syntax of the loader, written unchanged inside the entry.",
               .example = "[\"TEXT HELP\", \"  The cluster\", \"ENDTEXT\"]"});
  return section;
}

template <>
const Section<NodeSpec>& section_of() {
  static const auto section =
      Section<NodeSpec>("nodes[]",
                        "One node, or several nodes by ranges: `ssi[1-4]`. All ranges in one entry must have "
                        "the same number of members.")
          .one_or_list<&NodeSpec::name, NodeNames>(
              {.name = "name", .required = true, .meaning = "The host name.", .example = "ssi[1-4]"})
          .one_or_list<&NodeSpec::address, NodeAddresses>(
              {.name = "address",
               .required = true,
               .meaning = "The address that DHCP gives to the node.",
               .example = "192.168.0.[101-104]"})
          .one_or_list<&NodeSpec::mac, NodeMacs>(
              {.name = "mac",
               .otherwise = "DHCP has no address for the node",
               .meaning = "MAC address by which DHCP recognises the node; ranges count in hexadecimal.",
               .example = "52:54:00:12:34:[01-04]"})
          .one_or_list<&NodeSpec::uuid, NodeUuids>({.name = "uuid",
                                                    .otherwise = "none",
                                                    .meaning = "UUID that the node's firmware reports.",
                                                    .example = "564d0f12-3a4b-5c6d-7e8f-9a0b1c2d3e[01-04]"})
          .one_or_list<&NodeSpec::node_id, NodeIds>(
              {.name = "node_id",
               .otherwise = "the last octet of the address",
               .meaning = "Kerrighed's number of the node, if autonodeid is false.",
               .example = "\"[1-4]\""})
          .one<&NodeSpec::boot, Text>({.name = "boot",
                                       .otherwise = "default_boot",
                                       .meaning = "The boot entry of the node.",
                                       .example = "kerrighed"})
          .one<&NodeSpec::boot_file, Word<BootFileKind>>(
              {.name = "boot_file",
               .fallback = {word_of(defaults::boot_file)},
               .meaning = "Which property names the node's own boot file, if it needs one.",
               .example = "mac"})
          .list<&NodeSpec::append, Text>(
              {.name = "append",
               .otherwise = "none",
               .meaning = "More parameters for the kernel command line of this node.",
               .example = "[mem=2G]"});
  return section;
}

namespace {

const Section<Spec>& cluster_keys() {
  static const auto section =
      Section<Spec>("cluster", "The cluster as a whole.")
          .one<&Spec::name, Text>({.name = "name",
                                   .required = true,
                                   .meaning = "Name of the cluster, for titles and comments.",
                                   .example = "mycluster"})
          .one<&Spec::domain, Parsed<DomainName>>({.name = "domain",
                                                   .required = true,
                                                   .meaning = "The DNS domain of its machines.",
                                                   .example = "mycluster.home"});
  return section;
}

}  // namespace

template <>
const Section<Spec>& section_of() {
  static const auto section =
      Section<Spec>("", "One diskless cluster and its boot server.")
          .one<&Spec::version, Version>({.name = "version",
                                         .required = true,
                                         .meaning = "The version of this format: 1.",
                                         .example = "1"})
          .section_into_same<cluster_keys>(
              {.name = "cluster", .required = true, .meaning = "Name and domain."})
          .section<&Spec::server>({.name = "server", .required = true, .meaning = "The boot server."})
          .list_of_sections<&Spec::networks>({.name = "networks",
                                              .required = true,
                                              .meaning = "The networks that nodes boot from, at least one."})
          .named_sections<&Spec::images>(
              {.name = "images",
               .otherwise = "none",
               .meaning = "Directory trees that nodes mount as their root, by name."})
          .named_sections<&Spec::boot>({.name = "boot",
                                        .otherwise = "none",
                                        .meaning = "Boot entries (kernel, command line, image), by name."})
          .one<&Spec::default_boot, Text>(
              {.name = "default_boot",
               .otherwise = "no default boot file",
               .meaning = "The boot entry of nodes that name no other, and of machines that are not listed.",
               .example = "kerrighed"})
          .list_of_sections<&Spec::nodes>(
              {.name = "nodes", .otherwise = "none", .meaning = "The machines that boot from the server."});
  return section;
}

}  // namespace krgboot::config
