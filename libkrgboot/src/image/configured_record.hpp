#pragma once

#include "krgboot/system/root.hpp"

#include <map>
#include <string>

namespace krgboot {

/// What was built in an image, by name, with the SHA-256 of all it was built from.
using ConfiguredRecord = std::map<std::string, std::string, std::less<>>;

/// Empty where there is none. Nodes that may write to /var can forge it, so that nothing but time may depend
/// on it: what cannot be read counts as empty. Throws IoError.
ConfiguredRecord read_record(const Root& image);
/// All or nothing. Throws IoError.
void write_record(const Root& image, const ConfiguredRecord& record);

}  // namespace krgboot
