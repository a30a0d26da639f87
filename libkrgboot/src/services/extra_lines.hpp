#pragma once

#include "krgboot/model/spec.hpp"

#include <cstddef>
#include <string>
#include <vector>

#include "model/report.hpp"

namespace krgboot {

/// The raw lines of an `extra` key in the spec.
using ExtraLines = std::vector<SpecItem<std::string>>;

/// "server.extra[2]"
std::string extra_key(const std::string& key, std::size_t line);

/// Reports a control character in the line: "extra.control". A tab is allowed, because it is white space in
/// every daemon's syntax; a newline would start a line that krgboot did not check. False if the line contains
/// a control character.
bool check_control(model::Report& report, const SpecItem<std::string>& line, const std::string& key);

}  // namespace krgboot
