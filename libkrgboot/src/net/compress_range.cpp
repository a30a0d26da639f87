#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/net/range.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "net/number.hpp"

namespace krgboot {

namespace {

using net::Number;

// A name, or a range made of consecutive names.
struct Entry {
  std::string text;
  std::size_t members = 1;
  std::size_t longest = 0;  // characters of its longest member
};

// The part in which the names of one bracket differ: from `begin` up to `from_back` characters before the
// end.
struct Place {
  std::size_t begin = 0;
  std::size_t from_back = 0;

  std::string_view prefix(std::string_view text) const noexcept { return text.substr(0, begin); }
  std::string_view suffix(std::string_view text) const noexcept {
    return text.substr(text.size() - from_back);
  }
  std::string_view number(std::string_view text) const noexcept {
    return text.substr(begin, text.size() - from_back - begin);
  }
};

// The number in `text`, if format_number() would write it in the same way.
std::optional<Number> written_number(std::string_view text, RangeBase base) noexcept {
  bool written =
      std::all_of(text.begin(), text.end(), [base](char c) { return net::is_written_digit(c, base); });
  return written ? Number::parse(text, base) : std::nullopt;
}

std::size_t end_of_digits(std::string_view text, std::size_t at, RangeBase base) noexcept {
  while (at < text.size() && net::is_written_digit(text[at], base)) ++at;
  return at;
}

// The place where `a` and `b` differ, if they differ in one whole number only. The number must be left of any
// bracket: the last bracket of a range runs fastest, which keeps the order of the entries.
std::optional<Place> place_of_difference(std::string_view a, std::string_view b, RangeBase base) noexcept {
  auto begin =
      static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
  while (begin > 0 && net::is_written_digit(a[begin - 1], base)) --begin;
  auto end = end_of_digits(a, begin, base);
  Place place{begin, a.size() - end};
  if (place.suffix(a) != b.substr(end_of_digits(b, begin, base))) return std::nullopt;
  if (is_range(place.prefix(a))) return std::nullopt;
  if (!written_number(place.number(a), base) || !written_number(place.number(b), base)) return std::nullopt;
  return place;
}

// Collects entries that differ in one number.
class Fold {
 public:
  Fold(const Entry& first, RangeBase base) : first_(&first), base_(base), folded_(first) {}

  // Takes `next`, which must outlive this object. False if `next` does not fit the entries before it.
  bool take(const Entry& next) {
    auto members = folded_.members + next.members;
    auto longest = std::max(folded_.longest, next.longest);
    if (members > max_range_size || members * longest > max_range_characters) return false;
    if (place_) {
      if (!fits(next.text)) return false;
    } else {
      place_ = place_of_difference(first_->text, next.text, base_);
      if (!place_) return false;
      append(place_->number(first_->text));
    }
    append(place_->number(next.text));
    folded_.members = members;
    folded_.longest = longest;
    return true;
  }

  Entry finish() {
    if (!place_) return std::move(folded_);
    std::string items;
    for (const auto& item : items_) {
      if (!items.empty()) items += ',';
      items += item.first;
      if (item.first != item.last) items.append("-").append(item.last);
    }
    folded_.text = fmt::format("{}[{}]{}", place_->prefix(first_->text), items, place_->suffix(first_->text));
    return std::move(folded_);
  }

 private:
  struct Item {
    std::string_view first;
    std::string_view last;
  };

  // Does `text` differ from the first entry only in that number?
  bool fits(std::string_view text) const {
    return text.size() > place_->begin + place_->from_back &&
           place_->prefix(text) == place_->prefix(first_->text) &&
           place_->suffix(text) == place_->suffix(first_->text) &&
           written_number(place_->number(text), base_).has_value();
  }

  void append(std::string_view text) {
    if (!items_.empty() && follows(items_.back(), text)) {
      items_.back().last = text;
    } else {
      items_.push_back({text, text});
    }
  }

  // Is `text` the next member of the item? Its padding must be that of the first number.
  bool follows(const Item& item, std::string_view text) const {
    auto first = *Number::parse(item.first, base_);
    auto last = *Number::parse(item.last, base_);
    return net::format_number(last.value + 1, first.width, base_) == text &&
           (!first.padded || first.width == text.size());
  }

  const Entry* first_;
  RangeBase base_;
  Entry folded_;
  std::optional<Place> place_;
  std::vector<Item> items_;
};

std::vector<Entry> fold_once(const std::vector<Entry>& entries, RangeBase base) {
  std::vector<Entry> folded;
  for (auto next = entries.begin(); next != entries.end();) {
    Fold fold(*next++, base);
    while (next != entries.end() && fold.take(*next)) ++next;
    folded.push_back(fold.finish());
  }
  return folded;
}

void require_plain(const std::string& name) {
  if (!name.empty() && name.find_first_of("[],") == std::string::npos) return;
  throw ArgumentError("range.syntax", name,
                      fmt::format("{} cannot stand in a range: expected a name, and no '[', ']' or ',' in it",
                                  in_quotes(name)));
}

}  // namespace

std::vector<std::string> compress_range(const std::vector<std::string>& names, RangeBase base) {
  std::vector<Entry> entries;
  entries.reserve(names.size());
  for (const auto& name : names) {
    require_plain(name);
    entries.push_back({name, 1, name.size()});
  }
  // Each pass adds a bracket to the left of the existing ones; a pass that folds nothing is the last.
  for (std::size_t before = entries.size() + 1; entries.size() < before;) {
    before = entries.size();
    entries = fold_once(entries, base);
  }
  std::vector<std::string> ranges;
  ranges.reserve(entries.size());
  for (auto& entry : entries) ranges.push_back(std::move(entry.text));
  return ranges;
}

}  // namespace krgboot
