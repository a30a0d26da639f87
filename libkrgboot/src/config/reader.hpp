#pragma once

#include "krgboot/base/diagnostic.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/yaml.hpp"

namespace krgboot::config {

/// Codes of what reading finds; stable.
namespace code {
inline constexpr const char* unknown_key = "spec.unknown_key";
inline constexpr const char* duplicate_key = "spec.duplicate_key";
inline constexpr const char* wrong_type = "spec.wrong_type";  // also where YAML would convert silently
inline constexpr const char* missing_key = "spec.missing_key";
inline constexpr const char* bad_value = "spec.bad_value";  // the right type, but no such thing
inline constexpr const char* merge_key = "spec.merge_key";
inline constexpr const char* too_many_errors = "spec.too_many_errors";
}  // namespace code

/// More errors than this are only counted: a large file that is wrong throughout must not fill memory.
inline constexpr std::size_t max_errors = 1000;

/// `text` in quotes for a message, cut where it is long.
std::string shown(std::string_view text);

/// Where the reader stands in the spec, and what it has found.
class Reader {
 public:
  explicit Reader(std::string file) : file_(std::move(file)) {}

  void error(const char* code, std::string message, std::string hint, Position at);

  /// Are there max_errors already, so that a message need not be made?
  bool is_full() const noexcept { return diagnostics_.size() >= max_errors; }

  /// "nodes[2].address"; "" at the top.
  std::string path() const;
  /// Where the last step was taken, for a message: "in nodes[2]", "at the top".
  std::string parent() const;

  /// One step down the key path, for as long as it lives.
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
  /// are no text, that stand there a second time, and YAML 1.1's merge key are reported and left out.
  void each_pair(const yaml::Element& mapping,
                 const std::function<void(const yaml::Element& key, const yaml::Element& value)>& found);

  /// All findings, in the order of the file.
  Diagnostics take_diagnostics();

 private:
  struct Segment {
    std::string_view key;  // data() is null for a list's element
    std::size_t index;
  };

  std::string path(std::size_t steps) const;

  std::string file_;
  std::vector<Segment> path_;
  Diagnostics diagnostics_;
  std::size_t left_out_ = 0;
};

/// "a list", "a mapping" …: what `element` is, for messages.
std::string_view noun(const yaml::Element& element);

}  // namespace krgboot::config
