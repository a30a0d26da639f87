#pragma once

#include <string_view>

namespace krgboot::model {

// Grammars of the texts in an image's section.

/// A Debian package: [a-z0-9][a-z0-9+.-]+ (Debian Policy 5.6.1).
bool is_package_name(std::string_view text) noexcept;

/// A component of an archive, which may be one letter and may have a '/' in it ("updates/main").
bool is_component(std::string_view text) noexcept;

/// A user: [a-z_][a-z0-9_-]*[$]?, 32 characters at most (useradd(8)).
bool is_user_name(std::string_view text) noexcept;

/// Debian's name for a kind of processors: amd64, kfreebsd-i386 (Policy 11.1, without wildcards).
bool is_architecture(std::string_view text) noexcept;

/// A suite of an archive, which may have a '/' in it ("lenny/updates").
bool is_suite(std::string_view text) noexcept;

/// A public key as a line of authorized_keys has it (sshd(8)), without options before it: type, base64,
/// comment.
bool is_ssh_public_key(std::string_view text) noexcept;
/// Its type, "ssh-ed25519".
std::string_view ssh_key_type(std::string_view text) noexcept;

/// A network device's name (dev_valid_name of the kernel, less what a shell would take apart).
bool is_network_device(std::string_view text) noexcept;

/// A locale: C or POSIX, or language[_TERRITORY], each with [.codeset][@modifier] (locale(7)).
bool is_locale(std::string_view text) noexcept;

enum class MirrorFault {
  none,
  syntax,    ///< no http, https or file URL of characters that one word of sources.list can hold
  password,  ///< it holds credentials, which every user of a node could read
};
MirrorFault mirror_fault(std::string_view url) noexcept;

}  // namespace krgboot::model
