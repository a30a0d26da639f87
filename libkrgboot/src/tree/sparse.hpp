#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pax.hpp"

namespace krgboot {

/// The ranges of a file of this size that hold data; gaps are holes. The last range ends at the end of the
/// file, and may be empty. Throws IoError "seek".
std::vector<DataRange> data_ranges(int file, std::uint64_t size, const std::string& host_path);

}  // namespace krgboot
