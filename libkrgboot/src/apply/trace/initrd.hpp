#pragma once

#include <optional>
#include <string>

#include "stages.hpp"

/// What is in the initrds that the loader loads.
namespace krgboot::tracing {

/// The value of the last parameter of that name; nullopt where it is not given, or as a flag.
std::optional<std::string> value_of(const KernelCommandLine& line, std::string_view name);

/// Does one of the initrds hold a file of this name? Throws Error where one cannot be read.
bool initrd_holds(const ServerFiles& files, const Loaded& loaded, const std::string& name);

/// The program that rdinit= names in place of the initrd's /init; nullopt: none, or no initrd is loaded.
std::optional<std::string> initrd_program(const Loaded& loaded, const KernelCommandLine& line);

/// Does no initrd hold the program that rdinit= names? The kernel then ignores the initrds. Throws Error
/// where one cannot be read.
bool initrd_is_ignored(const ServerFiles& files, const Loaded& loaded, const KernelCommandLine& line);

/// Who made the initrds, whose /init starts.
struct InitrdMaker {
  std::optional<Initramfs> maker;  ///< `none`: nobody, the kernel goes on by itself; nullopt: not known
  std::string problem;             ///< why it is not known; empty: no initrd is loaded
};
InitrdMaker initrd_maker(const ServerFiles& files, const Loaded& loaded, const KernelCommandLine& line);

}  // namespace krgboot::tracing
