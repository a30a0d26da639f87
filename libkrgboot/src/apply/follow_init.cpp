#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/nfs/exports/quote.hpp"
#include "krgboot/image/initramfs.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "follow.hpp"
#include "image_programs.hpp"

namespace krgboot {

namespace {

/// The value of the last parameter of that name; nullopt where it is not given, or as a flag.
std::optional<std::string> value_of(const KernelCommandLine& line, std::string_view name) {
  const auto* parameter = line.find(name);
  return parameter == nullptr ? std::nullopt : parameter->value();
}

}  // namespace

/// Has one of the initrds a file of this name? Throws Error where one cannot be read.
bool Follower::initrd_holds(const std::string& name) const {
  return std::any_of(trace_.initrds.begin(), trace_.initrds.end(), [&](const std::string& initrd) {
    auto names = list_initramfs(*files_.tftp_directory, exports::normal_path("/" + in_tftp(initrd)));
    return std::binary_search(names.begin(), names.end(), name);
  });
}

/// Has no initrd the program that rdinit= names? Then the kernel leaves them aside. Throws Error where one
/// cannot be read.
bool Follower::initrd_is_left_aside(const KernelCommandLine& line) const {
  auto wanted = value_of(line, "rdinit");
  if (!wanted || *wanted == "/init" || trace_.initrds.empty()) return false;
  return !initrd_holds(wanted->substr(std::min(wanted->find_first_not_of('/'), wanted->size())));
}

// rdinit= names the program of the initrd's that starts in the place of /init.
bool Follower::initrd_program(const KernelCommandLine& line) {
  auto wanted = value_of(line, "rdinit");
  if (!wanted || *wanted == "/init" || trace_.initrds.empty()) return true;
  try {
    if (!initrd_is_left_aside(line)) {
      say(Stage::init, Status::warning,
          fmt::format("{} of the initrd starts in the place of its /init", *wanted),
          "rdinit= on the command line", "whether it mounts the root, its files do not show");
      return true;
    }
  } catch (const Error& error) {
    say(Stage::init, Status::warning, fmt::format("whether the initrd has {} cannot be told", *wanted),
        error.what());
    return true;
  }
  auto by_kernel = consumer_ == Initramfs::none;
  say(Stage::init, by_kernel ? Status::warning : Status::broken,
      fmt::format("the initrd has no {}: the kernel leaves it aside, and mounts the root by itself", *wanted),
      "rdinit= on the command line");
  return by_kernel;
}

/// machine-id(5): systemd makes an ID at each start where the image's file is empty, unless D-Bus has one.
void Follower::shared_machine_id() {
  auto own_root = image_ != nullptr && image_->root == RootMode::rw;
  if (base_name(init_) != "systemd" || own_root) return;
  constexpr std::size_t longest = 64;
  auto image = files_.root.beneath(trace_.root_path);
  for (const auto* path : {"/etc/machine-id", "/var/lib/dbus/machine-id"}) {
    auto text = image.read_through_links(path, longest);
    auto id = text ? trim(text->bytes) : std::string_view();
    if (id.empty() || id == "uninitialized") continue;
    say(Stage::init, Status::warning, "all nodes get one machine ID, and one DHCP client identifier with it",
        fmt::format("{}{} is not empty", trace_.root_path, path), "krgbootctl apply");
    return;
  }
}

// What the kernel does (init/main.c, kernel_init), and in its place initramfs-tools' and dracut's /init.
bool Follower::init() {
  auto line = KernelCommandLine::parse(trace_.command_line);
  if (!line || !initrd_program(*line)) return false;

  auto image = files_.root.beneath(trace_.root_path);
  auto starts = [&](const std::string& path, std::string why) {
    auto real = program_in(image, path);
    if (!real) return false;
    init_ = *real;
    say(Stage::init, Status::ok, *real == path ? path : fmt::format("{} -> {}", path, *real), std::move(why));
    return true;
  };
  std::vector<std::string> usual = {"/sbin/init", "/etc/init", "/bin/init", "/bin/sh"};
  if (consumer_ == Initramfs::dracut) usual.resize(1);
  if (auto wanted = value_of(*line, "init"); wanted && (!wanted->empty() || consumer_ == Initramfs::none)) {
    // A relative one is looked for from the root, where the kernel stands.
    if (starts(exports::normal_path("/" + *wanted), "init= on the command line")) return true;
    // An initramfs warns and takes the usual one; so did kernels before 4.0, which panic now.
    auto goes_on =
        consumer_ != Initramfs::none || (image_ != nullptr && image_->release == ReleaseName::lenny);
    say(Stage::init, goes_on ? Status::warning : Status::broken,
        fmt::format("the image has no program {}", in_quotes(*wanted)), "init= on the command line",
        goes_on ? "the usual init starts" : "");
    if (!goes_on) return false;
  }
  for (const auto& path : usual) {
    if (!starts(path, "")) continue;
    shared_machine_id();
    return true;
  }
  say(Stage::init, Status::broken, "the image has no init",
      fmt::format("{}{}", usual.size() > 1 ? "none of " : "no ", fmt::join(usual, ", ")),
      "install an init system in the image");
  return false;
}

}  // namespace krgboot
