#include "krgboot/formats/root_tree/apt_sources.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace krgboot::apt {

namespace {

// [trusted=yes] came with apt 0.8.16.
bool has_source_options(const Image& image) {
  return image.release != ReleaseName::lenny;
}

std::string source(const Image& image, std::string_view url, std::string_view suite) {
  bool unsigned_too = image.trust == Trust::anything && has_source_options(image);
  return fmt::format("deb {}{} {} {}\n", unsigned_too ? "[trusted=yes check-valid-until=no] " : "", url,
                     suite, fmt::join(image.components, " "));
}

}  // namespace

std::optional<std::string> render_sources(const Image& image) {
  if (!image.mirror || image.mirror->substr(0, 5) == "file:") return std::nullopt;
  auto text = fmt::format("# Written by krgboot from images.{}: changes belong there.\n", image.name);
  for (const auto& suite : image.suites) text += source(image, *image.mirror, suite);
  if (image.security_mirror)
    text += source(image, *image.security_mirror, release(image.release).security_suite);
  return text;
}

std::optional<std::string> render_conf(const Image& image) {
  if (image.trust != Trust::anything || has_source_options(image)) return std::nullopt;
  return fmt::format(
      "// Written by krgboot from images.{}.trust: the keys that signed {} have expired.\n"
      "APT::Get::AllowUnauthenticated \"true\";\n"
      "Acquire::Check-Valid-Until \"false\";\n",
      image.name, to_string(image.release));
}

}  // namespace krgboot::apt
