#pragma once

#include "krgboot/model/cluster.hpp"
#include "krgboot/model/spec.hpp"

#include <optional>
#include <string>

#include "model/cluster_builder.hpp"

namespace krgboot::model {

/// Checks `images.NAME.filesystem` of an image with the key `key` ("images.debian"). Reports what is wrong
/// with it.
std::optional<FileSystem> check_file_system(ClusterBuilder& cluster, const ImageSpec& image,
                                            const std::string& key);

/// Checks the file systems of all images against each other, the images and the TFTP root.
void check_file_systems(ClusterBuilder& cluster);

}  // namespace krgboot::model
