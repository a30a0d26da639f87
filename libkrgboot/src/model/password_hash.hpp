#pragma once

#include "krgboot/model/release.hpp"

#include <string_view>

namespace krgboot::model {

enum class PasswordKind {
  hash,     ///< in the format of crypt(5)
  locked,   ///< "!" or "*", alone or before a hash: nobody logs in with a password
  unknown,  ///< anything else, perhaps the password itself: never show it
};

/// The kind of the second field of shadow(5). Only methods with an identifier ("$6$...") are accepted: the 13
/// characters of traditional DES look like a password.
PasswordKind password_kind(std::string_view text) noexcept;

/// Can the libcrypt of `release` check this hash? lenny's glibc 2.7 knows $1$, $5$ and $6$ only.
bool is_hash_known_to(const Release& release, std::string_view hash) noexcept;

}  // namespace krgboot::model
