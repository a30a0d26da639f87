#include "writable.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "apply/image_programs.hpp"
#include "formats/shell/assignments.hpp"
#include "initrd.hpp"
#include "model/paths.hpp"

namespace krgboot::tracing {

namespace {

using model::is_within;

/// Directories of systemd units in an image.
constexpr std::array<std::string_view, 4> unit_folders = {
    "/etc/systemd/system", "/usr/local/lib/systemd/system", "/lib/systemd/system", "/usr/lib/systemd/system"};

/// systemd.volatile=, as systemd's parse_boolean() and volatile_mode_from_string() read it.
enum class Volatile { no, state, in_initrd };

std::optional<Volatile> volatile_mode(const KernelParameter& parameter) {
  static constexpr std::array<std::string_view, 6> yes = {"1", "yes", "y", "true", "t", "on"};
  static constexpr std::array<std::string_view, 6> no = {"0", "no", "n", "false", "f", "off"};
  if (!parameter.value()) return Volatile::in_initrd;
  auto value = to_lower(*parameter.value());
  if (std::find(no.begin(), no.end(), value) != no.end()) return Volatile::no;
  if (std::find(yes.begin(), yes.end(), value) != yes.end()) return Volatile::in_initrd;
  if (parameter.value() == "state") return Volatile::state;
  if (parameter.value() == "overlay") return Volatile::in_initrd;
  return std::nullopt;  // systemd ignores the value
}

/// The path of `directory` in the image with symlinks resolved, even if it does not exist: directories in
/// memory are made at boot.
std::string place_of(const Root& image, const std::string& directory) {
  constexpr int longest_chain = 8;
  auto place = directory;
  for (int i = 0; i < longest_chain && place != "/"; ++i) {
    if (!has_directory(image, parent_path(place))) break;
    auto status = image.status(place);
    if (!status || status->kind != FileKind::symlink) break;
    auto target = image.read_link(place).value_or("");
    // An absolute target replaces the path before it.
    place = tidy_path((std::filesystem::path(parent_path(place)) / target).string());
  }
  return place;
}

/// The mounts of an image's init, by the image's files and the command line.
class Mounted {
 public:
  Mounted(const Root& image, const fstab::FstabTable& table, const KernelCommandLine& line, bool systemd)
      : image_(image), table_(table), systemd_(systemd) {
    for (const auto& parameter : line.parameters()) take(parameter);
    if (line.init_arguments()) {
      for (const auto& argument : *line.init_arguments()) take(argument);
    }
  }

  /// The parameter that asks systemd in the initrd for another root; empty: none.
  std::string asks_initrd() const { return mode_ == Volatile::in_initrd ? volatile_ : std::string(); }

  /// Can nodes write to `directory` on a read-only root? Also true if only parts of it are mounted: the
  /// administrator who mounted them knows what the nodes write.
  bool makes_writable(const std::string& directory, bool root_exported_read_only) const {
    auto place = place_of(image_, directory);
    // In memory on every release, or not part of the root.
    if (is_within(place, "/run") || is_within(place, "/dev")) return true;
    const fstab::Mount* nearest = nullptr;
    std::size_t depth = 0;
    for (const auto& [mount, where] : table_.list()) {
      // systemd makes a unit from a noauto line and mounts it all the same, because basic.target wants both
      // directories.
      if (mount.file.front() != '/' || (mount.has_option("noauto") && !systemd_)) continue;
      auto named = tidy_path(mount.file);
      auto file = place_of(image_, named);  // mount points are resolved through symlinks
      if (file == "/" && root_exported_read_only) continue;
      auto part = named != directory && is_within(named, directory);
      if (part && !mount.has_option("ro") && !is_runtime(named)) return true;
      if (!is_within(place, file) || file.size() < depth) continue;
      nearest = &mount;
      depth = file.size();
    }
    if (nearest != nullptr && !nearest->has_option("ro")) return true;
    if (depth > 1) return false;
    if (!systemd_) return place == "/tmp" && initscripts_mount_tmp();
    if (mode_ == Volatile::state && is_within(place, "/var")) return true;
    for (auto mount_point = place; mount_point != "/"; mount_point = parent_path(mount_point)) {
      if (starts_mount(mount_point)) return true;
    }
    return false;
  }

 private:
  void take(const KernelParameter& parameter) {
    if (!systemd_) return;
    if (parameter.is("systemd.mask") && parameter.value()) masked_.push_back(*parameter.value());
    if (!parameter.is("systemd.volatile")) return;
    if (auto mode = volatile_mode(parameter)) {
      mode_ = *mode;
      volatile_ = parameter.to_string();
    }
  }

  /// Directories that lenny's fstab or initscripts mount in memory.
  static bool is_runtime(std::string_view file) {
    return is_within(file, "/var/run") || is_within(file, "/var/lock");
  }

  /// Does a unit that is started mount a file system here?
  bool starts_mount(const std::string& mount_point) const {
    auto unit = mount_point.substr(1);
    if (unit.find_first_of("-\\") != std::string::npos) return false;  // such a name needs escapes
    std::replace(unit.begin(), unit.end(), '/', '-');
    unit += ".mount";
    if (std::find(masked_.begin(), masked_.end(), unit) != masked_.end()) return false;
    if (is_masked_unit(image_, unit)) return false;
    auto has_unit = [&](std::string_view folder) {
      return has_file(image_, fmt::format("{}/{}", folder, unit));
    };
    if (std::none_of(unit_folders.begin(), unit_folders.end(), has_unit)) return false;
    return basic_target_wants(unit, mount_point) || is_linked(unit);
  }

  // In systemd 252 it has `Wants=tmp.mount` and `RequiresMountsFor=/var /var/tmp`.
  bool basic_target_wants(const std::string& unit, const std::string& mount_point) const {
    for (auto folder : unit_folders) {
      auto text = image_.read_through_links(fmt::format("{}/basic.target", folder), image_text_limit);
      if (!text) continue;
      for (auto line : split_lines(text->bytes)) {
        auto equals = std::min(line.find('='), line.size());
        auto key = trim(line.substr(0, equals));
        auto mounts = key == "RequiresMountsFor";
        if (!mounts && key != "Wants" && key != "Requires") continue;
        for (auto word : split(trim(line.substr(std::min(equals + 1, line.size()))), ' ')) {
          if (mounts ? !word.empty() && is_within(word, mount_point) : word == unit) return true;
        }
      }
      return false;
    }
    return false;
  }

  bool is_linked(const std::string& unit) const {
    for (auto folder : unit_folders) {
      for (const auto& name :
           image_.list_directory(std::string(folder)).value_or(std::vector<std::string>{})) {
        auto dot = name.rfind('.');
        if (dot == std::string::npos) continue;
        auto kind = std::string_view(name).substr(dot);
        if (kind != ".wants" && kind != ".requires") continue;
        if (image_.status(fmt::format("{}/{}/{}", folder, name, unit))) return true;
      }
    }
    return false;
  }

  // /lib/init/mount-functions.sh of Debian 7 and later mounts /tmp in memory if RAMTMP asks for it, or if
  // fstab has the root read-only. (It detects no other read-only root.)
  bool initscripts_mount_tmp() const {
    auto functions = image_.read_through_links("/lib/init/mount-functions.sh", image_text_limit);
    if (!functions || functions->bytes.find("mount_tmp") == std::string::npos) return false;
    if (const auto* root = table_.find("/"); root != nullptr && root->has_option("ro")) return true;
    auto in_memory = false;
    for (const auto* file : {"/etc/default/rcS", "/etc/default/tmpfs"}) {
      auto text = image_.read_through_links(file, image_text_limit);
      if (!text) continue;
      for (const auto& variable : shell::assignments(shell::read_as_sh(text->bytes))) {
        if (variable.name == "RAMTMP") in_memory = !variable.known || variable.value == "yes";
      }
    }
    return in_memory;
  }

  const Root& image_;
  const fstab::FstabTable& table_;
  bool systemd_;
  Volatile mode_ = Volatile::no;
  std::string volatile_;             // the parameter that sets the mode
  std::vector<std::string> masked_;  // units masked by systemd.mask=
};

// Rule of the initramfs and the kernel: the last of ro and rw counts, and the default is ro.
bool root_is_read_only(const CommandLine& line, const MountedRoot& root) {
  if (root.exported_read_only) return true;
  auto read_only = true;
  for (const auto& parameter : line.line.parameters()) {
    if (parameter.value()) continue;
    if (parameter.name() == "ro") read_only = true;
    if (parameter.name() == "rw") read_only = false;
  }
  const auto& options = line.root.options;
  return read_only && std::find(options.begin(), options.end(), "rw") == options.end();
}

bool initrd_makes_root_volatile(const ServerFiles& files, const Loaded& loaded) {
  try {
    return initrd_holds(files, loaded, "usr/lib/systemd/systemd-volatile-root") ||
           initrd_holds(files, loaded, "lib/systemd/systemd-volatile-root");
  } catch (const Error&) {
    return true;  // unknown; an unreadable initrd is reported elsewhere
  }
}

}  // namespace

void follow_writable_directories(const ServerFiles& files, const Loaded& loaded, const CommandLine& line,
                                 const MountedRoot& root, const Init& init, const fstab::FstabTable& table,
                                 Steps& steps) {
  if (!root_is_read_only(line, root)) return;
  auto image = files.root.beneath(root.path);
  auto program = base_name(init.program);
  auto systemd = program == "systemd";
  // The mounts of other inits, or made by hand in a shell, are not visible in files.
  if (!systemd && (program != "init" || !has_file(image, "/etc/inittab"))) return;

  const Mounted mounted(image, table, line.line, systemd);
  std::vector<std::string> missing;
  for (const std::string directory : {"/tmp", "/var"}) {
    if (!mounted.makes_writable(directory, root.exported_read_only)) missing.push_back(directory);
  }
  if (missing.empty()) return;
  std::string why = "the root is read-only, and nothing writable is mounted there";
  if (auto parameter = mounted.asks_initrd(); !parameter.empty()) {
    if (initrd_makes_root_volatile(files, loaded)) return;
    why += fmt::format("; {} needs systemd in the initrd", parameter);
  }
  auto list = fmt::format("{}", fmt::join(missing, ", "));
  steps.say(BootStage::mounts, StepStatus::warning,
            fmt::format("nodes cannot write to {}", fmt::join(missing, " and ")), why,
            fmt::format("tmpfs: [{0}] gives each node its own, in its memory; writable: [{0}] one to all of "
                        "them, from the server",
                        list));
}

}  // namespace krgboot::tracing
