#pragma once

#include "krgboot/system/root.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// The export table of the NFS server, which exportfs(8) writes anew each time.
inline constexpr const char* nfs_etab = "/var/lib/nfs/etab";

/// Exports of an NFS server, one entry for each directory and client: "PATH\tCLIENT", as in its etab.
using NfsEntries = std::set<std::string>;

/// The entries that exportfs has passed to the NFS server of this root, from its export table; empty if it
/// has none.
NfsEntries exported_now(const Root& root);

/// The entries that the existing ones of these exports tables ask for. Clients given by name are left out:
/// exportfs records the resolver's answer, and a failing resolver is no fault of a change. Options are left
/// out, too: of two entries for one client exportfs uses the first, and plan warns about that.
NfsEntries entries_of(const Root& root, const std::vector<std::string>& tables);

/// The entries of `there` that are also in `tables`.
NfsEntries asked_for(const NfsEntries& there, const NfsEntries& tables);

/// Does exportfs report that a directory of these entries cannot be exported at all? It writes such entries
/// into its table all the same.
bool cannot_be_exported(const NfsEntries& entries, std::string_view said);

/// The entries of `wanted` that are not in `there`.
NfsEntries missing_from(const NfsEntries& there, const NfsEntries& wanted);

}  // namespace krgboot
