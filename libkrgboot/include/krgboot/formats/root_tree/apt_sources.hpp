#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/cluster.hpp"

#include <optional>
#include <string>

namespace krgboot::apt {

/// Text of an image's /etc/apt/sources.list (sources.list(5), in the one-line format that every apt reads):
/// the suites and components of its mirror, then the security updates. nullopt: krgboot does not write the
/// file, because the spec names no mirror, or one that nodes cannot reach (file:).
KRGBOOT_EXPORT std::optional<std::string> render_sources(const Image& image);

/// Text of an image's /etc/apt/apt.conf.d/krgboot (apt.conf(5)): makes lenny's apt accept sources without a
/// valid signature, because its sources.list has no options for that. nullopt: the file is not needed.
KRGBOOT_EXPORT std::optional<std::string> render_conf(const Image& image);

}  // namespace krgboot::apt
