#pragma once

#include "krgboot/system/root.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// What an NFS server exports, an entry for each directory and client: "PATH\tCLIENT", as in its etab.
using NfsEntries = std::set<std::string>;

/// What exportfs has handed to the NFS server of this root: its export table. Empty where there is none.
NfsEntries exported_now(const Root& root);

/// What these exports tables of the root ask for, those that are there. A client by its name is left out:
/// exportfs writes down the resolver's answer, and a resolver that fails is no fault of a change. Options
/// are left out, too: of two entries for one client exportfs takes the first, and plan warns of that.
NfsEntries entries_of(const Root& root, const std::vector<std::string>& tables);

/// Of `there`, what these tables ask for as well.
NfsEntries asked_for(const NfsEntries& there, const NfsEntries& tables);

/// Does exportfs say of a directory that these entries export that it cannot be exported at all? It writes
/// them into its table all the same.
bool cannot_be_exported(const NfsEntries& entries, std::string_view said);

/// Of `wanted`, what is not in `there`.
NfsEntries missing_from(const NfsEntries& there, const NfsEntries& wanted);

}  // namespace krgboot
