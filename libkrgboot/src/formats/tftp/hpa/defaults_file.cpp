#include "defaults_file.hpp"

#include <algorithm>
#include <array>

namespace krgboot::tftpd_hpa {

namespace {

constexpr std::array<std::string_view, 2> lenny_variables = {"RUN_DAEMON", "OPTIONS"};
constexpr std::array<std::string_view, 4> todays_variables = {"TFTP_USERNAME", "TFTP_DIRECTORY",
                                                              "TFTP_ADDRESS", "TFTP_OPTIONS"};

std::optional<Assignment> last(const std::vector<Assignment>& assignments, std::string_view name) {
  auto found = std::find_if(assignments.rbegin(), assignments.rend(),
                            [&](const Assignment& a) { return a.name == name; });
  return found == assignments.rend() ? std::nullopt : std::optional(*found);
}

std::vector<std::string_view> names(TftpdDefaultsStyle style) {
  if (style == TftpdDefaultsStyle::run_daemon) return {lenny_variables.begin(), lenny_variables.end()};
  return {todays_variables.begin(), todays_variables.end()};
}

}  // namespace

File::File(std::string_view text, TftpdDefaultsStyle style)
    : text_(text),
      style_(style),
      shell_(shell::read_as_sh(text)),
      by_shell_(shell::assignments(shell_)),
      by_systemd_(shell::read_as_systemd(text)) {}

std::vector<std::string_view> File::variables() const {
  return names(style_);
}

std::vector<std::string_view> File::other_variables() const {
  return names(style_ == TftpdDefaultsStyle::run_daemon ? TftpdDefaultsStyle::tftp_directory
                                                        : TftpdDefaultsStyle::run_daemon);
}

std::optional<Assignment> File::by_shell(std::string_view name) const {
  return last(by_shell_, name);
}

std::optional<Assignment> File::by_systemd(std::string_view name) const {
  return last(by_systemd_, name);
}

std::optional<std::string> File::agreed(std::string_view name) const {
  auto shell = by_shell(name);
  if (!shell || !shell->known) return std::nullopt;
  if (style_ == TftpdDefaultsStyle::run_daemon) return shell->value;
  auto systemd = by_systemd(name);
  return systemd && systemd->value == shell->value ? std::optional(shell->value) : std::nullopt;
}

std::optional<std::string> File::broken_assignment(const Command& command) {
  const auto& words = command.words;
  if (command.complex || words.size() < 2) return std::nullopt;
  if (words[0].equals != 0) {
    bool empty = words[0].equals + 1 == words[0].end;
    return empty && words[1].equals == 0 ? std::optional(words[0].name) : std::nullopt;
  }
  bool plain = words[0].text.size() == words[0].end - words[0].begin && shell::is_variable(words[0].text);
  return plain && words[1].text.starts_with('=') ? std::optional(words[0].text) : std::nullopt;
}

Position File::position(std::size_t offset) const {
  auto before = text_.substr(0, offset);
  auto line = std::count(before.begin(), before.end(), '\n') + 1;
  auto column = offset - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0
  return {static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(column)};
}

}  // namespace krgboot::tftpd_hpa
