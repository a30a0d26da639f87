#pragma once

#include "krgboot/system/root.hpp"

#include <string>

namespace krgboot {

/// A host path, split for use with Root.
struct HostPlace {
  Root directory;    ///< its parent directory
  std::string path;  ///< "/NAME"
};

/// For a file that may not exist yet. Throws ArgumentError "path.name" for a path that names no file ("/",
/// "a/.."), IoError "open" if its parent is no directory.
HostPlace host_place(const std::string& file);

}  // namespace krgboot
