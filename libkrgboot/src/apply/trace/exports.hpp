#pragma once

#include "krgboot/formats/nfs/exports/match.hpp"
#include "krgboot/formats/root_tree/fstab_table.hpp"

#include <string>

#include "stages.hpp"

/// What the server's exports let a machine do with a directory. Each function says what is wrong.
namespace krgboot::tracing {

/// Where an entry of exports(5) stands, and what it says.
std::string place(const exports::Entry& entry);

/// Is there a file system on the mount point that the root's export waits for?
bool root_is_mounted_on_server(const ServerFiles& files, const MountedRoot& root,
                               const exports::Verdict& verdict, Steps& steps);

/// Can the server export this directory? `fatal`: the status of the step where it cannot.
bool can_be_exported(const ServerFiles& files, BootStage stage, StepStatus fatal,
                     const exports::Verdict& verdict, Steps& steps);

/// Does the export leave root of the node what it needs of its root file system?
bool root_may_use_root(const ServerFiles& files, const MountedRoot& root, const exports::Verdict& verdict,
                       Steps& steps);

/// Says which of the server's other files a client of the export can reach.
void say_reach(const ServerFiles& files, BootStage stage, const Image* image, const std::string& path,
               const exports::Verdict& verdict, Steps& steps);

/// A line of the image's fstab that mounts a directory of the boot server.
struct ServerMount {
  const fstab::Mount& mount;
  std::string where;
  StepStatus fatal;  ///< where it is not mounted
  std::string path;  ///< on the server
};
void follow_server_mount(const ServerFiles& files, const DhcpResult& dhcp, const MountedRoot& root,
                         const ServerMount& mount, Steps& steps);

}  // namespace krgboot::tracing
