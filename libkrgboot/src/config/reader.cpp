#include "config/reader.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

namespace krgboot::config {

namespace {

constexpr std::size_t longest_shown = 80;

bool is_plain_key(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

/// The first position of each key of one mapping. A few keys are compared, many keys are hashed.
class SeenKeys {
 public:
  explicit SeenKeys(std::size_t size) : hashed_(size > few) {}

  /// The position of an earlier `key`; {0, 0} if it is new.
  Position add(const yaml::Element& key) {
    if (hashed_) {
      auto [entry, is_new] = by_text_.try_emplace(key.text(), key.at());
      return is_new ? Position{} : entry->second;
    }
    for (std::size_t i = 0; i < size_; ++i) {
      if (few_[i]->text() == key.text()) return few_[i]->at();
    }
    few_[size_++] = &key;
    return {};
  }

 private:
  static constexpr std::size_t few = 32;
  bool hashed_;
  std::array<const yaml::Element*, few> few_{};
  std::size_t size_ = 0;
  std::unordered_map<std::string_view, Position> by_text_;
};

}  // namespace

std::string shown(std::string_view text) {
  return in_quotes(text, longest_shown);
}

void Reader::error(const char* code, std::string message, std::string hint, Position at) {
  if (is_full()) {
    ++left_out_;
    return;
  }
  diagnostics_.push_back(
      {Severity::error, code, std::move(message), std::move(hint), path(), Location{file_, at}});
}

std::string Reader::path() const {
  return path(path_.size());
}

std::string Reader::parent() const {
  return path_.size() < 2 ? "at the top" : "in " + path(path_.size() - 1);
}

std::string Reader::path(std::size_t steps) const {
  std::string result;
  for (std::size_t i = 0; i < steps; ++i) {
    const auto& segment = path_[i];
    if (segment.key.data() == nullptr) {
      result += fmt::format("[{}]", segment.index);
    } else {
      if (!result.empty()) result += '.';
      result += is_plain_key(segment.key) ? std::string(segment.key) : shown(segment.key);
    }
  }
  return result;
}

void Reader::each_pair(
    const yaml::Element& mapping,
    const std::function<void(const yaml::Element& key, const yaml::Element& value)>& found) {
  auto children = mapping.children();
  SeenKeys seen(children.size() / 2);
  for (std::size_t i = 0; i + 1 < children.size(); i += 2) {
    const auto& key = children[i];
    if (key.kind() != yaml::Kind::scalar) {
      error(code::wrong_type,
            key.kind() == yaml::Kind::null ? "a key is empty"
                                           : fmt::format("a key must be a text, not {}", noun(key)),
            "", key.at());
      continue;
    }
    if (key.is_plain() && key.text() == "<<") {
      error(code::merge_key, "the merge key \"<<\" is not part of YAML 1.2", "write the keys out", key.at());
      continue;
    }
    auto first = seen.add(key);
    Step step(*this, key.text());
    if (first) {
      error(code::duplicate_key, fmt::format("the key {} stands twice {}", shown(key.text()), parent()),
            fmt::format("the first is at line {}, column {}", first.line, first.column), key.at());
      continue;
    }
    found(key, children[i + 1]);
  }
}

Diagnostics Reader::take_diagnostics() {
  auto by_position = [](const Diagnostic& a, const Diagnostic& b) {
    return a.where.position < b.where.position;
  };
  std::stable_sort(diagnostics_.begin(), diagnostics_.end(), by_position);
  if (left_out_ > 0) {
    diagnostics_.push_back({Severity::error, code::too_many_errors,
                            fmt::format("and {} more errors", left_out_), "", "",
                            Location{file_, diagnostics_.back().where.position}});
  }
  return std::exchange(diagnostics_, {});
}

std::string_view noun(const yaml::Element& element) {
  switch (element.kind()) {
    case yaml::Kind::null:
      return "nothing";
    case yaml::Kind::scalar:
      return "a single value";
    case yaml::Kind::sequence:
      return "a list";
    case yaml::Kind::mapping:
      return "a mapping";
  }
  return "";
}

}  // namespace krgboot::config
