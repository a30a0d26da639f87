#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/spec.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace krgboot {

/// What `root:` of an image means, for all that depends on it: exports, fstab, command line, checks, trace.
struct RootScheme {
  RootMode mode;
  std::string_view word;         ///< in cluster.yaml
  std::string_view meaning;      ///< for the reference page: "read-only, shared by all of them"
  std::string_view kernel_word;  ///< on the kernel's command line

  /// Nodes write to the image itself: it is exported read-write, and root of a node must not be squashed.
  bool export_is_writable;
  /// Several nodes may boot the image at a time, so it holds nothing that is one node's own (machine ID,
  /// journal, state of locks).
  bool is_shared;
  /// Nodes mount the directories of `writable` read-write from the server; else the list changes nothing.
  bool mounts_writable_directories;
  /// Options of the line for / in the image's fstab, where sysvinit would change how / is mounted without
  /// such a line.
  std::optional<std::string_view> sysvinit_root_options;
};

/// One row for each RootMode, in the order of the reference page.
KRGBOOT_EXPORT const std::vector<RootScheme>& root_schemes();

KRGBOOT_EXPORT const RootScheme& root_scheme(RootMode mode);

}  // namespace krgboot
