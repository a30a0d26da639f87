#include "label.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/loader/pxelinux/render.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "text.hpp"

namespace krgboot::pxelinux {

namespace {

[[noreturn]] void fail(const char* code, std::string_view subject, std::string_view why) {
  throw ArgumentError(code, std::string(subject),
                      fmt::format("{} cannot stand in a boot file: {}", in_quotes(subject), why));
}

bool has_blank(std::string_view text) noexcept {
  return std::any_of(text.begin(), text.end(), is_blank);
}

}  // namespace

void require_label(std::string_view name) {
  if (name.empty() || has_blank(name)) fail("pxelinux.label", name, "a label is one word");
}

void require_extra(std::string_view line) {
  bool odd =
      std::any_of(line.begin(), line.end(), [](char c) { return c != ' ' && c != '\t' && is_blank(c); });
  if (odd) fail("pxelinux.extra", line, "it has a control character");
}

void require_path(std::string_view path) {
  constexpr auto code = "pxelinux.path";
  if (path.empty()) fail(code, path, "it is empty");
  if (path.size() > max_path_length) fail(code, path, "pxelinux asks for no such long path");
  if (has_blank(path)) fail(code, path, "it has a blank or a control character");
  if (path.find(',') != std::string::npos) fail(code, path, "',' separates initrds");
}

std::string label_head(std::string_view name, std::string_view kernel, std::string_view words) {
  // LINUX, not KERNEL: KERNEL chooses the type by the end of the name, and "vmlinux-2.6.30-krg3.0.0" ends in
  // .0.
  return fmt::format("LABEL {}\n  LINUX {}\n  APPEND {}", name, kernel, words);
}

std::string with_initrds(std::string_view initrds, std::string_view words) {
  return fmt::format("initrd={}{}{}", initrds, words.empty() ? "" : " ", words);
}

}  // namespace krgboot::pxelinux
