#pragma once

#include "krgboot/export.hpp"
#include "krgboot/plan/plan.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// One thing that krgboot has made in a root.
struct Owned {
  enum class Kind { file, directory, link, edit };
  Kind kind = Kind::file;
  Role role = Role::directory;
  std::string path;         ///< inside the root
  std::string edit = {};    ///< for an edit: the edit to revert, as JSON; otherwise empty
  std::string within = {};  ///< untrusted directory tree that holds `path`; empty: none
  std::string scope = {};   ///< its owner; empty: from a manifest of krgboot 0.1, which had no scopes
  friend auto operator<=>(const Owned&, const Owned&) = default;
};

/// The list of everything that krgboot owns in a root, stored beside its lock: krgboot removes nothing that
/// is not in it. Several scopes may own one path, for example a directory, a loader's program or a file that
/// each of them edits.
struct KRGBOOT_EXPORT Manifest {
  std::vector<Scope> scopes;   ///< ascending by name; each has an entry below
  std::vector<Owned> entries;  ///< ascending by path, then by scope
  /// The entry of `scope` for a path, or one of a manifest of krgboot 0.1, which belongs to every scope;
  /// null: none.
  const Owned* find(std::string_view path, std::string_view scope) const noexcept;
  /// The scope of that name; null: none.
  const Scope* find_scope(std::string_view name) const noexcept;
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

/// Does `scope` own this entry? True also for an entry without a scope.
KRGBOOT_EXPORT bool is_of_scope(const Owned& owned, std::string_view scope) noexcept;

/// File name of the manifest, beside the lock and the journal.
inline constexpr std::string_view manifest_name = "manifest";

/// The text of the file: a line that names the format, then a line for each scope and one for each of its
/// entries.
KRGBOOT_EXPORT std::string to_string(const Manifest& manifest);
/// Reads the text of a manifest, also of krgboot 0.1. Throws ConflictError "manifest.damaged" if it is not a
/// manifest, "manifest.newer" if a newer krgboot has written it.
KRGBOOT_EXPORT Manifest parse_manifest(std::string_view text);

/// The manifest entry of `scope` for an item once it is made; nullopt for a Remove, which leaves nothing
/// behind.
KRGBOOT_EXPORT std::optional<Owned> owned_by(const PlanItem& item, const std::string& scope);
/// The edit to revert, from `owned.edit`. Throws ConflictError "manifest.damaged".
KRGBOOT_EXPORT Edit edit_of(const Owned& owned);

/// Does krgboot give this name to a file of that role? `within` is the image of an image_file. A file whose
/// name does not match is never removed. Always true for directory (removed only when empty) and other (whose
/// names krgboot does not know).
KRGBOOT_EXPORT bool is_own_name(Role role, std::string_view path, std::string_view within = {}) noexcept;

}  // namespace krgboot
