#pragma once

#include "krgboot/tree/entry.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace krgboot {

/// A piece of a file that holds data; the rest are holes.
struct DataRange {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  friend bool operator==(const DataRange&, const DataRange&) = default;
};

/// Everything of an entry that comes before its data in a tar archive: header blocks in the pax interchange
/// format (POSIX.1-2017, pax, "EXTENDED DESCRIPTION"), with star's records for extended attributes and ACLs.
/// `sparse`: where the file has data, for one with holes (GNU.sparse 1.0: the map is part of the result);
/// null for others. Throws ArchiveError "archive.attributes" for attributes that no reader would take, and
/// "archive.path" for such a path.
std::string pax_header(const TreeEntry& entry, const std::vector<DataRange>* sparse = nullptr);

/// How many zero bytes follow data of this size.
std::uint64_t pax_padding(std::uint64_t size) noexcept;

/// What ends an archive: two blocks of zeros.
std::string pax_end();

}  // namespace krgboot
