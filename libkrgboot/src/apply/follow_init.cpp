#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/exports_quote.hpp"
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

// rdinit= names the program of the initrd's that starts in the place of /init. An initrd without it is left
// aside: then the kernel mounts the root by itself.
bool Follower::initrd_program(const KernelCommandLine& line, const NfsRootReading& reading) {
  auto wanted = value_of(line, "rdinit");
  if (!wanted || *wanted == "/init" || trace_.initrds.empty()) return true;
  auto name = wanted->substr(std::min(wanted->find_first_not_of('/'), wanted->size()));
  try {
    if (initrd_holds(name)) {
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
  auto by_kernel = reading.consumer == Initramfs::none;
  say(Stage::init, by_kernel ? Status::warning : Status::broken,
      fmt::format("the initrd has no {}: the kernel leaves it aside, and mounts the root by itself", *wanted),
      "rdinit= on the command line");
  return by_kernel;
}

// What the kernel does (init/main.c, kernel_init), and in its place initramfs-tools' and dracut's /init.
bool Follower::init() {
  auto line = KernelCommandLine::parse(trace_.command_line);
  auto reading = line ? find_nfs_root(*line) : std::nullopt;
  if (!reading) return false;
  if (!initrd_program(*line, *reading)) return false;

  auto image = files_.root.beneath(trace_.root_path);
  auto starts = [&](const std::string& path, std::string why) {
    auto real = program_in(image, path);
    if (!real) return false;
    init_ = *real;
    say(Stage::init, Status::ok, *real == path ? path : fmt::format("{} -> {}", path, *real), std::move(why));
    return true;
  };
  std::vector<std::string> usual = {"/sbin/init", "/etc/init", "/bin/init", "/bin/sh"};
  if (reading->consumer == Initramfs::dracut) usual.resize(1);
  if (auto wanted = value_of(*line, "init");
      wanted && (!wanted->empty() || reading->consumer == Initramfs::none)) {
    // A relative one is looked for from the root, where the kernel stands.
    if (starts(exports::normal_path("/" + *wanted), "init= on the command line")) return true;
    // An initramfs warns and takes the usual one; so did kernels before 4.0, which panic now.
    auto goes_on =
        reading->consumer != Initramfs::none || (image_ != nullptr && image_->release == ReleaseName::lenny);
    say(Stage::init, goes_on ? Status::warning : Status::broken,
        fmt::format("the image has no program {}", in_quotes(*wanted)), "init= on the command line",
        goes_on ? "the usual init starts" : "");
    if (!goes_on) return false;
  }
  for (const auto& path : usual) {
    if (starts(path, "")) return true;
  }
  say(Stage::init, Status::broken, "the image has no init",
      fmt::format("{}{}", usual.size() > 1 ? "none of " : "no ", fmt::join(usual, ", ")),
      "install an init system in the image");
  return false;
}

}  // namespace krgboot
