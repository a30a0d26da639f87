#pragma once

#include <compare>
#include <string>

namespace krgboot {

/// An extended attribute (xattr(7)) as the kernel returns it. ACLs ("system.posix_acl_access") and file
/// capabilities ("security.capability") are in their binary forms.
struct ExtendedAttribute {
  std::string name;
  std::string value;
  friend auto operator<=>(const ExtendedAttribute&, const ExtendedAttribute&) = default;
};

}  // namespace krgboot
