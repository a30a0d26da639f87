#pragma once

#include "krgboot/formats/nfs/exports/match.hpp"
#include "krgboot/formats/root_tree/fstab_table.hpp"

#include <string>

#include "stages.hpp"

/// Checks what the server's exports allow a machine to do with a directory. Each function reports the faults
/// that it finds.
namespace krgboot::tracing {

/// File, line and text of an entry of exports(5).
std::string place(const exports::Entry& entry);

/// Is a file system mounted on the mount point that the root's export requires?
bool root_is_mounted_on_server(const ServerFiles& files, const MountedRoot& root,
                               const exports::Verdict& verdict, Steps& steps);

/// Can the server export this directory? `fatal`: the status of the step if it cannot.
bool can_be_exported(const ServerFiles& files, BootStage stage, StepStatus fatal,
                     const exports::Verdict& verdict, Steps& steps);

/// Does the export give root of the node the rights that it needs on its root file system?
bool root_may_use_root(const ServerFiles& files, const MountedRoot& root, const exports::Verdict& verdict,
                       Steps& steps);

/// Reports which other files of the server a client of the export can reach.
void say_reach(const ServerFiles& files, BootStage stage, const Image* image, const std::string& path,
               const exports::Verdict& verdict, Steps& steps);

/// A line of the image's fstab that mounts a directory of the boot server.
struct ServerMount {
  const fstab::Mount& mount;
  std::string where;
  StepStatus fatal;  ///< status if it cannot be mounted
  std::string path;  ///< path on the server
};
void follow_server_mount(const ServerFiles& files, const DhcpResult& dhcp, const MountedRoot& root,
                         const ServerMount& mount, Steps& steps);

}  // namespace krgboot::tracing
