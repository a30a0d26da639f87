#include "model/image_texts.hpp"

#include <algorithm>
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

/// Takes what stands behind the last `separator` off `text`; false where it is there, but empty or not as
/// `predicate` wants it.
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
  // RFC 3986 without '#', quotes and brackets, which mean something else in sources.list(5).
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
