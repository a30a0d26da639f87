#include "krgboot/formats/dhcp/isc/syntax.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "quoted.hpp"
#include "scanner.hpp"

namespace krgboot::dhcpd {

namespace {

// dhcpd cannot read larger files ("file is too long to buffer").
constexpr std::size_t largest_text = std::numeric_limits<std::int32_t>::max();

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_keyword(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

/// Builds the tree from statements as they begin and end. Open statements are on a stack.
class Parser {
 public:
  Parser(std::string text, std::string file) {
    tree_.text_ = std::move(text);
    tree_.file_ = std::move(file);
  }

  Parsing run() {
    if (tree_.text_.size() > largest_text) {
      report(0, "dhcpd.too_large", "the text is larger than dhcpd can read (2 GiB)");
      tree_.text_.clear();
    }
    find_lines();
    Scanner scanner(tree_.text_, diagnostics_, places_);
    while (auto token = scanner.next()) {
      if (!take(*token)) break;
    }
    finish();
    place_diagnostics();
    return {std::move(tree_), std::move(diagnostics_)};
  }

 private:
  /// False if reading cannot continue.
  bool take(const Token& token) {
    char c = token.kind == TokenKind::symbol ? tree_.text_[token.begin] : '\0';
    if (record_depth_ > 0 || (c == '{' && in_option_definition())) {
      record_depth_ += c == '{' ? 1U : 0U;
      record_depth_ -= c == '}' ? 1U : 0U;
      add(token);
      return true;
    }
    switch (c) {
      case ';':
        semicolon(token);
        return true;
      case '{':
        return open_block(token);
      case '}':
        close_block(token);
        return true;
      default:
        add(token);
        return true;
    }
  }

  void add(const Token& token) {
    if (!head_) begin_statement(token.begin);
    tree_.tokens_.push_back(token);
    ++tree_.statements_.back().token_count;
  }

  void begin_statement(std::uint32_t begin) {
    Statement statement;
    statement.first_token = static_cast<std::uint32_t>(tree_.tokens_.size());
    statement.begin = begin;
    statement.end = begin;
    tree_.statements_.push_back(statement);
    head_ = true;
  }

  /// `option NAME code N = { integer 8, text };` has braces that do not form a block.
  bool in_option_definition() const {
    if (!head_) return false;
    auto head = tree_.head(static_cast<std::uint32_t>(tree_.statements_.size() - 1));
    return same_keyword(tree_.raw(head.front()), "option") &&
           std::any_of(head.begin(), head.end(), [&](const Token& t) { return tree_.raw(t) == "="; });
  }

  void semicolon(const Token& token) {
    if (head_) {
      end_statement(token.begin + 1);
      behind_semicolon_ = true;
      return;
    }
    // The syntax of BIND's keys is allowed: key NAME { ... };
    if (last_block_ && tree_.is(*last_block_, 0, "key")) {
      last_block_.reset();
      return;
    }
    if (behind_semicolon_) tree_.statements_.back().second_semicolon = token.begin;
    behind_semicolon_ = false;
    report(token.begin, "dhcpd.stray_semicolon", "a ';' that ends no statement");
  }

  void end_statement(std::uint32_t end) {
    auto& statement = tree_.statements_.back();
    statement.end = end;
    statement.after = static_cast<std::uint32_t>(tree_.statements_.size());
    head_ = false;
    record_depth_ = 0;
    last_block_.reset();
    behind_semicolon_ = false;
  }

  bool open_block(const Token& token) {
    if (open_.size() == deepest_block) {
      report(token.begin, "dhcpd.too_deep",
             fmt::format("blocks are nested more than {} deep", deepest_block));
      if (head_) end_statement(token.begin);
      complete_ = false;
      return false;
    }
    if (!head_) {
      report(token.begin, "dhcpd.nameless_block", "a '{' without a declaration before it");
      begin_statement(token.begin);
    }
    tree_.statements_.back().block = true;
    open_.push_back({static_cast<std::uint32_t>(tree_.statements_.size() - 1), token.begin});
    head_ = false;
    last_block_.reset();
    behind_semicolon_ = false;
    return true;
  }

  void close_block(const Token& token) {
    if (head_) unended(token.begin);
    if (open_.empty()) {
      report(token.begin, "dhcpd.stray_brace", "a '}' that closes no block",
             "a '{' above it is missing, or commented out");
      return;
    }
    behind_semicolon_ = false;
    close(open_.back().statement, token.begin + 1);
    last_block_ = open_.back().statement;
    open_.pop_back();
  }

  void close(std::uint32_t statement, std::uint32_t end) {
    tree_.statements_[statement].end = end;
    tree_.statements_[statement].after = static_cast<std::uint32_t>(tree_.statements_.size());
  }

  void unended(std::uint32_t end) {
    const auto& first = tree_.tokens_[tree_.statements_.back().first_token];
    const auto& last = tree_.tokens_.back();
    auto which = is_key(open_.size()) ? "" : quoted(tree_.raw(first)) + " ";
    report(last.begin + last.length, "dhcpd.missing_semicolon",
           fmt::format("the statement {}has no ';'", which));
    end_statement(end);
  }

  void finish() {
    auto end = static_cast<std::uint32_t>(tree_.text_.size());
    if (head_) unended(end);
    for (std::size_t i = 0; i < open_.size(); ++i) {
      const auto& block = open_[i];
      close(block.statement, end);
      if (!complete_) continue;  // the text was not read to the end of the block
      auto which = is_key(i) ? "" : quoted(tree_, block.statement) + " ";
      report(block.brace, "dhcpd.unclosed_brace", fmt::format("the block {}is never closed", which),
             "a block inside it may have taken its '}'");
    }
  }

  /// Is the innermost of the `depth` outer blocks a key? There a mistake may put the secret in any place.
  bool is_key(std::size_t depth) const { return depth > 0 && tree_.is(open_[depth - 1].statement, 0, "key"); }

  void find_lines() {
    tree_.line_starts_.push_back(0);
    for (std::size_t i = 0; i < tree_.text_.size(); ++i) {
      if (tree_.text_[i] == '\n') tree_.line_starts_.push_back(static_cast<std::uint32_t>(i + 1));
    }
  }

  void report(std::size_t place, const char* code, std::string message, std::string hint = "") {
    diagnostics_.push_back({Severity::error, code, std::move(message), std::move(hint), "", {}});
    places_.push_back(place);
  }

  /// Sets the line and column of each finding, and sorts the findings in the order of the file.
  void place_diagnostics() {
    std::vector<std::size_t> order(diagnostics_.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return places_[a] < places_[b]; });
    Diagnostics sorted;
    for (auto i : order) {
      sorted.push_back(std::move(diagnostics_[i]));
      sorted.back().where = {tree_.file_, tree_.position(static_cast<std::uint32_t>(places_[i]))};
    }
    diagnostics_ = std::move(sorted);
  }

  struct OpenBlock {
    std::uint32_t statement;
    std::uint32_t brace;
  };

  Tree tree_;
  Diagnostics diagnostics_;
  std::vector<std::size_t> places_;
  std::vector<OpenBlock> open_;
  std::optional<std::uint32_t> last_block_;  // set directly after a '}'
  unsigned record_depth_ = 0;
  bool head_ = false;              // the head of the last statement is not complete
  bool behind_semicolon_ = false;  // the last token was the ';' of the last statement
  bool complete_ = true;           // false: reading was aborted
};

Parsing parse(std::string text, std::string file) {
  return Parser(std::move(text), std::move(file)).run();
}

std::vector<std::uint32_t> Tree::level(std::uint32_t first, std::uint32_t after) const {
  std::vector<std::uint32_t> found;
  for (auto i = first; i < after; i = statements_[i].after) found.push_back(i);
  return found;
}

std::vector<std::uint32_t> Tree::top_level() const {
  return level(0, static_cast<std::uint32_t>(statements_.size()));
}

std::vector<std::uint32_t> Tree::children(std::uint32_t statement) const {
  return level(statement + 1, statements_[statement].after);
}

std::span<const Token> Tree::head(std::uint32_t statement) const {
  return {tokens_.data() + statements_[statement].first_token, statements_[statement].token_count};
}

std::string Tree::head_text(std::uint32_t statement) const {
  return text_of(head(statement));
}

std::string Tree::text_of(std::span<const Token> tokens) const {
  std::string text;
  std::uint32_t end = 0;
  for (const auto& token : tokens) {
    if (!text.empty() && token.begin != end) text += ' ';
    text += raw(token);
    end = token.begin + token.length;
  }
  return text;
}

bool Tree::is(std::uint32_t statement, std::size_t index, std::string_view keyword) const {
  auto tokens = head(statement);
  return index < tokens.size() && tokens[index].kind != TokenKind::string &&
         same_keyword(raw(tokens[index]), keyword);
}

std::string_view Tree::raw(const Token& token) const {
  return std::string_view(text_).substr(token.begin, token.length);
}

std::string Tree::value(const Token& token) const {
  if (token.kind != TokenKind::string) return std::string(raw(token));
  return scan_string(raw(token), 1).value;
}

Position Tree::position(std::uint32_t offset) const {
  auto line = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return {static_cast<std::uint32_t>(line - line_starts_.begin()), offset - *(line - 1) + 1};
}

Location Tree::where(std::uint32_t statement) const {
  return {file_, position(statements_[statement].begin)};
}

std::string quote(std::string_view text) {
  if (text.size() > longest_token) {
    throw ArgumentError(
        "dhcpd.string_too_long", std::string(text.substr(0, 60)),
        fmt::format("dhcpd reads strings of {} bytes at most, this one has {}", longest_token, text.size()));
  }
  std::string result = "\"";
  for (char c : text) {
    if (c == '\0') {
      throw ArgumentError("dhcpd.string_nul", std::string(text),
                          fmt::format("a string of dhcpd.conf cannot hold a NUL: {}", in_quotes(text)));
    }
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (c >= ' ' && c <= '~') {
      result += c;
    } else {
      result += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
    }
  }
  return result + '"';
}

}  // namespace krgboot::dhcpd
