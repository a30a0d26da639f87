#pragma once

#include "krgboot/model/cluster.hpp"
#include "krgboot/model/spec.hpp"

#include <optional>
#include <string>

#include "model/cluster_builder.hpp"

namespace krgboot::model {

/// `images.NAME.filesystem` of an image whose key is `key` ("images.debian"), and what is wrong with it.
std::optional<FileSystem> check_file_system(ClusterBuilder& cluster, const ImageSpec& image,
                                            const std::string& key);

/// Those of all images against each other, the images and the TFTP root.
void check_file_systems(ClusterBuilder& cluster);

}  // namespace krgboot::model
