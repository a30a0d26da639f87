#pragma once

#include <string_view>

namespace krgboot::model {

// Grammars of the values in an image's section.

/// A Debian package name: [a-z0-9][a-z0-9+.-]+ (Debian Policy 5.6.1).
bool is_package_name(std::string_view text) noexcept;

/// A component of an archive. It may be a single letter and may contain a '/' ("updates/main").
bool is_component(std::string_view text) noexcept;

/// A user name: [a-z_][a-z0-9_-]*[$]?, 32 characters at most (useradd(8)).
bool is_user_name(std::string_view text) noexcept;

/// A Debian architecture: amd64, kfreebsd-i386 (Policy 11.1, without wildcards).
bool is_architecture(std::string_view text) noexcept;

/// A suite of an archive. It may contain a '/' ("lenny/updates").
bool is_suite(std::string_view text) noexcept;

/// A public key as in a line of authorized_keys (sshd(8)), without options before it: type, base64, comment.
bool is_ssh_public_key(std::string_view text) noexcept;
/// Type of a public key, "ssh-ed25519".
std::string_view ssh_key_type(std::string_view text) noexcept;

/// Name of a network device (dev_valid_name of the kernel, without characters that a shell would split or
/// interpret).
bool is_network_device(std::string_view text) noexcept;

/// A locale: C or POSIX, or language[_TERRITORY], each with [.codeset][@modifier] (locale(7)).
bool is_locale(std::string_view text) noexcept;

enum class MirrorFault {
  none,
  syntax,    ///< not an http, https or file URL of characters that one word of sources.list can hold
  password,  ///< it holds credentials, which every user of a node could read
};
MirrorFault mirror_fault(std::string_view url) noexcept;

}  // namespace krgboot::model
