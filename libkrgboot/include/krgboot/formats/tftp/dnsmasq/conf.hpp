#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The configuration of dnsmasq (dnsmasq(8), "CONFIG FILE"), as far as its TFTP server reads it.
namespace krgboot::dnsmasq {

/// A line of the configuration: a long option without its `--`.
struct Option {
  std::string name;
  std::string value;  ///< without its quotes; empty: no value is given
  Location where;
  friend bool operator==(const Option&, const Option&) = default;
};

/// The options of a configuration file in order. `text` is its content, `file` its name in locations. A
/// comment begins with '#' at the start of a line or after a blank, outside of quotes. '"' quotes a value or
/// a part of it and may contain the escapes `\"`, `\\`, `\n`, `\t`, `\r`, `\b` and `\e` (one_file() in
/// dnsmasq's `option.c`).
KRGBOOT_EXPORT std::vector<Option> parse(std::string_view text, const std::string& file = "");

/// Access to the files of the server.
struct Files {
  /// Returns the content of a file; nullopt: it cannot be read.
  std::function<std::optional<std::string>(const std::string& path)> read;
  /// Returns the names of the files in a directory, in any order.
  std::function<std::vector<std::string>(const std::string& directory)> list;
};

/// The options of the main file `file` and of the files that it includes by conf-file and conf-dir, then of
/// the files in `directory`, which Debian's init script adds: all except hidden files, backups (names that
/// end in '~', or begin and end with '#') and names that end in .dpkg-dist, .dpkg-old or .dpkg-new. Each file
/// is read once; missing files are skipped.
KRGBOOT_EXPORT std::vector<Option> read_all(const std::string& file, const std::string& directory,
                                            const Files& files);

/// Paths of the files that `read_all` reads, in the order of reading.
KRGBOOT_EXPORT std::vector<std::string> paths_of(const std::string& file, const std::string& directory,
                                                 const Files& files);

/// Text of krgboot's drop-in file, which makes dnsmasq serve `tftp_root` (a host path) by TFTP, without DNS
/// and DHCP.
KRGBOOT_EXPORT std::string render_tftp(std::string_view tftp_root);

}  // namespace krgboot::dnsmasq
