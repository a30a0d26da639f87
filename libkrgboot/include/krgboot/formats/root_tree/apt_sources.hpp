#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/cluster.hpp"

#include <optional>
#include <string>

namespace krgboot::apt {

/// /etc/apt/sources.list of an image (sources.list(5), one line a source, as every apt reads it): its suites
/// and components of its mirror, then the security updates. nullopt where the spec names no mirror, or one
/// that nodes cannot reach (file:): then the image's own list stays.
KRGBOOT_EXPORT std::optional<std::string> render_sources(const Image& image);

/// /etc/apt/apt.conf.d/krgboot: what lenny's apt is told of sources that it is to trust unsigned, since its
/// sources.list knows no options. nullopt where nothing has to be said.
KRGBOOT_EXPORT std::optional<std::string> render_conf(const Image& image);

}  // namespace krgboot::apt
