#pragma once

#include <compare>
#include <string>

namespace krgboot {

/// An extended attribute (xattr(7)) as the kernel gives it: ACLs ("system.posix_acl_access") and capabilities
/// ("security.capability") in their binary forms.
struct ExtendedAttribute {
  std::string name;
  std::string value;
  friend auto operator<=>(const ExtendedAttribute&, const ExtendedAttribute&) = default;
};

}  // namespace krgboot
