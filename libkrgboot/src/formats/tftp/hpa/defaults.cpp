#include "krgboot/formats/tftp/hpa/defaults.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "defaults_file.hpp"
#include "options.hpp"

namespace krgboot::tftpd_hpa {

TftpdDefaultsStyle style_of(ReleaseName release) {
  return release == ReleaseName::lenny ? TftpdDefaultsStyle::run_daemon : TftpdDefaultsStyle::tftp_directory;
}

namespace {

class FileParser {
 public:
  FileParser(std::string_view text, TftpdDefaultsStyle style, const std::string& name)
      : file_(text, style), name_(name) {}

  Parsing run() {
    commands();
    variables();
    std::stable_sort(
        result_.diagnostics.begin(), result_.diagnostics.end(),
        [](const Diagnostic& a, const Diagnostic& b) { return a.where.position < b.where.position; });
    settings();
    return std::move(result_);
  }

 private:
  void report(Severity severity, std::size_t offset, const char* code, std::string message,
              std::string hint = "") {
    result_.diagnostics.push_back(
        {severity, code, std::move(message), std::move(hint), "", Location{name_, file_.position(offset)}});
  }

  void error(std::size_t offset, const char* code, std::string message, std::string hint = "") {
    report(Severity::error, offset, code, std::move(message), std::move(hint));
  }

  /// Checks commands that are not assignments. The init script runs under `set -e`, so a failing command ends
  /// it.
  void commands() {
    static const std::vector<std::string_view> script = {
        "if",   "then", "else", "elif", "fi", "for",  "while", "until", "do",     "done", "case",
        "esac", "{",    "}",    "!",    ".",  "eval", "set",   "unset", "source", "test", "["};
    if (file_.shell().syntax_error) {
      error(*file_.shell().syntax_error, "tftpd_hpa.syntax",
            "sh cannot read on from here: a quote that is never closed, or a stray ';'");
    }
    for (const auto& command : file_.shell().commands) {
      const auto& first = command.words.front();
      if (!command.complex && (first.equals != 0 || first.text == "export" || first.text == "readonly") &&
          std::all_of(command.words.begin() + 1, command.words.end(),
                      [](const Word& w) { return w.equals != 0; })) {
        continue;
      }
      if (auto name = File::broken_assignment(command)) {
        error(first.begin, "tftpd_hpa.not_an_assignment",
              fmt::format("to sh this is no assignment: it runs a program instead of setting {}", *name),
              "no blanks round the =");
      } else if (std::find(script.begin(), script.end(), first.text) != script.end()) {
        report(Severity::warning, first.begin, "tftpd_hpa.script",
               fmt::format("{}: only a shell knows which of these lines count", in_quotes(first.text)));
      } else {
        error(first.begin, "tftpd_hpa.command",
              fmt::format("sh runs this line as a program, beginning with {}", in_quotes(first.text)),
              "put a value with blanks in double quotes");
      }
    }
  }

  void variables() {
    for (auto name : file_.other_variables()) {
      if (auto found = file_.by_shell(name)) {
        report(Severity::warning, found->begin, "tftpd_hpa.obsolete",
               fmt::format("{} means nothing to the tftpd-hpa of this release", name));
      }
    }
    for (auto name : file_.variables()) {
      auto by_shell = file_.by_shell(name);
      if (by_shell && !by_shell->known) {
        report(Severity::warning, by_shell->begin, "tftpd_hpa.expansion",
               fmt::format("only a shell knows the value of {}", name), "write it out");
      } else if (file_.style() == TftpdDefaultsStyle::tftp_directory && !file_.shell().syntax_error &&
                 !file_.agreed(name)) {
        disagree(name, by_shell, file_.by_systemd(name));
      }
    }
  }

  void disagree(std::string_view name, const std::optional<Assignment>& by_shell,
                const std::optional<Assignment>& by_systemd) {
    auto shown = [](const std::optional<Assignment>& reading) {
      return reading ? in_quotes(reading->value) : std::string("nothing");
    };
    if (!by_shell && !by_systemd) return;
    error(by_shell ? by_shell->begin : by_systemd->begin, "tftpd_hpa.readers_differ",
          fmt::format("sh reads {} for {}, systemd {}", shown(by_shell), name, shown(by_systemd)),
          "put the value in double quotes and nothing behind it");
  }

  std::string value(std::string_view name) const { return file_.agreed(name).value_or(""); }

  void settings() {
    auto& settings = result_.settings;
    bool lenny = file_.style() == TftpdDefaultsStyle::run_daemon;
    auto line = parse_command_line(split_words(value(lenny ? "OPTIONS" : "TFTP_OPTIONS")));
    if (lenny) {
      if (auto run = file_.agreed("RUN_DAEMON")) settings.run_daemon = *run == "yes";
    } else {
      auto directories = split_words(value("TFTP_DIRECTORY"));
      line.directories.insert(line.directories.end(), directories.begin(), directories.end());
      settings.address = value("TFTP_ADDRESS");
      settings.username = value("TFTP_USERNAME");
    }
    settings.directories = std::move(line.directories);
    settings.address = line.address.value_or(settings.address);
    settings.username = line.username.value_or(settings.username);
    settings.options = std::move(line.others);
    settings.secure = line.secure;
    if (settings.secure && settings.directories.size() != 1) {
      error(0, "tftpd_hpa.directories",
            fmt::format("--secure takes exactly one directory, here are {}", settings.directories.size()));
    }
  }

  File file_;
  const std::string& name_;
  Parsing result_;
};

}  // namespace

Parsing parse(std::string_view text, TftpdDefaultsStyle style, const std::string& file) {
  return FileParser(text, style, file).run();
}

}  // namespace krgboot::tftpd_hpa
