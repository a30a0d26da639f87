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

/// Told, while the error is being handled, of what keeps something from being looked at, and of the part of
/// the spec that wants it looked at. May throw the error again.
using OnFault = std::function<void(const std::string& origin, const Error& error)>;

/// Those of `steps`, all of `image`, whose state is not there. Reads only, and runs nothing: what is
/// installed is what dpkg's database says (deb822(5) of /var/lib/dpkg/status), and what was built from files
/// is up to date where these are as they were when it was built (`configured_record`). Empty for a tree
/// without dpkg's database, which no step could work on. Throws IoError; ConflictError "kernel.no_version"
/// where an initramfs is to be made for what is no kernel. With `on_fault` that goes there, and the other
/// steps are looked at.
KRGBOOT_EXPORT std::vector<PendingStep> pending_steps(const Root& image, const std::vector<ImageStep>& steps,
                                                      const OnFault& on_fault = nullptr);

/// Of what was built last, in the image: what it was built from.
inline constexpr const char* configured_record = "/var/lib/krgboot/configured";

struct ConfigureOptions {
  std::function<void(const PendingStep&)> on_step;     ///< before it is made; may throw: that ends it
  std::function<void(std::string_view line)> on_line;  ///< what the programs say
  std::function<bool()> keep_running;                  ///< asked ten times a second; false ends it
  std::optional<std::chrono::milliseconds> timeout;    ///< of each program; nullopt: none
  std::function<void(const Diagnostic&)> on_warning;   ///< what is weaker than it could be
  std::vector<std::string> mirrors = {};               ///< that the caller, and not the image, names
};

/// Makes the states that are not there, in order, each by the image's own programs run inside of it
/// (`run_inside`): apt-get, dpkg, linux-update-symlinks, locale-gen, ssh-keygen, update-rc.d,
/// update-initramfs or mkinitramfs or dracut. Only the settings of network services are written as files.
/// What is there already is not touched, so that a second call does nothing; and one that was killed is
/// finished by the next. What was made, in order.
///
/// Only apt-get has a network: the outbound one of `InsideNetwork`. It has the host's where slirp4netns is
/// not installed, and where a source of packages is on this machine's loopback and is one of `mirrors` or
/// of this machine's own apt: `on_warning` says so ("image.host_network"). Of any other such source it says
/// that it is out of reach ("image.source_out_of_reach").
///
/// Kerrighed's build tree is installed by `make install DESTDIR=` into a directory beside the image, in
/// namespaces where nothing else of the host can be written than that and the build tree, and without a
/// network (which guards against mistakes, not against malice: it runs as root); a tarball is unpacked there.
/// Either becomes a Debian package that the image's dpkg installs.
///
/// Throws CommandError of a program that failed; ConflictError "configure.pending" where a state is still not
/// there afterwards; IoError "configure" for a tree without dpkg's database or what a step needs, and what
/// `run_inside` throws; ArchiveError of a tarball.
KRGBOOT_EXPORT std::vector<PendingStep> configure(const Root& image, const std::vector<ImageStep>& steps,
                                                  const ConfigureOptions& options = {});

}  // namespace krgboot
