#include "model/image_file_system.hpp"

#include "krgboot/base/text.hpp"
#include "krgboot/model/defaults.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "model/names.hpp"
#include "model/paths.hpp"
#include "model/unit_name.hpp"

namespace krgboot::model {

namespace {

// Directories that users other than root must be able to enter. An image's parent directory is accessible to
// root only, so it must not be one of these.
constexpr std::array<std::string_view, 12> passed_by_others = {"/",    "/export",    "/home", "/media",
                                                               "/mnt", "/opt",       "/root", "/srv",
                                                               "/tmp", "/usr/local", "/var",  "/var/lib"};

/// size = number ( "M" / "G" / "T" ): MiB, GiB, TiB
std::optional<std::uint64_t> parse_size(std::string_view text) noexcept {
  if (text.empty()) return std::nullopt;
  constexpr std::string_view units = "MGT";
  auto unit = units.find(text.back());
  if (unit == std::string_view::npos) return std::nullopt;
  constexpr unsigned long most = 999999;
  auto number = parse_decimal(text.substr(0, text.size() - 1), most);
  if (!number) return std::nullopt;
  return std::uint64_t{*number} << (20U + 10U * unit);
}

/// lvm(8): letters, digits, "+_.-", not beginning with '-'; neither "." nor "..".
bool is_volume_word(std::string_view word) noexcept {
  if (word.empty() || word.size() > 127 || word.front() == '-' || word == "." || word == "..") return false;
  return std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("+_.-").find(c) != std::string_view::npos;
  });
}

bool is_volume(std::string_view text) noexcept {
  auto parts = split(text, '/');
  return parts.size() == 2 && is_volume_word(parts[0]) && is_volume_word(parts[1]);
}

/// Position for a message about the file system.
Position place_of(const FileSystemSpec& spec) {
  if (spec.volume) return spec.volume.at;
  return spec.file ? spec.file.at : spec.at;
}

}  // namespace

std::optional<FileSystem> check_file_system(ClusterBuilder& cluster, const ImageSpec& image,
                                            const std::string& key) {
  if (!image.filesystem) return std::nullopt;
  const auto& spec = *image.filesystem;
  auto& report = cluster.report;
  auto here = key + ".filesystem";
  FileSystem result;
  result.type = spec.type.value_or(defaults::filesystem_type);
  if (cluster.require(spec.size, here, "size")) {
    auto size = parse_size(*spec.size);
    if (!size) {
      report.error(spec.size.at, here + ".size", "filesystem.size_syntax",
                   fmt::format("{} is not a size", in_quotes(*spec.size)), "such as 800M, 8G or 1T");
    } else if (*size < limits::smallest_file_system) {
      report.error(spec.size.at, here + ".size", "filesystem.too_small",
                   fmt::format("no image fits into {}", *spec.size),
                   fmt::format("give it {}M at least", limits::smallest_file_system >> 20U));
    }
    result.size = size.value_or(0);
  }
  if (spec.volume && spec.file) {
    report.error(spec.volume.at, here + ".volume", "filesystem.two_places",
                 fmt::format("it cannot lie on a volume and in a file{}", report.see(spec.file.at)),
                 "take one of them out");
  }
  if (spec.volume && !is_volume(*spec.volume)) {
    report.error(spec.volume.at, here + ".volume", "filesystem.volume_syntax",
                 fmt::format("{} is not the name of a logical volume", in_quotes(*spec.volume)),
                 "write GROUP/NAME, such as vg0/debian");
  }
  result.volume = spec.volume.value;
  if (!spec.volume) {
    result.file = spec.file.value_or(image.path.value_or("") + std::string(defaults::filesystem_suffix));
    if (spec.file) check_absolute_path(report, *spec.file, spec.file.at, here + ".file", longest_image_path);
  }
  const auto& server = cluster.spec.server.release;
  if (server && release(*server).init != InitSystem::systemd) {
    report.error(spec.at, here, "filesystem.no_systemd",
                 fmt::format("a server of release {} has no systemd to mount it", to_string(*server)),
                 "mount one by its /etc/fstab, and leave out the key");
  }
  return result;
}

void check_file_systems(ClusterBuilder& cluster) {
  auto& report = cluster.report;
  const auto& images = cluster.spec.images;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const auto& mine = cluster.images[i].filesystem;
    if (!mine || !images[i].path) continue;
    const auto& spec = *images[i].filesystem;
    auto key = named_key("images", images[i].name) + ".filesystem";
    const auto& path = *images[i].path;
    auto above = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
    auto shared =
        std::find(passed_by_others.begin(), passed_by_others.end(), above) != passed_by_others.end();
    if (shared || (cluster.tftp_root && is_within(*cluster.tftp_root, above))) {
      report.error(
          images[i].path.at, named_key("images", images[i].name) + ".path", "filesystem.parent",
          fmt::format(
              "{}, the directory above the image, would be accessible to root only, but other users need it",
              above),
          "put the image one directory deeper, such as /srv/nfs/" + shown(images[i].name));
    }
    if (auto unit = mount_unit_name(path); unit && unit->size() > longest_unit_name) {
      report.error(
          images[i].path.at, named_key("images", images[i].name) + ".path", "filesystem.path_too_long",
          fmt::format("the systemd unit that mounts it would have a name of {} bytes, and {} are the "
                      "most",
                      unit->size(), longest_unit_name),
          "use a shorter path: each character but letters, digits, '/', '_' and '.' counts as four bytes");
    }
    for (std::size_t j = 0; j < images.size(); ++j) {
      if (images[j].path && !mine->volume && is_within(mine->file, *images[j].path)) {
        report.error(place_of(spec), key, "filesystem.in_image",
                     fmt::format("the file {} would lie in image {}, where its nodes reach it", mine->file,
                                 shown(images[j].name)),
                     "put it beside the images");
      }
      const auto& other = cluster.images[j].filesystem;
      if (j < i && other && other->device() == mine->device()) {
        report.error(place_of(spec), key, "filesystem.duplicate",
                     fmt::format("{} is that of image {}, too{}", mine->device(), shown(images[j].name),
                                 report.see(place_of(*images[j].filesystem))));
      }
    }
    if (cluster.tftp_root && !mine->volume && is_within(mine->file, *cluster.tftp_root)) {
      report.error(place_of(spec), key, "filesystem.in_tftp_root",
                   fmt::format("the file {} would lie below the TFTP root", mine->file),
                   "TFTP gives its files to everybody: put it beside the images");
    }
  }
}

}  // namespace krgboot::model
