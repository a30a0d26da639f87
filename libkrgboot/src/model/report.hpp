#pragma once

#include "krgboot/base/diagnostic.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

namespace krgboot::model {

/// Collects the findings of validation. A mistake in one range can concern thousands of nodes, so after the
/// first few findings with the same code at the same place the rest are only counted.
class Report {
 public:
  explicit Report(std::string file) : file_(std::move(file)) {}

  /// `key`: path in the spec, "nodes[2].address".
  void error(Position at, std::string key, std::string code, std::string message, std::string hint = {});
  void warning(Position at, std::string key, std::string code, std::string message, std::string hint = {});

  /// A second position, for the end of a message: " (cluster.yaml:3:14)", or "" if it is unknown.
  std::string see(Position at) const;

  /// Is there an error about this section or one of its keys: "boot.debian", "nodes[2]"?
  bool has_error(std::string_view section) const noexcept;

  /// All findings, in the order of the file.
  Diagnostics take() &&;

  static constexpr std::size_t most_at_one_place = 5;

 private:
  void add(Severity severity, Position at, std::string&& key, std::string&& code, std::string&& message,
           std::string&& hint);

  struct Crowd {
    std::size_t first = 0;  // index into diagnostics_
    std::size_t count = 0;
  };
  std::string file_;
  Diagnostics diagnostics_;
  std::unordered_map<std::string, Crowd> crowds_;  // by code and position
};

}  // namespace krgboot::model
