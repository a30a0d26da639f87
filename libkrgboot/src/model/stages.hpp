#pragma once

#include "model/cluster_builder.hpp"

namespace krgboot::model {

// The stages of validation in the order in which they run; each may read what those before it have filled in.
void check_cluster(ClusterBuilder& cluster);         // version, cluster
void check_server(ClusterBuilder& cluster);          // server
void check_networks(ClusterBuilder& cluster);        // networks
void check_images(ClusterBuilder& cluster);          // images
void check_boot(ClusterBuilder& cluster);            // boot, default_boot
void check_nodes(ClusterBuilder& cluster);           // nodes: each for itself
void check_node_addresses(ClusterBuilder& cluster);  // nodes against each other, the server and the networks
void check_reach(ClusterBuilder& cluster);           // what machines will find when they boot
void check_kerrighed(ClusterBuilder& cluster);       // the members of each Kerrighed session
void check_image_clients(ClusterBuilder& cluster);   // images.*.clients against who boots them
void check_pool_rights(ClusterBuilder& cluster);     // what pools may not write against what they boot

}  // namespace krgboot::model
