#pragma once

#include <optional>
#include <string>

#include "stages.hpp"

/// Content of the initrds that the boot loader loads.
namespace krgboot::tracing {

/// The value of the last parameter of that name; nullopt if it is missing, or given as a flag.
std::optional<std::string> value_of(const KernelCommandLine& line, std::string_view name);

/// Does one of the initrds contain a file of this name? Throws Error if one cannot be read.
bool initrd_holds(const ServerFiles& files, const Loaded& loaded, const std::string& name);

/// The program that rdinit= names instead of the initrd's /init; nullopt: none, or no initrd is loaded.
std::optional<std::string> initrd_program(const Loaded& loaded, const KernelCommandLine& line);

/// Does no initrd contain the program that rdinit= names? The kernel then ignores the initrds. Throws Error
/// if one cannot be read.
bool initrd_is_ignored(const ServerFiles& files, const Loaded& loaded, const KernelCommandLine& line);

/// The generator of the initrds, whose /init starts.
struct InitrdMaker {
  std::optional<Initramfs> maker;  ///< `none`: no generator, the kernel mounts the root; nullopt: not known
  std::string problem;             ///< why it is not known; empty if no initrd is loaded
};
InitrdMaker initrd_maker(const ServerFiles& files, const Loaded& loaded, const KernelCommandLine& line);

}  // namespace krgboot::tracing
