#pragma once

#include "krgboot/plan/snapshot.hpp"
#include "krgboot/system/root.hpp"

namespace krgboot {

/// Looks at every path of `plan` and of the manifest under `root`, and compares. Reads only. Contents are
/// kept only where they differ, so memory follows the changes and not the files. Throws IoError where the
/// system refuses, ConflictError where the manifest is damaged.
Snapshot observe(const Root& root, const Plan& plan);

/// `root` with each image confined that an item of the plan or an entry of the manifest lies in: whatever is
/// done with those is done through this root.
Root confining_images(const Root& root, const Plan& plan, const Manifest& manifest);

/// The fingerprint of a path as `observe` would take it now.
Fingerprint fingerprint(const Root& root, std::string_view path);

}  // namespace krgboot
