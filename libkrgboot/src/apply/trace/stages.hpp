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

/// A trace is a chain of stages. Each is a function of the server's files and the results of the stages
/// before it; it says its steps and returns a result, which nobody changes later. nullopt: the next stage is
/// not reached.
namespace krgboot::tracing {

/// What DHCP tells a machine.
struct DhcpResult {
  Machine machine;             ///< as far as it is known now
  const Node* node = nullptr;  ///< the listed node that it is
  std::string host_name;
  std::optional<Ipv4Range> pool;  ///< where the address is one of many
  std::optional<Ipv4Address> next_server;
  std::string boot_program;  ///< name of the file that the firmware fetches
  std::string root_path;     ///< option 17; empty: not given
  std::string config_file;   ///< option 209, likewise
  std::string path_prefix;   ///< option 210, likewise
  bool goes_on = true;       ///< the firmware fetches the boot program from the boot server
};
/// nullopt: no address is offered.
std::optional<DhcpResult> follow_dhcp(const ServerFiles& files, const Machine& machine, Steps& steps);

/// What the loader loads and starts. nullopt: TFTP does not hand the loader out, or it is none that is
/// followed.
std::optional<Loaded> follow_loader(const ServerFiles& files, const DhcpResult& dhcp, Steps& steps);

/// What the kernel and its initrd read on the command line.
struct CommandLine {
  KernelCommandLine line;
  Initramfs root_mounter = Initramfs::none;  ///< who is to mount the root; none: the kernel
  NfsRoot root;                              ///< its path may come from DHCP
  std::optional<int> nfs_version;            ///< of the root; nullopt: client and server agree on one
  std::optional<Ipv4Address> fixed_address;  ///< in ip=; nullopt: the machine takes the one of DHCP
};
std::optional<CommandLine> follow_command_line(const ServerFiles& files, const DhcpResult& dhcp,
                                               const Loaded& loaded, Steps& steps);

/// Is a root named, and on the boot server? Others are not followed.
bool root_is_on_boot_server(const ServerFiles& files, const CommandLine& line, Steps& steps);

/// Can kernel and initrds mount the root? By the files of their image, of which apply has put copies where
/// TFTP serves them.
void follow_kernel_support(const ServerFiles& files, const Loaded& loaded, const CommandLine& line,
                           Steps& steps);

/// The root file system, mounted.
struct MountedRoot {
  std::string path;              ///< of the tree, on the boot server
  const Image* image = nullptr;  ///< of the cluster, where it is one
  Ipv4Address client;            ///< by which the server knows the machine
  bool exported_read_only = false;
};
std::optional<MountedRoot> follow_root(const ServerFiles& files, const DhcpResult& dhcp,
                                       const CommandLine& line, Steps& steps);

/// The program that runs as process 1 of the node.
struct Init {
  std::string program;  ///< in the image, links resolved
};
std::optional<Init> follow_init(const ServerFiles& files, const Loaded& loaded, const CommandLine& line,
                                const MountedRoot& root, Steps& steps);

/// What the image's fstab mounts.
void follow_mounts(const ServerFiles& files, const DhcpResult& dhcp, const Loaded& loaded,
                   const CommandLine& line, const MountedRoot& root, const Init& init, Steps& steps);

/// What lets somebody log in: sshd, or a getty on a console.
void follow_login(const ServerFiles& files, const CommandLine& line, const MountedRoot& root,
                  const Init& init, Steps& steps);

}  // namespace krgboot::tracing
