#include "krgboot/base/text.hpp"
#include "krgboot/formats/nfs/exports/quote.hpp"
#include "krgboot/model/root_scheme.hpp"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "apply/image_programs.hpp"
#include "initrd.hpp"
#include "stages.hpp"

namespace krgboot::tracing {

namespace {

// rdinit= names the program of the initrd that starts instead of /init.
bool follow_initrd_program(const ServerFiles& files, const Loaded& loaded, const CommandLine& line,
                           Steps& steps) {
  auto wanted = initrd_program(loaded, line.line);
  if (!wanted) return true;
  try {
    if (!initrd_is_ignored(files, loaded, line.line)) {
      steps.say(BootStage::init, StepStatus::warning,
                fmt::format("{} of the initrd starts instead of its /init", *wanted),
                "rdinit= on the command line", "whether it mounts the root, its files do not show");
      return true;
    }
  } catch (const Error& error) {
    steps.say(BootStage::init, StepStatus::warning,
              fmt::format("krgboot cannot tell whether the initrd has {}", *wanted), error.what());
    return true;
  }
  auto by_kernel = line.root_mounter == Initramfs::none;
  steps.say(
      BootStage::init, by_kernel ? StepStatus::warning : StepStatus::broken,
      fmt::format("the initrd has no {}: the kernel leaves it aside, and mounts the root by itself", *wanted),
      "rdinit= on the command line");
  return by_kernel;
}

/// Reports the program at `path` in the image as the init that starts.
std::optional<Init> start(const Root& image, const std::string& path, std::string why, Steps& steps) {
  auto real = program_in(image, path);
  if (!real) return std::nullopt;
  steps.say(BootStage::init, StepStatus::ok, *real == path ? path : fmt::format("{} -> {}", path, *real),
            std::move(why));
  return Init{*std::move(real)};
}

/// machine-id(5): if the image's file is empty, systemd generates an ID at each start, unless D-Bus has one.
void say_shared_machine_id(const Root& image, const MountedRoot& root, const Init& init, Steps& steps) {
  auto own_root = root.image != nullptr && !root_scheme(root.image->root).is_shared;
  if (base_name(init.program) != "systemd" || own_root) return;
  constexpr std::size_t longest = 64;
  for (const auto* path : {"/etc/machine-id", "/var/lib/dbus/machine-id"}) {
    auto text = image.read_through_links(path, longest);
    auto id = text ? trim(text->bytes) : std::string_view();
    if (id.empty() || id == "uninitialized") continue;
    steps.say(BootStage::init, StepStatus::warning,
              "all nodes get one machine ID, and one DHCP client identifier with it",
              fmt::format("{}{} is not empty", root.path, path), "apply the spec");
    return;
  }
}

}  // namespace

// Searches the init as the kernel does (init/main.c, kernel_init), or as the /init of initramfs-tools or
// dracut does.
std::optional<Init> follow_init(const ServerFiles& files, const Loaded& loaded, const CommandLine& line,
                                const MountedRoot& root, Steps& steps) {
  if (!follow_initrd_program(files, loaded, line, steps)) return std::nullopt;
  auto image = files.root.beneath(root.path);
  auto by_kernel = line.root_mounter == Initramfs::none;
  if (auto wanted = value_of(line.line, "init"); wanted && (!wanted->empty() || by_kernel)) {
    // A relative path starts at the root, the kernel's working directory.
    if (auto init = start(image, exports::normal_path("/" + *wanted), "init= on the command line", steps))
      return init;
    // An initramfs warns and starts the usual init, as did kernels before 4.0; later kernels panic.
    auto goes_on = !by_kernel || (root.image != nullptr && root.image->release == ReleaseName::lenny);
    steps.say(BootStage::init, goes_on ? StepStatus::warning : StepStatus::broken,
              fmt::format("the image has no program {}", in_quotes(*wanted)), "init= on the command line",
              goes_on ? "the usual init starts" : "");
    if (!goes_on) return std::nullopt;
  }
  std::vector<std::string> usual = {"/sbin/init", "/etc/init", "/bin/init", "/bin/sh"};
  if (line.root_mounter == Initramfs::dracut) usual.resize(1);
  for (const auto& path : usual) {
    auto init = start(image, path, "", steps);
    if (!init) continue;
    say_shared_machine_id(image, root, *init, steps);
    return init;
  }
  steps.say(BootStage::init, StepStatus::broken, "the image has no init",
            fmt::format("{}{}", usual.size() > 1 ? "none of " : "no ", fmt::join(usual, ", ")),
            "install an init system in the image");
  return std::nullopt;
}

}  // namespace krgboot::tracing
