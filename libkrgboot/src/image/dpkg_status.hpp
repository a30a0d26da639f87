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

/// The packages in dpkg's database (dpkg-query(1)).
struct DpkgStatus {
  std::map<std::string, DebianPackage, std::less<>> installed;
  std::set<std::string, std::less<>> provided;    ///< virtual packages that the installed ones provide
  std::set<std::string, std::less<>> unfinished;  ///< packages that an interrupted dpkg has left half
                                                  ///< installed
  bool interrupted = false;  ///< dpkg refuses new work until the interrupted run is completed
  bool has(std::string_view package) const;
};

/// nullopt if the tree has no dpkg database. Throws IoError.
std::optional<DpkgStatus> read_dpkg_status(const Root& image);

}  // namespace krgboot
