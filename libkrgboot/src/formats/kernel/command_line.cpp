#include "krgboot/formats/kernel/command_line.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace krgboot {

namespace {

// The kernel's isspace (lib/ctype.c) uses Latin-1: 0xA0 is a no-break space there, but in UTF-8 it is also a
// byte of other characters, such as U+00E0.
constexpr std::string_view blanks = " \t\n\v\f\r\xa0";

constexpr bool is_blank(char c) noexcept {
  return blanks.find(c) != std::string_view::npos;
}

// Length of the word at the start of `text`.
std::size_t word_length(std::string_view text, std::string_view separators = blanks) noexcept {
  bool in_quote = false;
  std::size_t i = 0;
  for (; i < text.size() && (in_quote || separators.find(text[i]) == std::string_view::npos); ++i) {
    if (text[i] == '"') in_quote = !in_quote;
  }
  return i;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (;;) {
    auto start = text.find_first_not_of(blanks);
    if (start == std::string_view::npos) return words;
    text.remove_prefix(start);
    auto length = word_length(text);
    words.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
}

bool is_one_word(std::string_view text) noexcept {
  return !text.empty() && !is_blank(text.front()) && word_length(text) == text.size();
}

[[noreturn]] void fail(const char* code, std::string_view subject, std::string_view why) {
  throw ArgumentError(code, std::string(subject),
                      fmt::format("{} cannot stand in a kernel command line: {}", in_quotes(subject), why));
}

void require_name(std::string_view name, std::string_view subject) {
  constexpr auto code = "kernel_parameter.syntax";
  if (name.empty()) fail(code, subject, "it has no name");
  if (has_control(name)) fail(code, subject, "it has a control character");
  if (name.find_first_of("=\"") != std::string_view::npos ||
      std::any_of(name.begin(), name.end(), is_blank)) {
    fail(code, subject, "its name has a blank, '=' or '\"' in it");
  }
}

}  // namespace

bool same_parameter_name(std::string_view a, std::string_view b) noexcept {
  auto same = [](char x, char y) { return (x == '-' ? '_' : x) == (y == '-' ? '_' : y); };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

// Like next_arg in lib/cmdline.c: quotes around the word or around the value are dropped, and an '=' at the
// start of the word does not end its name.
KernelParameter::KernelParameter(std::string_view word) : text_(word) {
  bool is_quoted = !word.empty() && word.front() == '"';
  if (is_quoted) word.remove_prefix(1);
  auto equals = word.find('=', 1);
  if (equals == std::string_view::npos) {
    if (is_quoted && !word.empty() && word.back() == '"') word.remove_suffix(1);
    name_ = word;
    return;
  }
  name_ = word.substr(0, equals);
  auto value = word.substr(equals + 1);
  bool value_quoted = !value.empty() && value.front() == '"';
  if (value_quoted) value.remove_prefix(1);
  if ((is_quoted || value_quoted) && !value.empty() && value.back() == '"') value.remove_suffix(1);
  value_ = value;
}

KernelParameter KernelParameter::flag(std::string_view name) {
  require_name(name, name);
  return KernelParameter(name);
}

KernelParameter KernelParameter::assignment(std::string_view name, std::string_view value) {
  auto plain = fmt::format("{}={}", name, value);
  require_name(name, plain);
  constexpr auto code = "kernel_parameter.value";
  if (has_control(value)) fail(code, plain, "its value has a control character");
  for (const auto& text : {plain, fmt::format("{}=\"{}\"", name, value)}) {
    if (!is_one_word(text)) continue;
    KernelParameter parameter(text);
    if (parameter.name_ == name && parameter.value_ == value && !parameter.has_open_quote()) return parameter;
  }
  fail(code, plain, "the kernel has no way to write '\"' in such a value");
}

KernelParameter KernelParameter::from_item(std::string_view item) {
  constexpr auto code = "kernel_parameter.syntax";
  if (has_control(item)) fail(code, item, "it has a control character");
  if (word_length(item, " ") != item.size()) {
    fail(code, item, "it is several words; a value with a blank is written NAME=\"VALUE\"");
  }
  KernelParameter parameter(item);
  if (parameter.has_open_quote())
    fail(code, item, "its quote is never closed and would swallow what follows");
  if (parameter.name_.empty()) fail(code, item, "it has no name");
  if (is_one_word(item)) return parameter;
  // The item has a byte 0xA0 outside quotes.
  if (parameter.value_) return assignment(parameter.name_, *parameter.value_);
  KernelParameter whole(fmt::format("\"{}\"", item));
  if (!is_one_word(whole.text_) || whole.name_ != parameter.name_) {
    fail(code, item, "the kernel takes the byte 0xA0 in it for a blank");
  }
  return whole;
}

bool KernelParameter::has_open_quote() const noexcept {
  return std::count(text_.begin(), text_.end(), '"') % 2 != 0;
}

std::optional<KernelCommandLine> KernelCommandLine::parse(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  KernelCommandLine line;
  for (auto word : words_of(text)) {
    KernelParameter parameter(word);
    if (line.init_) {
      line.init_->push_back(std::move(parameter));
    } else if (parameter.is_separator()) {
      line.init_.emplace();
    } else {
      line.parameters_.push_back(std::move(parameter));
    }
  }
  return line;
}

KernelCommandLine KernelCommandLine::from_string(std::string_view text) {
  auto line = parse(text);
  if (!line) fail("kernel_command_line.syntax", text, "it has a NUL byte");
  return *std::move(line);
}

std::string KernelCommandLine::to_string() const {
  std::string text;
  auto append = [&](std::string_view word) {
    if (!text.empty()) text += ' ';
    text += word;
  };
  for (const auto& parameter : parameters_) append(parameter.to_string());
  if (init_) {
    append("--");
    for (const auto& argument : *init_) append(argument.to_string());
  }
  return text;
}

const KernelParameter* KernelCommandLine::find(std::string_view name) const noexcept {
  auto found = std::find_if(parameters_.rbegin(), parameters_.rend(),
                            [&](const KernelParameter& p) { return p.is(name); });
  return found == parameters_.rend() ? nullptr : &*found;
}

std::vector<const KernelParameter*> KernelCommandLine::find_all(std::string_view name) const {
  std::vector<const KernelParameter*> found;
  for (const auto& parameter : parameters_) {
    if (parameter.is(name)) found.push_back(&parameter);
  }
  return found;
}

void KernelCommandLine::add(KernelParameter parameter) {
  if (parameter.is_separator()) {
    fail("kernel_command_line.separator", parameter.to_string(), "what follows would be init's");
  }
  auto require_closed = [](const KernelParameter& before) {
    if (!before.has_open_quote()) return;
    fail("kernel_command_line.open_quote", before.to_string(), "its quote would swallow what follows");
  };
  if (!parameters_.empty()) require_closed(parameters_.back());
  if (init_) require_closed(parameter);
  parameters_.push_back(std::move(parameter));
}

void KernelCommandLine::add(const std::vector<KernelParameter>& parameters) {
  for (const auto& parameter : parameters) add(parameter);
}

void KernelCommandLine::add_init_argument(KernelParameter argument) {
  const auto& before = init_ && !init_->empty() ? *init_ : parameters_;
  if (!before.empty() && before.back().has_open_quote()) {
    fail("kernel_command_line.open_quote", before.back().to_string(), "its quote would swallow what follows");
  }
  if (!init_) init_.emplace();
  init_->push_back(std::move(argument));
}

std::size_t KernelCommandLine::remove(std::string_view name) {
  auto kept = std::remove_if(parameters_.begin(), parameters_.end(),
                             [&](const KernelParameter& p) { return p.is(name); });
  auto count = static_cast<std::size_t>(parameters_.end() - kept);
  parameters_.erase(kept, parameters_.end());
  return count;
}

}  // namespace krgboot
