#pragma once

#include "krgboot/model/image_step.hpp"
#include "krgboot/system/root.hpp"

#include <string>

namespace krgboot {

/// SHA-256 of what an initramfs of the kernel `version` is made from, as far as others than dpkg change it:
/// the generator's configuration, what is said of modules, and which modules there are. (What packages bring
/// makes their triggers rebuild it.) Throws IoError.
std::string initramfs_inputs(const Root& image, Initramfs generator, const std::string& version);

/// SHA-256 of /etc/locale.gen. Throws IoError.
std::string locale_inputs(const Root& image);

/// SHA-256 of what Kerrighed is installed from: of a tarball its bytes; of a build tree the names, sizes and
/// times of what is in it. `source` is a host path. Throws IoError.
std::string kerrighed_inputs(const std::string& source);

}  // namespace krgboot
