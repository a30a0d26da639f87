#pragma once

#include "krgboot/services/edit.hpp"
#include "krgboot/services/role.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace krgboot {

/// Owner and group by number, since names mean something else inside an image. Where the directory above is
/// there and belongs to another user than root, that user owns the file: an account keeps the number that an
/// image has given it.
struct NumericOwner {
  unsigned user = 0;
  unsigned group = 0;
  friend bool operator==(const NumericOwner&, const NumericOwner&) = default;
};

/// What every item says of the path that it is about.
struct Item {
  Role role = Role::directory;
  std::string path;         ///< absolute, as seen beneath the root that the plan is applied to
  std::string origin = {};  ///< part of the spec that it comes from: "nodes[2]"
  /// Untrusted directory tree that holds `path`: that of an image; empty: none. The item is skipped while the
  /// tree is absent, since an image must not begin with a file of krgboot's, and refused (finding
  /// "image.link") if a symlink lies between the tree and `path`.
  std::string within = {};
  friend bool operator==(const Item&, const Item&) = default;
};

/// A file that krgboot owns whole.
struct WriteFile : Item {
  std::string content;
  unsigned mode = 0644;
  std::optional<NumericOwner> owner = {};  ///< as of EditFile
  /// Replaces a foreign file or link at this path: the packages of an image write files that know nothing of
  /// nodes that share it.
  bool replaces = false;
  /// The content holds password hashes: no diff, JSON or log shows them.
  bool secret = false;
  friend bool operator==(const WriteFile&, const WriteFile&) = default;
};

/// A change to a file that others write too. Its mode and owner stay; where it is missing it begins as
/// `initial`.
struct EditFile : Item {
  Edit edit;
  std::string initial = {};
  unsigned mode = 0644;                    ///< where the file is missing
  std::optional<NumericOwner> owner = {};  ///< where the file is missing; nullopt: the user who runs krgboot
  friend bool operator==(const EditFile&, const EditFile&) = default;
};

/// A file kept equal to another one on the server.
struct CopyFile : Item {
  std::string source;              ///< symlinks in it are followed, but not out of `source_within`
  std::string source_within = {};  ///< untrusted directory tree that holds `source`; empty: none
  std::string package = {};        ///< Debian package that installs `source`; empty: none does
  unsigned mode = 0644;
  friend bool operator==(const CopyFile&, const CopyFile&) = default;
};

struct MakeLink : Item {
  std::string target;
  bool replaces = false;  ///< as of WriteFile
  friend bool operator==(const MakeLink&, const MakeLink&) = default;
};

struct MakeDirectory : Item {
  unsigned mode = 0755;
  std::optional<NumericOwner> owner = {};  ///< nullopt: the user who runs krgboot
  friend bool operator==(const MakeDirectory&, const MakeDirectory&) = default;
};

/// A path that is to be absent: a file or link of krgboot's own that is no longer wanted or, in a plan, one
/// that an image may not have.
struct Remove : Item {
  friend bool operator==(const Remove&, const Remove&) = default;
};

using PlanItem = std::variant<WriteFile, EditFile, CopyFile, MakeLink, MakeDirectory, Remove>;

/// What the alternatives have in common.
template <class... Alternatives>
const Item& item_of(const std::variant<Alternatives...>& item) noexcept {
  return std::visit([](const auto& i) -> const Item& { return i; }, item);
}

/// The image that an item concerns: the tree that it lies in, or that its source lies in; empty: none.
template <class... Alternatives>
std::string_view image_of(const std::variant<Alternatives...>& item) noexcept {
  const auto* copy = std::get_if<CopyFile>(&item);
  return copy != nullptr ? std::string_view(copy->source_within) : item_of(item).within;
}

}  // namespace krgboot
