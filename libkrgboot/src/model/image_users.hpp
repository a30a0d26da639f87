#pragma once

#include "krgboot/model/cluster.hpp"
#include "krgboot/model/spec.hpp"

#include <string>
#include <vector>

#include "model/cluster_builder.hpp"

namespace krgboot::model {

/// The users of an image with the key `key` ("images.debian"). Reports what is wrong with them.
std::vector<User> check_users(ClusterBuilder& cluster, const ImageSpec& image, const std::string& key);

}  // namespace krgboot::model
