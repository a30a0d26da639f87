#pragma once

#include "krgboot/services/services.hpp"

#include <string_view>
#include <vector>

#include "model/cluster_builder.hpp"
#include "services/service.hpp"

namespace krgboot {

// The tables of what krgboot can configure. The first of each kind is what a spec means that names none.
const std::vector<const DhcpService*>& dhcp_services();
const std::vector<const TftpService*>& tftp_services();
const std::vector<const NfsService*>& nfs_services();
const std::vector<const Loader*>& loaders();

/// The init system of a server, which every release has.
const Service& units_service();

/// All programs that run on a server, whatever its spec names: an earlier spec may have named others.
const std::vector<const Service*>& all_services();

/// What the boot server of a cluster runs and what its machines load, in the order in which files are made.
/// The pointers are never null and hold for ever.
std::vector<const ServerPart*> parts_of(const Server& server);
/// The same of a cluster while it is checked: where the spec names no server, what the defaults say.
std::vector<const ServerPart*> parts_of(const ClusterBuilder& cluster);

// What a server runs; nullptr: somebody else's, or none.
const DhcpService* dhcp_of(const Server& server);
const TftpService* tftp_of(const Server& server);
const NfsService* nfs_of(const Server& server);
const Loader& loader_of(const Server& server);

/// The loader that a file holds; nullptr: none that krgboot follows. `head`: its first boot_program_head
/// bytes.
const Loader* find_loader(const std::string& file, std::string_view head);

/// Throws InternalError for a service that is not in the tables.
const Service& service_named(const ServiceName& name);

DefaultPrograms default_programs();

}  // namespace krgboot
