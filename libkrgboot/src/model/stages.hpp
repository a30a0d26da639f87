#pragma once

#include "model/cluster_builder.hpp"

namespace krgboot::model {

// The stages of validation in the order in which they run; each may read the results of earlier stages.
void check_cluster(ClusterBuilder& cluster);         // version, cluster
void check_server(ClusterBuilder& cluster);          // server
void check_networks(ClusterBuilder& cluster);        // networks
void check_images(ClusterBuilder& cluster);          // images
void check_boot(ClusterBuilder& cluster);            // boot, default_boot
void check_nodes(ClusterBuilder& cluster);           // nodes: each on its own
void check_node_addresses(ClusterBuilder& cluster);  // nodes against each other, the server and the networks
void check_reach(ClusterBuilder& cluster);           // what machines find when they boot
void check_kerrighed(ClusterBuilder& cluster);       // the members of each Kerrighed session
void check_image_clients(ClusterBuilder& cluster);   // images.*.clients against the machines that boot them
void check_pool_rights(ClusterBuilder& cluster);     // what read-only pools boot against what they must write

}  // namespace krgboot::model
