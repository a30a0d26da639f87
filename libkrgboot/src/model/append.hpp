#pragma once

#include "krgboot/model/spec.hpp"

#include <string>
#include <vector>

#include "model/report.hpp"

namespace krgboot::model {

/// Reports the words of `append` that a kernel command line cannot carry, or that would contradict what
/// krgboot writes there: "append.empty", "append.control", "append.encoding", "append.quote", "append.blank",
/// "append.separator", "append.set_by_krgboot". `key`: "boot.kerrighed.append".
void check_append(Report& report, const std::vector<SpecItem<std::string>>& words, const std::string& key);

}  // namespace krgboot::model
