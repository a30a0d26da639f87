#pragma once

#include "krgboot/formats/exports_table.hpp"
#include "krgboot/model/release.hpp"
#include "krgboot/system/lock.hpp"
#include "krgboot/system/root.hpp"

#include <functional>
#include <string>
#include <vector>

namespace krgboot {

/// Every table that exportfs of that release reads under `root`, in its order: exports(5), then the drop-ins.
/// Throws IoError.
std::vector<ExportsTable> read_exports_tables(const Root& root, const Release& release);

/// One table; an empty one where there is no such file. Throws IoError.
ExportsTable read_exports_table(const Root& root, const std::string& path);

/// Changes one table in place, under the lock and by the journal that apply uses, its mode and owner kept; a
/// missing file is made. False where `edit` changed nothing: then the file is not touched. Reloads nothing.
/// Throws what `edit` throws, ConflictError, IoError; the file is then as it was.
bool edit_exports_table(const Root& root, const std::string& path,
                        const std::function<void(ExportsTable&)>& edit, const LockOptions& options = {});

}  // namespace krgboot
