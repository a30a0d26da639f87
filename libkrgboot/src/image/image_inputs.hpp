#pragma once

#include "krgboot/model/image_step.hpp"
#include "krgboot/system/root.hpp"

#include <string>

namespace krgboot {

/// SHA-256 of the inputs of an initramfs for the kernel `version` that change without dpkg: the generator's
/// configuration, module settings, and the list of modules. (After package changes dpkg's triggers rebuild
/// the initramfs.) Throws IoError.
std::string initramfs_inputs(const Root& image, Initramfs generator, const std::string& version);

/// SHA-256 of /etc/locale.gen. Throws IoError.
std::string locale_inputs(const Root& image);

/// SHA-256 of the source that Kerrighed is installed from: of a tarball the bytes; of a build tree the names,
/// sizes and times of the files in it. `source` is a host path. Throws IoError.
std::string kerrighed_inputs(const std::string& source);

}  // namespace krgboot
