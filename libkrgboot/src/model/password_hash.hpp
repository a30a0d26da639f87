#pragma once

#include "krgboot/model/release.hpp"

#include <string_view>

namespace krgboot::model {

enum class PasswordKind {
  hash,     ///< as crypt(5) makes it
  locked,   ///< "!" or "*", alone or before a hash: nobody logs in with a password
  unknown,  ///< anything else, so perhaps the password itself: never to be shown
};

/// What the second field of shadow(5) holds. Only the methods with an identifier are taken ("$6$..."): the 13
/// characters of traditional DES cannot be told from a password.
PasswordKind password_kind(std::string_view text) noexcept;

/// Can the libcrypt of `release` check this hash? lenny's glibc 2.7 knows $1$, $5$ and $6$ only.
bool is_hash_known_to(const Release& release, std::string_view hash) noexcept;

}  // namespace krgboot::model
