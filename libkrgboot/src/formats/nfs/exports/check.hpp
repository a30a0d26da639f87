#pragma once

#include "krgboot/formats/nfs/exports/table.hpp"

#include <functional>
#include <vector>

namespace krgboot::exports {

using EntryList = std::vector<std::reference_wrapper<const Entry>>;

/// Reports parts of an entry that were probably not intended, or that exportfs or mountd cannot handle.
Diagnostics check_entry(const Entry& entry);

/// Reports conflicts between entries, in the order in which exportfs reads them.
Diagnostics check_together(const EntryList& entries);

}  // namespace krgboot::exports
