// dhcpd.conf(5): its syntax, and the line that krgboot adds. The input has the path of an include on its
// first line, then the file.
#include "krgboot/base/error.hpp"
#include "krgboot/formats/dhcp/isc/edit.hpp"
#include "krgboot/formats/dhcp/isc/syntax.hpp"

#include <string>

#include "fuzz.hpp"

using namespace krgboot;
using namespace krgboot::dhcpd;
using fuzz::require;

namespace {

void tree(std::string_view text) {
  auto [tree, diagnostics] = parse(std::string(text), "dhcpd.conf");
  require(tree.text() == text, "the text is kept to the byte");
  std::size_t end = 0;
  for (const auto& token : tree.tokens()) {
    require(token.begin >= end && token.length > 0, "tokens lie in order and do not overlap");
    end = token.begin + std::size_t{token.length};
    require(end <= text.size(), "tokens lie in the text");
    (void)tree.value(token);
  }
  const auto& statements = tree.statements();
  std::size_t seen = 0;
  for (std::uint32_t i = 0; i < statements.size(); ++i) {
    const auto& statement = statements[i];
    require(statement.begin < statement.end && statement.end <= text.size(), "statements lie in the text");
    require(statement.after > i && statement.after <= statements.size(), "the next one lies behind");
    require(statement.first_token + std::size_t{statement.token_count} <= tree.tokens().size(),
            "a head is made of tokens");
    require(statement.block || tree.children(i).empty(), "only blocks have something inside");
    for (auto child : tree.children(i)) {
      require(statements[child].begin >= statement.begin && statements[child].end <= statement.end,
              "what is inside lies inside");
    }
    seen += tree.children(i).size();
    (void)tree.head_text(i);
    auto where = tree.where(i).position;
    require(where.line >= 1 && where.column >= 1, "a statement has a place");
  }
  require(seen + tree.top_level().size() == statements.size(), "every statement stands in one place");
}

void quoted_round_trip(std::string_view value) {
  auto text = fuzz::unless<ArgumentError>([&] { return quote(value); });
  if (!text) {
    require(value.size() > longest_token || value.find('\0') != std::string_view::npos,
            "only a NUL and too much cannot be quoted");
    return;
  }
  auto parsing = parse("option root-path " + *text + ";\n");
  require(parsing.diagnostics.empty() && parsing.tree.statements().size() == 1,
          "a quoted string is one token");
  auto head = parsing.tree.head(0);
  require(head.size() == 3 && parsing.tree.value(head[2]) == value, "and it means what was quoted");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  auto path = fuzz::take_line(text);
  tree(text);
  quoted_round_trip(path);
  try {
    auto had = has_include(text, path);
    require(!has_errors(parse(std::string(text)).diagnostics), "a text with errors is refused");
    auto removed = remove_include(text, path);
    require(!has_include(removed, path), "a removed include is gone");
    require(remove_include(removed, path) == removed, "and a second time changes nothing");
    auto added = add_include(text, path);
    require(has_include(added, path), "an added include is there");
    require(add_include(added, path) == added, "and a second time changes nothing");
    if (had) return 0;
    require(removed == text, "nothing is removed where nothing is");
    require(added.substr(0, text.size()) == text, "every byte stays where an include is added");
    auto without = remove_include(added, path);
    auto rest = std::string_view(without).substr(text.size());
    require(without.substr(0, text.size()) == text && (rest.empty() || rest == "\n" || rest == "\r\n"),
            "and where it is removed again");
  } catch (const ArgumentError& error) {
    require(error.code() == "dhcpd.string_too_long" || error.code() == "dhcpd.string_nul", "as quote");
  } catch (const ConfigError&) {
    require(has_errors(parse(std::string(text)).diagnostics), "only a text with errors is refused");
  }
  return 0;
}
