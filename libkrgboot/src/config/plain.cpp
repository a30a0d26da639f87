#include "config/plain.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>

namespace krgboot::yaml {

namespace {

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// Reads a number from left to right.
class Scan {
 public:
  explicit Scan(std::string_view text) noexcept : rest_(text) {}

  bool at_end() const noexcept { return rest_.empty(); }
  bool next_is(char c) const noexcept { return !rest_.empty() && rest_.front() == c; }
  bool take(char c) noexcept {
    if (!next_is(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void take_sign() noexcept {
    if (!take('-')) take('+');
  }
  /// Number of leading characters taken for which `belongs` is true; "_" is allowed between them, as in YAML
  /// 1.1.
  template <class Belongs>
  std::size_t take_while(Belongs belongs) noexcept {
    auto end = std::find_if_not(rest_.begin(), rest_.end(), [&](char c) { return belongs(c) || c == '_'; });
    auto length = static_cast<std::size_t>(end - rest_.begin());
    if (length > 0 && rest_.front() == '_') return 0;
    rest_.remove_prefix(length);
    return length;
  }
  std::size_t take_digits() noexcept { return take_while(is_digit); }

 private:
  std::string_view rest_;
};

bool is_integer(std::string_view text) noexcept {
  Scan scan(text);
  scan.take_sign();
  if (scan.take('0')) {
    if (scan.take('x')) {
      return scan.take_while([](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      }) > 0 &&
             scan.at_end();
    }
    if (scan.take('b')) {
      return scan.take_while([](char c) { return c == '0' || c == '1'; }) > 0 && scan.at_end();
    }
    if (scan.take('o')) {
      return scan.take_while([](char c) { return c >= '0' && c <= '7'; }) > 0 && scan.at_end();
    }
    scan.take('_');
    scan.take_digits();
    return scan.at_end();
  }
  return scan.take_digits() > 0 && scan.at_end();
}

bool is_number(std::string_view text) noexcept {
  Scan scan(text);
  scan.take_sign();
  auto digits = scan.take_digits();
  if (scan.take('.')) {
    if (digits == 0) {
      Scan word = scan;
      for (std::string_view special : {"inf", "Inf", "INF", "nan", "NaN", "NAN"}) {
        Scan letters = word;
        if (std::all_of(special.begin(), special.end(), [&](char c) { return letters.take(c); }) &&
            letters.at_end()) {
          return true;
        }
      }
    }
    digits += scan.take_digits();
  }
  if (digits == 0) return false;
  if (scan.take('e') || scan.take('E')) {
    scan.take_sign();
    if (scan.take_digits() == 0) return false;
  }
  return scan.at_end();
}

// 190:20:30 and 190:20:30.15 are base-60 numbers in YAML 1.1.
bool is_sexagesimal(std::string_view text) noexcept {
  Scan scan(text);
  scan.take_sign();
  if (scan.take_digits() == 0 || !scan.next_is(':')) return false;
  while (scan.take(':')) {
    auto digits = scan.take_digits();
    if (digits == 0 || digits > 2) return false;
  }
  if (scan.take('.')) scan.take_digits();
  return scan.at_end();
}

// 2001-12-14, optionally followed by a time.
bool is_date(std::string_view text) noexcept {
  Scan scan(text);
  auto year = scan.take_digits();
  if (year != 4 || !scan.take('-')) return false;
  auto month = scan.take_digits();
  if (month == 0 || month > 2 || !scan.take('-')) return false;
  auto day = scan.take_digits();
  if (day == 0 || day > 2) return false;
  return scan.at_end() || scan.next_is('T') || scan.next_is('t') || scan.next_is(' ');
}

}  // namespace

std::optional<bool> any_boolean(std::string_view plain) noexcept {
  constexpr std::array<std::string_view, 11> yes = {"true", "True", "TRUE", "yes", "Yes", "YES",
                                                    "on",   "On",   "ON",   "y",   "Y"};
  constexpr std::array<std::string_view, 11> no = {"false", "False", "FALSE", "no", "No", "NO",
                                                   "off",   "Off",   "OFF",   "n",  "N"};
  if (std::find(yes.begin(), yes.end(), plain) != yes.end()) return true;
  if (std::find(no.begin(), no.end(), plain) != no.end()) return false;
  return std::nullopt;
}

std::optional<Looks> looks_like(std::string_view plain) noexcept {
  if (plain.empty() || plain == "~" || plain == "null" || plain == "Null" || plain == "NULL") {
    return Looks::null;
  }
  auto first = plain.front();
  if (is_digit(first) || first == '-' || first == '+' || first == '.') {
    if (is_integer(plain)) return Looks::integer;
    if (is_number(plain)) return Looks::number;
    if (is_sexagesimal(plain)) return Looks::sexagesimal;
    if (is_date(plain)) return Looks::date;
    return std::nullopt;
  }
  if (plain.size() <= 5 && any_boolean(plain)) return Looks::boolean;
  return std::nullopt;
}

std::string_view noun(Looks looks) noexcept {
  switch (looks) {
    case Looks::null:
      return "an empty value";
    case Looks::boolean:
      return "a boolean";
    case Looks::integer:
    case Looks::number:
      return "a number";
    case Looks::sexagesimal:
      return "a number to base 60";
    case Looks::date:
      return "a date";
  }
  return "";
}

}  // namespace krgboot::yaml
