#include "model/image_texts.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace krgboot::model {

namespace {

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
constexpr bool is_lower(char c) noexcept {
  return c >= 'a' && c <= 'z';
}
constexpr bool is_upper(char c) noexcept {
  return c >= 'A' && c <= 'Z';
}

template <class Predicate>
bool all(std::string_view text, Predicate predicate) {
  return std::all_of(text.begin(), text.end(), predicate);
}

bool is_one_of(char c, std::string_view characters) noexcept {
  return characters.find(c) != std::string_view::npos;
}

/// Cuts the suffix after the first `separator` off `text`. False if the suffix is present, but empty or not
/// accepted by `predicate`.
template <class Predicate>
bool take_suffix(std::string_view& text, char separator, Predicate predicate) {
  auto at = text.find(separator);
  if (at == std::string_view::npos) return true;
  auto suffix = text.substr(at + 1);
  text = text.substr(0, at);
  return !suffix.empty() && all(suffix, predicate);
}

}  // namespace

bool is_component(std::string_view text) noexcept {
  if (text.empty() || !(is_lower(text.front()) || is_digit(text.front())) || text.back() == '/') return false;
  return all(text, [](char c) { return is_lower(c) || is_digit(c) || is_one_of(c, "+.-/"); });
}

bool is_package_name(std::string_view text) noexcept {
  return text.size() >= 2 && is_component(text) && text.find('/') == std::string_view::npos;
}

bool is_architecture(std::string_view text) noexcept {
  if (text.size() < 2 || !is_lower(text.front()) || text.back() == '-') return false;
  return all(text, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

bool is_suite(std::string_view text) noexcept {
  if (text.empty() || !(is_lower(text.front()) || is_digit(text.front())) || text.back() == '/') return false;
  return all(text, [](char c) { return is_lower(c) || is_upper(c) || is_digit(c) || is_one_of(c, ".-_/"); });
}

std::string_view ssh_key_type(std::string_view text) noexcept {
  return text.substr(0, text.find(' '));
}

bool is_ssh_public_key(std::string_view text) noexcept {
  // The key types of ssh-keygen(1). Certificates belong in another file.
  constexpr std::array<std::string_view, 8> types = {"ssh-ed25519",
                                                     "ssh-rsa",
                                                     "ssh-dss",
                                                     "ecdsa-sha2-nistp256",
                                                     "ecdsa-sha2-nistp384",
                                                     "ecdsa-sha2-nistp521",
                                                     "sk-ssh-ed25519@openssh.com",
                                                     "sk-ecdsa-sha2-nistp256@openssh.com"};
  auto type = ssh_key_type(text);
  if (std::find(types.begin(), types.end(), type) == types.end() || type.size() == text.size()) return false;
  if (!all(text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; })) return false;
  auto rest = text.substr(type.size() + 1);
  auto key = rest.substr(0, rest.find(' '));
  auto digits = key.substr(0, key.find('='));
  auto padding = key.substr(digits.size());
  // Every key begins with the length of its type in four octets, of which the first three are zero.
  return key.size() % 4 == 0 && padding.size() <= 2 && digits.substr(0, 4) == "AAAA" && digits.size() > 40 &&
         all(padding, [](char c) { return c == '='; }) &&
         all(digits, [](char c) { return is_lower(c) || is_upper(c) || is_digit(c) || is_one_of(c, "+/"); });
}

bool is_network_device(std::string_view text) noexcept {
  if (text.empty() || text.size() > 15 || text.front() == '-' || text == "." || text == "..") return false;
  return all(text, [](char c) { return is_lower(c) || is_upper(c) || is_digit(c) || is_one_of(c, "._-:"); });
}

bool is_user_name(std::string_view text) noexcept {
  if (text.empty() || text.size() > 32 || !(is_lower(text.front()) || text.front() == '_')) return false;
  if (text.size() > 1 && text.back() == '$') text.remove_suffix(1);
  return all(text, [](char c) { return is_lower(c) || is_digit(c) || c == '_' || c == '-'; });
}

bool is_locale(std::string_view text) noexcept {
  if (text.size() > 64) return false;
  auto is_word = [](char c) { return is_lower(c) || is_upper(c) || is_digit(c); };
  if (!take_suffix(text, '@', is_word)) return false;
  if (!take_suffix(text, '.', [&](char c) { return is_word(c) || c == '-'; })) return false;
  if (text == "C" || text == "POSIX") return true;
  auto territory = text.find('_');
  if (territory != std::string_view::npos) {
    if (text.size() - territory != 3 || !all(text.substr(territory + 1), is_upper)) return false;
    text = text.substr(0, territory);
  }
  return (text.size() == 2 || text.size() == 3) && all(text, is_lower);
}

MirrorFault mirror_fault(std::string_view url) noexcept {
  // The characters of RFC 3986 without '#', quotes and brackets, which have another meaning in
  // sources.list(5).
  auto is_url_character = [](char c) {
    return is_lower(c) || is_upper(c) || is_digit(c) || is_one_of(c, "-._~:/?@!$&()*+,;=%");
  };
  auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos || !all(url, is_url_character)) return MirrorFault::syntax;
  auto scheme = url.substr(0, scheme_end);
  auto rest = url.substr(scheme_end + 3);
  auto authority = rest.substr(0, rest.find('/'));
  if (scheme == "file") return authority.empty() && rest.size() > 1 ? MirrorFault::none : MirrorFault::syntax;
  if (scheme != "http" && scheme != "https") return MirrorFault::syntax;
  if (authority.find('@') != std::string_view::npos) return MirrorFault::password;
  auto host = authority.substr(0, authority.find(':'));
  auto is_host_character = [](char c) {
    return is_lower(c) || is_upper(c) || is_digit(c) || c == '-' || c == '.';
  };
  return !host.empty() && all(host, is_host_character) ? MirrorFault::none : MirrorFault::syntax;
}

}  // namespace krgboot::model
