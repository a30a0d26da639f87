#include "krgboot/net/range.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "net/number.hpp"

namespace krgboot {

namespace {

using net::Number;

// The numbers from `first` to `last`, each padded to the width of the first.
struct Item {
  Number first;
  Number last;

  std::uint64_t size() const noexcept { return last.value - first.value + 1; }
  std::size_t widest() const noexcept { return std::max(first.width, last.width); }
};

// Plain text if `items` is empty, else a bracket.
struct Part {
  std::string_view text;
  std::vector<Item> items;
};

class Parser {
 public:
  Parser(std::string_view text, RangeBase base) : text_(text), base_(base) {}

  std::vector<Part> parse() const {
    if (text_.empty()) fail("it is empty");
    std::vector<Part> parts;
    for (std::size_t at = 0; at < text_.size();) {
      auto special = text_.find_first_of("[],", at);
      if (special != at) {
        parts.push_back({text_.substr(at, special - at), {}});
        if (special == std::string_view::npos) break;
      }
      if (text_[special] == ']') fail("a ']' has no '[' before it");
      if (text_[special] == ',') fail("a ',' stands outside of brackets");
      auto close = text_.find_first_of("[]", special + 1);
      if (close == std::string_view::npos) fail("a '[' is not closed");
      if (text_[close] == '[') fail("a '[' stands inside of brackets");
      parts.push_back({{}, parse_items(text_.substr(special + 1, close - special - 1))});
      at = close + 1;
    }
    return parts;
  }

 private:
  std::vector<Item> parse_items(std::string_view text) const {
    if (text.empty()) fail("a bracket is empty");
    std::vector<Item> items;
    for (auto item : split(text, ',')) {
      auto dash = item.find('-');
      auto first = parse_number(item.substr(0, dash));
      items.push_back({first, dash == std::string_view::npos ? first : parse_number(item.substr(dash + 1))});
      check(items.back(), item);
    }
    return items;
  }

  Number parse_number(std::string_view text) const {
    auto number = Number::parse(text, base_);
    if (!number)
      fail(fmt::format("{} is not a number of 1 to {} {}", in_quotes(text), net::max_number_width, digits()));
    return *number;
  }

  void check(const Item& item, std::string_view text) const {
    if ((item.first.padded || item.last.padded) && item.first.width != item.last.width) {
      throw ArgumentError(
          "range.width", std::string(text_),
          fmt::format("{} in {} pads its ends to different widths: expected, for example, [08-11]",
                      in_quotes(text), in_quotes(text_)));
    }
    if (item.last.value < item.first.value) {
      throw ArgumentError("range.descending", std::string(text_),
                          fmt::format("{} in {} counts down: expected the smaller number first",
                                      in_quotes(text), in_quotes(text_)));
    }
  }

  std::string_view digits() const noexcept {
    return base_ == RangeBase::hexadecimal ? "hex digits" : "decimal digits";
  }

  [[noreturn]] void fail(std::string_view reason) const {
    throw ArgumentError(
        "range.syntax", std::string(text_),
        fmt::format("{} is not a range: {}; expected a form such as ssi[1-4,7]", in_quotes(text_), reason));
  }

  std::string_view text_;
  RangeBase base_;
};

// Throws if the range has too many members, or members with too many characters in all. Runs before
// expansion.
void check_size(std::string_view text, const std::vector<Part>& parts) {
  std::uint64_t members = 1;
  std::uint64_t longest = 0;
  for (const auto& part : parts) {
    std::uint64_t choices = 0;
    std::size_t widest = part.text.size();
    for (const auto& item : part.items) {
      choices += std::min<std::uint64_t>(item.size(), max_range_size + 1);
      widest = std::max(widest, item.widest());
    }
    // No product here wraps around: `members` was at most a million before, and so is the other factor.
    if (!part.items.empty()) members *= std::min<std::uint64_t>(choices, max_range_size + 1);
    longest += widest;
    if (members > max_range_size) {
      throw ArgumentError(
          "range.too_many", std::string(text),
          fmt::format("{} has too many members: expected at most {}", in_quotes(text), max_range_size));
    }
  }
  if (members * longest > max_range_characters) {
    throw ArgumentError("range.too_many", std::string(text),
                        fmt::format("the members of {} are too long: expected at most {} characters in all",
                                    in_quotes(text), max_range_characters));
  }
}

std::vector<std::string> choices_of(const Part& part, RangeBase base) {
  if (part.items.empty()) return {std::string(part.text)};
  std::vector<std::string> choices;
  for (const auto& item : part.items) {
    for (auto value = item.first.value; value <= item.last.value; ++value) {
      choices.push_back(net::format_number(value, item.first.width, base));
    }
  }
  return choices;
}

}  // namespace

bool is_range(std::string_view text) noexcept {
  return text.find_first_of("[]") != std::string_view::npos;
}

std::vector<std::string> expand_range(std::string_view text, RangeBase base) {
  auto parts = Parser(text, base).parse();
  if (!is_range(text)) return {std::string(text)};
  check_size(text, parts);

  std::vector<std::vector<std::string>> wheels;
  std::size_t members = 1;
  for (const auto& part : parts) {
    wheels.push_back(choices_of(part, base));
    members *= wheels.back().size();
  }
  std::vector<std::size_t> shown(wheels.size());
  std::vector<std::string> names(members);
  for (auto& name : names) {
    for (std::size_t wheel = 0; wheel < wheels.size(); ++wheel) name += wheels[wheel][shown[wheel]];
    for (auto wheel = wheels.size(); wheel-- > 0;) {
      if (++shown[wheel] < wheels[wheel].size()) break;
      shown[wheel] = 0;
    }
  }
  return names;
}

}  // namespace krgboot
