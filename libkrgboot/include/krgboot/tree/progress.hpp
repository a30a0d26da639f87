#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace krgboot {

/// How far long work on a tree has come.
struct Progress {
  std::uint64_t entries = 0;  ///< names dealt with
  std::uint64_t bytes = 0;    ///< bytes of regular files dealt with
  std::string path;           ///< the last of the names, relative to the tree
  friend bool operator==(const Progress&, const Progress&) = default;
};

/// Called from the thread that called us, at the first entry and then about twenty times a second. False ends
/// the work: everything is as it was before, and the report says `cancelled`. May throw: the same happens,
/// and the exception goes on. Empty: nobody wants to know.
using ProgressCallback = std::function<bool(const Progress&)>;

}  // namespace krgboot
