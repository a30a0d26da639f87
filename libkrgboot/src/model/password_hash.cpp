#include "model/password_hash.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

namespace krgboot::model {

namespace {

constexpr bool is_hash_character(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '/';
}

struct Method {
  std::string_view id;
  std::size_t
      fields;  // between the identifier and the hash; one more is allowed where parameters are optional
  std::size_t length;  // of the last field
  bool optional_parameters;
  bool in_lenny;
};

// The methods of crypt(5) in libxcrypt, without those that it lists for old files only (NT, SunMD5, BSDi,
// DES). bcrypt joins salt and hash in one field.
constexpr std::array<Method, 11> methods = {{
    {"y", 2, 43, false, false},
    {"gy", 2, 43, false, false},
    {"7", 1, 43, false, false},
    {"2a", 1, 53, false, false},
    {"2b", 1, 53, false, false},
    {"2x", 1, 53, false, false},
    {"2y", 1, 53, false, false},
    {"6", 1, 86, true, true},
    {"5", 1, 43, true, true},
    {"sha1", 2, 28, false, false},
    {"1", 1, 22, false, true},
}};

const Method* method_of(std::string_view hash) noexcept {
  if (hash.empty() || hash.front() != '$') return nullptr;
  hash.remove_prefix(1);
  auto id = hash.substr(0, hash.find('$'));
  auto found = std::find_if(methods.begin(), methods.end(), [&](const Method& m) { return m.id == id; });
  return found == methods.end() ? nullptr : &*found;
}

bool is_hash(std::string_view text) noexcept {
  const auto* method = method_of(text);
  if (!method) return false;
  auto fields = text.substr(method->id.size() + 2);
  auto separators = static_cast<std::size_t>(std::count(fields.begin(), fields.end(), '$'));
  bool with_parameters = method->optional_parameters && fields.substr(0, 7) == "rounds=";
  if (separators != method->fields + (with_parameters ? 1U : 0U)) return false;
  auto hash = fields.substr(fields.rfind('$') + 1);
  if (with_parameters) fields.remove_prefix(7);
  return hash.size() == method->length &&
         std::all_of(fields.begin(), fields.end(), [](char c) { return c == '$' || is_hash_character(c); });
}

std::string_view without_lock(std::string_view text) noexcept {
  auto begin = std::min(text.find_first_not_of("!*"), text.size());
  return text.substr(begin);
}

}  // namespace

PasswordKind password_kind(std::string_view text) noexcept {
  auto rest = without_lock(text);
  if (rest.size() < text.size()) {
    return rest.empty() || is_hash(rest) ? PasswordKind::locked : PasswordKind::unknown;
  }
  return is_hash(text) ? PasswordKind::hash : PasswordKind::unknown;
}

bool is_hash_known_to(const Release& release, std::string_view hash) noexcept {
  const auto* method = method_of(without_lock(hash));
  return release.name != ReleaseName::lenny || !method || method->in_lenny;
}

}  // namespace krgboot::model
