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

/// Texts of exports tables by path inside the root; nullopt: the file is absent.
using ExportsTexts = std::map<std::string, std::optional<std::string>>;

/// All tables that exportfs of that release reads in `root`, in its order: /etc/exports, then the drop-in
/// files (exports(5)). `instead`: texts to use in place of these files. Throws IoError.
KRGBOOT_EXPORT std::vector<ExportsTable> read_exports_tables(const Root& root, const Release& release,
                                                             const ExportsTexts& instead = {});

/// Reads one table; `path` is a path inside the root. Throws IoError, also if there is no such file.
KRGBOOT_EXPORT ExportsTable read_exports_table(const Root& root, const std::string& path);

/// Combines tables as the server of `root` does; its /etc/hosts tells the names of an address. Throws
/// IoError.
KRGBOOT_EXPORT ExportsView view_exports(const Root& root, std::vector<ExportsTable> tables);

/// Faults of the tables in `view`: entries that exportfs drops or understands differently from their
/// intention, exported directories that are missing or cannot be exported, and data outside an export that
/// clients reach by file handles. Throws IoError.
KRGBOOT_EXPORT Diagnostics check_exports(const Root& root, const ExportsView& view);

}  // namespace krgboot
