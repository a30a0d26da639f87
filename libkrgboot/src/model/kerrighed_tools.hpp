#pragma once

#include "krgboot/model/cluster.hpp"
#include "krgboot/model/spec.hpp"

#include <string>

#include "model/report.hpp"

namespace krgboot::model {

/// What kerrighed-tools is told by a boot entry whose key is `key` ("boot.x.kerrighed"). The values end up in
/// files that a shell reads; reports what such a file could not carry.
KerrighedTools check_kerrighed_tools(Report& report, const KerrighedSpec& spec, const std::string& key);

}  // namespace krgboot::model
