#include <algorithm>

#include <fmt/format.h>

#include "image_boot_file.hpp"
#include "stages.hpp"

namespace krgboot::tracing {

namespace {

using BootedKernel = ServerFiles::BootedKernel;

/// The file, relative to the image's /boot, that was loaded; nullopt: it is not the image's.
std::optional<std::string> file_of(const ServerFiles& files, const Image& image, const LoadedFile& loaded,
                                   const CommandLine& line) {
  auto named = image_boot_file(image, loaded.path);
  return named || image.path != line.root.path ? named : files.file_of_image(image, loaded.path);
}

void check_copy(const ServerFiles& files, BootStage stage, const Image& image, const std::string& file,
                const LoadedFile& loaded, Steps& steps) {
  if (files.is_that_of_image(image, file, loaded.path)) return;
  steps.say(stage, StepStatus::warning, loaded.name,
            fmt::format("it is not the image's {}/boot/{}", image.path, file), "apply the spec");
}

/// The image that the kernel belongs to, and the kernel's name; image is null if no image has it.
BootedKernel find_kernel_of_image(const ServerFiles& files, const Loaded& loaded, const CommandLine& line) {
  BootedKernel found;
  for (const auto& image : files.cluster.images()) {
    if (auto file = file_of(files, image, loaded.kernel, line)) {
      found.image = &image;
      found.kernel = *std::move(file);
      break;
    }
  }
  return found;
}

/// Kerrighed's settings in the matching boot entry.
std::optional<Kerrighed> kerrighed_of(const Cluster& cluster, const Loaded& loaded,
                                      const BootedKernel& kernel) {
  const auto& entries = cluster.boot();
  auto entry = std::find_if(entries.begin(), entries.end(), [&](const BootEntry& candidate) {
    return candidate.name == loaded.label && &cluster.images()[candidate.image] == kernel.image &&
           candidate.kernel == kernel.kernel;
  });
  return entry == entries.end() ? std::nullopt : entry->kerrighed;
}

}  // namespace

void follow_kernel_support(const ServerFiles& files, const Loaded& loaded, const CommandLine& line,
                           Steps& steps) {
  auto kernel = find_kernel_of_image(files, loaded, line);
  if (kernel.image == nullptr) {
    steps.say(BootStage::kernel, StepStatus::warning, loaded.kernel.name,
              "no image has this kernel: krgboot does not check whether it can mount a root over NFS");
    return;
  }
  check_copy(files, BootStage::kernel, *kernel.image, kernel.kernel, loaded.kernel, steps);
  for (const auto& initrd : loaded.initrds) {
    auto file = file_of(files, *kernel.image, initrd, line);
    if (!file) continue;  // foreign, such as microcode: its content is not known
    check_copy(files, BootStage::initrd, *kernel.image, *file, initrd, steps);
    if (!kernel.initrd) kernel.initrd = *std::move(file);
  }
  if (!loaded.initrds.empty() && !kernel.initrd) {
    steps.say(BootStage::initrd, StepStatus::warning, loaded.initrds.front().name,
              "no image has this initrd: krgboot does not check whether it can mount a root over NFS");
    return;
  }
  kernel.kerrighed = kerrighed_of(files.cluster, loaded, kernel);
  kernel.initramfs = line.root_mounter;
  for (const auto& finding : files.kernel_findings(kernel)) {
    steps.say_all(finding.code.starts_with("initramfs.") ? BootStage::initrd : BootStage::kernel, {finding});
  }
}

}  // namespace krgboot::tracing
