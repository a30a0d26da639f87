#include "krgboot/image/apt_mirrors.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "system/path.hpp"

namespace krgboot {

namespace {

std::string without_slash(std::string_view uri) {
  while (!uri.empty() && uri.back() == '/') uri.remove_suffix(1);
  return std::string(uri);
}

/// deb822(5): field names are case-insensitive; a line that begins with a blank continues the field above.
using SourceStanza = std::map<std::string, std::string>;

std::vector<SourceStanza> stanzas_of(std::string_view text) {
  std::vector<SourceStanza> stanzas(1);
  std::string field;
  for (auto line : split_lines(text)) {
    auto content = trim(line);
    if (!line.empty() && line.front() == '#') continue;
    if (content.empty()) {
      if (!stanzas.back().empty()) stanzas.emplace_back();
      field.clear();
    } else if (line.front() == ' ' || line.front() == '\t') {
      if (!field.empty()) stanzas.back()[field] += '\n' + std::string(content);
    } else if (auto colon = line.find(':'); colon != std::string_view::npos) {
      field = to_lower(trim(line.substr(0, colon)));
      stanzas.back()[field] = std::string(trim(line.substr(colon + 1)));
    }
  }
  return stanzas;
}

/// "bookworm-updates" -> "bookworm", "buster/updates" -> "buster".
std::string_view distribution_of(std::string_view suite) {
  return suite.substr(0, suite.find_first_of("-/"));
}

bool is_of_debian(std::string_view suite) {
  constexpr std::array<std::string_view, 24> names{
      "stable",   "oldstable", "oldoldstable", "testing", "unstable", "experimental",    "sid",    "sarge",
      "etch",     "lenny",     "squeeze",      "wheezy",  "jessie",   "stretch",         "buster", "bullseye",
      "bookworm", "trixie",    "forky",        "duke",    "rc-buggy", "oldoldoldstable", "potato", "woody"};
  return std::find(names.begin(), names.end(), distribution_of(suite)) != names.end();
}

bool is_security(std::string_view suite) {
  return suite.ends_with("-security") || suite.ends_with("/updates");
}

bool is_usable(const std::string& uri) {
  constexpr std::array<std::string_view, 3> schemes{"http://", "https://", "file:/"};
  auto scheme = std::find_if(schemes.begin(), schemes.end(),
                             [&](auto known) { return uri.substr(0, known.size()) == known; });
  if (scheme == schemes.end() || has_control(uri)) return false;
  auto rest = std::string_view(uri).substr(scheme->size());
  return rest.substr(0, rest.find('/')).find('@') == std::string_view::npos;
}

std::vector<AptSource> sources_in(const Root& root, const std::string& path, bool is_deb822) {
  try {
    auto file = root.read_through_links(path);
    if (!file) return {};
    return is_deb822 ? parse_deb822_sources(file->bytes) : parse_one_line_sources(file->bytes);
  } catch (const IoError&) {
    return {};  // not readable for this user; apt itself has reported it
  }
}

}  // namespace

std::vector<AptSource> parse_one_line_sources(std::string_view text) {
  std::vector<AptSource> sources;
  for (auto line : split_lines(text)) {
    auto content = std::string(line.substr(0, line.find('#')));
    // Options may contain blanks: "[ arch=amd64 signed-by=/usr/share/keyrings/x.gpg ]".
    auto begin = content.find('[');
    auto words_before = split_words(std::string_view(content).substr(0, begin));
    if (begin != std::string::npos && words_before.size() == 1) {
      auto end = content.find(']', begin);
      if (end == std::string::npos) continue;
      content.replace(begin, end - begin + 1, " ");
    }
    auto words = split_words(content);
    if (words.size() < 3 || words[0] != "deb") continue;
    sources.push_back({without_slash(words[1]), {std::string(words[2])}, {words.begin() + 3, words.end()}});
  }
  return sources;
}

std::vector<AptSource> parse_deb822_sources(std::string_view text) {
  std::vector<AptSource> sources;
  for (auto& stanza : stanzas_of(text)) {
    auto types = split_words(stanza["types"]);
    if (std::find(types.begin(), types.end(), "deb") == types.end()) continue;
    auto enabled = to_lower(stanza["enabled"]);
    if (enabled == "no" || enabled == "false" || enabled == "0" || enabled == "off") continue;
    auto suites = split_words(stanza["suites"]);
    auto components = split_words(stanza["components"]);
    for (auto uri : split_words(stanza["uris"])) {
      sources.push_back(
          {without_slash(uri), {suites.begin(), suites.end()}, {components.begin(), components.end()}});
    }
  }
  return sources;
}

std::vector<AptSource> read_apt_sources(const Root& root) {
  auto sources = sources_in(root, "/etc/apt/sources.list", false);
  const std::string directory = "/etc/apt/sources.list.d";
  auto names = root.list_directory(directory);
  if (!names) return sources;
  for (const auto& name : *names) {
    bool is_deb822 = name.ends_with(".sources");
    if (!is_deb822 && !name.ends_with(".list")) continue;
    auto more = sources_in(root, joined_path(directory, name), is_deb822);
    sources.insert(sources.end(), more.begin(), more.end());
  }
  return sources;
}

bool is_on_loopback(std::string_view uri) {
  auto start = uri.find("://");
  if (start == std::string_view::npos) return false;
  auto host = uri.substr(start + 3);
  host = host.substr(0, host.find('/'));
  if (auto at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  if (host.substr(0, 1) == "[") return host.substr(0, host.find(']')) == "[::1";
  host = host.substr(0, host.find(':'));
  return to_lower(host) == "localhost" || host.substr(0, 4) == "127.";
}

DebianMirrors debian_mirrors(const std::vector<AptSource>& sources) {
  DebianMirrors mirrors;
  for (const auto& source : sources) {
    if (!is_usable(source.uri)) continue;
    for (const auto& suite : source.suites) {
      if (!is_of_debian(suite)) continue;
      auto& mirror = is_security(suite) ? mirrors.security : mirrors.main;
      if (!mirror) mirror = source.uri;
    }
  }
  return mirrors;
}

DebianMirrors default_mirrors(const Root& root, ReleaseName name) {
  if (release(name).archived) return {};
  return debian_mirrors(read_apt_sources(root));
}

}  // namespace krgboot
