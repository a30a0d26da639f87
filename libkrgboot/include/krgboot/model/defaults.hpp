#pragma once

#include "krgboot/model/spec.hpp"

#include <array>
#include <cstdint>
#include <string_view>

/// Default values of the keys of cluster.yaml. No other place defines them: `validate` puts them into the
/// Cluster (`field.value_or(defaults::root)`), and the table of keys in `config` prints them in the JSON
/// Schema and in the reference page.
namespace krgboot::defaults {

// server
inline constexpr std::string_view tftp_root = "/srv/tftp";
// Default programs: the first of each role in the table of services.

// networks[]
inline constexpr bool unknown_clients_allowed = true;
inline constexpr bool pool_writable = false;
inline constexpr std::string_view pool_lease = "7d";  // seven days

// images
inline constexpr RootMode root = RootMode::ro;
inline constexpr Squash squash = Squash::no_root_squash;
inline constexpr SecurityFlavor sec = SecurityFlavor::sys;
inline constexpr bool secure = true;
inline constexpr SshHostKeyPlace ssh_host_keys = SshHostKeyPlace::image;
inline constexpr FileSystemType filesystem_type = FileSystemType::ext4;
inline constexpr std::string_view filesystem_suffix = ".img";  // appended to the image's path
inline constexpr std::array<std::string_view, 1> components = {"main"};
inline constexpr std::string_view locale = "C";
inline constexpr Variant variant = Variant::minbase;
inline constexpr Trust trust = Trust::signature;
inline constexpr std::int64_t first_uid = 1000;  // FIRST_UID of adduser.conf(5); users count up from it

// boot. An entry without an initrd always has Initramfs::none, because the kernel itself mounts the root.
inline constexpr Initramfs initramfs_with_initrd = Initramfs::initramfs_tools;
inline constexpr bool autonodeid = true;

// nodes[]
inline constexpr BootFileKind boot_file = BootFileKind::address;

}  // namespace krgboot::defaults

/// Limits of values in cluster.yaml, from Debian and Kerrighed 3.0.
namespace krgboot::limits {

// In bytes. mkfs.xfs needs 300 MB.
inline constexpr std::uint64_t smallest_file_system = std::uint64_t{512} << 20U;

inline constexpr std::int64_t uid = 59999;            // Debian reserves the UIDs from 60000
inline constexpr std::int64_t session_id = 9999;      // the lowest is 1
inline constexpr std::int64_t node_id = 255;          // the lowest is 0
inline constexpr std::int64_t kerrighed_nodes = 256;  // nodes of one cluster
inline constexpr std::int64_t no_boot_id = -1;        // no node starts the container

}  // namespace krgboot::limits
