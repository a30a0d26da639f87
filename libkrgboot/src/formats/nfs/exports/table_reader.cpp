#include "table_reader.hpp"

#include "krgboot/base/text.hpp"
#include "krgboot/formats/nfs/exports/quote.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "check.hpp"

namespace krgboot::exports {

namespace {

/// Does `text` contain anything but blank lines and comments?
bool has_content(std::string_view text) {
  auto lines = split_lines(text);
  return std::any_of(lines.begin(), lines.end(), [](std::string_view line) {
    auto content = trim(line);
    return !content.empty() && content.front() != '#';
  });
}

}  // namespace

void TableReader::read() {
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') newlines_.push_back(i);
  }
  bool first = true;
  for (;;) {
    Word client;
    if (!first) client = reader_.client();
    if (first || client.kind == Word::Kind::none) {
      if (begin_line(client) == Next::end) return;
    }
    first = false;
    if (client.kind == Word::Kind::too_long) {
      return stop(client, "exports.client_too_long",
                  fmt::format("a client with its options may have {} bytes", max_client_length));
    }
    if (client.is_word() && !client.text.empty() && client.text.front() == '-' && !take_defaults(client))
      return;
    if (!take_entry(client)) return;
  }
}

TableReader::Next TableReader::begin_line(Word& client) {
  path_ = reader_.path();
  if (path_.kind == Word::Kind::too_long) {
    stop(path_, "exports.path", fmt::format("a path may have {} bytes", max_path_length));
    return Next::end;
  }
  if (path_.kind == Word::Kind::none) {
    if (has_content(text_.substr(path_.end))) stop_silently(path_.begin);
    return Next::end;
  }
  ++statement_;
  defaults_.reset();
  default_text_.clear();
  last_word_end_ = clients_end_ = path_.end;
  client = reader_.client();
  return Next::entry;
}

/// Reads `client`, which begins with '-', as default options for the clients after it, and reads the next
/// client.
bool TableReader::take_defaults(Word& client) {
  if (!defaults_) defaults_.emplace();
  auto text = std::string_view(client.text).substr(1);
  if (!apply(*defaults_, text, location(client.begin))) {
    table_.ends_early_ = true;
    return false;
  }
  if (!default_text_.empty() && !text.empty()) default_text_ += ',';
  default_text_ += text;
  last_word_end_ = client.end;
  client = reader_.client();
  if (client.kind == Word::Kind::too_long) {
    stop(client, "exports.client_too_long",
         fmt::format("a client with its options may have {} bytes", max_client_length));
    return false;
  }
  return true;
}

bool TableReader::take_entry(const Word& client) {
  Entry entry;
  entry.path = path_.text;
  entry.client = client.text;
  entry.default_options = default_text_;
  entry.where = location(client.is_word() ? client.begin : path_.begin);
  if (defaults_) entry.effective = *defaults_;

  auto warn = [&](std::string code, std::string message, std::string hint = "") {
    say(Severity::warning, entry.where, std::move(code), std::move(message), std::move(hint));
  };
  auto open = client.text.find('(');
  if (open != std::string::npos) {
    auto close = client.text.find(')', open);
    if (close == std::string::npos || close + 1 != client.text.size()) {
      auto blank = close == std::string::npos;
      stop(client, "exports.bad_option_list",
           fmt::format("{} does not end with its options' ')'", in_quotes(client.text)),
           blank ? "no blank may stand inside of the parentheses" : "clients are separated by blanks");
      return false;
    }
    entry.client = open == 0 ? "*" : client.text.substr(0, open);
    entry.options = client.text.substr(open + 1, close - open - 1);
    if (!apply(entry.effective, entry.options, entry.where)) {
      table_.ends_early_ = true;
      return false;
    }
    if (open == 0) {
      warn("exports.options_without_client",
           fmt::format("{} stands alone, so everyone gets these options on {}", in_quotes(client.text),
                       entry.path),
           "write no blank between a client and its options, or * for everyone");
    }
  } else if (!client.is_word()) {
    warn("exports.no_client", fmt::format("{} is exported to everyone, as no client is named", entry.path),
         "write * if that is meant");
  } else if (!defaults_) {
    warn("exports.no_options",
         fmt::format("{} has no options, and gets {} read-only and with root squashed",
                     in_quotes(client.text), entry.path),
         "write them, without a blank before the '('");
  }
  if (client.open_quote || path_.open_quote) {
    warn("exports.open_quote", "a quote is not closed before the end of the file");
  }
  if (client.has_nul || path_.has_nul) warn("exports.nul", "exportfs ends a word at its NUL");
  if (!client.is_word() && client.end > client.begin) {
    warn("exports.empty_word", "exportfs takes a pair of quotes with nothing in it for the end of the line",
         "what follows is read as a path");
  }
  if (defaults_ && !client.text.empty() && client.text.front() == '-') {
    warn("exports.dash_client", fmt::format("{} is read as a client, not as options", in_quotes(client.text)),
         "join the options with a comma");
  }

  auto& table = table_;
  auto found = check_entry(entry);
  table.reading_.insert(table.reading_.end(), found.begin(), found.end());
  auto end = client.is_word() ? client.end : last_word_end_;
  table.places_.push_back({statement_, path_.begin, path_.end, client.is_word() ? client.begin : end, end,
                           last_word_end_, clients_end_});
  table.entries_.push_back(std::move(entry));
  last_word_end_ = clients_end_ = end;
  return true;
}

bool TableReader::apply(Options& options, std::string_view text, const Location& where) {
  bool good = true;
  for (auto& finding : options.apply(text)) {
    good = good && finding.severity != Severity::error;
    auto message = finding.severity == Severity::error
                       ? finding.message + "; it drops this entry and all that follow in the file"
                       : finding.message;
    say(finding.severity, where, std::move(finding.code), std::move(message), std::move(finding.hint));
  }
  return good;
}

void TableReader::stop(const Word& at, std::string code, const std::string& message, std::string hint) {
  say(Severity::error, location(at.begin), std::move(code),
      message + "; exportfs drops this entry and all that follow in the file", std::move(hint));
  table_.ends_early_ = true;
}

void TableReader::stop_silently(std::size_t offset) {
  say(Severity::error, location(offset), "exports.stray_blank",
      "exportfs silently stops here and drops all that follows",
      "a line must not begin with a carriage return, a form feed or empty quotes");
  table_.ends_early_ = true;
}

void TableReader::say(Severity severity, const Location& where, std::string code, std::string message,
                      std::string hint) {
  table_.reading_.push_back(
      {severity, std::move(code), std::move(message), std::move(hint), path_.text, where});
}

Location TableReader::location(std::size_t offset) const {
  auto newline = std::lower_bound(newlines_.begin(), newlines_.end(), offset);
  auto begin = newline == newlines_.begin() ? 0 : *(newline - 1) + 1;
  return {table_.file_, Position{static_cast<std::uint32_t>(newline - newlines_.begin()) + 1,
                                 static_cast<std::uint32_t>(offset - begin) + 1}};
}

}  // namespace krgboot::exports
