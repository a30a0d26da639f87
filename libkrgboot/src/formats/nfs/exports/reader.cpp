#include "reader.hpp"

#include "krgboot/formats/nfs/exports/quote.hpp"

#include "bytes.hpp"

namespace krgboot::exports {

namespace {

/// The value of the \ooo at the end of `text`; -1 if there is none or if it is above 255.
int escape_at_end(std::string_view text) noexcept {
  if (text.size() < 4) return -1;
  auto last = text.substr(text.size() - 4);
  if (last[0] != '\\' || !is_octal(last[1]) || !is_octal(last[2]) || !is_octal(last[3])) return -1;
  auto value = (last[1] - '0') * 64 + (last[2] - '0') * 8 + (last[3] - '0');
  return value < 256 ? value : -1;
}

}  // namespace

int Reader::get() noexcept {
  if (at_ == text_.size()) return end_of_file;
  auto c = text_[at_++];
  if (c == '\\' && at_ < text_.size() && text_[at_] == '\n') {
    ++at_;
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    return ' ';
  }
  return static_cast<unsigned char>(c);
}

void Reader::skip(std::string_view blanks) noexcept {
  for (;;) {
    auto before = at_;
    auto c = get();
    if (c == '#') {
      auto newline = text_.find('\n', at_);
      before = newline == std::string_view::npos ? text_.size() : newline;
      at_ = before;
      c = get();
    }
    if (c == end_of_file) return;
    // nfs-utils' strchr also finds the NUL, so a NUL counts as a blank.
    if (c != '\0' && blanks.find(static_cast<char>(c)) == std::string_view::npos) {
      at_ = before;
      return;
    }
  }
}

Word Reader::word(std::size_t limit) {
  Word word;
  word.begin = at_;
  word.end = at_;
  bool quoted = false;
  while (word.text.size() < limit) {
    auto before = at_;
    auto c = get();
    word.end = before;
    if (c == end_of_file) {
      word.open_quote = quoted;
      break;
    }
    if (!quoted && is_space(static_cast<char>(c))) {
      if (c == '\n') at_ = before;
      break;
    }
    word.end = at_;
    if (c == '"') {
      quoted = !quoted;
      continue;
    }
    word.text += static_cast<char>(c);
    if (auto value = escape_at_end(word.text); value >= 0) {
      word.text.resize(word.text.size() - 4);
      word.text += static_cast<char>(value);
    }
  }
  if (word.text.empty()) return word;
  word.kind = word.text.size() >= limit ? Word::Kind::too_long : Word::Kind::word;
  if (auto nul = word.text.find('\0'); nul != std::string::npos) {
    word.has_nul = true;
    word.text.resize(nul);
  }
  return word;
}

Word Reader::path() {
  skip(" \t\n");
  return word(max_path_length + 1);
}

Word Reader::client() {
  skip(" \t");
  return word(max_client_length + 1);
}

}  // namespace krgboot::exports
