#include "krgboot/formats/dhcp/isc/hosts.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/dhcp/isc/syntax.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "statement_lines.hpp"

namespace krgboot::dhcpd {

namespace {

void require_statements(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) {
    auto without_tabs = line;
    std::replace(without_tabs.begin(), without_tabs.end(), '\t', ' ');
    if (has_control(without_tabs))
      throw ArgumentError("extra.control", line,
                          fmt::format("the line {} holds a control character", in_quotes(line)));
    text += line + '\n';
  }
  auto findings = check_statements(std::move(text));
  if (has_errors(findings)) throw ConfigError(findings);
}

bool is_host(const Tree& tree, std::uint32_t statement) {
  return tree.statements()[statement].block && tree.head(statement).size() == 2 &&
         tree.is(statement, 0, "host");
}

std::string name_of(const Tree& tree, std::uint32_t statement) {
  return tree.value(tree.head(statement)[1]);
}

/// The lines of the first declaration of this name.
std::optional<TextRange> find_host(const Tree& tree, std::string_view text, const HostName& name) {
  for (auto statement : tree.top_level()) {
    if (is_host(tree, statement) && HostName::parse(name_of(tree, statement)) == name)
      return lines_of(text, tree.statements()[statement]);
  }
  return std::nullopt;
}

std::string replaced(std::string_view text, TextRange range, std::string_view by) {
  return fmt::format("{}{}{}", text.substr(0, range.begin), by, text.substr(range.end));
}

}  // namespace

std::string render(const DhcpHost& host) {
  require_statements(host.extra);
  auto text =
      fmt::format("host {} {{\n  hardware ethernet {};\n", host.name.to_string(), host.mac.to_string());
  if (host.address) text += fmt::format("  fixed-address {};\n", host.address->to_string());
  text += fmt::format("  option host-name {};\n", quote(host.name.to_string()));
  if (host.next_server) text += fmt::format("  next-server {};\n", host.next_server->to_string());
  if (!host.filename.empty()) text += fmt::format("  filename {};\n", quote(host.filename));
  if (!host.root_path.empty()) text += fmt::format("  option root-path {};\n", quote(host.root_path));
  for (const auto& line : host.extra) text += fmt::format("  {}\n", line);
  return text + "}\n";
}

std::vector<std::string> host_names(std::string_view text) {
  auto tree = parse_or_throw(text);
  std::vector<std::string> names;
  for (auto statement : tree.top_level()) {
    if (is_host(tree, statement)) names.push_back(name_of(tree, statement));
  }
  return names;
}

std::string with_host(std::string_view text, const DhcpHost& host) {
  auto tree = parse_or_throw(text);
  auto declaration = render(host);
  if (auto range = find_host(tree, text, host.name)) {
    return replaced(text, *range, range->whole_lines ? declaration : trim(declaration));
  }
  auto ends_line = text.empty() || text.back() == '\n';
  return fmt::format("{}{}{}", text, ends_line ? "" : "\n", declaration);
}

std::string without_host(std::string_view text, const HostName& name) {
  auto tree = parse_or_throw(text);
  auto range = find_host(tree, text, name);
  return range ? replaced(text, *range, "") : std::string(text);
}

}  // namespace krgboot::dhcpd
