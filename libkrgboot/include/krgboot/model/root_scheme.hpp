#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/spec.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace krgboot {

/// Consequences of a value of an image's key `root`, for exports, fstab, command line, checks and trace.
struct RootScheme {
  RootMode mode;
  std::string_view word;         ///< the value in cluster.yaml
  std::string_view meaning;      ///< text of the reference page: "read-only, shared by all of them"
  std::string_view kernel_word;  ///< word of the kernel's command line

  /// Nodes write to the image itself: it is exported read-write, and the root user of a node must not be
  /// squashed.
  bool export_is_writable;
  /// Several nodes may boot the image at the same time, so it contains no state of a single node (machine ID,
  /// journal, lock files).
  bool is_shared;
  /// Nodes mount the directories of `writable` read-write from the server; if false, that list has no effect.
  bool mounts_writable_directories;
  /// Options of the line for / in the image's fstab, which sysvinit needs so as not to remount / in another
  /// way; nullopt: no such line is needed.
  std::optional<std::string_view> sysvinit_root_options;
};

/// All schemes, one for each RootMode, in the order of the reference page.
KRGBOOT_EXPORT const std::vector<RootScheme>& root_schemes();

/// The scheme of `mode`. Throws InternalError if `mode` is not an enumerator.
KRGBOOT_EXPORT const RootScheme& root_scheme(RootMode mode);

}  // namespace krgboot
