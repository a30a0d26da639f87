#pragma once

#include "krgboot/tree/entry.hpp"
#include "krgboot/tree/verify.hpp"

#include <functional>
#include <optional>

#include "ticker.hpp"

namespace krgboot {

/// Returns the next entry in tree order; nullopt at the end.
using EntryStream = std::function<std::optional<TreeEntry>()>;

/// Compares two streams and writes the result to `report`.
void compare(const EntryStream& before, const EntryStream& after, std::size_t most_differences,
             Ticker& ticker, DifferenceReport& report);

}  // namespace krgboot
