#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// dnsmasq's configuration (dnsmasq(8), "CONFIG FILE"), as far as its TFTP server reads it.
namespace krgboot::dnsmasq {

/// A line of the configuration: a long option without its "--".
struct Option {
  std::string name;
  std::string value;  ///< without its quotes; empty: none is given
  Location where;
  friend bool operator==(const Option&, const Option&) = default;
};

/// The options of a text, in order. Comments begin with '#' at the start of a line or after a blank, outside
/// quotes; '"' quotes a value or a part of it, with \" \\ \n \t \r \b \e in it (option.c, one_file()).
KRGBOOT_EXPORT std::vector<Option> parse(std::string_view text, const std::string& file = "");

struct Files {
  std::function<std::optional<std::string>(const std::string& path)> read;
  std::function<std::vector<std::string>(const std::string& directory)> list;
};

/// The options of the main file, of what it includes by conf-file and conf-dir, and of every file in
/// `directory` that Debian's init script adds: all but hidden ones, backups ("x~", "#x#") and those that end
/// in .dpkg-dist, .dpkg-old or .dpkg-new. A file is read once.
KRGBOOT_EXPORT std::vector<Option> read_all(const std::string& file, const std::string& directory,
                                            const Files& files);

/// Every file that `read_all` reads, by path.
KRGBOOT_EXPORT std::vector<std::string> paths_of(const std::string& file, const std::string& directory,
                                                 const Files& files);

/// krgboot's drop-in file: serves `tftp_root` by TFTP, and neither DNS nor DHCP.
KRGBOOT_EXPORT std::string render_tftp(std::string_view tftp_root);

}  // namespace krgboot::dnsmasq
