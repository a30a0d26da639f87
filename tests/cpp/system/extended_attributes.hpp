#pragma once

#include "krgboot/system/process.hpp"

#include <cerrno>
#include <cstring>
#include <string>

#include <sys/xattr.h>

#include "catch.hpp"

namespace krgboot::test {

/// Sets an extended attribute; the test fails if that is not possible.
inline void set_attribute(const std::string& host_path, const std::string& name, const std::string& value) {
  auto result = lsetxattr(host_path.c_str(), name.c_str(), value.data(), value.size(), 0);
  INFO(host_path << " " << name << ": " << std::strerror(errno));
  REQUIRE(result == 0);
}

/// The value of an extended attribute; "(none)" if it is not set.
inline std::string attribute(const std::string& host_path, const std::string& name) {
  std::string value(4096, '\0');
  auto size = lgetxattr(host_path.c_str(), name.c_str(), value.data(), value.size());
  if (size < 0) return "(none)";
  value.resize(static_cast<std::size_t>(size));
  return value;
}

inline std::string access_list(const std::string& host_path) {
  return check_run({"getfacl", "-cEnp", host_path}).output;
}

}  // namespace krgboot::test
