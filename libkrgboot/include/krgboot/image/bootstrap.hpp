#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/model/cluster.hpp"
#include "krgboot/system/root.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

enum class BootstrapTool {
  automatic,  ///< mmdebstrap where it is installed, else debootstrap; for an archived release the other way
  mmdebstrap,
  debootstrap,
};

enum class BootstrapPhase {
  starting,
  lists,
  downloading,
  extracting,
  configuring,
  packages,
  cleaning,
  publishing
};
/// "downloading"
KRGBOOT_EXPORT std::string to_string(BootstrapPhase phase);

struct BootstrapProgress {
  BootstrapPhase phase = BootstrapPhase::starting;
  /// How much of the whole is done, 0 to 1: as far as the phases tell it. It never goes back.
  double fraction = 0;
  std::string line;  ///< what the tool has just said; empty where it said nothing
};

struct BootstrapOptions {
  ReleaseName release = ReleaseName::bookworm;
  /// A tarball, or a directory, on the host to begin with: the image is what is in it, to the byte, and of
  /// what is said below only the limits and the callbacks count. nullopt: Debian packages.
  std::optional<std::filesystem::path> source;
  /// Where packages come from; nullopt: see default_mirrors. A URL: http, https or file.
  std::optional<std::string> mirror;
  /// Where security updates come from; nullopt: see default_mirrors; empty: there are none.
  std::optional<std::string> security_mirror;
  std::vector<std::string> suites;  ///< of the mirror, beside the release's own; "bookworm-updates"
  std::vector<std::string> components{"main"};
  std::string architecture;           ///< as dpkg names it; empty: this machine's
  std::string variant = "minbase";    ///< minbase, important or standard
  std::vector<std::string> packages;  ///< more of them, by name
  /// Packages need no valid signature. Whoever can change what the mirror sends then owns the image: only an
  /// archived release, whose keys have expired, should need it, and cannot be made without it.
  bool trust_unsigned = false;
  BootstrapTool tool = BootstrapTool::automatic;
  std::optional<std::chrono::milliseconds> timeout;           ///< nullopt: none
  bool durable = true;                                        ///< on the disk before it gets its name
  std::function<void(const BootstrapProgress&)> on_progress;  ///< may throw: that ends it
  std::function<bool()> keep_running;                         ///< asked ten times a second; false ends it
};

/// What the spec says of an image; its packages are those it names and those that its release needs to boot
/// over NFS.
KRGBOOT_EXPORT BootstrapOptions bootstrap_options(const Image& image);

struct BootstrapReport {
  std::vector<std::string> argv;  ///< what was run; empty for a `source`
  Diagnostics warnings;           ///< of reading a `source`
  bool cancelled = false;         ///< nothing was made
};

/// Makes an image from Debian packages, as the directory `target` inside `root` (what is missing above it is
/// made, too), with mmdebstrap(1) or
/// debootstrap(8), as root. It is made in a fresh directory beside `target`, looked at, and gets its name by
/// one rename that never replaces anything: where it fails, and where this process is killed, nothing is seen
/// of it, nothing runs on and nothing stays mounted; what a killed one left is removed by the next one.
/// The host's /etc/hostname and /etc/resolv.conf, which the tools copy, are not in it.
///
/// Throws ArgumentError "bootstrap.untrusted" for an archived release without `trust_unsigned`,
/// "bootstrap.mirror", "bootstrap.name" (of a component, package, suite, architecture), "bootstrap.variant";
/// ConflictError "staging.exists" where `target` exists; CommandError where the tool fails or time is up;
/// IoError "run" where it is not installed, "bootstrap" where what it made is no root tree. For a `source`
/// also what `restore` and `clone` throw; CommandError "command.timed_out" has no argv then.
KRGBOOT_EXPORT BootstrapReport bootstrap(const Root& root, const std::string& target,
                                         const BootstrapOptions& options = {});

/// What the tool is told, for a look before it is run; `directory` is where the tree will be made. Throws as
/// `bootstrap` does for bad options.
KRGBOOT_EXPORT std::vector<std::string> bootstrap_command(const BootstrapOptions& options,
                                                          const std::filesystem::path& directory,
                                                          BootstrapTool tool);

/// How a line of the tool's output moves the work on; nullopt: it does not.
KRGBOOT_EXPORT std::optional<BootstrapPhase> bootstrap_phase(std::string_view line);

}  // namespace krgboot
