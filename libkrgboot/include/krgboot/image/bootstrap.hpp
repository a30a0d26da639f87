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

/// The program that installs the packages.
enum class BootstrapTool {
  automatic,  ///< mmdebstrap if installed, otherwise debootstrap; in the other order for an archived release
  mmdebstrap,
  debootstrap,
};

/// Stages of `bootstrap`, in order.
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
KRGBOOT_EXPORT std::string to_string(BootstrapPhase phase);

/// How far `bootstrap` has come.
struct BootstrapProgress {
  BootstrapPhase phase = BootstrapPhase::starting;
  /// Part of the whole that is done, from 0 to 1, estimated from the phase. It never decreases.
  double fraction = 0;
  std::string line;  ///< last line of the tool's output; empty before the first one
};

/// What `bootstrap` installs, and how.
struct BootstrapOptions {
  ReleaseName release = ReleaseName::bookworm;
  /// Host path of a tarball or a directory that is copied unchanged. Then only `durable`, `timeout`,
  /// `on_progress` and `keep_running` of the following fields are used. nullopt: install Debian packages.
  std::optional<std::filesystem::path> source;
  /// URL (http, https or file) of the package archive; nullopt: see `default_mirrors`.
  std::optional<std::string> mirror;
  /// URL of the archive of security updates; nullopt: see `default_mirrors`; empty: none.
  std::optional<std::string> security_mirror;
  std::vector<std::string> suites;  ///< further suites of `mirror`: "bookworm-updates"
  std::vector<std::string> components{"main"};
  std::string architecture;           ///< in dpkg's spelling ("amd64"); empty: this machine's
  std::string variant = "minbase";    ///< minbase, important or standard
  std::vector<std::string> packages;  ///< names of additional packages
  /// Accept packages without a valid signature. Then anyone who can change the mirror's data controls the
  /// image. An archived release, whose keys have expired, requires it; nothing else should need it.
  bool trust_unsigned = false;
  BootstrapTool tool = BootstrapTool::automatic;
  std::optional<std::chrono::milliseconds> timeout;           ///< nullopt: none
  bool durable = true;                                        ///< sync to disk before the final rename
  std::function<void(const BootstrapProgress&)> on_progress;  ///< may throw: that ends the operation
  std::function<bool()> keep_running;  ///< asked ten times a second; false ends the operation
};

/// The options for an image of the spec. `packages` holds those that the spec names and those that the
/// release needs to boot over NFS.
KRGBOOT_EXPORT BootstrapOptions bootstrap_options(const Image& image);

/// What `bootstrap` has done.
struct BootstrapReport {
  std::vector<std::string> argv;  ///< the command that was run; empty for a `source`
  Diagnostics warnings;           ///< from reading a `source`
  bool cancelled = false;         ///< `keep_running` returned false; nothing was made
};

/// Makes an image as the directory `target`, a path inside `root`: from Debian packages, with mmdebstrap(1)
/// or debootstrap(8), or from `source`. Missing parent directories are made. It requires root's rights. The
/// host's /etc/hostname and /etc/resolv.conf, which the tools copy, are removed from the image.
///
/// The image is made in a new directory beside `target`, checked, and published by one rename that never
/// replaces anything. After an error or a kill no `target` exists, no program of it runs and nothing stays
/// mounted; the next call in the same directory removes what a killed process left.
///
/// Throws ArgumentError "bootstrap.untrusted" for an archived release without `trust_unsigned`,
/// "bootstrap.mirror" if the mirror is unknown or its URL unusable, "bootstrap.name" for an invalid name of a
/// component, package, suite or architecture, "bootstrap.variant"; ConflictError "staging.exists" if `target`
/// exists, "staging.busy"; CommandError "command.failed", "command.timed_out" (without argv for a `source`);
/// IoError "run" if the tool is not installed, "bootstrap" if the result is not a root file system, and
/// otherwise as usual. For a `source` also what `restore` and `clone` throw.
KRGBOOT_EXPORT BootstrapReport bootstrap(const Root& root, const std::string& target,
                                         const BootstrapOptions& options = {});

/// The command that `bootstrap` would run, for display. `directory` is the host path of the new tree. Throws
/// ArgumentError as `bootstrap` does for bad options; IoError if the host's apt sources cannot be read.
KRGBOOT_EXPORT std::vector<std::string> bootstrap_command(const BootstrapOptions& options,
                                                          const std::filesystem::path& directory,
                                                          BootstrapTool tool);

/// The phase that begins with this line of output of mmdebstrap or debootstrap; nullopt: the phase does not
/// change.
KRGBOOT_EXPORT std::optional<BootstrapPhase> bootstrap_phase(std::string_view line);

}  // namespace krgboot
