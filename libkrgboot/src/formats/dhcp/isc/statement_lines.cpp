#include "statement_lines.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>
#include <utility>

namespace krgboot::dhcpd {

TextRange lines_of(std::string_view text, const Statement& statement) {
  auto begin = text.rfind('\n', statement.begin) + 1;  // npos + 1 is 0
  auto end = std::min(text.find('\n', statement.end), text.size() - 1) + 1;
  if (!trim(text.substr(begin, statement.begin - begin)).empty() ||
      !trim(text.substr(statement.end, end - statement.end)).empty()) {
    return {statement.begin, statement.end, false};
  }
  return {begin, end, true};
}

Tree parse_or_throw(std::string_view text) {
  auto parsing = parse(std::string(text));
  if (has_errors(parsing.diagnostics)) throw ConfigError(parsing.diagnostics);
  return std::move(parsing.tree);
}

Diagnostics check_statements(std::string text) {
  auto parsing = parse(std::move(text));
  auto findings = std::move(parsing.diagnostics);
  const auto& tree = parsing.tree;
  // Lines are indented when they are written, which would change a string that continues on the next line.
  for (const auto& token : tree.tokens()) {
    if (token.kind != TokenKind::string || tree.raw(token).find('\n') == std::string_view::npos) continue;
    findings.push_back({Severity::error,
                        "dhcpd.unterminated_string",
                        "a string goes on in the next line",
                        "write it on one line",
                        "",
                        {"", tree.position(token.begin)}});
    break;
  }
  return findings;
}

}  // namespace krgboot::dhcpd
