#pragma once

#include "krgboot/services/services.hpp"

#include <string_view>
#include <vector>

#include "model/cluster_builder.hpp"
#include "services/service.hpp"

namespace krgboot {

// The tables of everything that krgboot can configure. The first of each kind is the default.
const std::vector<const DhcpService*>& dhcp_services();
const std::vector<const TftpService*>& tftp_services();
const std::vector<const NfsService*>& nfs_services();
const std::vector<const Loader*>& loaders();

/// The init system of a server, which every release has.
const Service& units_service();

/// All programs that krgboot can configure on a server, also those that the spec does not name: an earlier
/// spec may have named them.
const std::vector<const Service*>& all_services();

/// The programs of a cluster's boot server and the loaders of its machines, in the order in which their files
/// are created. The pointers are never null and stay valid for the whole run.
std::vector<const ServerPart*> parts_of(const Server& server);
/// The same for a cluster during validation; the defaults apply if the spec names no server.
std::vector<const ServerPart*> parts_of(const ClusterBuilder& cluster);

// The programs of a server; nullptr: not managed by krgboot, or none.
const DhcpService* dhcp_of(const Server& server);
const TftpService* tftp_of(const Server& server);
const NfsService* nfs_of(const Server& server);
const Loader& loader_of(const Server& server);

// By their name in a spec: the default for an empty name, nullptr for an unknown one.
const DhcpService* dhcp_named(std::string_view name);
const Loader* loader_named(std::string_view name);

/// The loader that a file contains; nullptr if krgboot does not support it. `head`: the first
/// boot_program_head bytes of the file.
const Loader* find_loader(const std::string& file, std::string_view head);

/// Throws InternalError for a service that is not in the tables.
const Service& service_named(const ServiceName& name);

DefaultPrograms default_programs();

}  // namespace krgboot
