#include "formats/shell/assignments.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>

namespace krgboot::shell {

namespace {

bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t';
}

bool ends_word(char c) noexcept {
  return is_blank(c) || std::string_view("\n;&|<>()").find(c) != std::string_view::npos;
}

class ShellReader {
 public:
  explicit ShellReader(std::string_view text) : text_(text) {}

  ShellReading run() {
    while (at_ < text_.size() && !result_.syntax_error) step();
    end_command();
    // A shell reads a whole line before it runs any part of it.
    if (result_.syntax_error) result_.commands.resize(line_);
    return std::move(result_);
  }

 private:
  bool next_is(char c) const { return at_ + 1 < text_.size() && text_[at_ + 1] == c; }

  void step() {
    char c = text_[at_];
    if (is_blank(c)) {
      ++at_;
    } else if (c == '\\' && next_is('\n')) {
      at_ += 2;
    } else if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == ';' && command_.words.empty()) {
      result_.syntax_error = at_;
    } else if (c == '\n' || c == ';') {
      ++at_;
      end_command();
      if (c == '\n') line_ = result_.commands.size();
    } else if (ends_word(c)) {
      ++at_;
      command_.complex = true;
    } else {
      word();
    }
  }

  void end_command() {
    if (!command_.words.empty()) result_.commands.push_back(std::move(command_));
    command_ = {};
  }

  void word() {
    word_ = {};
    word_.begin = at_;
    bool bare = true;  // nothing quoted so far: this may be a variable name
    while (at_ < text_.size() && !ends_word(text_[at_]) && !result_.syntax_error) {
      char c = text_[at_];
      if (c == '=' && bare && word_.equals == 0 && is_variable(word_.text)) {
        word_.equals = at_;
        word_.name = word_.text;
        // An unquoted tilde here expands to a home directory.
        if (next_is('~')) word_.known = false;
      }
      if (c == '\'' || c == '"' || c == '\\') bare = false;
      piece(c);
    }
    word_.end = at_;
    if (word_.equals != 0) word_.value = word_.text.substr(word_.name.size() + 1);
    command_.words.push_back(std::move(word_));
  }

  void piece(char c) {
    switch (c) {
      case '\'':
        return single_quoted();
      case '"':
        return double_quoted();
      case '\\':
        return escaped();
      case '`':
      case '$':
        return expansion();
      default:
        break;
    }
    word_.text += c;
    ++at_;
  }

  /// `...`, $(...), ${...} or $NAME: kept as written, including blanks.
  void expansion() {
    word_.known = false;
    auto begin = at_++;
    if (text_[begin] == '`') {
      at_ = text_.find('`', at_);
    } else if (at_ < text_.size() && (text_[at_] == '(' || text_[at_] == '{')) {
      char open = text_[at_];
      char close = open == '(' ? ')' : '}';
      for (std::size_t depth = 0; at_ < text_.size(); ++at_) {
        if (text_[at_] == open) ++depth;
        if (text_[at_] == close && --depth == 0) break;
      }
    } else {
      word_.text += '$';
      return;
    }
    if (at_ >= text_.size()) {
      at_ = begin;
      return leave_open();
    }
    word_.text += text_.substr(begin, ++at_ - begin);
  }

  void escaped() {
    if (at_ + 1 == text_.size()) {
      word_.text += '\\';
    } else if (text_[at_ + 1] != '\n') {
      word_.text += text_[at_ + 1];
    }
    at_ = std::min(at_ + 2, text_.size());
  }

  void single_quoted() {
    auto end = text_.find('\'', at_ + 1);
    if (end == std::string_view::npos) return leave_open();
    word_.text += text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
  }

  void double_quoted() {
    auto begin = at_;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      char c = text_[at_];
      if (c == '\\' && at_ + 1 < text_.size()) {
        char escaped = text_[++at_];
        if (escaped == '\n') continue;
        if (std::string_view("$`\"\\").find(escaped) == std::string_view::npos) word_.text += c;
        word_.text += escaped;
        continue;
      }
      if (c == '$' || c == '`') word_.known = false;
      word_.text += c;
    }
    if (at_ == text_.size()) {
      at_ = begin;
      return leave_open();
    }
    ++at_;
  }

  void leave_open() {
    result_.syntax_error = at_;
    at_ = text_.size();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 0;  // number of commands on earlier lines
  Word word_;
  Command command_;
  ShellReading result_;
};

/// The syntax of systemd's EnvironmentFile: no commands, comments only at the start of a line, quotes at any
/// place in a value, blanks allowed around the '='.
class SystemdReader {
 public:
  explicit SystemdReader(std::string_view text) : text_(text) {}

  std::vector<Assignment> run() {
    while (at_ < text_.size()) line();
    return std::move(result_);
  }

 private:
  static bool is_newline(char c) noexcept { return c == '\n' || c == '\r'; }

  void line() {
    while (at_ < text_.size() && (is_blank(text_[at_]) || is_newline(text_[at_]))) ++at_;
    if (at_ == text_.size()) return;
    if (text_[at_] == '#' || text_[at_] == ';') return comment();
    auto begin = at_++;  // any first character belongs to the name
    while (at_ < text_.size() && !is_newline(text_[at_]) && text_[at_] != '=') ++at_;
    if (at_ == text_.size() || text_[at_] != '=') return;
    assignment_ = {};
    assignment_.name = trim(text_.substr(begin, at_ - begin));
    assignment_.begin = begin;
    assignment_.value_begin = ++at_;
    value();
    assignment_.value_end = at_;
    if (is_variable(assignment_.name)) result_.push_back(std::move(assignment_));
  }

  /// Before systemd 254 a backslash at the end of a comment makes the next line a part of the comment.
  void comment() {
    for (; at_ < text_.size() && !is_newline(text_[at_]); ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
    }
  }

  void value() {
    std::string text;
    std::size_t kept = 0;     // unquoted trailing blanks are dropped
    bool before_text = true;  // blanks after the '=' and after a closing quote are dropped too
    for (; at_ < text_.size() && !is_newline(text_[at_]); ++at_) {
      char c = text_[at_];
      if (before_text && is_blank(c)) continue;
      if (before_text && (c == '\'' || c == '"')) {
        in_quotes(c, text);
        kept = text.size();
        if (at_ == text_.size()) break;
        continue;
      }
      before_text = false;
      if (c == '\\') {
        kept = text.size();
        if (++at_ == text_.size()) break;
        c = text_[at_];
        if (is_newline(c)) continue;
        text += c;
        kept = text.size();
        continue;
      }
      text += c;
      if (!is_blank(c)) kept = text.size();
    }
    text.resize(kept);
    assignment_.value = std::move(text);
  }

  void in_quotes(char quote, std::string& text) {
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      char c = text_[at_];
      if (quote == '"' && c == '\\' && at_ + 1 < text_.size()) {
        char escaped = text_[++at_];
        if (escaped == '\n') continue;
        if (std::string_view("\"\\`$").find(escaped) == std::string_view::npos) text += c;
        text += escaped;
        continue;
      }
      text += c;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Assignment assignment_;
  std::vector<Assignment> result_;
};

}  // namespace

bool is_variable(std::string_view name) noexcept {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

ShellReading read_as_sh(std::string_view text) {
  return ShellReader(text).run();
}

std::vector<Assignment> assignments(const ShellReading& reading) {
  std::vector<Assignment> result;
  for (const auto& command : reading.commands) {
    auto first = command.words.begin();
    if (first->text == "export" || first->text == "readonly") ++first;
    bool all = std::all_of(first, command.words.end(), [](const Word& word) { return word.equals != 0; });
    if (command.complex || !all) continue;  // NAME=VALUE before a program applies to that program only
    for (auto word = first; word != command.words.end(); ++word) {
      result.push_back({word->name, word->value, word->known, word->begin, word->equals + 1, word->end});
    }
  }
  return result;
}

std::vector<Assignment> read_as_systemd(std::string_view text) {
  return SystemdReader(text).run();
}

}  // namespace krgboot::shell
