#pragma once

#include "krgboot/base/diagnostic.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/yaml.hpp"

namespace krgboot::config {

/// Codes of the reader's findings. They are stable.
namespace code {
inline constexpr const char* unknown_key = "spec.unknown_key";
inline constexpr const char* duplicate_key = "spec.duplicate_key";
inline constexpr const char* wrong_type = "spec.wrong_type";  // also where YAML would convert silently
inline constexpr const char* missing_key = "spec.missing_key";
inline constexpr const char* bad_value = "spec.bad_value";  // the right type, but not a valid value
inline constexpr const char* merge_key = "spec.merge_key";
inline constexpr const char* too_many_errors = "spec.too_many_errors";
}  // namespace code

/// Further errors are only counted, so that a large file full of errors does not fill the memory.
inline constexpr std::size_t max_errors = 1000;

/// `text` in quotes for a message, shortened if it is long.
std::string shown(std::string_view text);

/// The reader's current position in the spec, and its findings.
class Reader {
 public:
  explicit Reader(std::string file) : file_(std::move(file)) {}

  void error(const char* code, std::string message, std::string hint, Position at);

  /// Is max_errors reached, so that no further message is needed?
  bool is_full() const noexcept { return diagnostics_.size() >= max_errors; }

  /// "nodes[2].address"; "" at the top.
  std::string path() const;
  /// The parent of the current element, for a message: "in nodes[2]", "at the top".
  std::string parent() const;

  /// Goes one step down the key path while the object exists.
  class Step {
   public:
    Step(Reader& reader, std::string_view key) : reader_(reader) { reader_.path_.push_back({key, 0}); }
    Step(Reader& reader, std::size_t index) : reader_(reader) { reader_.path_.push_back({{}, index}); }
    ~Step() { reader_.path_.pop_back(); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;
    Step(Step&&) = delete;
    Step& operator=(Step&&) = delete;

   private:
    Reader& reader_;
  };

  /// Calls `found(key, value)` for each pair of a mapping, in the order of the file, one step down. Keys that
  /// are not texts, duplicate keys and YAML 1.1's merge key are reported and skipped.
  void each_pair(const yaml::Element& mapping,
                 const std::function<void(const yaml::Element& key, const yaml::Element& value)>& found);

  /// All findings, in the order of the file.
  Diagnostics take_diagnostics();

 private:
  struct Segment {
    std::string_view key;  // data() is null for a list element
    std::size_t index;
  };

  std::string path(std::size_t steps) const;

  std::string file_;
  std::vector<Segment> path_;
  Diagnostics diagnostics_;
  std::size_t left_out_ = 0;
};

/// The kind of `element` for a message: "a list", "a mapping", ...
std::string_view noun(const yaml::Element& element);

}  // namespace krgboot::config
