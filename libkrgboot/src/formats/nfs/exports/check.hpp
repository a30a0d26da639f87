#pragma once

#include "krgboot/formats/nfs/exports/table.hpp"

#include <functional>
#include <vector>

namespace krgboot::exports {

using EntryList = std::vector<std::reference_wrapper<const Entry>>;

/// What one entry means that was probably not meant, or that exportfs or mountd cannot carry.
Diagnostics check_entry(const Entry& entry);

/// What entries do to each other, in the order in which exportfs reads them.
Diagnostics check_together(const EntryList& entries);

}  // namespace krgboot::exports
