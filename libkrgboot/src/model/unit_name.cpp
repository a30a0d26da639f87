#include "model/unit_name.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace krgboot::model {

namespace {

/// name      = component *( "-" component ) ".mount"
/// component = 1*( letter / digit / ":" / "_" / "." / "\x" 2hexdig ), no "." at the very beginning
bool stays(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' || c == '_' ||
         c == '.';
}

bool is_normal(std::string_view path) noexcept {
  if (path.size() < 2 || path.front() != '/' || path.find('\0') != std::string_view::npos) return false;
  auto parts = split(path.substr(1), '/');
  return std::none_of(parts.begin(), parts.end(),
                      [](auto part) { return part.empty() || part == "." || part == ".."; });
}

}  // namespace

std::optional<std::string> mount_unit_name(std::string_view path) {
  if (!is_normal(path)) return std::nullopt;
  std::string text;
  for (auto c : path.substr(1)) {
    if (c == '/') {
      text += '-';
    } else if (stays(c) && !(c == '.' && text.empty())) {
      text += c;
    } else {
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  text += mount_unit_suffix;
  return text;
}

}  // namespace krgboot::model
