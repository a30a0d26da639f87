#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/plan/plan.hpp"
#include "krgboot/plan/snapshot.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace krgboot {

/// What a change does.
enum class ChangeAction {
  create,
  update,
  remove,
  /// Record a foreign file as krgboot's own: it is already as wanted, or the caller allows taking it over.
  adopt,
};
KRGBOOT_EXPORT std::string to_string(ChangeAction action);

/// The item that a change makes. An EditFile appears as the WriteFile of its result.
using ChangeItem = std::variant<WriteFile, CopyFile, MakeLink, MakeDirectory, Remove>;

/// One difference between a plan and the existing files.
struct Change {
  ChangeAction action = ChangeAction::create;
  ChangeItem item;
  std::optional<std::string> before;  ///< existing text; nullopt: none, or binary
  unsigned mode_before = 0;           ///< 0: nothing exists
  PathKind kind_before = PathKind::absent;
  bool edit = false;   ///< the file is shared with other programs: its mode and owner stay
  bool writes = true;  ///< false: adopted unchanged, only the manifest changes
  friend bool operator==(const Change&, const Change&) = default;
};

/// How a plan differs from a snapshot.
struct Changes {
  std::vector<Change> changes;
  std::vector<Reload> reloads;  ///< those that the changes require
  /// Services whose files change. Unlike `reloads`, it is not empty for a staged tree.
  std::vector<ServiceName> services;
  Manifest manifest;  ///< as it will be after the changes
  bool manifest_changes = false;
  /// Obstacles and missing parts; an error prevents `apply` from writing. `where` is the file for those about
  /// the content of an image. The codes:
  ///
  /// - "image.missing", "kernel.missing", "initrd.missing", "loader.missing": machines would try to boot a
  ///   file that does not exist.
  /// - "file.foreign": a foreign file exists at the path. "file.kind": something exists there that is not a
  ///   file. "file.binary", "file.too_large": a file that is not editable text. "file.mode",
  ///   "file.hard_links": a file that krgboot never replaces.
  /// - "image.link": a symlink in an image would lead out of the intended path. "image.unreadable",
  ///   "image.too_large", and the codes of the functions that read files: the content of an image cannot be
  ///   examined. "image.unwritable": a file in an image could not be written. "filesystem.not_mounted": the
  ///   image's own file system is not mounted.
  /// - "kerrighed.plain_first": machines would boot Kerrighed before they have booted without it.
  /// - "exports.leads_out": a symlink would lead the NFS server out of the image. "exports.no_handles": the
  ///   NFS server cannot export this file system. "exports.reaches_server", "exports.reaches_file_system",
  ///   "exports.writes_image", "exports.images_reach_each_other": clients of an export reach more than the
  ///   export by file handles.
  /// - "boot_file.left_out" (a warning): a boot file names a copy that does not exist, so its image is left
  ///   out.
  /// - "scope.clash": another scope owns a path, network or export that this one needs.
  Diagnostics findings;
  /// Paths of the images that such findings prevent from being changed.
  std::vector<std::string> bad_images = {};
  /// Pending steps of images; `configure_image` runs them, `apply` does not.
  std::vector<PendingStep> steps = {};
  /// Findings that the spec accepts, with the reason that it gives. Only for display.
  Diagnostics accepted = {};
  /// Warnings about things that krgboot does not write but that affect nodes. Only for display.
  Diagnostics notices = {};

  /// Has `apply` nothing to do?
  bool empty() const noexcept { return changes.empty() && !manifest_changes; }
  /// Does the server match the plan, without pending steps and findings?
  bool clean() const noexcept { return changes.empty() && findings.empty() && steps.empty(); }
};

/// What `diff` compares and allows.
struct DiffOptions {
  bool adopt = false;  ///< take over foreign files at paths that krgboot needs
  /// Path of an image: only items inside it are compared, the rest stays unchanged. Empty: everything.
  std::string within = {};
  /// Leave out everything about an image that a finding prevents from being changed, including copies of its
  /// kernels: the image stays completely unchanged, and its findings become warnings. Boot files that would
  /// name a missing copy are left out too.
  bool skip_bad_images = false;
  /// Images that are not compared, with the finding that each of them gets.
  std::vector<Snapshot::Fault> leave_out = {};
};

/// Is `finding` about one of `changes.bad_images`?
KRGBOOT_EXPORT bool concerns_bad_image(const Changes& changes, const Diagnostic& finding);

/// Compares a plan with a snapshot of the same plan. Accesses no file.
KRGBOOT_EXPORT Changes diff(const Plan& plan, const Snapshot& snapshot, const DiffOptions& options = {});

/// The change as `diff -u` prints it, with names "a/…" and "b/…" and lines about the mode; one line for a
/// binary file. Files that krgboot writes outside images contain no passwords.
KRGBOOT_EXPORT std::string unified_diff(const Change& change);
/// The states before and after a step, under the image's path and the step's name.
KRGBOOT_EXPORT std::string unified_diff(const PendingStep& pending);
/// The diffs of all changes and steps.
KRGBOOT_EXPORT std::string unified_diff(const Changes& changes);
/// One line for each change, such as "create /etc/exports.d/krgboot-debian.exports (images.debian)", then one
/// for each step: "configure /srv/nfs/debian: packages: openssh-server is not installed
/// (images.debian.packages)".
KRGBOOT_EXPORT std::string to_string(const Changes& changes);
/// `{"changes": [{"action", "path", "origin", "diff"}], "reloads": […], "findings": […], "accepted": […],
/// "notices": […], "steps": [{"image", "origin", "step", "what", "why", "diff"}]}`
KRGBOOT_EXPORT std::string to_json(const Changes& changes);

}  // namespace krgboot
