#include "sparse.hpp"

#include "krgboot/base/error.hpp"

#include <algorithm>
#include <cerrno>

#include <unistd.h>

namespace krgboot {

std::vector<DataRange> data_ranges(int file, std::uint64_t size, const std::string& host_path) {
  std::vector<DataRange> ranges;
  for (std::uint64_t at = 0; at < size;) {
    auto start = lseek(file, static_cast<off_t>(at), SEEK_DATA);
    if (start < 0 && errno == ENXIO) break;  // only a hole is left
    auto end = start < 0 ? start : lseek(file, start, SEEK_HOLE);
    if (end < 0) throw IoError("seek", host_path, errno);
    auto first = static_cast<std::uint64_t>(start);
    auto last = std::min(static_cast<std::uint64_t>(end), size);
    if (first >= last) break;
    ranges.push_back({first, last - first});
    at = last;
  }
  // GNU tar needs the end of the file as a range.
  if (ranges.empty() || ranges.back().offset + ranges.back().size != size) ranges.push_back({size, 0});
  return ranges;
}

}  // namespace krgboot
