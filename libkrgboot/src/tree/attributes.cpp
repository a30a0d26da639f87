#include "attributes.hpp"

#include "walk.hpp"

namespace krgboot {

bool is_kept_attribute(std::string_view name) noexcept {
  for (std::string_view prefix : {"user.", "trusted.", "security."}) {
    if (name.size() > prefix.size() && name.substr(0, prefix.size()) == prefix) return true;
  }
  return name == access_acl || name == default_acl;
}

std::vector<ExtendedAttribute> attributes_of(int descriptor, const std::string& host_path) {
  return read_attributes(descriptor, is_kept_attribute, host_path);
}

std::vector<ExtendedAttribute> attributes_at(const OpenDirectory& directory, const std::string& name,
                                             const std::string& host_path) {
  return read_attributes_at(directory.descriptor.get(), name, is_kept_attribute, host_path);
}

}  // namespace krgboot
