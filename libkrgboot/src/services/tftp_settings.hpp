#pragma once

#include "krgboot/base/diagnostic.hpp"

#include <string>

namespace krgboot {

/// The permissions that a TFTP server needs to read files: tftp-hpa 5.2, validate_access(); dnsmasq 2.90,
/// check_tftp_fileperm().
struct TftpAccess {
  bool reads_private = false;  ///< also serves files that are not world-readable, if its user may read them
  bool as_root = false;
  std::string program = "the TFTP server";  ///< for messages
  bool is_chrooted = true;                  ///< symlinks do not lead out of the served directory
};

/// The settings of a TFTP server, according to its configuration.
struct TftpSettings {
  std::string file;  ///< the configuration file, for messages
  Diagnostics diagnostics;
  std::string off;         ///< why the server does not start; empty: it starts
  std::string root;        ///< the served directory; empty: none
  std::string unconfined;  ///< why the server also serves files outside `root`; empty: it does not
  bool ipv4 = true;        ///< the server listens on IPv4
  std::string address;     ///< listening address, or a host name; empty: all addresses
  std::string port = "69";
  std::string renames;  ///< what rewrites requested names; empty: nothing
  TftpAccess access;
};

}  // namespace krgboot
