#pragma once

#include "krgboot/tree/entry.hpp"
#include "krgboot/tree/verify.hpp"

#include <functional>
#include <optional>

#include "ticker.hpp"

namespace krgboot {

/// Entries in the order of the tree, one a call; nullopt at the end.
using EntryStream = std::function<std::optional<TreeEntry>()>;

/// Compares two streams into `report`.
void compare(const EntryStream& before, const EntryStream& after, std::size_t most_differences,
             Ticker& ticker, DifferenceReport& report);

}  // namespace krgboot
