#pragma once

#include "krgboot/base/error.hpp"
#include "krgboot/export.hpp"
#include "krgboot/model/image_step.hpp"
#include "krgboot/system/root.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace krgboot {

/// Called while `error` is being handled: something could not be examined. `origin` is the part of the spec
/// that requires it. May rethrow the error.
using OnFault = std::function<void(const std::string& origin, const Error& error)>;

/// Those of `steps`, all of them for `image`, whose state is not reached. Only reads files and runs no
/// program. dpkg's database (/var/lib/dpkg/status, deb822(5)) tells which packages are installed. A file
/// built from other files is up to date if these are unchanged since the build (`configured_record`). Returns
/// an empty list for a tree without dpkg's database, on which no step could work.
///
/// Throws IoError; ConflictError "kernel.no_version" if an initramfs is required for a file that is not a
/// kernel. If `on_fault` is set, it gets these errors instead, and the other steps are examined.
KRGBOOT_EXPORT std::vector<PendingStep> pending_steps(const Root& image, const std::vector<ImageStep>& steps,
                                                      const OnFault& on_fault = nullptr);

/// File in the image that records the inputs of the last build, as digests in JSON.
inline constexpr const char* configured_record = "/var/lib/krgboot/configured";

/// How `configure` runs programs and what it reports.
struct ConfigureOptions {
  /// Called before each step; may throw: that ends the operation.
  std::function<void(const PendingStep&)> on_step;
  std::function<void(std::string_view line)> on_line;  ///< called for each line of the programs' output
  std::function<bool()> keep_running;                  ///< asked ten times a second; false ends the operation
  std::optional<std::chrono::milliseconds> timeout;    ///< for each program; nullopt: none
  /// Called with the warnings "image.host_network" and "image.source_out_of_reach".
  std::function<void(const Diagnostic&)> on_warning;
  std::vector<std::string> mirrors = {};  ///< URLs of package sources that the caller trusts
};

/// Brings about the states of `steps` that are not reached, in order. Each step runs the image's own programs
/// inside the image (`run_inside`): apt-get, dpkg, linux-update-symlinks, locale-gen, ssh-keygen,
/// update-rc.d, update-initramfs or mkinitramfs or dracut. Only the settings of network services are written
/// as files. A state that is reached already is not touched: a second call does nothing, and the next call
/// completes the work of a killed one. Returns the steps done, in order.
///
/// Only apt-get has network access, that of InsideNetwork::outbound. It has the host's network if slirp4netns
/// is not installed, or if a package source is on this machine's loopback and is one of `mirrors` or of this
/// machine's own apt sources; then `on_warning` gets "image.host_network". For any other source on the
/// loopback it gets "image.source_out_of_reach".
///
/// Kerrighed's build tree is installed by `make install DESTDIR=` into a directory beside the image. It runs
/// as root in namespaces without a network, where only that directory and the build tree are writable; this
/// guards against mistakes, not against malice. A tarball is unpacked to the same place. Either becomes a
/// Debian package that the image's dpkg installs.
///
/// Throws CommandError of a program that failed, was cancelled or timed out; ConflictError
/// "configure.pending" if a state is still not reached after its step, "lock.busy" if `keep_running` returns
/// false while the image is locked; IoError "configure" for a tree without dpkg's database or without what a
/// step needs; ArchiveError for a tarball; what `pending_steps`, `run_inside` and the constructor of Lock
/// throw.
KRGBOOT_EXPORT std::vector<PendingStep> configure(const Root& image, const std::vector<ImageStep>& steps,
                                                  const ConfigureOptions& options = {});

}  // namespace krgboot
