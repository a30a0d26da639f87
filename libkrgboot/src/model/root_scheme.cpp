#include "krgboot/model/root_scheme.hpp"

#include "krgboot/base/error.hpp"

#include <algorithm>

namespace krgboot {

const std::vector<RootScheme>& root_schemes() {
  static const std::vector<RootScheme> rows = {
      {.mode = RootMode::ro,
       .word = "ro",
       .meaning = "read-only, shared by all of them",
       .kernel_word = "ro",
       .export_is_writable = false,
       .is_shared = true,
       .mounts_writable_directories = true,
       // sysvinit's checkroot.sh remounts the root, read-write if fstab has no line for it. Without nolock
       // the scripts would start rpc.statd before any mount.
       .sysvinit_root_options = "ro,nolock"},
      {.mode = RootMode::rw,
       .word = "rw",
       .meaning = "read-write",
       .kernel_word = "rw",
       .export_is_writable = true,
       .is_shared = false,
       .mounts_writable_directories = false,
       .sysvinit_root_options = std::nullopt},
  };
  return rows;
}

const RootScheme& root_scheme(RootMode mode) {
  const auto& rows = root_schemes();
  auto row = std::find_if(rows.begin(), rows.end(),
                          [&](const RootScheme& candidate) { return candidate.mode == mode; });
  if (row == rows.end()) throw InternalError("a root mode without a scheme");
  return *row;
}

}  // namespace krgboot
