#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/model/release.hpp"
#include "krgboot/model/spec.hpp"
#include "krgboot/net/host_name.hpp"
#include "krgboot/net/ipv4.hpp"
#include "krgboot/net/mac.hpp"
#include "krgboot/net/uuid.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace krgboot {

/// The boot server.
struct Server {
  HostName name;
  Ipv4Address address;             ///< in the nodes' network
  ReleaseName release;             ///< its own Debian release
  std::string tftp_root;           ///< host path of the directory that TFTP serves: absolute, normal
  std::string dhcp;                ///< name of the DHCP program in the table of services, or no_program
  std::string tftp;                ///< likewise of the TFTP program
  std::string nfs;                 ///< likewise of the NFS program
  std::vector<std::string> extra;  ///< raw lines in the syntax of the DHCP server, outside of all networks
};

/// Addresses that DHCP gives to machines that are not listed as nodes.
struct KRGBOOT_EXPORT Pool {
  Ipv4Range range;
  std::optional<HostName> host_prefix;  ///< prefix of the host names of its machines
  bool writable = false;                ///< its machines may write where nodes of the image may write
  std::uint32_t lease = 0;              ///< duration of a DHCP lease in seconds
  /// The host name that DHCP sends to the machine at `address`: the prefix and the last octet of the address.
  /// nullopt without a prefix.
  std::optional<std::string> host_name(Ipv4Address address) const;
};

/// A network that nodes boot from.
struct Network {
  Ipv4Network subnet;
  std::optional<Ipv4Address> router;
  std::vector<Ipv4Address> dns;
  std::vector<std::string> ntp;  ///< time servers: valid host names or addresses
  std::optional<Pool> pool;
  bool unknown_clients_allowed = true;  ///< machines that are not listed get addresses of the pool
  std::vector<std::string> extra;  ///< raw lines in the syntax of the DHCP server, inside the declaration of
                                   ///< the subnet
};

/// A user account of an image.
struct User {
  std::string name;
  std::string password_hash;        ///< as of crypt(5); never clear text
  unsigned new_uid = 0;             ///< UID of the user if krgboot adds it
  std::optional<unsigned> uid;      ///< UID that the spec demands; a user of the image must have the same
  std::optional<std::string> home;  ///< as seen inside the image
  std::optional<std::string> shell;
  std::vector<std::string> groups;               ///< besides the group named like the user
  std::vector<std::string> ssh_authorized_keys;  ///< lines of sshd(8)'s authorized_keys
};

/// Options of an export besides ro and rw; see exports(5).
struct ExportRules {
  Squash squash = Squash::no_root_squash;
  std::vector<SecurityFlavor> sec = {SecurityFlavor::sys};  ///< the preferred one first; never empty
  bool secure = true;                                       ///< accepts only source ports below 1024
  friend bool operator==(const ExportRules&, const ExportRules&) = default;
};

/// A directory of an image that nodes mount read-write over their read-only root.
struct WritableDirectory {
  std::string path;  ///< as seen inside the image
  ExportRules rules;
  friend bool operator==(const WritableDirectory&, const WritableDirectory&) = default;
};

/// A separate file system for one image, so that no NFS file handle of the image leads to other files.
struct FileSystem {
  std::uint64_t size = 0;  ///< bytes
  FileSystemType type = FileSystemType::ext4;
  std::string file;                   ///< host path of the file that contains it; empty if `volume` is set
  std::optional<std::string> volume;  ///< logical volume that contains it, "GROUP/NAME" as in lvm(8)
  /// Host path of the source of the mount: the file, or the device of the volume.
  std::string device() const { return volume ? "/dev/" + *volume : file; }
  friend bool operator==(const FileSystem&, const FileSystem&) = default;
};

/// A directory tree that nodes mount as their root.
struct Image {
  std::string name;
  std::string path;  ///< host path: absolute, normal, no final '/'
  ReleaseName release;
  RootMode root;
  ExportRules rules;  ///< of its root directory
  std::vector<WritableDirectory> writable;
  /// The administrator's reason to keep the image in a file system with other files, which its NFS clients
  /// can then reach. nullopt: the image must have its own file system.
  std::optional<std::string> shares_file_system;
  std::optional<FileSystem> filesystem;
  SshHostKeyPlace ssh_host_keys = SshHostKeyPlace::image;
  std::vector<std::string> tmpfs;  ///< directories, as seen inside the image, that each node keeps in memory
  std::optional<std::string> source;  ///< host path of a tarball or directory to make the image from
  std::optional<std::string> mirror;  ///< of Debian packages
  std::optional<std::string> security_mirror;
  std::vector<std::string> suites;  ///< of the mirror; by default those of the release
  Trust trust = Trust::signature;
  std::optional<std::string> architecture;  ///< of Debian packages; nullopt: the server's
  Variant variant = Variant::minbase;
  std::vector<std::string> components;
  std::vector<std::string> packages;
  std::vector<User> users;
  std::string locale;
  /// Clients of exports(5) that may mount it, as listed in the spec; nullopt: the addresses that boot it.
  std::optional<std::vector<std::string>> clients;
};

/// Settings of kerrighed-tools in an image. A setting without a value keeps the package's default.
struct KerrighedTools {
  std::optional<std::string> install;    ///< host path of a build tree, or of a tarball of its `make install`
  std::optional<int> boot_id;            ///< node that starts the container; -1: none
  std::vector<std::string> net_devices;  ///< network devices that a container keeps
  std::vector<std::string> add_opts;     ///< options of `krgadm nodes add`
  std::optional<bool> legacy_sched;
  std::vector<std::string> host_extra;   ///< additional lines for `/etc/default/kerrighed-host`
  std::vector<std::string> init_helper;  ///< lines of `/etc/kerrighed/krginit_helper.conf`
  friend bool operator==(const KerrighedTools&, const KerrighedTools&) = default;
};

/// Kerrighed parameters of a boot entry.
struct Kerrighed {
  int session_id;                   ///< 1 to 9999
  bool autonodeid = true;           ///< node_id is the last octet of the address that the kernel got
  std::optional<int> nb_nodes_min;  ///< 1 to 256; nullopt: not set
  KerrighedTools tools{};
};

/// A kernel with its command line and its image.
struct BootEntry {
  std::string name;                   ///< also its label in the loader's menu
  std::size_t image;                  ///< index into Cluster::images()
  std::string kernel;                 ///< path relative to the image's /boot
  std::optional<std::string> initrd;  ///< path relative to the image's /boot
  Initramfs initramfs;                ///< Initramfs::none if and only if `initrd` is unset
  std::vector<std::string> append;    ///< additional words for the kernel's command line
  std::optional<Kerrighed> kerrighed;
  std::vector<std::string> extra;  ///< raw lines in the syntax of the loader
};

/// A machine that boots from the server.
struct Node {
  HostName name;
  Ipv4Address address;
  std::size_t network;  ///< index into Cluster::networks()
  std::size_t boot;     ///< index into Cluster::boot()
  std::size_t entry;    ///< index of its entry in `nodes:`
  BootFileKind boot_file = BootFileKind::address;
  std::optional<MacAddress> mac;
  std::optional<Uuid> uuid;
  std::optional<int> node_id;       ///< of Kerrighed, if autonodeid is off
  std::vector<std::string> append;  ///< additional words for the kernel's command line
};

/// The checked content of a cluster.yaml: valid by construction and immutable. Only `validate` makes one.
class KRGBOOT_EXPORT Cluster {
 public:
  const std::string& name() const noexcept { return name_; }
  const DomainName& domain() const noexcept { return domain_; }
  /// Name of the file that the spec was read from, for messages; may be empty.
  const std::string& source() const noexcept { return source_; }
  const Server& server() const noexcept { return server_; }
  const std::vector<Network>& networks() const noexcept { return networks_; }
  const std::vector<Image>& images() const noexcept { return images_; }
  const std::vector<BootEntry>& boot() const noexcept { return boot_; }
  /// Index into boot() of the entry for machines without a boot file of their own; nullopt: no default entry.
  std::optional<std::size_t> default_boot() const noexcept { return default_boot_; }
  const std::vector<Node>& nodes() const noexcept { return nodes_; }
  /// The warnings of the validation.
  const Diagnostics& warnings() const noexcept { return warnings_; }

  /// The facts about the server's Debian release.
  const Release& server_release() const { return release(server_.release); }
  /// The image of a boot entry of this cluster.
  const Image& image_of(const BootEntry& entry) const { return images_.at(entry.image); }
  /// The boot entry of a node of this cluster.
  const BootEntry& boot_of(const Node& node) const { return boot_.at(node.boot); }
  /// nullptr: no node has this name.
  const Node* find_node(const HostName& name) const noexcept;
  /// nullptr: no image has this name.
  const Image* find_image(std::string_view name) const noexcept;

  /// Does this node need a boot file of its own? It does if it boots another entry than the default, or has
  /// words of its own on the command line or its own node_id.
  bool needs_own_boot_file(const Node& node) const noexcept;

  /// The addresses that boot each image: those of its nodes, and if default_boot boots it, the pools of all
  /// networks that allow unknown clients. One list per image, in the order of images(); each list is
  /// ascending, its ranges do not overlap.
  std::vector<std::vector<Ipv4Range>> addresses_by_image() const;
  /// The addresses of addresses_by_image() that may write to the image: those of its nodes, and the pools
  /// with `writable: true`.
  std::vector<std::vector<Ipv4Range>> writers_by_image() const;

 private:
  std::vector<std::vector<Ipv4Range>> addresses(bool writers_only) const;
  friend class ClusterBuilder;
  Cluster(std::string name, DomainName domain, Server server)
      : name_(std::move(name)), domain_(std::move(domain)), server_(std::move(server)) {}

  std::string name_;
  std::string source_;
  DomainName domain_;
  Server server_;
  std::vector<Network> networks_;
  std::vector<Image> images_;
  std::vector<BootEntry> boot_;
  std::optional<std::size_t> default_boot_;
  std::vector<Node> nodes_;
  std::unordered_map<HostName, std::size_t> nodes_by_name_;
  Diagnostics warnings_;
};

}  // namespace krgboot
