// Hunks of a diff. The input has the old text, a line "--", and the new text. Applying the hunks must give
// the new text.
#include "krgboot/base/text.hpp"
#include "krgboot/plan/unified_diff.hpp"

#include <charconv>
#include <string>
#include <vector>

#include "fuzz.hpp"

using namespace krgboot;
using fuzz::require;

namespace {

constexpr std::string_view no_newline = "\\ No newline at end of file\n";

struct Place {
  std::size_t first = 0;  // line number from 1; for an empty range the line before it
  std::size_t count = 1;
};

Place take_place(std::string_view& text, char sign) {
  require(!text.empty() && text.front() == sign, "a hunk's head names both places");
  text.remove_prefix(1);
  auto number = [&] {
    std::size_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    require(error == std::errc(), "places are numbers");
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
  };
  Place place;
  place.first = number();
  if (!text.empty() && text.front() == ',') {
    text.remove_prefix(1);
    place.count = number();
  }
  return place;
}

/// Applies hunks without any fuzz factor.
std::string patched(std::string_view before, std::string_view hunks) {
  auto old_lines = split_lines(before);
  auto lines = split_lines(hunks);
  std::string result;
  std::size_t old_line = 0;
  std::size_t new_line = 0;
  auto copy_until = [&](std::size_t end) {
    require(end >= old_line && end <= old_lines.size(), "hunks go forward and stay in the text");
    for (; old_line < end; ++old_line, ++new_line) result += old_lines[old_line];
  };
  for (std::size_t i = 0; i < lines.size();) {
    auto head = lines[i++];
    require(head.substr(0, 3) == "@@ ", "a hunk begins with its places");
    head.remove_prefix(3);
    auto from = take_place(head, '-');
    require(!head.empty() && head.front() == ' ', "a blank between the places");
    head.remove_prefix(1);
    auto to = take_place(head, '+');
    require(head == " @@\n", "a hunk's head ends");
    copy_until(from.count == 0 ? from.first : from.first - 1);
    require(new_line == (to.count == 0 ? to.first : to.first - 1), "the new place is where the hunk stands");
    auto old_end = old_line + from.count;
    auto new_end = new_line + to.count;
    while (old_line < old_end || new_line < new_end) {
      require(i < lines.size(), "a hunk has as many lines as it says");
      auto sign = lines[i].front();
      std::string line(lines[i].substr(1));
      ++i;
      if (i < lines.size() && lines[i] == no_newline) {
        require(!line.empty() && line.back() == '\n', "the marker follows a line");
        line.pop_back();
        ++i;
      }
      require(sign == ' ' || sign == '-' || sign == '+', "lines of a hunk have a sign");
      if (sign != '+') {
        require(old_line < old_lines.size() && old_lines[old_line] == line,
                "old lines are those of the text");
        ++old_line;
      }
      if (sign != '-') {
        result += line;
        ++new_line;
      }
    }
    require(old_line == old_end && new_line == new_end, "a hunk ends where it says");
  }
  copy_until(old_lines.size());
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  auto cut = text.find("--\n");
  auto before = text.substr(0, cut);
  auto after = cut == std::string_view::npos ? std::string_view() : text.substr(cut + 3);
  auto hunks = unified_hunks(before, after);
  require(hunks.empty() == (before == after), "equal texts have no hunks, others have");
  require(patched(before, hunks) == after, "the hunks make the old text the new one");
  return 0;
}
