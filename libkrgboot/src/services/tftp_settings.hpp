#pragma once

#include "krgboot/base/diagnostic.hpp"

#include <string>

namespace krgboot {

/// With whose rights a TFTP server reads files: tftp-hpa 5.2, validate_access(); dnsmasq 2.90,
/// check_tftp_fileperm().
struct TftpAccess {
  bool reads_private =
      false;  ///< it also hands out files that others may not read, if its user may read them
  bool as_root = false;
  std::string program = "the TFTP server";  ///< for messages
  bool is_chrooted = true;                  ///< links lead nowhere outside the directory that it serves
};

/// How a TFTP server would serve, by its configuration.
struct TftpSettings {
  std::string file;  ///< the configuration file, for messages
  Diagnostics diagnostics;
  std::string off;         ///< why it does not start; empty: it starts
  std::string root;        ///< the directory that it serves; empty: none
  std::string unconfined;  ///< why it also serves files outside `root`; empty: it does not
  bool ipv4 = true;        ///< it listens by IPv4
  std::string address;     ///< that it listens on: an address or a host name; empty: every one
  std::string port = "69";
  std::string renames;  ///< what rewrites the names that are asked for; empty: nothing
  TftpAccess access;
};

}  // namespace krgboot
