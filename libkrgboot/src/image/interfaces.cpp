#include "interfaces.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fnmatch.h>

namespace krgboot {

namespace {

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  for (char c : line) {
    if (c != ' ' && c != '\t') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

/// Lines, those that end in `\` joined with the next; comments only where a line begins with one.
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
    if (auto words = words_of(std::exchange(line, {})); !words.empty()) lines.push_back(std::move(words));
  }
  return lines;
}

// More cards than any machine has: the rest of a hostile file is not looked at.
constexpr std::size_t most_names = 1000;

void append_rest(std::vector<std::string>& list, const std::vector<std::string>& words) {
  for (std::size_t i = 1; i < words.size() && list.size() < most_names; ++i) list.push_back(words[i]);
}

/// "/en*" and "/en*/1" are patterns.
bool is_of(const std::string& pattern, const std::string& name) {
  if (pattern.front() != '/') return pattern == name;
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
    if (keyword == "auto" || keyword.starts_with("allow-")) append_rest(brought_up_, words);
    if (keyword == "iface" && words.size() >= 4 && words[2] == "inet" && words[3] != "manual" &&
        words[3] != "loopback" && stanzas_.size() < most_names)
      stanzas_.push_back(words[1]);
    auto is_directory = keyword == "source-directory";
    if (!is_directory && keyword != "source") continue;
    for (std::size_t i = 1; i < words.size(); ++i) sources.push_back({words[i], is_directory});
  }
  return sources;
}

std::vector<std::string> Interfaces::configured() const {
  std::set<std::string> names;
  for (const auto& name : stanzas_) {
    if (has(brought_up_, name)) names.insert(name);
  }
  // "/en*=lan" brings up cards by the stanza of another name.
  for (const auto& pattern : brought_up_) {
    auto equals = pattern.find('=');
    if (equals == std::string::npos) continue;
    auto stanza = pattern.substr(equals + 1);
    if (std::find(stanzas_.begin(), stanzas_.end(), stanza) != stanzas_.end())
      names.insert(pattern.substr(0, equals));
  }
  return {names.begin(), names.end()};
}

}  // namespace krgboot
