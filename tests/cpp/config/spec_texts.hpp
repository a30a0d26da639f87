#pragma once

#include "krgboot/config/load.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

/// Texts and helpers that the tests of this folder share.
namespace krgboot::test {

/// The smallest valid spec.
inline const std::string smallest = R"(version: 1
cluster: {name: c, domain: example.org}
server: {name: server, address: 10.0.0.1, release: bookworm}
networks: [{subnet: 10.0.0.0/24}]
)";

/// "code line:column key" of each finding.
inline std::vector<std::string> summary(const Diagnostics& diagnostics) {
  std::vector<std::string> lines;
  for (const auto& d : diagnostics) {
    lines.push_back(d.code + " " + std::to_string(d.where.position.line) + ":" +
                    std::to_string(d.where.position.column) + " " + d.key);
  }
  return lines;
}

using Lines = std::vector<std::string>;

/// The findings about `smallest` with more lines after it; those begin at line 5.
inline Diagnostics findings(const std::string& more) {
  return read_spec(smallest + more).diagnostics;
}

}  // namespace krgboot::test
