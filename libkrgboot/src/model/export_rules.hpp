#pragma once

#include "krgboot/model/cluster.hpp"
#include "krgboot/model/spec.hpp"

#include <string>
#include <vector>

#include "model/report.hpp"

namespace krgboot::model {

/// How the root of an image whose key is `key` ("images.debian") is exported. Reports what no node could boot
/// from, and what its nodes' root could then not do.
ExportRules check_export_rules(Report& report, const ImageSpec& image, const std::string& key, RootMode root);

/// Its writable directories, with the image's `rules` where they say nothing.
std::vector<WritableDirectory> check_writable_rules(Report& report, const ImageSpec& image,
                                                    const std::string& key, const ExportRules& rules);

/// Reports "image.reason_control" for a reason that could not be shown on one line.
void check_reason(Report& report, const Field<std::string>& reason, const std::string& key);

}  // namespace krgboot::model
