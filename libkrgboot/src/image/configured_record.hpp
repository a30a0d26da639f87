#pragma once

#include "krgboot/system/root.hpp"

#include <map>
#include <string>

namespace krgboot {

/// What was built in an image, by name, each with the SHA-256 of its inputs.
using ConfiguredRecord = std::map<std::string, std::string, std::less<>>;

/// The image's record; empty if the image has none or it cannot be read. Nodes that can write to /var can
/// forge it, so a wrong record may cost only time. Throws IoError.
ConfiguredRecord read_record(const Root& image);
/// Writes the whole record atomically. Throws IoError.
void write_record(const Root& image, const ConfiguredRecord& record);

}  // namespace krgboot
