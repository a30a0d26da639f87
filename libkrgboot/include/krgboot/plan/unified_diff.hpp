#pragma once

#include "krgboot/export.hpp"

#include <string>
#include <string_view>

namespace krgboot {

/// The hunks of `diff -u` between two texts, with three lines of context and the marker for a missing newline
/// at the end; empty if they are equal. A differing part of more than 20 000 lines is one hunk.
KRGBOOT_EXPORT std::string unified_hunks(std::string_view before, std::string_view after);

}  // namespace krgboot
