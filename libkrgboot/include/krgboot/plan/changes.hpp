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

enum class ChangeAction {
  create,
  update,
  remove,
  adopt,  ///< a foreign file that already is as wanted, or that the caller lets krgboot take over
};
KRGBOOT_EXPORT std::string to_string(ChangeAction action);

/// What a change makes. An EditFile has become the WriteFile of its result.
using ChangeItem = std::variant<WriteFile, CopyFile, MakeLink, MakeDirectory, Remove>;

/// One difference between a plan and what is there.
struct Change {
  ChangeAction action = ChangeAction::create;
  ChangeItem item;
  std::optional<std::string> before;  ///< the text that is there; nullopt: none, or binary
  unsigned mode_before = 0;           ///< 0 where nothing is there
  PathKind kind_before = PathKind::absent;
  bool edit = false;   ///< the file is others' too: its mode and owner stay
  bool writes = true;  ///< false: taken over as it is, nothing but the manifest changes
  friend bool operator==(const Change&, const Change&) = default;
};

/// How a plan differs from a snapshot.
struct Changes {
  std::vector<Change> changes;
  std::vector<Reload> reloads;        ///< those that the changes call for
  std::vector<ServiceName> services;  ///< whose files change: also in a staged tree, which reloads nothing
  Manifest manifest;                  ///< as it will be
  bool manifest_changes = false;
  /// What stands in the way or is missing; an error keeps apply from writing. "image.missing",
  /// "kernel.missing", "initrd.missing", "loader.missing": would boot into a hole; "file.foreign": somebody
  /// else's file lies there; "file.kind": not a file at all; "image.link": a symlink in an image that leads
  /// nobody knows where; "kerrighed.plain_first": machines would boot Kerrighed before they have booted
  /// without it; "file.binary", "file.too_large": no text that could be edited; "file.mode",
  /// "file.hard_links": a file that is never replaced; "image.unreadable", "image.too_large", and the codes
  /// of what reads files: what lies in an image cannot be looked at; "image.unwritable": an image did not
  /// take what was to be written; "filesystem.not_mounted": its file system is not there;
  /// "exports.leads_out": a link in it would lead the NFS server elsewhere; "exports.no_handles": it lies on
  /// a file system that no NFS server can export; "boot_file.left_out", a warning:
  /// a copy that a boot file names is not there, and its image is left out; "exports.reaches_server",
  /// "exports.reaches_file_system", "exports.writes_image", "exports.images_reach_each_other": clients of an
  /// export reach more than it by handles. "scope.clash": another scope has a
  /// path, a network or an export that this one wants. `where` is the file, for those that concern an image.
  Diagnostics findings;
  /// Paths of the images that such a finding keeps from being worked on.
  std::vector<std::string> bad_images = {};
  /// What apply leaves to configure_image.
  std::vector<PendingStep> steps = {};
  /// What the spec accepts, with the reason that it gives. It is shown, and nothing more.
  Diagnostics accepted = {};
  /// Warnings about things that krgboot does not write but that affect nodes. They are only shown.
  Diagnostics notices = {};

  /// Has apply nothing to do?
  bool empty() const noexcept { return changes.empty() && !manifest_changes; }
  /// Is everything as the plan says?
  bool clean() const noexcept { return changes.empty() && findings.empty() && steps.empty(); }
};

struct DiffOptions {
  bool adopt = false;  ///< take over foreign files that lie where ours belong
  /// Path of an image: only what lies within it is compared, and all else stays as it is. Empty: everything.
  std::string within = {};
  /// Leave out all that concerns an image which a finding keeps from being worked on, kernels copied from it
  /// too: it stays as it is, whole, and its findings are warnings. So do boot files that would name a copy
  /// which is not made.
  bool skip_bad_images = false;
  /// Images of which nothing is compared, and why: that is a finding of each.
  std::vector<Snapshot::Fault> leave_out = {};
};

/// Does a finding concern one of `changes.bad_images`?
KRGBOOT_EXPORT bool concerns_bad_image(const Changes& changes, const Diagnostic& finding);

/// Pure: compares what should be with what was seen.
KRGBOOT_EXPORT Changes diff(const Plan& plan, const Snapshot& snapshot, const DiffOptions& options = {});

/// The change as `diff -u` shows it, with "a/…" and "b/…" names and mode lines; one line for a binary file.
/// Passwords are not in any file krgboot writes outside images.
KRGBOOT_EXPORT std::string unified_diff(const Change& change);
/// The lines of both states, under the image's path and the step's name.
KRGBOOT_EXPORT std::string unified_diff(const PendingStep& pending);
/// All of them.
KRGBOOT_EXPORT std::string unified_diff(const Changes& changes);
/// One line a change: "create /etc/exports.d/krgboot-debian.exports (images.debian)". Then one a step:
/// "configure /srv/nfs/debian: packages: openssh-server is not installed (images.debian.packages)".
KRGBOOT_EXPORT std::string to_string(const Changes& changes);
/// {"changes": [{"action", "path", "origin", "diff"}], "reloads": […], "findings": […], "accepted": […],
/// "notices": […], "steps": [{"image", "origin", "step", "what", "why", "diff"}]}
KRGBOOT_EXPORT std::string to_json(const Changes& changes);

}  // namespace krgboot
