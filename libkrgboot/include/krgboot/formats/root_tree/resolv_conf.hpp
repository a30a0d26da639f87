#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/cluster.hpp"

#include <string>

namespace krgboot::resolv_conf {

/// /etc/resolv.conf (resolv.conf(5)) of an image: the domain of the cluster, and the name servers of the
/// networks that its nodes are in, in the order of the spec, each once. The C library asks the first three
/// and no more.
KRGBOOT_EXPORT std::string render(const Cluster& cluster, const Image& image);

}  // namespace krgboot::resolv_conf
