#pragma once

#include "krgboot/plan/plan.hpp"

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
  std::string within = {};  ///< the image it lies in; empty: none
  friend auto operator<=>(const Owned&, const Owned&) = default;
};

/// What krgboot owns under a root, kept beside its lock: it removes nothing that is not listed here.
struct Manifest {
  std::vector<Owned> entries;  ///< ascending by path
  const Owned* find(std::string_view path) const noexcept;
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

/// Its name, beside the lock and the journal.
inline constexpr std::string_view manifest_name = "manifest";

/// One line an entry, after a line that names the format.
std::string to_string(const Manifest& manifest);
/// Throws ConflictError "manifest.damaged" where `text` is no manifest, "manifest.newer" where it is one of a
/// later form.
Manifest parse_manifest(std::string_view text);

/// What would be in the manifest when an item has been made; nullopt for what leaves nothing behind.
std::optional<Owned> owned_by(const PlanItem& item);
/// The edit to revert. Throws ConflictError "manifest.damaged".
Edit edit_of(const Owned& owned);

/// Is this a name that krgboot gives to a file of that role (in the image `within`, for an image_file)? What
/// does not parse is never removed.
bool is_own_name(Role role, std::string_view path, std::string_view within = {}) noexcept;

}  // namespace krgboot
