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
// Each struct describes a state of the image rather than an action, so that krgboot can plan, detect and
// compare it like a file. The steps run in the order of the structs, because later ones need results of
// earlier ones.

/// State of an image: these Debian packages are installed.
struct InstalledPackages {
  std::vector<std::string> packages;  ///< ascending
  friend bool operator==(const InstalledPackages&, const InstalledPackages&) = default;
};

/// State of an image: the files of Kerrighed's `make install` are installed as the Debian package
/// `kerrighed_package`. So dpkg keeps the administrator's changes to its configuration files, removes files
/// that a later build no longer has, and knows the owner of each file.
struct InstalledKerrighed {
  std::string source;  ///< host path of a build tree, or of a tarball of the files that it installs
  friend bool operator==(const InstalledKerrighed&, const InstalledKerrighed&) = default;
};
/// Name of the Debian package that krgboot makes of a Kerrighed build.
inline constexpr std::string_view kerrighed_package = "kerrighed-built";

/// State of an image: these symlinks in /boot point to the newest kernel or its initrd. Boot entries name
/// them instead of files with a version.
struct NamedKernels {
  std::vector<std::string> names;  ///< of "initrd.img", "vmlinux", "vmlinuz"; ascending
  friend bool operator==(const NamedKernels&, const NamedKernels&) = default;
};

/// State of an image: this locale is generated (locale-gen(8)).
struct GeneratedLocale {
  std::string locale;
  friend bool operator==(const GeneratedLocale&, const GeneratedLocale&) = default;
};

/// State of an image: its ssh server has a host key of each of these types, which all nodes of the image and
/// no other machine use. Without types the image has no host key, because each node makes its own at boot.
struct SshHostKeys {
  std::vector<std::string> types;  ///< as in ssh-keygen(1); empty: no key of any type
  friend bool operator==(const SshHostKeys&, const SshHostKeys&) = default;
};

/// State of an image: its init system starts this service at boot.
struct EnabledService {
  std::string service;
  friend bool operator==(const EnabledService&, const EnabledService&) = default;
};

/// State of an image: every installed network service is configured not to take down or reconfigure the
/// network card that the NFS root uses.
struct KeptNetwork {
  InitSystem init = InitSystem::systemd;  ///< of the image
  friend bool operator==(const KeptNetwork&, const KeptNetwork&) = default;
};

/// State of an image: the initrd is built from the image's current configuration.
struct BuiltInitramfs {
  Initramfs generator = Initramfs::initramfs_tools;
  std::string kernel;  ///< path relative to the image's /boot
  std::string initrd;  ///< likewise
  friend bool operator==(const BuiltInitramfs&, const BuiltInitramfs&) = default;
};

using ImageState = std::variant<InstalledPackages, InstalledKerrighed, NamedKernels, GeneratedLocale,
                                SshHostKeys, EnabledService, KeptNetwork, BuiltInitramfs>;

/// A state that an image must have.
struct ImageStep {
  std::string image;   ///< host path of the image
  std::string origin;  ///< key path in the spec: "images.debian.packages"
  ImageState state;
  friend bool operator==(const ImageStep&, const ImageStep&) = default;
};

/// A step whose state the image does not have yet.
struct PendingStep {
  ImageStep step;
  std::string why;                  ///< "openssh-server is not installed"
  std::vector<std::string> before;  ///< the current state in readable lines, for a diff
  std::vector<std::string> after;   ///< likewise the required state
  friend bool operator==(const PendingStep&, const PendingStep&) = default;
};

/// Kind of the state: "packages", "kerrighed", "kernel names", "locale", "ssh host keys", "service",
/// "network" or "initramfs".
KRGBOOT_EXPORT std::string_view name_of(const ImageState& state) noexcept;
/// The state in words, for messages: "packages initramfs-tools, nfs-common".
KRGBOOT_EXPORT std::string to_string(const ImageState& state);

/// The init system of an image: sysvinit if the spec lists the package sysvinit-core, otherwise that of its
/// release. Throws as `release`.
KRGBOOT_EXPORT InitSystem init_of(const Image& image);

/// Names of the Debian packages that an image needs, ascending: those of the spec and of its release, and
/// locales if its locale must be generated. If the spec lists dracut, it replaces initramfs-tools and its
/// network packages are added; sysvinit-core replaces systemd-sysv. Throws as `release`.
KRGBOOT_EXPORT std::vector<std::string> packages_of(const Image& image);

/// The charset of a locale for its line in locale.gen(5): "UTF-8" of "de_DE.UTF-8". Empty if the locale need
/// not be generated, or if its name has no charset. The result refers to `locale`.
KRGBOOT_EXPORT std::string_view charset_of_locale(std::string_view locale) noexcept;
/// Must the locale be generated? libc contains C, POSIX and those that begin with "C.", such as C.UTF-8.
KRGBOOT_EXPORT bool is_generated_locale(std::string_view locale) noexcept;

/// Is `file` the name of a symlink to the newest kernel or initrd: "vmlinuz", "vmlinux" or "initrd.img"?
KRGBOOT_EXPORT bool is_kernel_name(std::string_view file) noexcept;

/// All steps of `image`, an image of `cluster`, in the order in which they run. Does not access the image.
/// Throws as `release`.
KRGBOOT_EXPORT std::vector<ImageStep> image_steps(const Cluster& cluster, const Image& image);

}  // namespace krgboot
