#include "interfaces.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fnmatch.h>
#include <net/if.h>

namespace krgboot {

namespace {

/// Words by line. A line that ends in `\` is joined with the next; a comment must begin its line.
std::vector<std::vector<std::string>> lines_of(std::string_view text) {
  std::vector<std::vector<std::string>> lines;
  std::string line;
  for (auto raw : split_lines(text)) {
    auto part = trim(raw);
    if (line.empty() && !part.empty() && part.front() == '#') continue;
    line += part;
    if (line.ends_with('\\')) {
      line.back() = ' ';
      continue;
    }
    if (auto words = split_words(line, " \t"); !words.empty()) lines.emplace_back(words.begin(), words.end());
    line.clear();
  }
  return lines;
}

// More cards than any machine has, and ifupdown's own limit for a word: the rest of a hostile file is
// ignored.
constexpr std::size_t most_names = 300;
constexpr std::size_t longest_word = 79;

void append(std::vector<std::string>& list, const std::string& word) {
  if (list.size() < most_names && word.size() <= longest_word) list.push_back(word);
}

/// A stanza may have any name, a card only one that the kernel accepts.
bool is_name_of_card(std::string_view name) {
  return !name.empty() && name.size() < IFNAMSIZ;
}

/// Does a pattern match a card? "/en*" and "/en*/1" are name patterns. "mac/52:54:*" depends on facts that
/// are not in the image, so it may match any card; with "=lan" appended, the card uses the stanza "lan" and
/// none of its own name.
bool is_of(const std::string& pattern, const std::string& name) {
  if (!is_name_of_card(name)) return false;
  auto slash = pattern.find('/');
  if (slash == std::string::npos) return pattern == name;
  if (slash != 0) return pattern.find('=') == std::string::npos;
  auto end = pattern.find('/', 1);
  auto glob = pattern.substr(1, end == std::string::npos ? end : end - 1);
  return fnmatch(glob.c_str(), name.c_str(), 0) == 0;
}

bool has(const std::vector<std::string>& patterns, const std::string& name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const auto& pattern) { return is_of(pattern, name); });
}

}  // namespace

std::vector<Interfaces::Source> Interfaces::add(std::string_view text) {
  std::vector<Source> sources;
  for (const auto& words : lines_of(text)) {
    const auto& keyword = words.front();
    if (keyword == "auto" || keyword.starts_with("allow-")) {
      for (std::size_t i = 1; i < words.size(); ++i) append(brought_up_, words[i]);
    }
    if (keyword == "iface" && words.size() >= 4 && words[2] == "inet" && words[3] != "manual" &&
        words[3] != "loopback")
      append(stanzas_, words[1]);
    auto is_directory = keyword.starts_with("source-dir");  // ifupdown compares only this prefix
    if (!is_directory && keyword != "source") continue;
    for (std::size_t i = 1; i < words.size(); ++i) sources.push_back({words[i], is_directory});
    if (is_directory && words.size() == 1) sources.push_back({".", true});
  }
  return sources;
}

std::vector<std::string> Interfaces::configured() const {
  std::set<std::string> names;
  for (const auto& name : stanzas_) {
    if (has(brought_up_, name)) names.insert(name);
  }
  // "/en*=lan" brings up the matching cards by the stanza "lan".
  for (const auto& pattern : brought_up_) {
    auto equals = pattern.find('=');
    if (equals == std::string::npos) continue;
    auto cards = pattern.substr(0, equals);
    if (cards.find('/') == std::string::npos && !is_name_of_card(cards)) continue;
    auto stanza = pattern.substr(equals + 1);
    if (std::find(stanzas_.begin(), stanzas_.end(), stanza) != stanzas_.end()) names.insert(std::move(cards));
  }
  return {names.begin(), names.end()};
}

}  // namespace krgboot
