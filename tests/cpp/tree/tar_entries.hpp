#pragma once

#include <string>

#include <unistd.h>

#include "tree/pax.hpp"

// Entries of archives that are made by hand.

namespace krgboot::test {

inline TreeEntry tar_entry(EntryType type, const std::string& path, const std::string& link = "") {
  TreeEntry result;
  result.type = type;
  result.path = path;
  result.mode = 0755;
  result.uid = geteuid();
  result.gid = getegid();
  result.link_target = link;
  return result;
}

/// A file with its header and padding.
inline std::string tar_file(const std::string& path, const std::string& content) {
  auto entry = tar_entry(EntryType::file, path);
  entry.size = content.size();
  return pax_header(entry) + content + std::string(pax_padding(content.size()), '\0');
}

}  // namespace krgboot::test
