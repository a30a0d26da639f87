#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pax.hpp"

namespace krgboot {

/// Where a file of this size has data; holes lie between. The last range ends where the file does, and may be
/// empty. Throws IoError "seek".
std::vector<DataRange> data_ranges(int file, std::uint64_t size, const std::string& host_path);

}  // namespace krgboot
