#pragma once

#include "krgboot/export.hpp"
#include "krgboot/plan/snapshot.hpp"
#include "krgboot/system/root.hpp"

namespace krgboot {

/// Examines every path of `plan` and of the manifest in `root` and compares it with the plan. Only reads.
/// Contents are kept only if they differ, so memory use depends on the number of changes. An error at a file
/// of an image is recorded in the snapshot (Observed::fault, Snapshot::faults), and the rest is examined.
/// Throws IoError if a file of the server cannot be read; ConflictError as `read_manifest` does.
KRGBOOT_EXPORT Snapshot observe(const Root& root, const Plan& plan);

/// Reads the list of what krgboot owns in `root`; empty if there is no manifest. Throws ConflictError
/// "state.foreign" if the manifest or its directory belongs neither to root nor to the effective user,
/// "state.writable" if its group or others can write to it, "manifest.damaged", "manifest.newer"; IoError.
KRGBOOT_EXPORT Manifest read_manifest(const Root& root);

/// Returns `root` with each image confined (Root::confining) that holds an item of the plan or an entry of
/// the manifest. All work on these goes through the returned root.
KRGBOOT_EXPORT Root confining_images(const Root& root, const Plan& plan, const Manifest& manifest);

/// The fingerprint that `observe` would record now for a path inside the root; all fields are 0 if nothing
/// exists there. Throws IoError.
KRGBOOT_EXPORT Fingerprint fingerprint(const Root& root, std::string_view path);

}  // namespace krgboot
