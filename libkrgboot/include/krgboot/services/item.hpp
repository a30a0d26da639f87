#pragma once

#include "krgboot/services/edit.hpp"
#include "krgboot/services/role.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace krgboot {

/// Owner and group by number, because the names inside an image have other numbers. If the parent directory
/// exists and does not belong to root, its owner and group are used instead: an account keeps the number that
/// an image has given it.
struct NumericOwner {
  unsigned user = 0;
  unsigned group = 0;
  friend bool operator==(const NumericOwner&, const NumericOwner&) = default;
};

/// The fields common to all items.
struct Item {
  Role role = Role::directory;
  std::string path;         ///< absolute, inside the root to which the plan is applied
  std::string origin = {};  ///< part of the spec that requires it: "nodes[2]"
  /// Untrusted directory tree that holds `path`: that of an image; empty: none. The item is skipped while the
  /// tree is absent, because krgboot must not create an image by writing a file, and refused (finding
  /// "image.link") if a symlink lies between the tree and `path`.
  std::string within = {};
  friend bool operator==(const Item&, const Item&) = default;
};

/// A file that krgboot owns completely.
struct WriteFile : Item {
  std::string content;  ///< text of the file
  unsigned mode = 0644;
  /// nullopt: that of the existing file, otherwise the user who runs krgboot.
  std::optional<NumericOwner> owner = {};
  /// Replace a foreign file or symlink at this path: the packages of an image write files that are wrong for
  /// an image shared by several nodes.
  bool replaces = false;
  /// The content has password hashes: diffs, JSON and logs do not show it.
  bool secret = false;
  friend bool operator==(const WriteFile&, const WriteFile&) = default;
};

/// A change to a file that other programs write too. Mode and owner of the file stay.
struct EditFile : Item {
  Edit edit;
  std::string initial = {};  ///< text before the edit if the file is missing
  unsigned mode = 0644;      ///< if the file is missing
  /// If the file is missing; nullopt: the user who runs krgboot.
  std::optional<NumericOwner> owner = {};
  friend bool operator==(const EditFile&, const EditFile&) = default;
};

/// A file kept equal to another file on the server.
struct CopyFile : Item {
  std::string source;  ///< path inside the root; symlinks are followed, but not out of `source_within`
  std::string source_within = {};  ///< untrusted directory tree that holds `source`; empty: none
  std::string package = {};        ///< Debian package that installs `source`; empty: none
  unsigned mode = 0644;
  friend bool operator==(const CopyFile&, const CopyFile&) = default;
};

/// A symlink.
struct MakeLink : Item {
  std::string target;     ///< of the symlink, as stored
  bool replaces = false;  ///< see WriteFile
  friend bool operator==(const MakeLink&, const MakeLink&) = default;
};

/// A directory. An existing one keeps its mode and owner.
struct MakeDirectory : Item {
  unsigned mode = 0755;
  std::optional<NumericOwner> owner = {};  ///< nullopt: the user who runs krgboot
  friend bool operator==(const MakeDirectory&, const MakeDirectory&) = default;
};

/// A path that must be absent: a file or symlink of krgboot that is no longer wanted or, in a plan, one that
/// an image must not have.
struct Remove : Item {
  friend bool operator==(const Remove&, const Remove&) = default;
};

/// One item of a plan.
using PlanItem = std::variant<WriteFile, EditFile, CopyFile, MakeLink, MakeDirectory, Remove>;

/// The common fields of an item.
template <class... Alternatives>
const Item& item_of(const std::variant<Alternatives...>& item) noexcept {
  return std::visit([](const auto& i) -> const Item& { return i; }, item);
}

/// Path of the image that an item concerns: the tree that holds the item or, for a copy, its source; empty:
/// none.
template <class... Alternatives>
std::string_view image_of(const std::variant<Alternatives...>& item) noexcept {
  const auto* copy = std::get_if<CopyFile>(&item);
  return copy != nullptr ? std::string_view(copy->source_within) : item_of(item).within;
}

}  // namespace krgboot
