// Extended attributes: which of them are part of an image, and how they are read.
#include "tree_attributes.hpp"

#include "krgboot/base/error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include <fmt/format.h>
#include <sys/xattr.h>

#include "system/path.hpp"
#include "tree_walk.hpp"

namespace krgboot {

namespace {

/// Calls `get(buffer, size)` with a buffer that is large enough; nullopt for "there is none" and "not here".
template <class Get>
std::optional<std::string> filled(Get get, const std::string& host_path) {
  std::array<char, 1024> small{};
  auto size = get(small.data(), small.size());
  if (size >= 0) return std::string(small.data(), static_cast<std::size_t>(size));
  std::string large;
  while (errno == ERANGE || errno == E2BIG) {
    size = get(nullptr, 0);
    if (size < 0) break;
    large.resize(static_cast<std::size_t>(size) + 256);
    size = get(large.data(), large.size());
    if (size < 0) continue;
    large.resize(static_cast<std::size_t>(size));
    return large;
  }
  if (errno == ENODATA || errno == EOPNOTSUPP || errno == ENOSYS) return std::nullopt;
  throw IoError("getxattr", host_path, errno);
}

template <class List, class Get>
std::vector<ExtendedAttribute> collected(List list, Get get, const std::string& host_path) {
  std::vector<ExtendedAttribute> result;
  auto names = filled(list, host_path);
  if (!names) return result;
  for (std::size_t at = 0; at < names->size();) {
    std::string name(names->c_str() + at);
    at += name.size() + 1;
    if (!is_kept_attribute(name)) continue;
    auto value =
        filled([&](char* buffer, std::size_t size) { return get(name.c_str(), buffer, size); }, host_path);
    if (value) result.push_back({std::move(name), std::move(*value)});
  }
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace

bool is_kept_attribute(std::string_view name) noexcept {
  for (std::string_view prefix : {"user.", "trusted.", "security."}) {
    if (name.size() > prefix.size() && name.substr(0, prefix.size()) == prefix) return true;
  }
  return name == access_acl || name == default_acl;
}

std::vector<ExtendedAttribute> attributes_of(int descriptor, const std::string& host_path) {
  return collected([&](char* buffer, std::size_t size) { return flistxattr(descriptor, buffer, size); },
                   [&](const char* name, char* buffer, std::size_t size) {
                     return fgetxattr(descriptor, name, buffer, size);
                   },
                   host_path);
}

std::vector<ExtendedAttribute> attributes_at(const OpenDirectory& directory, const std::string& name,
                                             const std::string& host_path) {
  // There is no lgetxattrat: the descriptor's own name in /proc leads to the directory, wherever it is by
  // now.
  auto path = fmt::format("/proc/self/fd/{}/{}", directory.descriptor.get(), name);
  return collected([&](char* buffer, std::size_t size) { return llistxattr(path.c_str(), buffer, size); },
                   [&](const char* attribute, char* buffer, std::size_t size) {
                     return lgetxattr(path.c_str(), attribute, buffer, size);
                   },
                   host_path);
}

}  // namespace krgboot
