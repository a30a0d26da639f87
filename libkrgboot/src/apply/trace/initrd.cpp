#include "initrd.hpp"

#include "krgboot/image/initramfs.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace krgboot::tracing {

std::optional<std::string> value_of(const KernelCommandLine& line, std::string_view name) {
  const auto* parameter = line.find(name);
  return parameter == nullptr ? std::nullopt : parameter->value();
}

bool initrd_holds(const ServerFiles& files, const Loaded& loaded, const std::string& name) {
  return std::any_of(loaded.initrds.begin(), loaded.initrds.end(), [&](const LoadedFile& initrd) {
    auto names = list_initramfs(*files.tftp_directory, initrd.path);
    return std::binary_search(names.begin(), names.end(), name);
  });
}

std::optional<std::string> initrd_program(const Loaded& loaded, const KernelCommandLine& line) {
  auto program = value_of(line, "rdinit");
  if (program == "/init" || loaded.initrds.empty()) return std::nullopt;
  return program;
}

bool initrd_is_ignored(const ServerFiles& files, const Loaded& loaded, const KernelCommandLine& line) {
  auto program = initrd_program(loaded, line);
  if (!program) return false;
  return !initrd_holds(files, loaded,
                       program->substr(std::min(program->find_first_not_of('/'), program->size())));
}

InitrdMaker initrd_maker(const ServerFiles& files, const Loaded& loaded, const KernelCommandLine& line) {
  std::optional<Initramfs> found;
  for (const auto& initrd : loaded.initrds) {
    const auto& of_this = files.maker_of_initrd(initrd.path);
    if (!of_this.maker) {
      auto unknown = fmt::format("{}: neither initramfs-tools nor dracut made it", initrd.name);
      return {std::nullopt, of_this.fault.empty() ? std::move(unknown) : of_this.fault};
    }
    // The kernel unpacks all initrds; one without /init, such as microcode, changes nothing.
    if (!found || *of_this.maker != Initramfs::none) found = of_this.maker;
  }
  if (initrd_is_ignored(files, loaded, line)) found = Initramfs::none;
  return {found, ""};
}

}  // namespace krgboot::tracing
