#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/release.hpp"
#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// One source of packages that apt is told of (sources.list(5)): "deb" lines, or a stanza of a .sources file,
/// one entry for each URI of it. Source packages are not looked at.
struct AptSource {
  std::string uri;                      ///< without a final '/'
  std::vector<std::string> suites;      ///< "bookworm", "bookworm-updates"
  std::vector<std::string> components;  ///< "main"
  friend bool operator==(const AptSource&, const AptSource&) = default;
};

/// The sources in one-line style ("deb [options] URI SUITE COMPONENT...") of a sources.list file. Lines that
/// are none are left out, as this reads what others wrote.
KRGBOOT_EXPORT std::vector<AptSource> parse_one_line_sources(std::string_view text);
/// The sources of a .sources file (deb822 style); stanzas with `Enabled: no` are left out.
KRGBOOT_EXPORT std::vector<AptSource> parse_deb822_sources(std::string_view text);

/// All sources that apt uses below `root`: /etc/apt/sources.list, then /etc/apt/sources.list.d/*.list and
/// *.sources, in the order of their names.
KRGBOOT_EXPORT std::vector<AptSource> read_apt_sources(const Root& root);

/// Does a URI's host name this machine's loopback: localhost, 127.0.0.0/8 or [::1]?
KRGBOOT_EXPORT bool is_on_loopback(std::string_view uri);

/// Where Debian comes from.
struct DebianMirrors {
  std::optional<std::string> main;      ///< "http://mirror.example.org/debian"
  std::optional<std::string> security;  ///< "http://mirror.example.org/debian-security"
  friend bool operator==(const DebianMirrors&, const DebianMirrors&) = default;
};

/// The mirrors of Debian itself among `sources`: the first that has a suite of Debian ("bookworm", "stable"),
/// and the first that has a security suite ("bookworm-security", "buster/updates"). Mirrors that are reached
/// with a name and password are left out: those belong in no argument and no image.
KRGBOOT_EXPORT DebianMirrors debian_mirrors(const std::vector<AptSource>& sources);

/// The mirrors that the release is made from, where nobody names others: those that apt uses on the machine
/// at `root`. None for an archived release, whose mirror somebody has to name.
KRGBOOT_EXPORT DebianMirrors default_mirrors(const Root& root, ReleaseName name);

}  // namespace krgboot
