#include "krgboot/plan/unified_diff.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <dtl/dtl.hpp>
#include <fmt/format.h>

namespace krgboot {

namespace {

using Lines = std::vector<std::string>;

constexpr std::size_t context = 3;
// The O(ND) comparison keeps every path it walked; above this number of lines it needs too much memory.
constexpr std::size_t max_compared_lines = 20'000;
constexpr std::string_view no_newline = "\\ No newline at end of file\n";

Lines lines_of(std::string_view text) {
  Lines lines;
  for (auto line : split_lines(text)) lines.emplace_back(line);
  return lines;
}

std::string prefixed(char sign, const std::string& line) {
  auto result = sign + line;
  if (line.back() != '\n') result.append(1, '\n').append(no_newline);
  return result;
}

/// Line range of a hunk in one of the texts: "3,7", "3" for one line, "0,0" before the first line.
std::string place(std::size_t begin, std::size_t count) {
  if (count == 1) return fmt::format("{}", begin + 1);
  return fmt::format("{},{}", count == 0 ? begin : begin + 1, count);
}

struct Edited {
  char sign;  // ' ', '-' or '+'
  const std::string* line;
};

/// Edit script for the lines between the common beginning and the common end.
std::vector<Edited> script(const Lines& before, const Lines& after) {
  auto same_start = std::mismatch(before.begin(), before.end(), after.begin(), after.end());
  auto start = static_cast<std::size_t>(same_start.first - before.begin());
  std::size_t end = 0;
  while (end < std::min(before.size(), after.size()) - start &&
         before[before.size() - 1 - end] == after[after.size() - 1 - end]) {
    ++end;
  }

  std::vector<Edited> result;
  for (std::size_t i = 0; i < start; ++i) result.push_back({' ', &before[i]});

  auto old_count = before.size() - end - start;
  auto new_count = after.size() - end - start;
  if (old_count + new_count > max_compared_lines) {
    for (std::size_t i = 0; i < old_count; ++i) result.push_back({'-', &before[start + i]});
    for (std::size_t i = 0; i < new_count; ++i) result.push_back({'+', &after[start + i]});
  } else {
    auto from = [](const Lines& lines, std::size_t first, std::size_t count) {
      auto begin = lines.begin() + static_cast<std::ptrdiff_t>(first);
      return Lines(begin, begin + static_cast<std::ptrdiff_t>(count));
    };
    dtl::Diff<std::string, Lines> compared(from(before, start, old_count), from(after, start, new_count));
    compared.compose();
    for (const auto& [line, info] : compared.getSes().getSequence()) {
      // Indices count from 1, in the text that the line comes from.
      if (info.type == dtl::SES_ADD) {
        result.push_back({'+', &after[start + static_cast<std::size_t>(info.afterIdx) - 1]});
      } else {
        result.push_back({info.type == dtl::SES_DELETE ? '-' : ' ',
                          &before[start + static_cast<std::size_t>(info.beforeIdx) - 1]});
      }
    }
  }
  for (auto i = before.size() - end; i < before.size(); ++i) result.push_back({' ', &before[i]});
  return result;
}

}  // namespace

std::string unified_hunks(std::string_view before, std::string_view after) {
  if (before == after) return {};
  auto before_lines = lines_of(before);
  auto after_lines = lines_of(after);
  auto edits = script(before_lines, after_lines);

  std::string result;
  std::size_t old_line = 0;
  std::size_t new_line = 0;
  for (std::size_t i = 0; i < edits.size();) {
    if (edits[i].sign == ' ') {
      ++old_line, ++new_line, ++i;
      continue;
    }
    auto lead = std::min(context, i);
    auto first = i - lead;
    // The hunk ends where the unchanged lines outnumber two contexts.
    auto last_change = i;
    for (auto j = i; j < edits.size() && j - last_change <= 2 * context; ++j) {
      if (edits[j].sign != ' ') last_change = j;
    }
    auto stop = std::min(edits.size(), last_change + 1 + context);

    auto old_begin = old_line - lead;
    auto new_begin = new_line - lead;
    std::size_t old_count = 0;
    std::size_t new_count = 0;
    std::string body;
    for (auto j = first; j < stop; ++j) {
      old_count += edits[j].sign != '+';
      new_count += edits[j].sign != '-';
      body += prefixed(edits[j].sign, *edits[j].line);
    }
    result +=
        fmt::format("@@ -{} +{} @@\n{}", place(old_begin, old_count), place(new_begin, new_count), body);
    old_line = old_begin + old_count;
    new_line = new_begin + new_count;
    i = stop;
  }
  return result;
}

}  // namespace krgboot
