#include "krgboot/formats/root_tree/mount_unit.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <fmt/format.h>

#include "model/unit_name.hpp"

namespace krgboot::mount_unit {

namespace {

constexpr auto suffix = model::mount_unit_suffix;

std::optional<std::string> escaped(std::string_view path) {
  auto text = model::mount_unit_name(path);
  if (text && text->size() > model::longest_unit_name) return std::nullopt;
  return text;
}

std::optional<unsigned> hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return std::nullopt;
}

}  // namespace

std::string name(std::string_view path) {
  auto text = escaped(path);
  if (!text) {
    throw ArgumentError("mount_unit.path", std::string(path),
                        fmt::format("{} cannot be the mount point of a systemd unit", in_quotes(path)));
  }
  return *std::move(text);
}

std::optional<std::string> parse_name(std::string_view file_name) {
  if (file_name.size() <= suffix.size() || file_name.substr(file_name.size() - suffix.size()) != suffix)
    return std::nullopt;
  auto text = file_name.substr(0, file_name.size() - suffix.size());
  std::string path = "/";
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '-') {
      path += '/';
    } else if (text[i] == '\\') {
      if (i + 3 >= text.size() || text[i + 1] != 'x') return std::nullopt;
      auto high = hex_digit(text[i + 2]);
      auto low = hex_digit(text[i + 3]);
      if (!high || !low) return std::nullopt;
      path += static_cast<char>(*high * 16 + *low);
      i += 3;
    } else {
      path += text[i];
    }
  }
  if (escaped(path) != file_name) return std::nullopt;
  return path;
}

std::string path(const Image& image) {
  return fmt::format("{}/{}", folder, name(image.path));
}

std::string link_path(const Image& image) {
  return fmt::format("{}/{}", wants_folder, name(image.path));
}

// Paths contain no blank, '%' or quote (model/paths.hpp), so they need no escapes here.
std::string render(const Image& image) {
  if (!image.filesystem) throw InternalError("no file system of its own: " + image.name);
  return fmt::format(
      R"(# images.{0}.filesystem: written by krgboot from cluster.yaml; what is changed here is overwritten.
[Unit]
Description=The image {0}, which nodes mount as their root
Before=nfs-server.service

[Mount]
What={1}
Where={2}
Type={3}
Options={4}nosuid,nodev

[Install]
WantedBy=nfs-server.service
)",
      image.name, image.filesystem->device(), image.path, to_string(image.filesystem->type),
      image.filesystem->volume ? "" : "loop,");
}

}  // namespace krgboot::mount_unit
