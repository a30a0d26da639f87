// apt's sources: any text can be read, and a mirror of Debian found in it is safe in an image and on a
// command line.
#include "krgboot/base/text.hpp"
#include "krgboot/image/apt_mirrors.hpp"

#include <string>

#include "fuzz.hpp"

using namespace krgboot;
using fuzz::require;

namespace {

void check_words(const std::vector<std::string>& words) {
  for (const auto& word : words)
    require(!word.empty() && word.find_first_of(" \t\r\n\v\f") == std::string::npos, "a word has no blanks");
}

void check_mirror(const std::optional<std::string>& mirror) {
  if (!mirror) return;
  require(!has_control(*mirror) && mirror->find(' ') == std::string::npos, "a mirror is one word");
  require(mirror->rfind("http://", 0) == 0 || mirror->rfind("https://", 0) == 0 ||
              mirror->rfind("file:/", 0) == 0,
          "a mirror has a scheme that is known");
  require(mirror->back() != '/' || *mirror == "file:/", "no slash at the end");
  auto host = mirror->substr(mirror->find('/'));
  if (host.rfind("//", 0) == 0) host.erase(0, 2);
  require(host.substr(0, host.find('/')).find('@') == std::string::npos, "no password is passed on");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  auto one_line = parse_one_line_sources(text);
  require(one_line.size() <= split_lines(text).size(), "one source a line at most");
  auto deb822 = parse_deb822_sources(text);
  for (const auto* sources : {&one_line, &deb822}) {
    for (const auto& source : *sources) {
      check_words({source.suites.begin(), source.suites.end()});
      check_words(source.components);
      require(source.uri.empty() || source.uri.back() != '/', "a URI without a slash at its end");
    }
    auto mirrors = debian_mirrors(*sources);
    check_mirror(mirrors.main);
    check_mirror(mirrors.security);
  }
  for (const auto& source : one_line) {
    std::string line = "deb " + source.uri;
    for (const auto& suite : source.suites) line += ' ' + suite;
    for (const auto& component : source.components) line += ' ' + component;
    if (source.uri.empty() || source.uri.front() == '[') continue;  // would be taken for options
    auto again = parse_one_line_sources(line);
    require(again.size() == 1 && again[0] == source, "a source reads back as the same");
  }
  return 0;
}
