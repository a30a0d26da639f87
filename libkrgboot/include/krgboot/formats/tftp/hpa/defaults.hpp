#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/model/spec.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// How /etc/default/tftpd-hpa is written.
enum class TftpdDefaultsStyle {
  run_daemon,      ///< lenny: RUN_DAEMON and OPTIONS
  tftp_directory,  ///< since squeeze: TFTP_USERNAME, TFTP_DIRECTORY, TFTP_ADDRESS, TFTP_OPTIONS
};

}  // namespace krgboot

namespace krgboot::tftpd_hpa {

/// As the package of that release reads it.
KRGBOOT_EXPORT TftpdDefaultsStyle style_of(ReleaseName release);

/// What /etc/default/tftpd-hpa tells in.tftpd(8).
struct Settings {
  std::optional<bool> run_daemon;        ///< lenny's RUN_DAEMON: is it "yes"?
  std::vector<std::string> directories;  ///< that are served, in the order of the command line
  std::string address;                   ///< TFTP_ADDRESS, or --address: "[address][:port]"
  std::string username;                  ///< TFTP_USERNAME, or --user
  std::vector<std::string> options;      ///< all other options, each with its argument behind it
  bool secure = false;                   ///< --secure: chroot to the directory, which must be the only one

  friend bool operator==(const Settings&, const Settings&) = default;
};

struct Parsing {
  Settings settings;
  Diagnostics diagnostics;
};

/// Reads the file as its readers do. In lenny that is /bin/sh, by which the init script sources it; later
/// systemd takes the same file as an EnvironmentFile, and only what both read alike counts. The last
/// assignment of a variable counts. Findings:
///
///   tftpd_hpa.not_an_assignment   `A = b`: sh runs a program A
///   tftpd_hpa.command             anything else that sh would run
///   tftpd_hpa.script              if, for, `.` and the like: only a shell knows which lines count
///   tftpd_hpa.expansion           a value with $ or `: only a shell knows it
///   tftpd_hpa.readers_differ      sh and systemd read different values (a comment behind one, a bare blank)
///   tftpd_hpa.syntax              sh cannot read on: a quote that is never closed, a stray `;`
///   tftpd_hpa.obsolete            a variable of the other style, which this release ignores
///   tftpd_hpa.directories         --secure with no directory or with several
///
/// `file` is only a name for messages.
KRGBOOT_EXPORT Parsing parse(std::string_view text, TftpdDefaultsStyle style, const std::string& file = "");

/// `text` with the values that krgboot owns: `tftp_root` as the only directory, served with --secure, and in
/// lenny's form by a daemon of its own (RUN_DAEMON="yes", --listen). They change in place, on the assignment
/// that counts, or on a new last line where that would not do; missing variables are added, with Debian's
/// values for those that krgboot does not own. `A = b` loses its blanks. Every other byte and every other
/// option stays; a second call changes nothing. Throws ArgumentError "tftpd_hpa.directory" where the file
/// cannot carry `tftp_root`: it must be absolute and made of letters, digits, UTF-8 and /._+:@%,=~-, since
/// the init script splits it at blanks. Throws ConfigError where the text cannot be made to read so
/// (tftpd_hpa.syntax, .unreadable; .expansion in the options that must be kept).
KRGBOOT_EXPORT std::string set(std::string_view text, TftpdDefaultsStyle style, std::string_view tftp_root);

}  // namespace krgboot::tftpd_hpa
