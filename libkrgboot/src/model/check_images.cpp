#include "krgboot/base/text.hpp"
#include "krgboot/model/defaults.hpp"
#include "krgboot/model/image_step.hpp"
#include "krgboot/model/root_scheme.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "model/export_rules.hpp"
#include "model/image_file_system.hpp"
#include "model/image_texts.hpp"
#include "model/image_users.hpp"
#include "model/names.hpp"
#include "model/paths.hpp"
#include "model/stages.hpp"

namespace krgboot::model {

namespace {

struct Place {
  std::string_view path;
  Position at;
  std::size_t index;
};

/// Calls `nested(outer, inner)` for each path that is equal to another path or below it. Of two equal paths
/// `inner` is the later one. All paths must be normal.
template <class Nested>
void for_each_nested(std::vector<Place> places, Nested nested) {
  // Sort by components, so that all paths below /a follow /a directly: '/' sorts before all other characters.
  std::stable_sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return std::lexicographical_compare(
        a.path.begin(), a.path.end(), b.path.begin(), b.path.end(), [](char x, char y) {
          auto rank = [](char c) { return c == '/' ? 0 : static_cast<unsigned char>(c); };
          return rank(x) < rank(y);
        });
  });
  std::vector<const Place*> around;  // the paths that contain the current one, outermost first
  for (const auto& place : places) {
    while (!around.empty() && !is_within(place.path, around.back()->path)) around.pop_back();
    if (!around.empty()) nested(*around.back(), place);
    around.push_back(&place);
  }
}

// Directories of an image that cannot be mount points of their own.
constexpr std::array<std::string_view, 12> never_writable = {"/",     "/bin",   "/boot",       "/etc",
                                                             "/lib",  "/lib32", "/lib64",      "/libx32",
                                                             "/sbin", "/usr",   "/lost+found", "/media"};
// Directories over which the kernel or the init system mounts something; paths below them are hidden.
constexpr std::array<std::string_view, 4> virtual_directories = {"/dev", "/proc", "/run", "/sys"};

bool can_be_writable(std::string_view path) noexcept {
  return std::find(never_writable.begin(), never_writable.end(), path) == never_writable.end() &&
         std::none_of(virtual_directories.begin(), virtual_directories.end(),
                      [&](std::string_view directory) { return is_within(path, directory); });
}

/// One image and the data for its messages.
class ImageCheck {
 public:
  ImageCheck(ClusterBuilder& cluster, const ImageSpec& spec)
      : cluster_(cluster), report_(cluster.report), spec_(spec), key_(named_key("images", spec.name)) {}

  Image check() {
    if (!is_label(spec_.name)) {
      report_.error(spec_.at, key_, "image.name_syntax",
                    fmt::format("{} cannot be the name of an image", in_quotes(spec_.name)), label_grammar);
    }
    Image image{};
    image.name = spec_.name;
    if (cluster_.require(spec_.path, key_, "path")) image.path = *spec_.path;
    if (cluster_.require(spec_.release, key_, "release")) image.release = *spec_.release;
    image.root = spec_.root.value_or(defaults::root);
    check_writable(image.root);
    image.rules = check_export_rules(report_, spec_, key_, image.root);
    image.writable = check_writable_rules(report_, spec_, key_, image.rules);
    image.shares_file_system = spec_.shares_file_system.value;
    image.filesystem = check_file_system(cluster_, spec_, key_);
    image.ssh_host_keys = spec_.ssh_host_keys.value_or(defaults::ssh_host_keys);
    check_reason(report_, spec_.shares_file_system, key_ + ".shares_file_system");
    check_tmpfs();
    image.tmpfs = values(spec_.tmpfs);
    check_origin();
    image.source = spec_.source.value;
    image.mirror = spec_.mirror.value;
    image.security_mirror = spec_.security_mirror.value;
    image.trust = spec_.trust.value_or(defaults::trust);
    image.architecture = spec_.architecture.value;
    image.variant = spec_.variant.value_or(defaults::variant);
    if (spec_.suites)
      image.suites = values(spec_.suites);
    else if (spec_.release)
      image.suites = release(image.release).suites;
    image.components = check_components();
    check_packages();
    image.packages = values(spec_.packages);
    image.users = check_users(cluster_, spec_, key_);
    check_host_keys(image);
    image.locale = spec_.locale.value_or(std::string(defaults::locale));
    if (!is_locale(image.locale)) {
      report_.error(spec_.locale.at, key_ + ".locale", "image.locale_syntax",
                    fmt::format("{} is not the name of a locale", in_quotes(image.locale)),
                    "such as C, C.UTF-8 or de_DE.UTF-8");
    } else if (is_generated_locale(image.locale) && charset_of_locale(image.locale).empty()) {
      report_.error(spec_.locale.at, key_ + ".locale", "image.locale_charset",
                    fmt::format("{} does not say which charset", in_quotes(image.locale)),
                    "such as de_DE.UTF-8");
    }
    if (spec_.clients) image.clients = values(spec_.clients);
    return image;
  }

 private:
  std::string element(std::string_view list, std::size_t i) const {
    return fmt::format("{}.{}[{}]", key_, list, i);
  }

  void check_host_keys(const Image& image) {
    if (image.ssh_host_keys == SshHostKeyPlace::image || !spec_.release) return;
    if (init_of(image) == InitSystem::systemd) return;
    report_.error(spec_.ssh_host_keys.at, key_ + ".ssh_host_keys", "image.ssh_host_keys_init",
                  fmt::format("image {} boots with sysvinit, and only a systemd unit makes host keys at boot",
                              shown(spec_.name)),
                  "leave out ssh_host_keys");
  }

  void check_writable(RootMode root) {
    if (!spec_.writable) return;
    const auto& list = *spec_.writable;
    std::vector<Place> places;
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (!list[i].value.path) continue;
      const auto& path = *list[i].value.path;
      auto at = list[i].value.path.at;
      auto key = element("writable", i);
      if (!check_absolute_path(report_, path, at, key, longest_image_path)) continue;
      if (!can_be_writable(path)) {
        report_.error(at, key, "image.writable_system",
                      fmt::format("{} of an image cannot be a file system of its own", path),
                      "name directories of data, such as /var, /tmp or /home");
        continue;
      }
      places.push_back({path, at, i});
    }
    for_each_nested(std::move(places), [&](const Place& outer, const Place& inner) {
      bool same = outer.path == inner.path;
      report_.error(inner.at, element("writable", inner.index),
                    same ? "image.duplicate_writable" : "image.writable_nested",
                    same ? fmt::format("{} is listed twice{}", inner.path, report_.see(outer.at))
                         : fmt::format("{} is inside {}{}, which is writable already", inner.path, outer.path,
                                       report_.see(outer.at)));
    });
    if (!root_scheme(root).mounts_writable_directories && !list.empty()) {
      report_.warning(spec_.writable.at, key_ + ".writable", "image.writable_without_ro",
                      fmt::format("the whole of image {} is mounted read-write, so its list of writable "
                                  "directories changes nothing",
                                  shown(spec_.name)),
                      "write root: ro, or leave out the list");
    }
  }

  void check_tmpfs() {
    if (!spec_.tmpfs) return;
    const auto& list = *spec_.tmpfs;
    std::vector<Place> places;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto& [path, at] = list[i];
      auto key = element("tmpfs", i);
      if (!check_absolute_path(report_, path, at, key, longest_image_path)) continue;
      if (!can_be_writable(path)) {
        report_.error(at, key, "image.tmpfs_system",
                      fmt::format("{} of an image cannot be a file system of its own", path),
                      "name directories that nodes write into, such as /tmp or /var/log");
        continue;
      }
      places.push_back({path, at, i});
    }
    for_each_nested(places, [&](const Place& outer, const Place& inner) {
      bool same = outer.path == inner.path;
      report_.error(inner.at, element("tmpfs", inner.index),
                    same ? "image.duplicate_tmpfs" : "image.tmpfs_nested",
                    same ? fmt::format("{} is listed twice{}", inner.path, report_.see(outer.at))
                         : fmt::format("{} is inside {}{}, which is in memory already", inner.path,
                                       outer.path, report_.see(outer.at)));
    });
    const auto& scheme = root_scheme(spec_.root.value_or(defaults::root));
    if (!scheme.mounts_writable_directories || !spec_.writable) return;
    for (const auto& memory : places) {
      for (const auto& writable : *spec_.writable) {
        if (!writable.value.path || !is_within(*writable.value.path, memory.path)) continue;
        report_.error(memory.at, element("tmpfs", memory.index), "image.tmpfs_hides",
                      fmt::format("{} in memory would hide {}{}, which is to come from the server",
                                  memory.path, *writable.value.path, report_.see(writable.at)),
                      "take one of them out of its list");
      }
    }
  }

  /// Checks where the contents of the image come from.
  void check_origin() {
    if (spec_.source)
      check_absolute_path(report_, *spec_.source, spec_.source.at, key_ + ".source", longest_image_path);
    check_mirror(spec_.mirror, "mirror");
    check_mirror(spec_.security_mirror, "security_mirror");
    if (spec_.architecture && !is_architecture(*spec_.architecture)) {
      report_.error(spec_.architecture.at, key_ + ".architecture", "image.architecture_syntax",
                    fmt::format("{} is not the name of an architecture", in_quotes(*spec_.architecture)),
                    "such as amd64, i386 or arm64");
    }
    if (!spec_.suites) return;
    if (spec_.suites->empty()) {
      report_.error(spec_.suites.at, key_ + ".suites", "image.no_suites",
                    fmt::format("image {} takes packages from no suite of the mirror", shown(spec_.name)),
                    "leave out the list, or name the release");
    }
    for (std::size_t i = 0; i < spec_.suites->size(); ++i) {
      const auto& [suite, at] = (*spec_.suites)[i];
      if (is_suite(suite)) continue;
      report_.error(at, element("suites", i), "image.suite_syntax",
                    fmt::format("{} is not the name of a suite", in_quotes(suite)),
                    "such as bookworm or bookworm-updates");
    }
  }

  void check_mirror(const Field<std::string>& mirror, const char* name) {
    if (!mirror) return;
    auto key = fmt::format("{}.{}", key_, name);
    switch (mirror_fault(*mirror)) {
      case MirrorFault::none:
        return;
      case MirrorFault::syntax:
        report_.error(mirror.at, key, "image.mirror_syntax",
                      fmt::format("{} is not the URL of a mirror", in_quotes(*mirror)),
                      "begin it with http://, https:// or file:///");
        return;
      case MirrorFault::password:
        // Do not repeat the URL: the message may end up in a log.
        report_.error(mirror.at, key, "image.mirror_credentials",
                      "the URL of the mirror holds a user's name or password, which would lie in the image",
                      "put them into /etc/apt/auth.conf.d of the machine that builds the image");
        return;
    }
  }

  std::vector<std::string> check_components() {
    if (!spec_.components) return {defaults::components.begin(), defaults::components.end()};
    const auto& list = *spec_.components;
    if (list.empty()) {
      report_.error(
          spec_.components.at, key_ + ".components", "image.no_components",
          fmt::format("image {} takes packages from no component of the archive", shown(spec_.name)),
          "write components: [main]");
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (!is_component(list[i].value)) {
        report_.error(list[i].at, element("components", i), "image.component_syntax",
                      fmt::format("{} is not the name of a component", in_quotes(list[i].value)),
                      "such as main, contrib or non-free");
      }
    }
    return values(spec_.components);
  }

  void check_packages() {
    if (!spec_.packages) return;
    const auto& list = *spec_.packages;
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (!is_package_name(list[i].value)) {
        report_.error(list[i].at, element("packages", i), "image.package_syntax",
                      fmt::format("{} is not the name of a package", in_quotes(list[i].value)),
                      "lower-case letters, digits, '+', '-' and '.', two characters at least");
      }
    }
  }

  ClusterBuilder& cluster_;
  Report& report_;
  const ImageSpec& spec_;
  std::string key_;
};

/// Checks the paths of images against each other and against the TFTP root.
void check_paths(ClusterBuilder& cluster) {
  const auto& spec = cluster.spec;
  auto& report = cluster.report;
  const auto& tftp_root = cluster.tftp_root;
  std::vector<Place> places;
  for (std::size_t i = 0; i < spec.images.size(); ++i) {
    const auto& image = spec.images[i];
    if (!image.path) continue;
    const std::string_view path = *image.path;
    auto key = named_key("images", image.name) + ".path";
    if (!check_absolute_path(report, path, image.path.at, key, longest_image_path)) continue;
    if (!check_not_system_directory(report, path, image.path.at, key)) continue;
    places.push_back({path, image.path.at, i});
    if (tftp_root && (is_within(path, *tftp_root) || is_within(*tftp_root, path))) {
      report.error(
          image.path.at, key, "image.path_and_tftp_root",
          is_within(path, *tftp_root)
              ? fmt::format("image {} lies below the TFTP root {}{}, where TFTP gives its files to everybody",
                            shown(image.name), *tftp_root, report.see(spec.server.tftp_root.at))
              : fmt::format("the TFTP root {}{} lies inside image {}", *tftp_root,
                            report.see(spec.server.tftp_root.at), shown(image.name)),
          "keep them apart");
    }
  }
  for_each_nested(std::move(places), [&](const Place& outer, const Place& inner) {
    auto one = shown(spec.images[outer.index].name);
    auto other = shown(spec.images[inner.index].name);
    bool same = outer.path == inner.path;
    report.error(
        inner.at, named_key("images", spec.images[inner.index].name) + ".path",
        same ? "image.duplicate_path" : "image.path_nested",
        fmt::format("the path {} of image {} is {} of image {}{}", inner.path, other,
                    same ? "also that" : fmt::format("inside {}", outer.path), one, report.see(outer.at)));
  });
}

}  // namespace

void check_images(ClusterBuilder& cluster) {
  for (const auto& image : cluster.spec.images) {
    auto index = cluster.images.size();
    cluster.images.push_back(ImageCheck(cluster, image).check());
    auto [first, is_new] = cluster.images_by_name.emplace(image.name, index);
    if (!is_new) {
      cluster.report.error(image.at, named_key("images", image.name), "image.duplicate_name",
                           fmt::format("there are two images named {}{}", in_quotes(image.name),
                                       cluster.report.see(cluster.spec.images[first->second].at)));
    }
  }
  check_paths(cluster);
  check_file_systems(cluster);
}

}  // namespace krgboot::model
