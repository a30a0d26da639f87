#include "model/unit_name.hpp"

#include "krgboot/base/text.hpp"

#include <fmt/format.h>

#include "base/path_text.hpp"

namespace krgboot::model {

namespace {

/// name      = component *( "-" component ) ".mount"
/// component = 1*( letter / digit / ":" / "_" / "." / "\x" 2hexdig ), no "." at the very beginning
bool stays(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' || c == '_' ||
         c == '.';
}

}  // namespace

std::optional<std::string> mount_unit_name(std::string_view path) {
  if (!is_normal_path(path)) return std::nullopt;
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
