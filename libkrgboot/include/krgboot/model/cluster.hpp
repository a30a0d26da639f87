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

struct Server {
  HostName name;
  Ipv4Address address;
  ReleaseName release;
  std::string tftp_root;
  std::string dhcp;  ///< the program that gives addresses, or no_program; likewise the next two
  std::string tftp;
  std::string nfs;
  std::vector<std::string> extra;  ///< raw lines in the syntax of the DHCP server
};

struct KRGBOOT_EXPORT Pool {
  Ipv4Range range;
  std::optional<HostName> host_prefix;
  bool writable = false;    ///< its machines may write to what nodes write to
  std::uint32_t lease = 0;  ///< seconds for which an address is theirs
  /// That DHCP gives to the machine at `address`: the prefix and the last octet; nullopt without a prefix.
  std::optional<std::string> host_name(Ipv4Address address) const;
};

struct Network {
  Ipv4Network subnet;
  std::optional<Ipv4Address> router;
  std::vector<Ipv4Address> dns;
  std::vector<std::string> ntp;  ///< host names or addresses, each checked
  std::optional<Pool> pool;
  bool unknown_clients_allowed = true;
  std::vector<std::string> extra;  ///< raw lines inside the subnet declaration
};

struct User {
  std::string name;
  std::string password_hash;    ///< crypt(5); never clear text
  unsigned new_uid = 0;         ///< where the image has no such user yet
  std::optional<unsigned> uid;  ///< what the spec says: then the image's own must be the same
  std::optional<std::string> home;
  std::optional<std::string> shell;
  std::vector<std::string> groups;  ///< besides the one of its own name
  std::vector<std::string> ssh_authorized_keys;
};

/// How a directory is exported, beside ro and rw: words of exports(5).
struct ExportRules {
  Squash squash = Squash::no_root_squash;
  std::vector<SecurityFlavor> sec = {SecurityFlavor::sys};  ///< the preferred one first; never empty
  bool secure = true;                                       ///< only from ports below 1024
  friend bool operator==(const ExportRules&, const ExportRules&) = default;
};

/// A directory inside an image, mounted read-write where its root is ro.
struct WritableDirectory {
  std::string path;  ///< as seen inside the image
  ExportRules rules;
  friend bool operator==(const WritableDirectory&, const WritableDirectory&) = default;
};

/// A file system that an image has to itself, so that no handle leads out of it.
struct FileSystem {
  std::uint64_t size = 0;  ///< bytes
  FileSystemType type = FileSystemType::ext4;
  std::string file;                   ///< that it lies in; empty where it has a volume
  std::optional<std::string> volume;  ///< "vg/name", as lvm(8) takes it
  /// What is mounted: the file, or the volume's device.
  std::string device() const { return volume ? "/dev/" + *volume : file; }
  friend bool operator==(const FileSystem&, const FileSystem&) = default;
};

struct Image {
  std::string name;
  std::string path;  ///< absolute, normal, no final '/'
  ReleaseName release;
  RootMode root;
  ExportRules rules;  ///< of its root
  std::vector<WritableDirectory> writable;
  /// Why it may lie in a file system with other things, which its clients can then reach; nullopt: it may
  /// not.
  std::optional<std::string> shares_file_system;
  std::optional<FileSystem> filesystem;
  SshHostKeyPlace ssh_host_keys = SshHostKeyPlace::image;
  std::vector<std::string> tmpfs;     ///< directories that each node keeps in its own memory
  std::optional<std::string> source;  ///< a tarball or directory on the server that it is made from
  std::optional<std::string> mirror;
  std::optional<std::string> security_mirror;
  std::vector<std::string> suites;  ///< of the mirror; the release's own where the spec names none
  Trust trust = Trust::signature;
  std::optional<std::string> architecture;  ///< nullopt: the server's
  Variant variant = Variant::minbase;
  std::vector<std::string> components;
  std::vector<std::string> packages;
  std::vector<User> users;
  std::string locale;
  std::optional<std::vector<std::string>> clients;  ///< as the spec lists them; nullopt: worked out
};

/// What the files of kerrighed-tools in an image say. Where a value is missing, what the package says stays.
struct KerrighedTools {
  std::optional<std::string> install;    ///< on the server: a build tree, or a tarball of its `make install`
  std::optional<int> boot_id;            ///< node that starts the container; -1: none
  std::vector<std::string> net_devices;  ///< that a container keeps
  std::vector<std::string> add_opts;     ///< of `krgadm nodes add`
  std::optional<bool> legacy_sched;
  std::vector<std::string> host_extra;   ///< more lines for /etc/default/kerrighed-host
  std::vector<std::string> init_helper;  ///< lines of /etc/kerrighed/krginit_helper.conf
  friend bool operator==(const KerrighedTools&, const KerrighedTools&) = default;
};

struct Kerrighed {
  int session_id;          ///< 1 to 9999
  bool autonodeid = true;  ///< node_id is the last octet of the address that the kernel got
  std::optional<int> nb_nodes_min;
  KerrighedTools tools{};
};

struct BootEntry {
  std::string name;    ///< also in the loader's menu
  std::size_t image;   ///< index into Cluster::images()
  std::string kernel;  ///< file below the image's /boot
  std::optional<std::string> initrd;
  Initramfs initramfs;  ///< none exactly where there is no initrd
  std::vector<std::string> append;
  std::optional<Kerrighed> kerrighed;
  std::vector<std::string> extra;  ///< raw lines in the syntax of the loader
};

struct Node {
  HostName name;
  Ipv4Address address;
  std::size_t network;  ///< index into Cluster::networks()
  std::size_t boot;     ///< index into Cluster::boot()
  std::size_t entry;    ///< which entry of `nodes:` it comes from
  BootFileKind boot_file = BootFileKind::address;
  std::optional<MacAddress> mac;
  std::optional<Uuid> uuid;
  std::optional<int> node_id;  ///< Kerrighed, where autonodeid is off
  std::vector<std::string> append;
};

/// What a cluster.yaml means: valid by construction and immutable. Only `validate` makes one.
class KRGBOOT_EXPORT Cluster {
 public:
  const std::string& name() const noexcept { return name_; }
  const DomainName& domain() const noexcept { return domain_; }
  /// The file that the spec was read from, for messages; may be empty.
  const std::string& source() const noexcept { return source_; }
  const Server& server() const noexcept { return server_; }
  const std::vector<Network>& networks() const noexcept { return networks_; }
  const std::vector<Image>& images() const noexcept { return images_; }
  const std::vector<BootEntry>& boot() const noexcept { return boot_; }
  /// Index into boot(), of what machines boot that have no boot file of their own; nullopt: nothing.
  std::optional<std::size_t> default_boot() const noexcept { return default_boot_; }
  const std::vector<Node>& nodes() const noexcept { return nodes_; }
  /// The warnings that validation gave.
  const Diagnostics& warnings() const noexcept { return warnings_; }

  const Release& server_release() const { return release(server_.release); }
  const Image& image_of(const BootEntry& entry) const { return images_.at(entry.image); }
  const BootEntry& boot_of(const Node& node) const { return boot_.at(node.boot); }
  const Node* find_node(const HostName& name) const noexcept;
  const Image* find_image(std::string_view name) const noexcept;

  /// Does this node need a boot file of its own, because the default one would not boot it as the spec says?
  bool needs_own_boot_file(const Node& node) const noexcept;

  /// The addresses that boot each image: its nodes, and every pool where default_boot boots it and unknown
  /// clients are allowed. One list an image, ascending, not overlapping.
  std::vector<std::vector<Ipv4Range>> addresses_by_image() const;
  /// Those of them that may write to what nodes of the image write to: its nodes, and pools that say
  /// `writable: true`.
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
