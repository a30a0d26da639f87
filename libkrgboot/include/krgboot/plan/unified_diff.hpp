#pragma once

#include "krgboot/export.hpp"

#include <string>
#include <string_view>

namespace krgboot {

/// The hunks of `diff -u` between two texts, three lines of context, with the marker for a missing newline at
/// the end; empty where they are equal. Where the texts differ in very many lines, the differing middle is
/// shown as one hunk.
KRGBOOT_EXPORT std::string unified_hunks(std::string_view before, std::string_view after);

}  // namespace krgboot
