#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/net/host_name.hpp"
#include "krgboot/net/ipv4.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// The value of a key in the spec, with its position. Empty if the key is missing, or if its value could not
/// be read (the reader has then reported an error).
template <class T>
struct Field {
  std::optional<T> value;
  Position at;  ///< set also if the value could not be read

  explicit operator bool() const noexcept { return value.has_value(); }
  const T& operator*() const { return *value; }
  const T* operator->() const { return &*value; }
  T value_or(T otherwise) const { return value.value_or(std::move(otherwise)); }
};

/// One element of a list in the spec.
template <class T>
struct SpecItem {
  T value;
  Position at;
};

template <class T>
using ListField = Field<std::vector<SpecItem<T>>>;

/// The Debian releases that krgboot supports.
enum class ReleaseName { lenny, bookworm, trixie };
/// Value of `dhcp`, `tftp` or `nfs` for a service that krgboot does not configure.
inline constexpr std::string_view no_program = "none";
/// How nodes mount an image.
enum class RootMode { ro, rw };
/// The set of packages that a new image begins with, as in mmdebstrap(1) and debootstrap(8).
enum class Variant { minbase, important, standard };
/// Which package archives are accepted: only those with a valid signature, or all.
enum class Trust { signature, anything };
/// The property that names the boot file of a node.
enum class BootFileKind { address, mac, uuid };
/// Users of a client that an export maps to the anonymous user: exports(5), "User ID Mapping".
enum class Squash { no_root_squash, root_squash, all_squash };
/// How a client authenticates its users: `sec=` of exports(5).
enum class SecurityFlavor { sys, krb5, krb5i, krb5p };
/// Where the ssh host keys of nodes are kept.
enum class SshHostKeyPlace {
  image,  ///< in the image; all its nodes share them
  boot,   ///< in the memory of each node, which makes its own at boot
};
/// The type of an image's own file system.
enum class FileSystemType { ext4, xfs, btrfs };
/// The word of the spec and of exports(5). Throws InternalError if `squash` is not an enumerator.
KRGBOOT_EXPORT std::string to_string(Squash squash);
/// The word of the spec, exports(5) and nfs(5). Throws InternalError if `flavor` is not an enumerator.
KRGBOOT_EXPORT std::string to_string(SecurityFlavor flavor);
/// The word of the spec and of mount(8). Throws InternalError if `type` is not an enumerator.
KRGBOOT_EXPORT std::string to_string(FileSystemType type);
/// The program that made the initrd, which mounts the root file system; `none`: no initrd, the kernel itself
/// mounts it.
enum class Initramfs { none, initramfs_tools, dracut };

/// The key `server`.
struct ServerSpec {
  Position at;
  Field<HostName> name;
  Field<Ipv4Address> address;
  Field<ReleaseName> release;
  Field<std::string> tftp_root;
  Field<std::string> dhcp;  ///< name of a program in the table of services, or no_program
  Field<std::string> tftp;  ///< likewise
  Field<std::string> nfs;   ///< likewise
  ListField<std::string> extra;
};

/// The key `pool` of a network.
struct PoolSpec {
  Position at;
  Field<Ipv4Address> first;
  Field<Ipv4Address> last;
  Field<HostName> host_prefix;
  Field<bool> writable;
  Field<std::string> lease;  ///< with its unit: "7d"
};

/// One entry of `networks`.
struct NetworkSpec {
  Position at;
  Field<Ipv4Network> subnet;
  Field<Ipv4Address> router;
  ListField<Ipv4Address> dns;
  ListField<std::string> ntp;  ///< host names or addresses
  Field<PoolSpec> pool;
  Field<bool> unknown_clients;  ///< true: `allow`, false: `deny`
  ListField<std::string> extra;
};

/// One entry of an image's `users`.
struct UserSpec {
  Position at;
  Field<std::string> name;
  Field<std::string> password_hash;
  Field<std::int64_t> uid;
  Field<std::string> home;
  Field<std::string> shell;
  ListField<std::string> groups;
  ListField<std::string> ssh_authorized_keys;
};

/// One entry of an image's `writable`: a path only, or a mapping.
struct WritableSpec {
  Position at;
  Field<std::string> path;
  Field<Squash> squash;
  ListField<SecurityFlavor> sec;
  Field<bool> secure;
};

/// The key `filesystem` of an image.
struct FileSystemSpec {
  Position at;
  Field<std::string> size;  ///< with its unit: "8G"
  Field<FileSystemType> type;
  Field<std::string> file;    ///< host path
  Field<std::string> volume;  ///< "GROUP/NAME"
};

/// One entry of `images`.
struct ImageSpec {
  std::string name;
  Position at;
  Field<std::string> path;
  Field<ReleaseName> release;
  Field<RootMode> root;
  ListField<WritableSpec> writable;
  Field<Squash> squash;
  ListField<SecurityFlavor> sec;
  Field<bool> secure;
  Field<std::string> shares_file_system;
  Field<FileSystemSpec> filesystem;
  Field<SshHostKeyPlace> ssh_host_keys;
  ListField<std::string> tmpfs;
  Field<std::string> source;
  Field<std::string> mirror;
  Field<std::string> security_mirror;
  ListField<std::string> suites;
  Field<Trust> trust;
  Field<std::string> architecture;
  Field<Variant> variant;
  ListField<std::string> components;
  ListField<std::string> packages;
  ListField<UserSpec> users;
  Field<std::string> locale;
  ListField<std::string> clients;  ///< as in exports(5); by default the addresses that boot the image
};

/// The key `kerrighed` of a boot entry.
struct KerrighedSpec {
  Position at;
  Field<std::int64_t> session_id;
  Field<bool> autonodeid;
  Field<std::int64_t> nb_nodes_min;
  Field<std::string> install;
  Field<std::int64_t> boot_id;
  ListField<std::string> net_devices;
  ListField<std::string> add_opts;
  Field<bool> legacy_sched;
  ListField<std::string> host_extra;
  ListField<std::string> init_helper;
};

/// One entry of `boot`.
struct BootSpec {
  std::string name;
  Position at;
  Field<std::string> image;
  Field<std::string> kernel;
  Field<std::string> initrd;
  Field<Initramfs> initramfs;
  ListField<std::string> append;
  Field<KerrighedSpec> kerrighed;
  ListField<std::string> extra;
};

/// One entry of `nodes`, before its ranges are expanded. A range is a list of one text, "ssi[1-4]".
struct NodeSpec {
  Position at;
  ListField<std::string> name;
  ListField<std::string> address;
  ListField<std::string> mac;
  ListField<std::string> uuid;
  ListField<std::string> node_id;  ///< of Kerrighed
  Field<std::string> boot;
  Field<BootFileKind> boot_file;
  ListField<std::string> append;
};

/// The content of a cluster.yaml, read but not yet checked. `validate` makes a Cluster of it.
struct Spec {
  std::string file;  ///< name of the file, for messages; may be empty
  Field<std::int64_t> version;
  Field<std::string> name;   ///< key `cluster.name`
  Field<DomainName> domain;  ///< key `cluster.domain`
  ServerSpec server;
  std::vector<NetworkSpec> networks;
  std::vector<ImageSpec> images;
  std::vector<BootSpec> boot;
  Field<std::string> default_boot;
  std::vector<NodeSpec> nodes;
};

}  // namespace krgboot
