#pragma once

#include "krgboot/system/root.hpp"

#include <string>

namespace krgboot {

/// A host path in the terms of Root.
struct HostPlace {
  Root directory;    ///< what it lies in
  std::string path;  ///< "/NAME"
};

/// Of a file that may not exist yet. Throws ArgumentError "path.name" for a path that names no file ("/",
/// "a/.."), IoError "open" where its directory is none.
HostPlace host_place(const std::string& file);

}  // namespace krgboot
