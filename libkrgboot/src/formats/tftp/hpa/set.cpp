#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/tftp/hpa/defaults.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "defaults_file.hpp"
#include "options.hpp"

namespace krgboot::tftpd_hpa {

namespace {

bool can_be_carried(std::string_view path) {
  return !path.empty() && path.front() == '/' && is_utf8(path) &&
         std::all_of(path.begin(), path.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view("/._+:@%,=~-").find(c) != std::string_view::npos ||
                  static_cast<unsigned char>(c) >= 0x80;
         });
}

/// Both readers decode the same escapes in double quotes.
std::string escaped_in_quotes(std::string_view value) {
  std::string text = "\"";
  for (char c : value) {
    if (std::string_view("\"\\$`").find(c) != std::string_view::npos) text += '\\';
    text += c;
  }
  return text + '"';
}

class Setter {
 public:
  Setter(std::string_view text, TftpdDefaultsStyle style, std::string_view root)
      : text_(text), style_(style), root_(root) {}

  std::string run() {
    if (auto error = read().shell().syntax_error) {
      refuse("tftpd_hpa.syntax", *error,
             "sh cannot read this file: a quote that is never closed, or a stray ';'");
    }
    join_broken_assignments();
    if (style_ == TftpdDefaultsStyle::run_daemon) {
      ensure("RUN_DAEMON", "yes");
      ensure("OPTIONS", lenny_options());
    } else {
      ensure_any("TFTP_USERNAME", "tftp");
      ensure("TFTP_DIRECTORY", root_);
      ensure_any("TFTP_ADDRESS", ":69");
      ensure("TFTP_OPTIONS", todays_options());
    }
    return std::move(text_);
  }

 private:
  File read() const { return File(text_, style_); }

  [[noreturn]] void refuse(const char* code, std::size_t offset, std::string message) const {
    throw ConfigError({{Severity::error, code, std::move(message), "", "", {"", read().position(offset)}}});
  }

  /// Removes the blanks from `A = b`, so that sh reads it as an assignment.
  void join_broken_assignments() {
    auto file = read();
    auto names = file.variables();
    auto others = file.other_variables();
    names.insert(names.end(), others.begin(), others.end());
    const auto& commands = file.shell().commands;
    std::string joined = text_;
    for (auto command = commands.rbegin(); command != commands.rend(); ++command) {
      auto name = File::broken_assignment(*command);
      if (!name || std::find(names.begin(), names.end(), *name) == names.end()) continue;
      const auto& words = command->words;
      auto begin = words[0].begin + name->size();
      auto equals = text_.find('=', begin);
      auto value = text_.find_first_not_of(" \t", equals + 1);
      // Remove the blanks before a value, but not those before the next line.
      if (value == std::string::npos || value > words.back().end) value = equals + 1;
      joined.replace(begin, value - begin, "=");
    }
    text_ = std::move(joined);
  }

  void ensure_any(std::string_view name, std::string_view value) {
    if (!read().by_shell(name)) append(name, value);
  }

  void ensure(std::string_view name, const std::string& value) {
    auto file = read();
    if (file.agreed(name) == value) return;
    auto before = text_;
    if (auto found = file.by_shell(name)) {
      text_.replace(found->value_begin, found->value_end - found->value_begin, escaped_in_quotes(value));
      if (read().agreed(name) == value) return;
      text_ = std::move(before);  // systemd reads the text after the value as a part of it
    }
    append(name, value);
    if (read().agreed(name) != value) {
      refuse("tftpd_hpa.unreadable", text_.size() - 1,
             fmt::format("{} cannot be set in this file so that sh and systemd both read it", name));
    }
  }

  void append(std::string_view name, std::string_view value) {
    if (!text_.empty() && text_.back() != '\n') text_ += '\n';
    // A backslash there would join the new line to the last one.
    if (text_.ends_with("\\\n")) text_ += '\n';
    text_ += fmt::format("{}={}\n", name, escaped_in_quotes(value));
  }

  /// The current value of the variable: the one that sh reads, or without one the value that systemd reads.
  std::string current(std::string_view name) const {
    auto file = read();
    auto by_shell = file.by_shell(name);
    if (!by_shell) {
      auto by_systemd = file.by_systemd(name);
      return by_systemd && style_ != TftpdDefaultsStyle::run_daemon ? by_systemd->value : "";
    }
    if (!by_shell->known) {
      refuse("tftpd_hpa.expansion", by_shell->begin,
             fmt::format("only a shell knows the value of {}: write it out", name));
    }
    return by_shell->value;
  }

  /// Keeps the value unchanged if it is already correct.
  std::string todays_options() const {
    auto value = current("TFTP_OPTIONS");
    auto line = parse_command_line(split_words(value));
    if (line.secure && line.directories.empty() && !line.incomplete) return value;
    auto kept = without_directories(value, line);
    if (!line.secure) kept.emplace_back("--secure");
    return fmt::format("{}", fmt::join(kept, " "));
  }

  std::string lenny_options() const {
    auto value = current("OPTIONS");
    auto line = parse_command_line(split_words(value));
    if (line.secure && line.listen && !line.incomplete &&
        line.directories == std::vector<std::string>{root_}) {
      return value;
    }
    auto kept = without_directories(value, line);
    if (!line.listen) kept.emplace_back("-l");
    if (!line.secure) kept.emplace_back("-s");
    kept.push_back(root_);
    return fmt::format("{}", fmt::join(kept, " "));
  }

  /// The words of the value without the directories.
  static std::vector<std::string> without_directories(const std::string& value, const CommandLine& line) {
    if (line.directories.empty() && !line.incomplete) return split_words(value);
    std::vector<std::string> kept;
    if (line.secure) kept.emplace_back("-s");
    kept.insert(kept.end(), line.others.begin(), line.others.end());
    for (const auto& [option, argument] : {std::pair("-a", line.address), std::pair("-u", line.username)}) {
      if (!argument) continue;
      kept.emplace_back(option);
      kept.push_back(*argument);
    }
    return kept;
  }

  std::string text_;
  TftpdDefaultsStyle style_;
  std::string root_;
};

}  // namespace

std::string set(std::string_view text, TftpdDefaultsStyle style, std::string_view tftp_root) {
  if (!can_be_carried(tftp_root)) {
    throw ArgumentError(
        "tftpd_hpa.directory", std::string(tftp_root),
        fmt::format("the TFTP root {} cannot be written to the defaults of tftpd-hpa: it must be "
                    "absolute, without blanks or characters special to a shell",
                    in_quotes(tftp_root)));
  }
  return Setter(text, style, tftp_root).run();
}

}  // namespace krgboot::tftpd_hpa
