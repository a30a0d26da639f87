#pragma once

#include "krgboot/tree/entry.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace krgboot {

/// A range of a file with data; everything outside ranges is a hole.
struct DataRange {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  friend bool operator==(const DataRange&, const DataRange&) = default;
};

/// The part of a tar entry before its data: header blocks in the pax interchange format (POSIX.1-2017, pax,
/// "EXTENDED DESCRIPTION"), with star's records for extended attributes and ACLs. `sparse`: the data ranges
/// of a file with holes (GNU.sparse 1.0: the result includes the map); null for others. Throws ArchiveError
/// "archive.attributes" for attributes that no reader accepts, and "archive.path" for such a path.
std::string pax_header(const TreeEntry& entry, const std::vector<DataRange>* sparse = nullptr);

/// Number of zero bytes that follow data of this size.
std::uint64_t pax_padding(std::uint64_t size) noexcept;

/// The end of an archive: two blocks of zeros.
std::string pax_end();

}  // namespace krgboot
