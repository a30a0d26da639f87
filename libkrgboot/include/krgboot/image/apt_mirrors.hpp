#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/release.hpp"
#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// One package source of apt (sources.list(5)): a "deb" line, or one URI of a stanza of a .sources file.
/// Sources of source packages ("deb-src") are not included.
struct AptSource {
  std::string uri;                      ///< without a trailing '/'
  std::vector<std::string> suites;      ///< "bookworm", "bookworm-updates"
  std::vector<std::string> components;  ///< "main"
  friend bool operator==(const AptSource&, const AptSource&) = default;
};

/// The sources in the text of a sources.list file (one-line style: `deb [options] URI SUITE COMPONENT...`).
/// Other lines are skipped without an error.
KRGBOOT_EXPORT std::vector<AptSource> parse_one_line_sources(std::string_view text);
/// The sources in the text of a .sources file (deb822 style). Stanzas with `Enabled: no` are skipped.
KRGBOOT_EXPORT std::vector<AptSource> parse_deb822_sources(std::string_view text);

/// All sources that apt uses in `root`: those of /etc/apt/sources.list, then those of
/// /etc/apt/sources.list.d/*.list and *.sources in the order of their names. Throws IoError.
KRGBOOT_EXPORT std::vector<AptSource> read_apt_sources(const Root& root);

/// Does the host of `uri` name the loopback: localhost, 127.0.0.0/8 or [::1]?
KRGBOOT_EXPORT bool is_on_loopback(std::string_view uri);

/// URLs of Debian's archives; nullopt: not known.
struct DebianMirrors {
  std::optional<std::string> main;      ///< "http://mirror.example.org/debian"
  std::optional<std::string> security;  ///< "http://mirror.example.org/debian-security"
  friend bool operator==(const DebianMirrors&, const DebianMirrors&) = default;
};

/// The mirrors of Debian among `sources`: the first with a suite of Debian ("bookworm", "stable") and the
/// first with a security suite ("bookworm-security", "buster/updates"). URIs with a user name and password
/// are skipped, because these must not get into arguments or images.
KRGBOOT_EXPORT DebianMirrors debian_mirrors(const std::vector<AptSource>& sources);

/// The mirrors for a release if none are configured: those that apt uses on the machine at `root`. Both are
/// nullopt for an archived release, whose mirror must be configured. Throws IoError.
KRGBOOT_EXPORT DebianMirrors default_mirrors(const Root& root, ReleaseName name);

}  // namespace krgboot
