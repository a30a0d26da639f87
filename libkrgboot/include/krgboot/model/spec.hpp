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

/// A value as the spec gives it, with the place where it stands. Empty where the key is missing, or where its
/// value could not be read (the reader has reported that already).
template <class T>
struct Field {
  std::optional<T> value;
  Position at;

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

enum class ReleaseName { lenny, bookworm, trixie };
/// The word for a service that the boot server does not run, or that is somebody else's.
inline constexpr std::string_view no_program = "none";
/// How nodes mount an image.
enum class RootMode { ro, rw };
/// How much of Debian an image begins with: mmdebstrap's and debootstrap's word.
enum class Variant { minbase, important, standard };
/// What of an archive is believed.
enum class Trust { signature, anything };
/// What a node's own boot file is named after.
enum class BootFileKind { address, mac, uuid };
/// Who of a client's users an export takes for nobody: exports(5), "User ID Mapping".
enum class Squash { no_root_squash, root_squash, all_squash };
/// How a client says who its users are: `sec=` of exports(5).
enum class SecurityFlavor { sys, krb5, krb5i, krb5p };
/// Whose an image's ssh host keys are.
enum class SshHostKeyPlace {
  image,  ///< they lie in the image, and all its nodes share them
  boot,   ///< each node makes its own when it boots, in its memory
};
enum class FileSystemType { ext4, xfs, btrfs };
/// As the spec has them, and the programs that read them: exports(5) and nfs(5), mount(8).
KRGBOOT_EXPORT std::string to_string(Squash squash);
KRGBOOT_EXPORT std::string to_string(SecurityFlavor flavor);
KRGBOOT_EXPORT std::string to_string(FileSystemType type);
/// Who mounts the root file system: the kernel itself, or an initrd made by one of these.
enum class Initramfs { none, initramfs_tools, dracut };

struct ServerSpec {
  Position at;
  Field<HostName> name;
  Field<Ipv4Address> address;
  Field<ReleaseName> release;
  Field<std::string> tftp_root;
  Field<std::string> dhcp;  // a word of the table of services, or no_program; so are the next two
  Field<std::string> tftp;
  Field<std::string> nfs;
  ListField<std::string> extra;
};

struct PoolSpec {
  Position at;
  Field<Ipv4Address> first;
  Field<Ipv4Address> last;
  Field<HostName> host_prefix;
  Field<bool> writable;
  Field<std::string> lease;
};

struct NetworkSpec {
  Position at;
  Field<Ipv4Network> subnet;
  Field<Ipv4Address> router;
  ListField<Ipv4Address> dns;
  ListField<std::string> ntp;  // a host name or an address
  Field<PoolSpec> pool;
  Field<bool> unknown_clients;  // true: allow
  ListField<std::string> extra;
};

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

/// One entry of an image's `writable`: a path alone, or a mapping.
struct WritableSpec {
  Position at;
  Field<std::string> path;
  Field<Squash> squash;
  ListField<SecurityFlavor> sec;
  Field<bool> secure;
};

/// A file system that an image has to itself.
struct FileSystemSpec {
  Position at;
  Field<std::string> size;
  Field<FileSystemType> type;
  Field<std::string> file;
  Field<std::string> volume;
};

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
  ListField<std::string> clients;  // as exports(5) takes them; by default krgboot works them out
};

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

/// One entry of `nodes:`, its ranges not yet expanded. A range is a list of one text, "ssi[1-4]".
struct NodeSpec {
  Position at;
  ListField<std::string> name;
  ListField<std::string> address;
  ListField<std::string> mac;
  ListField<std::string> uuid;
  ListField<std::string> node_id;  // Kerrighed
  Field<std::string> boot;
  Field<BootFileKind> boot_file;
  ListField<std::string> append;
};

/// cluster.yaml as it was written: read, but not yet judged.
struct Spec {
  std::string file;  ///< for positions in messages; may be empty
  Field<std::int64_t> version;
  Field<std::string> name;  // cluster.name
  Field<DomainName> domain;
  ServerSpec server;
  std::vector<NetworkSpec> networks;
  std::vector<ImageSpec> images;
  std::vector<BootSpec> boot;
  Field<std::string> default_boot;
  std::vector<NodeSpec> nodes;
};

}  // namespace krgboot
