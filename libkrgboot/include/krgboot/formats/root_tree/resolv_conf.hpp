#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/server_view.hpp"

#include <string>

namespace krgboot::resolv_conf {

/// Text of an image's /etc/resolv.conf (resolv.conf(5)): the domain of the cluster, and the name servers of
/// the networks whose machines boot the image from this server, in the order of the spec, without duplicates.
/// Three at most, the limit of the C library.
KRGBOOT_EXPORT std::string render(const ServerView& view, const Image& image);

}  // namespace krgboot::resolv_conf
