#pragma once

#include "krgboot/image/configure.hpp"

#include <string>

#include "dpkg_status.hpp"

namespace krgboot {

/// Makes a Debian package from the files that Kerrighed's build tree or tarball `source` (a host path)
/// installs, and installs it with the image's dpkg. Throws as `configure` does.
void install_kerrighed(const Root& image, const std::string& source, const DpkgStatus& dpkg,
                       const ConfigureOptions& options);

}  // namespace krgboot
