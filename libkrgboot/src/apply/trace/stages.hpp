#pragma once

#include "krgboot/apply/trace.hpp"
#include "krgboot/formats/kernel/command_line.hpp"
#include "krgboot/formats/kernel/nfs_root.hpp"
#include "krgboot/model/cluster.hpp"
#include "krgboot/net/ipv4.hpp"

#include <optional>
#include <string>
#include <vector>

#include "apply/server_files.hpp"
#include "services/loaded.hpp"
#include "services/services.hpp"
#include "steps.hpp"

/// A trace is a chain of stages. Each stage is a function of the server's files and the results of earlier
/// stages; it reports its steps and returns an immutable result. nullopt: the next stage is not reached.
namespace krgboot::tracing {

/// The DHCP answer to a machine.
struct DhcpResult {
  Machine machine;             ///< as far as known at this stage
  const Node* node = nullptr;  ///< the machine's node in the spec, if listed
  std::string host_name;
  std::optional<Ipv4Range> pool;  ///< set if the address comes from a pool
  std::optional<Ipv4Address> next_server;
  std::string boot_program;  ///< file that the firmware loads
  std::string root_path;     ///< option 17; empty: not given
  std::string config_file;   ///< option 209; empty: not given
  std::string path_prefix;   ///< option 210; empty: not given
  bool goes_on = true;       ///< whether the firmware loads the boot program from the boot server
};
/// nullopt: DHCP offers no address.
std::optional<DhcpResult> follow_dhcp(const ServerFiles& files, const Machine& machine, Steps& steps);

/// The files that the boot loader loads and starts. nullopt: TFTP does not serve the loader, or krgboot does
/// not follow this kind.
std::optional<Loaded> follow_loader(const ServerFiles& files, const DhcpResult& dhcp, Steps& steps);

/// The settings that the kernel and its initrd read from the command line.
struct CommandLine {
  KernelCommandLine line;
  Initramfs root_mounter = Initramfs::none;  ///< mounts the root; none: the kernel does
  NfsRoot root;                              ///< its path may come from DHCP
  std::optional<int> nfs_version;            ///< for the root; nullopt: client and server negotiate
  std::optional<Ipv4Address> fixed_address;  ///< from ip=; nullopt: the machine uses DHCP
};
std::optional<CommandLine> follow_command_line(const ServerFiles& files, const DhcpResult& dhcp,
                                               const Loaded& loaded, Steps& steps);

/// Is a root named, and is it on the boot server? Others are not followed.
bool root_is_on_boot_server(const ServerFiles& files, const CommandLine& line, Steps& steps);

/// Checks whether kernel and initrds can mount the root, by the files of their image, which apply has copied
/// to the TFTP root.
void follow_kernel_support(const ServerFiles& files, const Loaded& loaded, const CommandLine& line,
                           Steps& steps);

/// The root file system, mounted.
struct MountedRoot {
  std::string path;              ///< path of the tree on the boot server
  const Image* image = nullptr;  ///< the cluster's image at this path, if any
  Ipv4Address client;            ///< client address that the server sees
  bool exported_read_only = false;
};
std::optional<MountedRoot> follow_root(const ServerFiles& files, const DhcpResult& dhcp,
                                       const CommandLine& line, Steps& steps);

/// The program that runs as process 1 of the node.
struct Init {
  std::string program;  ///< path in the image, symlinks resolved
};
std::optional<Init> follow_init(const ServerFiles& files, const Loaded& loaded, const CommandLine& line,
                                const MountedRoot& root, Steps& steps);

/// Follows the mounts in the image's fstab.
void follow_mounts(const ServerFiles& files, const DhcpResult& dhcp, const Loaded& loaded,
                   const CommandLine& line, const MountedRoot& root, const Init& init, Steps& steps);

/// Checks which services allow a login: sshd, or a getty on a console.
void follow_login(const ServerFiles& files, const CommandLine& line, const MountedRoot& root,
                  const Init& init, Steps& steps);

}  // namespace krgboot::tracing
