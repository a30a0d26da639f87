#pragma once

#include "krgboot/system/root.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace krgboot {

struct DebianPackage {
  std::string version;
  std::string architecture;
};

/// What dpkg's database says (dpkg-query(1)).
struct DpkgStatus {
  std::map<std::string, DebianPackage, std::less<>> installed;
  std::set<std::string, std::less<>> provided;    ///< virtual packages of those installed
  std::set<std::string, std::less<>> unfinished;  ///< that an interrupted dpkg has left halfway
  bool interrupted = false;                       ///< dpkg takes nothing on before it has been finished
  bool has(std::string_view package) const;
};

/// nullopt where the tree has no such database. Throws IoError.
std::optional<DpkgStatus> read_dpkg_status(const Root& image);

}  // namespace krgboot
