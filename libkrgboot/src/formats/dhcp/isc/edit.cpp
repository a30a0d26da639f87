#include "krgboot/formats/dhcp/isc/edit.hpp"

#include "krgboot/base/text.hpp"
#include "krgboot/formats/dhcp/isc/syntax.hpp"

#include <cstdint>
#include <vector>

#include "statement_lines.hpp"

namespace krgboot::dhcpd {

namespace {

constexpr std::string_view comment = "# The next line is krgboot's: the declarations of its cluster.";

struct Includes {
  Tree tree;
  std::vector<std::uint32_t> found;  // statements, in the order of the file
};

Includes find_includes(std::string_view text, std::string_view path) {
  Includes includes{parse_or_throw(text), {}};
  const auto& tree = includes.tree;
  for (std::uint32_t i = 0; i < tree.statements().size(); ++i) {
    auto head = tree.head(i);
    if (!tree.statements()[i].block && head.size() == 2 && tree.is(i, 0, "include") &&
        head[1].kind == TokenKind::string && tree.value(head[1]) == path) {
      includes.found.push_back(i);
    }
  }
  return includes;
}

std::string_view line_end(std::string_view text) {
  auto newline = text.find('\n');
  return newline != std::string_view::npos && newline > 0 && text[newline - 1] == '\r' ? "\r\n" : "\n";
}

/// The lines of the statement, and krgboot's comment if it is the line above.
TextRange removal(std::string_view text, const Statement& statement) {
  auto range = lines_of(text, statement);
  if (range.whole_lines && range.begin > 0) {
    auto above = text.substr(0, range.begin - 1).rfind('\n') + 1;
    if (trim(text.substr(above, range.begin - above)) == comment) range.begin = above;
  }
  return range;
}

std::string without(std::string_view text, const Tree& tree, const std::vector<std::uint32_t>& statements) {
  std::string result;
  std::size_t kept = 0;
  for (auto i : statements) {
    auto range = removal(text, tree.statements()[i]);
    result += text.substr(kept, range.begin - kept);
    kept = range.end;
  }
  result += text.substr(kept);
  return result;
}

}  // namespace

bool has_include(std::string_view text, std::string_view path) {
  return !find_includes(text, path).found.empty();
}

std::string add_include(std::string_view text, std::string_view path) {
  auto statement = "include " + quote(path) + ";";
  auto includes = find_includes(text, path);
  if (!includes.found.empty()) {
    includes.found.erase(includes.found.begin());
    return without(text, includes.tree, includes.found);
  }
  auto newline = line_end(text);
  std::string result(text);
  if (!result.empty() && result.back() != '\n') result += newline;
  for (auto line : {comment, std::string_view(statement)}) {
    result += line;
    result += newline;
  }
  return result;
}

std::string remove_include(std::string_view text, std::string_view path) {
  auto includes = find_includes(text, path);
  return without(text, includes.tree, includes.found);
}

}  // namespace krgboot::dhcpd
