#pragma once

#include "krgboot/export.hpp"
#include "krgboot/plan/snapshot.hpp"
#include "krgboot/system/root.hpp"

namespace krgboot {

/// Looks at every path of `plan` and of the manifest under `root`, and compares. Reads only. Contents are
/// kept only where they differ, so memory follows the changes and not the files. What keeps a file of an
/// image from being looked at stands in the snapshot (Observed::fault, Snapshot::faults), and all else is
/// looked at. Throws IoError where the system refuses the server's own files, ConflictError as
/// `read_manifest` does.
KRGBOOT_EXPORT Snapshot observe(const Root& root, const Plan& plan);

/// What krgboot owns under `root`; nothing where there is no manifest. Throws ConflictError "state.foreign"
/// where the manifest or its directory belongs neither to root nor to the effective user, "state.writable"
/// where others than its owner can write it, "manifest.damaged", "manifest.newer"; IoError.
KRGBOOT_EXPORT Manifest read_manifest(const Root& root);

/// `root` with each image confined that an item of the plan or an entry of the manifest lies in: whatever is
/// done with those is done through this root.
KRGBOOT_EXPORT Root confining_images(const Root& root, const Plan& plan, const Manifest& manifest);

/// The fingerprint of a path as `observe` would take it now.
KRGBOOT_EXPORT Fingerprint fingerprint(const Root& root, std::string_view path);

}  // namespace krgboot
