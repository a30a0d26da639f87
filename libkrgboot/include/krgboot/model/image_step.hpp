#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/cluster.hpp"
#include "krgboot/model/release.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace krgboot {

// Configuration that depends on the image's content; most of it needs the image's own programs.
// Each of these says what is to be there, not what is to be done, so that it can be planned, looked for and
// compared like a file. They are done in this order, since later ones need what earlier ones bring.

/// Debian packages, by name.
struct InstalledPackages {
  std::vector<std::string> packages;  ///< ascending
  friend bool operator==(const InstalledPackages&, const InstalledPackages&) = default;
};

/// What Kerrighed's `make install` gives, as the Debian package `kerrighed_package`: so that dpkg keeps the
/// administrator's changes to its configuration, removes what a later build no longer brings, and knows whose
/// each file is.
struct InstalledKerrighed {
  std::string source;  ///< on the host: a build tree, or a tarball of what it installs
  friend bool operator==(const InstalledKerrighed&, const InstalledKerrighed&) = default;
};
inline constexpr std::string_view kerrighed_package = "kerrighed-built";

/// Links in /boot that follow the newest kernel: what boot entries call "vmlinuz" and "initrd.img".
struct NamedKernels {
  std::vector<std::string> names;  ///< ascending
  friend bool operator==(const NamedKernels&, const NamedKernels&) = default;
};

struct GeneratedLocale {
  std::string locale;
  friend bool operator==(const GeneratedLocale&, const GeneratedLocale&) = default;
};

/// Keys of the image's own ssh server: all nodes share them, and no machine else has them. Or none at all,
/// where each node makes its own at boot.
struct SshHostKeys {
  std::vector<std::string> types;  ///< as of ssh-keygen(1); empty: the image is to hold no key of any type
  friend bool operator==(const SshHostKeys&, const SshHostKeys&) = default;
};

/// Started at boot.
struct EnabledService {
  std::string service;
  friend bool operator==(const EnabledService&, const EnabledService&) = default;
};

/// No network service of the image's takes down or reconfigures the card that carries the NFS root: each one
/// that is installed is told so by its own setting.
struct KeptNetwork {
  InitSystem init = InitSystem::systemd;
  friend bool operator==(const KeptNetwork&, const KeptNetwork&) = default;
};

/// Made from the image's configuration as it is now.
struct BuiltInitramfs {
  Initramfs generator = Initramfs::initramfs_tools;
  std::string kernel;  ///< files below /boot
  std::string initrd;
  friend bool operator==(const BuiltInitramfs&, const BuiltInitramfs&) = default;
};

using ImageState = std::variant<InstalledPackages, InstalledKerrighed, NamedKernels, GeneratedLocale,
                                SshHostKeys, EnabledService, KeptNetwork, BuiltInitramfs>;

struct ImageStep {
  std::string image;   ///< its path
  std::string origin;  ///< the part of the spec it came from: "images.debian.packages"
  ImageState state;
  friend bool operator==(const ImageStep&, const ImageStep&) = default;
};

/// A step whose state is not there.
struct PendingStep {
  ImageStep step;
  std::string why;  ///< "openssh-server is not installed"
  /// Both states as lines of words, for a diff.
  std::vector<std::string> before;
  std::vector<std::string> after;
  friend bool operator==(const PendingStep&, const PendingStep&) = default;
};

/// "packages", "kerrighed", "kernel names", "locale", "ssh host keys", "service", "network", "initramfs"
KRGBOOT_EXPORT std::string_view name_of(const ImageState& state) noexcept;
/// "packages initramfs-tools, nfs-common"
KRGBOOT_EXPORT std::string to_string(const ImageState& state);

/// The init of an image: that of its release, unless sysvinit-core is among the packages that the spec names.
KRGBOOT_EXPORT InitSystem init_of(const Image& image);

/// Debian packages that an image needs: those that the spec names, and those of its release. dracut, where it
/// is named, takes the place of initramfs-tools, and sysvinit-core that of systemd-sysv.
KRGBOOT_EXPORT std::vector<std::string> packages_of(const Image& image);

/// The charset that locale.gen(5) wants beside a locale: "UTF-8" of "de_DE.UTF-8". Empty for C, POSIX and
/// C.UTF-8, which libc brings, and for a name that does not tell.
KRGBOOT_EXPORT std::string_view charset_of_locale(std::string_view locale) noexcept;
/// Must it be generated before it can be used?
KRGBOOT_EXPORT bool is_generated_locale(std::string_view locale) noexcept;

/// Does a boot entry name the kernel or initrd without a version, as a link to the newest one?
KRGBOOT_EXPORT bool is_kernel_name(std::string_view file) noexcept;

/// All steps of an image, in their order. Pure.
KRGBOOT_EXPORT std::vector<ImageStep> image_steps(const Cluster& cluster, const Image& image);

}  // namespace krgboot
