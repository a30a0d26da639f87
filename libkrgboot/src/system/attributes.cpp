#include "attributes.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/base/visible.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include <fmt/format.h>
#include <sys/xattr.h>

namespace krgboot {

namespace {

/// Calls `get(buffer, size)` with a buffer that is large enough; nullopt if the attribute is missing or not
/// supported.
template <class Get>
std::optional<std::string> filled(Get get, const std::string& host_path) {
  std::array<char, 1024> small{};
  auto size = get(small.data(), small.size());
  if (size >= 0) return std::string(small.data(), static_cast<std::size_t>(size));
  std::string large;
  // The attributes can grow between the two calls. (E2BIG: the list of names exceeds the kernel's limit of 64
  // KiB.)
  constexpr int attempts = 10;
  for (int attempt = 0; errno == ERANGE && attempt < attempts; ++attempt) {
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
std::vector<ExtendedAttribute> collected(List list, Get get, AttributeFilter wanted,
                                         const std::string& host_path) {
  std::vector<ExtendedAttribute> result;
  auto names = filled(list, host_path);
  if (!names) return result;
  for (std::size_t at = 0; at < names->size();) {
    std::string name(names->c_str() + at);
    at += name.size() + 1;
    if (!wanted(name)) continue;
    auto value =
        filled([&](char* buffer, std::size_t size) { return get(name.c_str(), buffer, size); }, host_path);
    if (value) result.push_back({std::move(name), std::move(*value)});
  }
  std::sort(result.begin(), result.end());
  return result;
}

/// There is no lgetxattrat. The descriptor's name in /proc leads to the directory even after a rename.
std::string name_in_proc(int directory, const std::string& name) {
  return fmt::format("/proc/self/fd/{}/{}", directory, name);
}

/// Sets the `wanted` attributes that are not in `has`, each by `set`, which returns 0 on success.
template <class Set>
void give(const std::vector<ExtendedAttribute>& wanted, const std::vector<ExtendedAttribute>& has, Set set,
          const std::string& host_path) {
  for (const auto& attribute : wanted) {
    // The kernel may have set the same label already, and may forbid us to set it.
    if (std::binary_search(has.begin(), has.end(), attribute)) continue;
    if (set(attribute.name.c_str(), attribute.value) == 0) continue;
    throw IoError(
        "setxattr", host_path, errno,
        fmt::format("its attribute {} would be lost; `setfattr -x` takes it off, if it is not wanted",
                    visible(attribute.name)));
  }
}

}  // namespace

std::vector<ExtendedAttribute> read_attributes(int descriptor, AttributeFilter wanted,
                                               const std::string& host_path) {
  return collected([&](char* buffer, std::size_t size) { return flistxattr(descriptor, buffer, size); },
                   [&](const char* name, char* buffer, std::size_t size) {
                     return fgetxattr(descriptor, name, buffer, size);
                   },
                   wanted, host_path);
}

std::vector<ExtendedAttribute> read_attributes_at(int directory, const std::string& name,
                                                  AttributeFilter wanted, const std::string& host_path) {
  auto path = name_in_proc(directory, name);
  return collected([&](char* buffer, std::size_t size) { return llistxattr(path.c_str(), buffer, size); },
                   [&](const char* attribute, char* buffer, std::size_t size) {
                     return lgetxattr(path.c_str(), attribute, buffer, size);
                   },
                   wanted, host_path);
}

bool outlives_content(std::string_view name) noexcept {
  return name != "security.capability" && name != "security.ima" && name != "security.evm";
}

void keep_attributes(int from, int to, const std::string& name, const std::string& host_path) {
  auto wanted = read_attributes_at(from, name, outlives_content, host_path);
  if (wanted.empty()) return;
  auto path = name_in_proc(to, name);
  give(
      wanted, read_attributes_at(to, name, outlives_content, host_path),
      [&](const char* attribute, const std::string& value) {
        return lsetxattr(path.c_str(), attribute, value.data(), value.size(), 0);
      },
      host_path);
}

void keep_attributes(int from, int to, const std::string& host_path) {
  auto wanted = read_attributes(from, outlives_content, host_path);
  if (wanted.empty()) return;
  give(
      wanted, read_attributes(to, outlives_content, host_path),
      [&](const char* attribute, const std::string& value) {
        return fsetxattr(to, attribute, value.data(), value.size(), 0);
      },
      host_path);
}

void drop_access_lists(int descriptor) noexcept {
  fremovexattr(descriptor, access_acl.data());
  fremovexattr(descriptor, default_acl.data());
}

}  // namespace krgboot
