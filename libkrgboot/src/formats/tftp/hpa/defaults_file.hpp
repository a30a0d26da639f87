#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/formats/tftp/hpa/defaults.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/shell/assignments.hpp"

namespace krgboot::tftpd_hpa {

using shell::Assignment;
using shell::Command;
using shell::ShellReading;
using shell::Word;

/// /etc/default/tftpd-hpa as read by sh and by systemd.
class File {
 public:
  /// `text` must outlive it.
  File(std::string_view text, TftpdDefaultsStyle style);

  TftpdDefaultsStyle style() const noexcept { return style_; }
  const ShellReading& shell() const noexcept { return shell_; }

  /// The variables of this style, and those of the other style.
  std::vector<std::string_view> variables() const;
  std::vector<std::string_view> other_variables() const;

  /// The last assignment of a variable, for each reader.
  std::optional<Assignment> by_shell(std::string_view name) const;
  std::optional<Assignment> by_systemd(std::string_view name) const;

  /// The value, if it is known and the same for every reader of this style; nullopt also if there is no
  /// assignment.
  std::optional<std::string> agreed(std::string_view name) const;

  /// The variable that `A = b`, `A =b` or `A= b` is meant to set; nullopt for any other command.
  static std::optional<std::string> broken_assignment(const Command& command);

  Position position(std::size_t offset) const;

 private:
  std::string_view text_;
  TftpdDefaultsStyle style_;
  ShellReading shell_;
  std::vector<Assignment> by_shell_;
  std::vector<Assignment> by_systemd_;
};

}  // namespace krgboot::tftpd_hpa
