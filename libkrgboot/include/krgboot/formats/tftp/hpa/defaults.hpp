#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/model/spec.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// The variables in /etc/default/tftpd-hpa.
enum class TftpdDefaultsStyle {
  run_daemon,      ///< lenny: RUN_DAEMON and OPTIONS
  tftp_directory,  ///< since squeeze: TFTP_USERNAME, TFTP_DIRECTORY, TFTP_ADDRESS, TFTP_OPTIONS
};

}  // namespace krgboot

namespace krgboot::tftpd_hpa {

/// The style that the package of `release` reads.
KRGBOOT_EXPORT TftpdDefaultsStyle style_of(ReleaseName release);

/// The settings of in.tftpd(8) in /etc/default/tftpd-hpa.
struct Settings {
  std::optional<bool> run_daemon;        ///< lenny's RUN_DAEMON: is it "yes"? nullopt: not set
  std::vector<std::string> directories;  ///< served directories, in the order of the command line
  std::string address;                   ///< TFTP_ADDRESS or `--address`: "[address][:port]"
  std::string username;                  ///< TFTP_USERNAME or `--user`
  std::vector<std::string> options;      ///< all other options, each followed by its argument
  bool secure = false;                   ///< `--secure`: chroot to the only directory

  friend bool operator==(const Settings&, const Settings&) = default;
};

/// Result of parse().
struct Parsing {
  Settings settings;
  Diagnostics diagnostics;
};

/// Parses the file as its readers do. In lenny the init script sources it with /bin/sh. In the later style
/// systemd also reads it, as an EnvironmentFile, and a value counts only if both read the same. The last
/// assignment of a variable counts. Findings:
///
///     tftpd_hpa.not_an_assignment   A = b: sh runs a program A
///     tftpd_hpa.command             another command that sh would run
///     tftpd_hpa.script              if, for, the dot command: only a shell knows which lines count
///     tftpd_hpa.expansion           a value with $ or a backtick: only a shell knows it
///     tftpd_hpa.readers_differ      sh and systemd read different values (a comment after one, a bare blank)
///     tftpd_hpa.syntax              sh cannot parse the rest: a quote that is never closed, a stray ;
///     tftpd_hpa.obsolete            a variable of the other style, which this release ignores
///     tftpd_hpa.directories         --secure with no directory or with several
///
/// They are errors, except .script, .expansion and .obsolete, which are warnings. `text` is the content of
/// the file, `file` its name in messages.
KRGBOOT_EXPORT Parsing parse(std::string_view text, TftpdDefaultsStyle style, const std::string& file = "");

/// Returns `text`, the content of the file, with krgboot's values: `tftp_root` (a host path) as the only
/// directory, served with `--secure`, and in lenny's style by a separate daemon (RUN_DAEMON="yes",
/// `--listen`). It changes the assignment that counts, or if that has no effect adds a last line. Missing
/// variables are added, those that krgboot does not own with Debian's values. The blanks in an assignment
/// `A = b` are removed. All other bytes and options are kept; a second call changes nothing. Throws
/// ArgumentError "tftpd_hpa.directory" unless `tftp_root` is absolute and consists of letters, digits,
/// non-ASCII UTF-8 and `/._+:@%,=~-`, because the init script splits it at blanks. Throws ConfigError
/// "tftpd_hpa.syntax", "tftpd_hpa.unreadable" (no way to set a variable so that both readers read it) or
/// "tftpd_hpa.expansion" (in options that must be kept).
KRGBOOT_EXPORT std::string set(std::string_view text, TftpdDefaultsStyle style, std::string_view tftp_root);

}  // namespace krgboot::tftpd_hpa
