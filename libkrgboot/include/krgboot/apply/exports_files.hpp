#pragma once

#include "krgboot/export.hpp"
#include "krgboot/formats/nfs/exports/match.hpp"
#include "krgboot/formats/nfs/exports/table.hpp"
#include "krgboot/model/release.hpp"
#include "krgboot/system/root.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// Texts of exports tables by their paths; nullopt: such a file is to be taken away.
using ExportsTexts = std::map<std::string, std::optional<std::string>>;

/// Every table that exportfs of that release reads under `root`, in its order: exports(5), then the drop-ins.
/// `instead`: as if these were there. Throws IoError.
KRGBOOT_EXPORT std::vector<ExportsTable> read_exports_tables(const Root& root, const Release& release,
                                                             const ExportsTexts& instead = {});

/// One table. Throws IoError, also where there is no such file.
KRGBOOT_EXPORT ExportsTable read_exports_table(const Root& root, const std::string& path);

/// These tables together, as the server of that root sees them: its /etc/hosts says which names an address
/// has. Throws IoError.
KRGBOOT_EXPORT ExportsView view_exports(const Root& root, std::vector<ExportsTable> tables);

/// Faults of these tables: entries that exportfs would drop or read differently than meant, exported
/// directories that are not there, and how far clients reach by handles beyond what is exported, as plan and
/// trace tell of a cluster's own. Throws IoError.
KRGBOOT_EXPORT Diagnostics check_exports(const Root& root, const ExportsView& view);

}  // namespace krgboot
