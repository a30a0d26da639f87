#pragma once

#include "krgboot/export.hpp"
#include "krgboot/formats/nfs/exports/table.hpp"
#include "krgboot/net/ipv4.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::exports {

/// Facts from outside of the exports files. Both functions may be empty.
struct MatchContext {
  NamesOf names_of;
  /// Resolves the symlinks of a path, as exportfs and mountd do with exported and requested paths. nullopt:
  /// the path does not exist; it is then used unchanged.
  std::function<std::optional<std::string>(const std::string&)> real_path;
};

/// May an address mount a path?
enum class Admission {
  refused,
  allowed,
  unknown,  ///< only clients known by name could admit it
};
KRGBOOT_EXPORT std::string to_string(Admission admission);

/// An entry that matches or may match an address.
struct Considered {
  Entry entry;
  Matching matching{};   ///< yes or by_name
  bool decides = false;  ///< it is the entry that nfs-utils uses
};

/// Whether and how an address may mount a path, and the entries that decide it. It applies to a client of
/// flavor `sys` over NFSv3. An NFSv4 client finds the same entries after it has walked to the path.
struct KRGBOOT_EXPORT Verdict {
  Ipv4Address address;
  std::string path;  ///< as requested
  Admission admission = Admission::refused;
  /// The export that decides: the path itself, or the nearest directory above it with an entry for this
  /// address. mountd also requires that both are in one file system, which is not checked here.
  std::string exported_path;
  std::optional<Entry> entry;  ///< the entry that decides; nullopt: none matches for certain
  bool read_only = true;
  bool root_squash = true;
  bool all_squash = false;
  /// False if a client known by name could decide otherwise.
  bool certain = true;
  /// All entries that match or may match, in the order of nfs-utils: from the path upwards, up to the
  /// directory of the decision.
  std::vector<Considered> considered;
  /// Exported directories on the way without an entry for this address.
  std::vector<std::string> closed;

  /// The verdict in words, one fact per line, without a final newline. Safe to print (`harmless`).
  std::string explain() const;
};

/// All exports files that exportfs reads, together.
class KRGBOOT_EXPORT ExportsView {
 public:
  /// `tables`: in the order in which exportfs reads them, /etc/exports first, then the drop-in files in the
  /// order of sort_drop_ins().
  explicit ExportsView(std::vector<ExportsTable> tables, MatchContext context = {});

  const std::vector<ExportsTable>& tables() const noexcept;
  /// The findings about each file, and about all files together: "exports.duplicate" (an entry given twice)
  /// and "exports.duplicate_fsid" (two paths with one fsid).
  Diagnostics diagnostics() const;
  /// May `address` mount `path`, a host path? By the precedence of nfs-utils: the nearest exported path that
  /// admits the address decides. Among its entries the order is host, subnet, wildcard, netgroup, everyone;
  /// of one kind the first in the files decides. The cost does not grow with the number of hosts and subnets.
  Verdict would_allow(Ipv4Address address, std::string_view path) const;

 private:
  struct Index;
  std::shared_ptr<const Index> index_;
};

/// The same for one table.
KRGBOOT_EXPORT Verdict would_allow(const ExportsTable& table, Ipv4Address address, std::string_view path,
                                   MatchContext context = {});

/// Does exportfs read a file of this name in /etc/exports.d? The name must end in ".exports" and not begin
/// with a dot.
KRGBOOT_EXPORT bool is_drop_in(std::string_view name) noexcept;
/// Sorts file names into the order in which exportfs reads them: strverscmp(3), "a9.exports" before
/// "a10.exports".
KRGBOOT_EXPORT std::vector<std::string> sort_drop_ins(std::vector<std::string> names);

}  // namespace krgboot::exports

namespace krgboot {
using exports::ExportsView;
}
