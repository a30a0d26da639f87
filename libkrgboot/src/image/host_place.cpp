#include "host_place.hpp"

#include <fstream>

#include "system/path.hpp"

namespace krgboot {

HostPlace host_place(const std::string& file) {
  auto slash = file.rfind('/');
  auto name = slash == std::string::npos ? file : file.substr(slash + 1);
  check_name(name);
  auto directory = slash == std::string::npos ? "." : slash == 0 ? "/" : file.substr(0, slash);
  return {Root(directory), "/" + name};
}

mode_t current_umask() {
  // "Umask:\t0022", since Linux 4.7
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word != "Umask:") continue;
    unsigned mask = 022;
    status >> std::oct >> mask;
    return static_cast<mode_t>(mask & 0777U);
  }
  return 022;
}

}  // namespace krgboot
