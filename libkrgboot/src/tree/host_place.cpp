#include "host_place.hpp"

#include "system/path.hpp"

namespace krgboot {

HostPlace host_place(const std::string& file) {
  auto slash = file.rfind('/');
  auto name = slash == std::string::npos ? file : file.substr(slash + 1);
  check_name(name);
  auto directory = slash == std::string::npos ? "." : slash == 0 ? "/" : file.substr(0, slash);
  return {Root(directory), "/" + name};
}

}  // namespace krgboot
