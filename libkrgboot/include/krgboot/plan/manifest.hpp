#pragma once

#include "krgboot/export.hpp"
#include "krgboot/plan/plan.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// One thing that krgboot made under a root.
struct Owned {
  enum class Kind { file, directory, link, edit };
  Kind kind = Kind::file;
  Role role = Role::directory;
  std::string path;
  std::string edit = {};    ///< for an edit: how to revert it, as JSON; else empty
  std::string within = {};  ///< untrusted directory tree that holds `path`; empty: none
  std::string scope = {};   ///< that made it; empty: of a manifest of krgboot 0.1, which knew of no scopes
  friend auto operator<=>(const Owned&, const Owned&) = default;
};

/// What krgboot owns under a root, kept beside its lock: it removes nothing that is not listed here. Several
/// scopes may own one path: a directory, a loader's program, a file that each of them edits.
struct KRGBOOT_EXPORT Manifest {
  std::vector<Scope> scopes;   ///< ascending by name; each has an entry below
  std::vector<Owned> entries;  ///< ascending by path, then by scope
  /// What a plan of that scope made there; what a manifest of krgboot 0.1 lists is everybody's.
  const Owned* find(std::string_view path, std::string_view scope) const noexcept;
  const Scope* find_scope(std::string_view name) const noexcept;
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

/// Is it the scope's own, or of a manifest that knew of no scopes?
KRGBOOT_EXPORT bool is_of_scope(const Owned& owned, std::string_view scope) noexcept;

/// Its name, beside the lock and the journal.
inline constexpr std::string_view manifest_name = "manifest";

/// A line that names the format, then for each scope a line of its own and one line an entry.
KRGBOOT_EXPORT std::string to_string(const Manifest& manifest);
/// Reads that form, and the one of krgboot 0.1. Throws ConflictError "manifest.damaged" where `text` is no
/// manifest, "manifest.newer" where it is one of a later form.
KRGBOOT_EXPORT Manifest parse_manifest(std::string_view text);

/// What is in the manifest of `scope` when an item has been made; nullopt for what leaves nothing behind.
KRGBOOT_EXPORT std::optional<Owned> owned_by(const PlanItem& item, const std::string& scope);
/// The edit to revert. Throws ConflictError "manifest.damaged".
KRGBOOT_EXPORT Edit edit_of(const Owned& owned);

/// Is this a name that krgboot gives to a file of that role (inside `within`, for an image_file)? What does
/// not parse is never removed.
KRGBOOT_EXPORT bool is_own_name(Role role, std::string_view path, std::string_view within = {}) noexcept;

}  // namespace krgboot
