#pragma once

#include "krgboot/model/spec.hpp"

#include <cstddef>
#include <string>
#include <vector>

#include "model/report.hpp"

namespace krgboot {

/// Raw lines of a spec's `extra`.
using ExtraLines = std::vector<SpecItem<std::string>>;

/// "server.extra[2]"
std::string extra_key(const std::string& key, std::size_t line);

/// Reports a control character in the line: "extra.control". A tab is white space in every daemon's syntax; a
/// newline would begin a line that krgboot did not look at. False where there is one.
bool check_control(model::Report& report, const SpecItem<std::string>& line, const std::string& key);

}  // namespace krgboot
