#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/model/release.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::tftpd_hpa {

/// What /etc/default/tftpd-hpa says.
struct Settings {
  std::optional<bool> run_daemon;        ///< lenny's RUN_DAEMON, "yes" or not
  std::vector<std::string> directories;  ///< that in.tftpd serves, in order
  std::string address;                   ///< TFTP_ADDRESS or -a: "[address][:port]"
  std::string username;                  ///< TFTP_USERNAME or -u
  std::vector<std::string> options;      ///< the words of TFTP_OPTIONS or OPTIONS that are none of these
  bool secure = false;  ///< --secure, -s: chroot to the directory, which must be the only one

  friend bool operator==(const Settings&, const Settings&) = default;
};

struct Parsing {
  Settings settings;
  Diagnostics diagnostics;
};

/// Reads the file as both of its readers do: /bin/sh sources it in the init script, systemd takes it as an
/// EnvironmentFile. What they read differently, or not as an assignment at all (`A = b`, command
/// substitution), is a finding and does not count. The last assignment wins. `file` is only a name for
/// messages.
Parsing parse(std::string_view text, TftpdDefaultsStyle style, const std::string& file = "");

/// `text` with the values that krgboot owns: `tftp_root` as the only directory, served with --secure, and in
/// lenny's form RUN_DAEMON="yes". They change in place, on the assignment that counts; what is missing is
/// added; every other byte and every other option stays. Lines that meant one of these variables and are no
/// assignment (`OPTIONS = …`) go, because sh would try to run them as a program. The same text twice changes
/// nothing. Throws ArgumentError "tftpd_hpa.directory" where `tftp_root` cannot be carried: not absolute, or
/// with bytes other than letters, digits and `/._+:@%,=-`, since in.tftpd's init script splits it at blanks.
std::string set(std::string_view text, TftpdDefaultsStyle style, std::string_view tftp_root);

}  // namespace krgboot::tftpd_hpa
