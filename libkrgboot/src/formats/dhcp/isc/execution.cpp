#include "execution.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cursor.hpp"
#include "quoted.hpp"

namespace krgboot::dhcpd {

namespace {

/// The key of an option in Answer::settings. The options of the server itself ("server.filename") are its
/// parameters.
std::string option_key(std::string name) {
  name = to_lower(name);
  if (name.starts_with("server.")) return name.substr(7);
  if (name.starts_with("dhcp.")) name.erase(0, 5);
  return "option " + name;
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (char c : bytes) {
    text += fmt::format("{}{:02x}", text.empty() ? "" : ":", static_cast<unsigned char>(c));
  }
  return text;
}

std::string addresses(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0) text += i % 4 == 0 ? ", " : ".";
    text += fmt::format("{}", static_cast<unsigned char>(bytes[i]));
  }
  return text;
}

std::string data_text(const std::string& name, const std::string& data) {
  if (holds_addresses(name) && !data.empty() && data.size() % 4 == 0) return addresses(data);
  return is_utf8(data) && !has_control(data) ? data : hex(data);
}

}  // namespace

Execution::Execution(const Declarations& declarations, EvaluationContext& context)
    : declarations_(declarations), context_(context) {
  // Only plain strings: an expression could refer to itself.
  context_.config_option = [this](const std::string& option) {
    auto found = parts_.find(option_key(option));
    if (found == parts_.end()) return Value::null();
    std::string data;
    for (const auto& part : found->second) {
      if (!is_string(part)) return Value{};
      data += value_of(part).data;
    }
    return Value::of_data(data);
  };
}

bool Execution::is_string(const Part& part) {
  return !part.expression && part.tokens.size() == 1 && part.tokens.front().kind == TokenKind::string;
}

bool Execution::encloses(Index scope, Index inner) const {
  for (std::optional<Index> at = inner; at; at = declarations_.scopes[*at].outer) {
    if (*at == scope) return true;
  }
  return false;
}

void Execution::run(Index scope, std::optional<Index> limit) {
  std::vector<Index> chain;
  for (std::optional<Index> at = scope; at && !(limit && encloses(*at, *limit));
       at = declarations_.scopes[*at].outer) {
    chain.push_back(*at);
  }
  std::reverse(chain.begin(), chain.end());
  for (auto at : chain) statements(declarations_.scopes[at].statements, at);
}

void Execution::statements(const std::vector<StatementRef>& list, Index scope) {
  for (auto ref : list) statement(ref, scope);
}

void Execution::statement(StatementRef ref, Index scope) {
  static const std::vector<std::string_view> without_effect = {
      "set", "unset", "define", "eval", "log", "on", "execute", "parse-vendor-option"};
  static const std::vector<std::string_view> with_effect = {"switch", "add", "break", "return"};
  const auto& tree = declarations_.tree(ref);
  auto one_of = [&](const std::vector<std::string_view>& words) {
    return std::any_of(words.begin(), words.end(),
                       [&](auto word) { return tree.is(ref.statement, 0, word); });
  };
  if (one_of({"if", "elsif", "else"})) return branch(ref, scope);
  if (one_of(without_effect)) return;
  if (one_of(with_effect) || tree.statements()[ref.statement].block) {
    return not_followed(ref, "dhcpd.not_followed", "{} is not followed here");
  }
  if (one_of({"allow", "deny", "ignore"})) return permission(ref, scope);
  parameter(ref, scope);
}

void Execution::branch(StatementRef ref, Index scope) {
  const auto& tree = declarations_.tree(ref);
  Cursor cursor(tree, tree.head(ref.statement));
  bool continues = cursor.take_keyword("else");
  continues = cursor.take_keyword("elsif") || continues;
  bool conditional = tree.is(ref.statement, 0, "elsif") || cursor.take_keyword("if");
  if (continues && !else_applies_) return;
  else_applies_ = false;
  if (conditional) {
    auto condition = evaluate(context_, tree, cursor.rest());
    if (condition.is(ValueKind::undecidable)) {
      return not_followed(
          ref, "dhcpd.undecided",
          "only the running dhcpd can tell whether {} holds; its block and its else are left out here");
    }
    if (!condition.is_true()) {
      else_applies_ = true;
      return;
    }
  }
  std::vector<StatementRef> inside;
  for (auto child : tree.children(ref.statement)) inside.push_back({ref.tree, child});
  statements(inside, scope);
  else_applies_ = false;
}

void Execution::permission(StatementRef ref, Index scope) {
  static const std::map<std::string, std::string, std::less<>> flags = {
      {"bootp", "allow-bootp"}, {"booting", "allow-booting"}, {"unknown-clients", "boot-unknown-clients"}};
  const auto& tree = declarations_.tree(ref);
  Cursor cursor(tree, tree.head(ref.statement));
  auto verb = cursor.word().value_or("");
  auto what = cursor.word().value_or("");
  auto flag = flags.find(what);
  auto text = verb == "allow" ? "true" : verb == "deny" ? "false" : "ignore";
  set(flag == flags.end() ? what : flag->second, {ref, scope, {}, false, text}, How::replace);
}

void Execution::parameter(StatementRef ref, Index scope) {
  static const std::map<std::string, How, std::less<>> option_verbs = {
      {"option", How::replace},     {"supersede", How::replace}, {"send", How::replace},
      {"default", How::if_missing}, {"append", How::behind},     {"prepend", How::in_front}};
  const auto& tree = declarations_.tree(ref);
  Cursor cursor(tree, tree.head(ref.statement));
  auto verb = cursor.word();
  if (!verb) return;
  auto how = How::replace;
  auto name = *verb == "server-identifier" ? "option dhcp-server-identifier" : *verb;
  if (auto option = option_verbs.find(*verb); option != option_verbs.end()) {
    auto option_name = cursor.dotted_name();
    if (!option_name) return;
    name = option_key(*option_name);
    how = option->second;
  }
  bool expression = cursor.take_symbol('=');
  set(name, {ref, scope, cursor.rest(), expression, ""}, how);
}

void Execution::set(const std::string& name, Part part, How how) {
  auto& parts = parts_[name];
  switch (how) {
    case How::replace:
      parts = {std::move(part)};
      break;
    case How::if_missing:
      if (parts.empty()) parts.push_back(std::move(part));
      break;
    case How::behind:
      parts.push_back(std::move(part));
      break;
    case How::in_front:
      parts.insert(parts.begin(), std::move(part));
      break;
  }
}

void Execution::not_followed(StatementRef ref, const char* code, const std::string& message) {
  auto statement = quoted(declarations_.tree(ref), ref.statement);
  diagnostics_.push_back({Severity::warning, code, fmt::format(fmt::runtime(message), statement), "", "",
                          declarations_.where(ref)});
}

Value Execution::value_of(const Part& part) const {
  const auto& tree = declarations_.tree(part.ref);
  if (part.expression) return evaluate(context_, tree, part.tokens);
  if (!part.text.empty()) return Value::of_data(part.text);
  return Value::of_data(literal_text(tree, part.tokens));
}

std::optional<Setting> Execution::setting(const std::string& name, const std::vector<Part>& parts) const {
  const auto& first = parts.front();
  Setting result{"", true, declarations_.where(first.ref),
                 declarations_.name_of(declarations_.scopes[first.scope])};
  std::string bytes;  // while all parts are strings
  bool strings = true;
  for (const auto& part : parts) {
    auto value = value_of(part);
    if (value.is(ValueKind::null)) return std::nullopt;
    bool undecidable = value.is(ValueKind::undecidable);
    bool data = value.is(ValueKind::data);
    auto text = undecidable       ? literal_text(declarations_.tree(part.ref), part.tokens)
                : !data           ? fmt::format("{}", value.number)
                : part.expression ? data_text(name, value.data)
                                  : value.data;
    result.exact = result.exact && !undecidable;
    strings = strings && data && (part.expression || is_string(part));
    bytes += value.data;
    result.text += (result.text.empty() ? "" : ", ") + text;
  }
  if (strings && parts.size() > 1) result.text = data_text(name, bytes);
  constexpr std::string_view key = "option ";
  if (name.starts_with(key)) result.code = option_code(declarations_, name.substr(key.size()));
  return result;
}

std::map<std::string, Setting, std::less<>> Execution::settings() const {
  std::map<std::string, Setting, std::less<>> result;
  for (const auto& [name, parts] : parts_) {
    if (auto found = setting(name, parts)) result.emplace(name, std::move(*found));
  }
  return result;
}

}  // namespace krgboot::dhcpd
