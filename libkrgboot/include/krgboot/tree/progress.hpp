#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace krgboot {

/// How far a long operation on a tree has come.
struct Progress {
  std::uint64_t entries = 0;  ///< entries done
  std::uint64_t bytes = 0;    ///< bytes of regular files done
  std::string path;           ///< the last entry done, relative to the tree
  friend bool operator==(const Progress&, const Progress&) = default;
};

/// Called in the caller's thread, at the first entry and then about twenty times a second. If it returns
/// false, the operation ends: everything is as before, and the report has `cancelled` set. If it throws, the
/// same happens and the exception is passed on. May be empty.
using ProgressCallback = std::function<bool(const Progress&)>;

}  // namespace krgboot
