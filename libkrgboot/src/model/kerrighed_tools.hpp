#pragma once

#include "krgboot/model/cluster.hpp"
#include "krgboot/model/spec.hpp"

#include <string>

#include "model/report.hpp"

namespace krgboot::model {

/// The kerrighed-tools settings of a boot entry with the key `key` ("boot.x.kerrighed"). The values are
/// written to files that a shell reads; reports values that such a file cannot hold.
KerrighedTools check_kerrighed_tools(Report& report, const KerrighedSpec& spec, const std::string& key);

}  // namespace krgboot::model
