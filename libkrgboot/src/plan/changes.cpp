#include "krgboot/plan/changes.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/services/services.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/path_text.hpp"
#include "left_out_copies.hpp"
#include "scope_clashes.hpp"

namespace krgboot {

namespace {

Diagnostic finding(std::string code, std::string message, std::string hint, std::string_view origin) {
  return {Severity::error, std::move(code), std::move(message), std::move(hint), std::string(origin), {}};
}

/// Records a finding of an image that is not in the required state.
void add_finding(Changes& changes, std::string_view image, Diagnostic found) {
  auto& bad = changes.bad_images;
  if (std::find(bad.begin(), bad.end(), image) == bad.end()) bad.emplace_back(image);
  // One faulty file may block several items: report it once.
  auto& all = changes.findings;
  auto is_same = [&](const Diagnostic& known) {
    return known.code == found.code && known.message == found.message && known.where == found.where;
  };
  if (std::none_of(all.begin(), all.end(), is_same)) all.push_back(std::move(found));
}

/// Compares one plan with one snapshot, item by item.
class Comparison {
 public:
  /// `left_out`: images that are not compared.
  Comparison(const Plan& plan, const Snapshot& snapshot, const DiffOptions& options,
             std::vector<std::string> left_out)
      : plan_(plan), snapshot_(snapshot), options_(options), left_out_(std::move(left_out)) {}

  Changes result() {
    if (snapshot_.items.size() != plan_.items.size()) throw InternalError("a snapshot of another plan");
    find_clashes();
    note_left_out_copies();
    for (std::size_t i = 0; i < plan_.items.size(); ++i) {
      const auto& seen = snapshot_.items[i];
      if (clashes_.count(item_of(plan_.items[i]).path) != 0) {
        continue;  // belongs to another scope, already reported
      } else if (is_left_alone(plan_.items[i])) {
        keep_as_it_is(item_of(plan_.items[i]).path);
      } else if (seen.fault) {
        keep_as_it_is(item_of(plan_.items[i]).path);
        report_of_image(image_of(plan_.items[i]), *seen.fault);
      } else {
        std::visit([&](const auto& item) { compare(item, seen); }, plan_.items[i]);
      }
    }
    for (auto& warning : left_out_copies_.warnings()) changes_.findings.push_back(std::move(warning));
    compare_leftovers();
    choose_reloads();
    for (const auto& pending : snapshot_.steps) {
      if (!is_left_alone(pending.step.image)) changes_.steps.push_back(pending);
    }
    for (const auto& fault : snapshot_.faults) {
      if (!is_left_alone(fault.image)) report_of_image(fault.image, fault.finding);
    }
    keep_other_scopes();
    changes_.manifest_changes = !(changes_.manifest == snapshot_.manifest);
    return std::move(changes_);
  }

 private:
  const std::string& scope() const { return plan_.scope.name; }
  const Owned* find_owned(std::string_view path) const { return snapshot_.manifest.find(path, scope()); }
  /// True also for a file that another scope made and this one shares: the contents are the same.
  bool owned(const std::string& path) const {
    return find_owned(path) != nullptr || shared_.count(path) != 0;
  }

  void find_clashes() {
    for (auto& clash : find_scope_clashes(plan_, snapshot_.manifest)) {
      clashes_.insert(clash.paths.begin(), clash.paths.end());
      changes_.findings.push_back(std::move(clash.finding));
    }
    for (const auto& entry : snapshot_.manifest.entries) {
      if (!is_of_scope(entry, scope())) shared_.insert(entry.path);
    }
  }

  void keep_other_scopes() {
    auto& manifest = changes_.manifest;
    for (const auto& entry : snapshot_.manifest.entries) {
      if (!is_of_scope(entry, scope())) manifest.entries.push_back(entry);
    }
    std::sort(manifest.entries.begin(), manifest.entries.end(), [](const Owned& a, const Owned& b) {
      return std::tie(a.path, a.scope) < std::tie(b.path, b.scope);
    });
    for (const auto& other : snapshot_.manifest.scopes) {
      if (other.name != scope()) manifest.scopes.push_back(other);
    }
    auto is_ours = [&](const Owned& entry) { return entry.scope == scope(); };
    if (std::any_of(manifest.entries.begin(), manifest.entries.end(), is_ours))
      manifest.scopes.push_back(plan_.scope);
    std::sort(manifest.scopes.begin(), manifest.scopes.end(),
              [](const Scope& a, const Scope& b) { return a.name < b.name; });
  }

  bool is_left_out(std::string_view image) const {
    return std::find(left_out_.begin(), left_out_.end(), image) != left_out_.end();
  }
  bool is_left_alone(std::string_view image) const {
    return (!options_.within.empty() && image != options_.within) || is_left_out(image);
  }
  // The copy lies on the server, its source in an image.
  bool is_left_alone(const PlanItem& item) const {
    return is_left_alone(item_of(item).within) || is_left_out(image_of(item));
  }

  void note_left_out_copies() {
    for (std::size_t i = 0; i < plan_.items.size(); ++i) {
      const auto* copy = std::get_if<CopyFile>(&plan_.items[i]);
      if (copy == nullptr || copy->role != Role::kernel || !is_left_out(copy->source_within)) continue;
      left_out_copies_.add(*copy, snapshot_.items[i].kind == PathKind::file);
    }
  }

  /// Adds a finding of the server, or, if `image` is set, of `path` in an image that is not in the required
  /// state.
  void report(std::string_view image, const std::string& path, Diagnostic found) {
    if (image.empty()) return changes_.findings.push_back(std::move(found));
    found.where.file = path;
    report_of_image(image, std::move(found));
  }
  void report_of_image(std::string_view image, Diagnostic found) {
    add_finding(changes_, image, std::move(found));
  }
  void keep_as_it_is(std::string_view path) {
    if (const auto* known = find_owned(path)) keep_owned(*known);
  }

  void keep_owned(const PlanItem& item) {
    if (auto entry = owned_by(item, scope())) changes_.manifest.entries.push_back(std::move(*entry));
  }
  void keep_owned(Owned entry) {
    entry.scope = scope();
    changes_.manifest.entries.push_back(std::move(entry));
  }

  void add(ChangeAction action, ChangeItem item, const Observed& seen, bool edit = false) {
    changes_.changes.push_back({action, std::move(item), seen.text, seen.mode, seen.kind, edit});
  }

  /// Is the image missing, or does a symlink lie on the way into it? Then the item waits, and the manifest
  /// keeps what was made of it before.
  bool out_of_reach(const std::string& image, const std::string& path, const std::string& origin,
                    const Observed& seen) {
    if (image.empty() || (seen.source != PathKind::absent && seen.source != PathKind::symlink)) return false;
    keep_as_it_is(path);
    if (seen.source == PathKind::symlink) {
      report(
          image, path,
          finding("image.link", fmt::format("a symbolic link in {} lies on the way to {}", image, path),
                  "krgboot writes nothing through links in an image: put a directory in its place", origin));
    } else if (missing_images_.insert(image).second) {
      // One finding per image, however many of its files it blocks.
      changes_.findings.push_back(
          finding("image.missing", fmt::format("{} is not there", image), "bootstrap the image", origin));
    }
    return true;
  }
  template <class T>
  bool out_of_reach(const T& item, const Observed& seen) {
    return out_of_reach(item.within, item.path, item.origin, seen);
  }
  /// Path of the image that the item lies in, or empty.
  template <class T>
  static std::string_view image_around(const T& item) {
    return item.within;
  }
  static std::string_view image_around(const CopyFile&) { return {}; }

  // A copy lies on the server; its source is checked separately.
  static bool out_of_reach(const CopyFile&, const Observed&) { return false; }

  /// Is the existing entry not of the wanted type? It is never replaced.
  template <class T>
  bool blocked(const T& item, const Observed& seen, PathKind wanted) {
    if (seen.kind == PathKind::absent || seen.kind == wanted) return false;
    report(image_around(item), item.path,
           finding("file.kind",
                   fmt::format("{} is a {}, where krgboot keeps a {}", item.path, to_string(seen.kind),
                               to_string(wanted)),
                   "move it away", item.origin));
    return true;
  }

  /// Is the content of the file unfit for editing?
  bool no_text(std::string_view image, const std::string& path, const Observed& seen,
               std::string_view origin) {
    if (seen.text) return false;
    report(image, path,
           seen.too_large ? finding("file.too_large", fmt::format("{} is too large to be edited", path),
                                    "put a text in its place", origin)
                          : finding("file.binary", fmt::format("{} holds a NUL byte: it is no text", path),
                                    "put a text in its place", origin));
    return true;
  }

  /// Does the file have other hard links, which a new file would no longer share?
  bool has_other_names(std::string_view image, const std::string& path, const Observed& seen,
                       std::string_view origin) {
    if (seen.kind == PathKind::absent || seen.kind == PathKind::directory || seen.links < 2) return false;
    constexpr std::size_t most_named = 20;
    auto others = seen.names.size() < 2 ? seen.names : std::vector(seen.names.begin() + 1, seen.names.end());
    others.resize(std::min(others.size(), most_named));
    report(
        image, path,
        finding("file.hard_links",
                fmt::format("{} has {} hard links, and a new file would separate them{}{}", path, seen.links,
                            others.empty() ? "" : ": ", fmt::join(others, ", ")),
                fmt::format("make it a file of its own: cp -a {0} {0}.own && mv {0}.own {0}", path), origin));
    return true;
  }

  /// Does the mode or the link count of the file forbid an edit?
  bool cannot_be_edited(std::string_view image, const std::string& path, const Observed& seen,
                        std::string_view origin) {
    if (seen.kind != PathKind::file) return false;
    constexpr unsigned may_have = 0775;
    if ((seen.mode & ~may_have) != 0) {
      report(image, path,
             finding("file.mode",
                     fmt::format("{} is of mode {:04o}, and krgboot writes nothing that is setuid, setgid, "
                                 "sticky or writable by others",
                                 path, seen.mode),
                     fmt::format("chmod {:04o} {}", seen.mode & may_have, path), origin));
      return true;
    }
    return has_other_names(image, path, seen, origin);
  }

  /// Compares a whole file or symlink of krgboot's: create it, leave it, update it, adopt it, or refuse to.
  template <class T>
  void compare_own(const T& item, const Observed& seen, bool same, PathKind wanted, bool replaces = false) {
    if (out_of_reach(item, seen)) return;
    auto gives_way = replaces && (seen.kind == PathKind::file || seen.kind == PathKind::symlink);
    if (!gives_way && blocked(item, seen, wanted)) return;
    auto action = ChangeAction::create;
    if (seen.kind != PathKind::absent) {
      if (owned(item.path)) {
        if (same) return keep_owned(item);
        if (find_owned(item.path) == nullptr || shared_.count(item.path) != 0)
          return report_shared(item.path);
        action = ChangeAction::update;
      } else if (gives_way && !same) {
        action = ChangeAction::update;
      } else if (!seen.same_content && !options_.adopt) {
        report(image_around(item), item.path,
               finding("file.foreign",
                       fmt::format("{} is there already, and krgboot did not write it", item.path),
                       "move it away, or let krgboot adopt it", item.origin));
        return;
      } else {
        action = ChangeAction::adopt;
      }
    }
    if (!same && has_other_names(image_around(item), item.path, seen, item.origin))
      return keep_as_it_is(item.path);
    keep_owned(item);
    add(action, item, seen);
    changes_.changes.back().writes = !same || seen.kind == PathKind::absent;
  }

  /// Reports a file that two scopes need with different contents.
  void report_shared(const std::string& path) {
    for (const auto& entry : snapshot_.manifest.entries) {
      if (entry.path != path || is_of_scope(entry, scope())) continue;
      changes_.findings.push_back(scope_clash(plan_.scope, snapshot_.manifest, entry.scope, {path}));
      return keep_as_it_is(path);
    }
  }

  void compare(const WriteFile& item, const Observed& seen) {
    auto is_boot_file = item.role == Role::boot_file;
    if (is_boot_file && left_out_copies_.keeps(item, seen, owned(item.path) || options_.adopt)) {
      return keep_as_it_is(item.path);
    }
    compare_own(item, seen, seen.same_content && seen.mode == item.mode, PathKind::file, item.replaces);
  }

  void compare(const CopyFile& item, const Observed& seen) {
    if (seen.source != PathKind::file) {
      missing_source(item, seen.source);
      // The earlier copy stays, and stays in the manifest.
      if (owned(item.path)) keep_owned(item);
      return;
    }
    compare_own(item, seen, seen.same_content && seen.mode == item.mode, PathKind::file);
  }

  void compare(const MakeLink& item, const Observed& seen) {
    compare_own(item, seen, seen.same_content, PathKind::symlink, item.replaces);
  }

  void missing_source(const CopyFile& item, PathKind source) {
    if (item.role == Role::loader) {
      changes_.findings.push_back(finding(
          "loader.missing", fmt::format("{} is not there: nodes could not load {}", item.source, item.path),
          "install the package " + item.package, item.origin));
      return;
    }
    changes_.findings.push_back(finding(
        "kernel.missing",
        source == PathKind::absent
            ? fmt::format("{} is not there, and {} boots it", item.source, item.origin)
            : fmt::format("{} is a {}, and {} boots it", item.source, to_string(source), item.origin),
        "configure the image, which installs and names what it lacks; or correct the name", item.origin));
  }

  void compare(const EditFile& item, const Observed& seen) {
    if (out_of_reach(item, seen)) return;
    if (blocked(item, seen, PathKind::file)) return;
    if (seen.kind == PathKind::file && !seen.same_content &&
        (no_text(item.within, item.path, seen, item.origin) ||
         cannot_be_edited(item.within, item.path, seen, item.origin)))
      return keep_as_it_is(item.path);
    keep_owned(item);
    if (seen.kind == PathKind::file && seen.same_content) return;
    auto before = seen.kind == PathKind::file ? *seen.text : item.initial;
    WriteFile result{item, apply_edit(item.edit, before)};
    result.mode = seen.kind == PathKind::file ? seen.mode : item.mode;
    result.secret = std::holds_alternative<AccountLines>(item.edit);
    if (seen.kind != PathKind::file) result.owner = item.owner;
    add(seen.kind == PathKind::file ? ChangeAction::update : ChangeAction::create, std::move(result), seen,
        true);
  }

  void compare(const MakeDirectory& item, const Observed& seen) {
    if (out_of_reach(item, seen)) return;
    if (blocked(item, seen, PathKind::directory)) return;
    if (seen.kind == PathKind::directory) {
      if (owned(item.path)) keep_owned(item);
      return;
    }
    keep_owned(item);
    add(ChangeAction::create, item, seen);
  }

  void compare(const Remove& item, const Observed& seen) {
    if (out_of_reach(item, seen) || seen.kind == PathKind::absent) return;
    if (seen.kind == PathKind::file || seen.kind == PathKind::symlink)
      return add(ChangeAction::remove, item, seen);
    blocked(item, seen, PathKind::file);
  }

  /// Compares the entries of the manifest that are no longer in the plan.
  void compare_leftovers() {
    auto indices = leftovers_of(snapshot_.manifest, plan_);
    if (indices.size() != snapshot_.leftovers.size()) throw InternalError("a snapshot of another manifest");
    // Backwards: the content of a directory goes before the directory.
    for (std::size_t i = indices.size(); i-- > 0;) {
      compare_leftover(snapshot_.manifest.entries[indices[i]], snapshot_.leftovers[i]);
    }
  }

  void compare_leftover(const Owned& entry, const Observed& seen) {
    auto keep = [&] { keep_owned(entry); };
    // An entry out of reach stays in the manifest until it can be checked.
    if (seen.source == PathKind::symlink || is_left_alone(entry.within)) return keep();
    if (seen.fault) {
      report_of_image(entry.within, *seen.fault);
      return keep();
    }
    // A file that another scope shares is removed with the last of these scopes.
    if (seen.kind == PathKind::absent || (entry.kind != Owned::Kind::edit && shared_.count(entry.path) != 0))
      return;
    if (left_out_copies_.may_be_loaded(entry)) return keep();
    if (entry.kind == Owned::Kind::edit) {
      if (seen.kind != PathKind::file) return;
      if (no_text(entry.within, entry.path, seen, "")) return keep();
      std::string after;
      try {
        after = revert_edit(edit_of(entry), *seen.text);
      } catch (const ConflictError& error) {
        if (entry.within.empty()) throw;
        report(
            entry.within, entry.path,
            finding(error.code(), error.what(), "repair it in the image; krgboot leaves it unchanged", ""));
        return keep();
      }
      if (after == *seen.text) return;
      if (cannot_be_edited(entry.within, entry.path, seen, "")) return keep();
      add(ChangeAction::update, WriteFile{item_for(entry), std::move(after), seen.mode}, seen, true);
      return;
    }
    auto wanted = entry.kind == Owned::Kind::directory ? PathKind::directory
                  : entry.kind == Owned::Kind::link    ? PathKind::symlink
                                                       : PathKind::file;
    if (seen.kind != wanted || !is_own_name(entry.role, entry.path, entry.within)) return;
    add(ChangeAction::remove, Remove{item_for(entry)}, seen);
  }
  static Item item_for(const Owned& entry) { return {entry.role, entry.path, "", entry.within}; }

  void choose_reloads() {
    std::unordered_set<std::string_view> changed;
    for (const auto& change : changes_.changes) {
      if (change.writes) changed.insert(item_of(change.item).path);
    }
    // The service may have to unload what an earlier spec wrote, even if this plan writes nothing for it.
    auto removes_file_of = [&](const ServiceName& service) {
      return std::any_of(changes_.changes.begin(), changes_.changes.end(), [&](const Change& change) {
        const auto* removed = std::get_if<Remove>(&change.item);
        return removed != nullptr && is_file_of(service, removed->role, removed->path);
      });
    };
    for (const auto& reload : plan_.reloads) {
      if (removes_file_of(reload.service) ||
          std::any_of(reload.when.begin(), reload.when.end(),
                      [&](const auto& path) { return changed.count(path) != 0; })) {
        changes_.reloads.push_back(reload);
        changes_.services.push_back(reload.service);
      }
    }
  }

  const Plan& plan_;
  const Snapshot& snapshot_;
  const DiffOptions& options_;
  std::vector<std::string> left_out_;
  Changes changes_;
  std::unordered_set<std::string> missing_images_;
  LeftOutCopies left_out_copies_;
  std::unordered_set<std::string_view> shared_;  // paths that other scopes have
  std::unordered_set<std::string> clashes_;      // paths that only the other scope may write
};

}  // namespace

Changes diff(const Plan& plan, const Snapshot& snapshot, const DiffOptions& options) {
  std::vector<std::string> left_out;
  for (const auto& fault : options.leave_out) left_out.push_back(fault.image);
  auto changes = Comparison(plan, snapshot, options, std::move(left_out)).result();
  for (const auto& fault : options.leave_out) add_finding(changes, fault.image, fault.finding);
  if (!options.skip_bad_images || changes.bad_images.empty()) return changes;
  auto rest = Comparison(plan, snapshot, options, changes.bad_images).result();
  for (auto& found : changes.findings) {
    // A fault of a copy is not a finding of the image; it is dropped with the image all the same.
    if (std::find(rest.findings.begin(), rest.findings.end(), found) != rest.findings.end()) continue;
    found.severity = Severity::warning;
    rest.findings.push_back(std::move(found));
  }
  rest.bad_images = std::move(changes.bad_images);
  return rest;
}

bool concerns_bad_image(const Changes& changes, const Diagnostic& finding) {
  return std::any_of(changes.bad_images.begin(), changes.bad_images.end(),
                     [&](const std::string& image) { return is_within(finding.where.file, image); });
}

}  // namespace krgboot
