#pragma once

#include "krgboot/image/configure.hpp"

#include <string>

#include "dpkg_status.hpp"

namespace krgboot {

/// Makes the Debian package of what Kerrighed's build tree or tarball `source` (a host path) installs, and
/// lets the image's dpkg install it. Throws as `configure` does.
void install_kerrighed(const Root& image, const std::string& source, const DpkgStatus& dpkg,
                       const ConfigureOptions& options);

}  // namespace krgboot
