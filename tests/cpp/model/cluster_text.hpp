#pragma once

#include "krgboot/base/text.hpp"
#include "krgboot/config/load.hpp"
#include "krgboot/services/validate.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "catch.hpp"
#include "codes.hpp"
#include "texts.hpp"

// Clusters for tests, written as YAML. A '^' marks the position that a finding must have; it is not part of
// the text.

namespace krgboot::test {

using Texts = std::vector<std::string>;

/// The sections of a small, valid cluster. A test replaces the section that it tests.
class ClusterText {
 public:
  ClusterText& with(const std::string& section, std::string text) {
    auto found =
        std::find_if(sections_.begin(), sections_.end(), [&](const auto& s) { return s.first == section; });
    REQUIRE(found != sections_.end());
    found->second = std::move(text);
    return *this;
  }

  /// One machine boots and there is no pool, so its root may be rw.
  ClusterText& alone() {
    with("networks", "networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1}]");
    return with("nodes", "nodes: [{name: n1, address: 10.0.0.11, mac: '52:54:00:00:00:01'}]");
  }

  std::string marked() const {
    std::string all;
    for (const auto& [name, text] : sections_) all += text.empty() ? "" : text + "\n";
    return all;
  }

 private:
  std::vector<std::pair<std::string, std::string>> sections_ = {
      {"version", "version: 1"},
      {"cluster", "cluster: {name: lab, domain: lab.home}"},
      {"server", "server: {name: server, address: 10.0.0.2, release: bookworm}"},
      {"networks",
       "networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1, pool: {first: 10.0.0.200, last: 10.0.0.220, "
       "writable: true}}]"},
      {"images", "images: {debian: {path: /srv/nfs/debian, release: bookworm}}"},
      {"boot", "boot: {debian: {image: debian, kernel: vmlinuz}}"},
      {"default_boot", "default_boot: debian"},
      {"nodes", "nodes: [{name: 'n[1-3]', address: '10.0.0.[11-13]', mac: '52:54:00:00:00:[01-03]'}]"},
  };
};

/// The image that the small cluster boots, with additional fields.
inline ClusterText image_fields(const std::string& text, const std::string& release = "bookworm") {
  return ClusterText().with(
      "images", "images: {debian: {path: /srv/nfs/debian, release: " + release + ", " + text + "}}");
}

/// The boot entry of the small cluster, with additional fields.
inline ClusterText boot_fields(const std::string& text) {
  return ClusterText().with("boot", "boot: {debian: {image: debian, kernel: vmlinuz, " + text + "}}");
}

struct Unmarked {
  std::string text;
  std::vector<Position> marks;
};

inline Unmarked unmark(const std::string& marked) {
  Unmarked result;
  Position at{1, 1};
  for (char c : marked) {
    if (c == '^') {
      result.marks.push_back(at);
      continue;
    }
    result.text += c;
    ++at.column;
    if (c == '\n') at = {at.line + 1, 1};
  }
  return result;
}

/// Reads the text, which must be readable, and validates it.
inline Validation judge(const std::string& text) {
  auto reading = read_spec(text, "cluster.yaml");
  INFO(text);
  INFO(to_string(reading.diagnostics));
  REQUIRE(reading.diagnostics.empty());
  return validate(reading.spec);
}

/// Requires that the text has no findings.
inline Cluster accepted(const ClusterText& text) {
  auto unmarked = unmark(text.marked());
  auto validation = judge(unmarked.text);
  INFO(unmarked.text);
  INFO(to_string(validation.diagnostics));
  CHECK(validation.diagnostics.empty());
  REQUIRE(validation.cluster);
  return *std::move(validation.cluster);
}

/// Requires that the text has exactly one finding, at the mark.
inline Diagnostic only_finding(const ClusterText& text, Severity severity, const std::string& code,
                               const std::string& key) {
  auto unmarked = unmark(text.marked());
  auto validation = judge(unmarked.text);
  INFO(unmarked.text);
  INFO(to_string(validation.diagnostics));
  REQUIRE(unmarked.marks.size() == 1);
  REQUIRE(validation.diagnostics.size() == 1);
  const auto& finding = validation.diagnostics.front();
  CHECK(finding.severity == severity);
  CHECK(finding.code == code);
  CHECK(finding.key == key);
  CHECK(finding.where.position == unmarked.marks.front());
  CHECK(finding.where.file == "cluster.yaml");
  CHECK_FALSE(has_control(finding.message));
  CHECK(validation.cluster.has_value() == (severity == Severity::warning));
  return finding;
}

inline Diagnostic refused(const ClusterText& text, const std::string& code, const std::string& key) {
  return only_finding(text, Severity::error, code, key);
}
inline Diagnostic warned(const ClusterText& text, const std::string& code, const std::string& key) {
  return only_finding(text, Severity::warning, code, key);
}

}  // namespace krgboot::test
