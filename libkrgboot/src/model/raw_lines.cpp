#include "model/raw_lines.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include <fmt/format.h>

namespace krgboot::model {

namespace {

std::string item_key(const std::string& key, std::size_t i) {
  return fmt::format("{}[{}]", key, i);
}

/// A tab is white space in both languages; a newline would be a line that krgboot did not look at.
bool check_control(Report& report, const Item<std::string>& line, const std::string& key) {
  auto without_tabs = line.value;
  std::replace(without_tabs.begin(), without_tabs.end(), '\t', ' ');
  if (!has_control(without_tabs)) return true;
  report.error(line.at, key, "extra.control",
               fmt::format("the line {} holds a control character", in_quotes(line.value)),
               "write each line as an element of its own");
  return false;
}

bool is_octal(char c) noexcept {
  return c >= '0' && c <= '7';
}
bool is_hex(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// What dhcpd's own lexer (common/conflex.c) makes of lines, as far as needed to know where they end:
/// strings, comments, braces and semicolons.
class DhcpdScanner {
 public:
  enum class Fault { none, open_quote, odd_escape, brace };

  Fault scan(std::string_view line) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      char c = line[i];
      if (c == ' ' || c == '\t') continue;
      if (c == '#') return Fault::none;
      at_end_ = c == ';' || c == '}';
      if (c == '{') ++depth_;
      if (c == '}' && depth_-- == 0) return Fault::brace;
      if (c != '"') continue;
      auto [end, fault] = string_end(line, i + 1);
      if (fault != Fault::none) return fault;
      i = end;
    }
    return Fault::none;
  }

  std::size_t depth() const noexcept { return depth_; }
  /// Is the last statement ended?
  bool at_end() const noexcept { return at_end_; }

 private:
  struct StringEnd {
    std::size_t end;
    Fault fault;
  };
  // Where the string that begins at `i` ends. An escape that is cut short takes the quote after it with it.
  static StringEnd string_end(std::string_view line, std::size_t i) {
    for (; i < line.size(); ++i) {
      if (line[i] == '"') return {i, Fault::none};
      if (line[i] != '\\') continue;
      auto escape = line.substr(i + 1);
      if (escape.empty()) break;
      if (escape[0] == 'x') {
        if (escape.size() < 3 || !is_hex(escape[1]) || !is_hex(escape[2])) return {i, Fault::odd_escape};
        i += 3;
      } else if (escape[0] >= '0' && escape[0] <= '3') {
        if (escape.size() < 3 || !is_octal(escape[1]) || !is_octal(escape[2])) return {i, Fault::odd_escape};
        i += 3;
      } else {
        i += 1;
      }
    }
    return {i, Fault::open_quote};
  }

  std::size_t depth_ = 0;
  bool at_end_ = true;
};

std::string upper_word(std::string_view& line) {
  line = trim(line);
  auto end = std::min(line.find_first_of(" \t"), line.size());
  auto word = to_upper(line.substr(0, end));
  line.remove_prefix(end);
  return word;
}

// syslinux's doc/syslinux.txt: what names the thing to boot or its command line, or begins another entry.
constexpr std::array<std::string_view, 14> entry_keywords = {
    "LABEL",   "KERNEL", "LINUX",  "BOOT",   "BSS",    "PXE",     "FDIMAGE",
    "COMBOOT", "COM32",  "CONFIG", "APPEND", "INITRD", "DEFAULT", "LOCALBOOT"};

}  // namespace

void check_dhcpd_lines(Report& report, const Lines& lines, const std::string& key) {
  DhcpdScanner scanner;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto& line = lines[i];
    auto line_key = item_key(key, i);
    // After a fault there is no telling what the rest would mean.
    if (!check_control(report, line, line_key)) return;
    switch (scanner.scan(line.value)) {
      case DhcpdScanner::Fault::none:
        break;
      case DhcpdScanner::Fault::open_quote:
        report.error(line.at, line_key, "extra.quote",
                     fmt::format("the line {} leaves a quote open", in_quotes(line.value)));
        return;
      case DhcpdScanner::Fault::odd_escape:
        report.error(line.at, line_key, "extra.quote",
                     fmt::format("the line {} holds an escape that is cut short", in_quotes(line.value)),
                     "write \\xHH with two hex digits or \\OOO with three octal ones");
        return;
      case DhcpdScanner::Fault::brace:
        report.error(line.at, line_key, "extra.brace",
                     fmt::format("the line {} closes a brace that it did not open", in_quotes(line.value)));
        return;
    }
  }
  if (lines.empty()) return;
  auto last_key = item_key(key, lines.size() - 1);
  if (scanner.depth() != 0) {
    report.error(lines.back().at, last_key, "extra.brace",
                 fmt::format("{} brace{} left open at the end of {}", scanner.depth(),
                             scanner.depth() == 1 ? " is" : "s are", key));
  } else if (!scanner.at_end()) {
    report.error(
        lines.back().at, last_key, "extra.unfinished",
        fmt::format("the last statement of {} has no end, so that it would swallow the next one", key),
        "end it with ';'");
  }
}

void check_pxelinux_lines(Report& report, const Lines& lines, const std::string& key) {
  std::optional<std::size_t> text;  // where a TEXT block began
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto& line = lines[i];
    auto line_key = item_key(key, i);
    if (!check_control(report, line, line_key)) continue;
    std::string_view rest = line.value;
    auto word = upper_word(rest);
    if (text) {
      if (word == "ENDTEXT") text.reset();
      continue;
    }
    if (word == "TEXT") text = i;
    if (std::find(entry_keywords.begin(), entry_keywords.end(), word) != entry_keywords.end()) {
      report.error(line.at, line_key, "extra.keyword",
                   fmt::format("the line {} would change what the entry boots", in_quotes(line.value)),
                   fmt::format("{} is krgboot's own: use the keys of the boot entry", word));
    }
    if (word == "IPAPPEND" || word == "SYSAPPEND") {
      // Bit 0 adds ip=ADDRESS:..., which the kernel would take instead of the ip=dhcp before it. In any base
      // that strtoul(3) reads, the last digit tells.
      auto flags = trim(rest);
      constexpr std::string_view odd_digits = "13579bdfBDF";
      if (!flags.empty() && odd_digits.find(flags.back()) != std::string_view::npos) {
        report.error(line.at, line_key, "extra.ip",
                     fmt::format("the line {} adds a second ip= to the command line", in_quotes(line.value)),
                     "leave out 1 from the sum of flags");
      }
    }
  }
  if (text) {
    report.error(
        lines[*text].at, item_key(key, *text), "extra.text",
        fmt::format("the TEXT of {} has no ENDTEXT, so that it would swallow the rest of the file", key));
  }
}

}  // namespace krgboot::model
