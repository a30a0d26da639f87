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

/// What lies outside of the files. Both may be left empty.
struct MatchContext {
  NamesOf names_of;
  /// The path with its symbolic links resolved, as exportfs and mountd do with exported and wanted paths;
  /// nullopt where it does not exist, then the path counts as it is.
  std::function<std::optional<std::string>(const std::string&)> real_path;
};

enum class Admission {
  refused,
  allowed,
  unknown,  ///< only clients known by name could admit it
};
KRGBOOT_EXPORT std::string to_string(Admission admission);

/// An entry that was looked at, and what came of it.
struct Considered {
  Entry entry;
  Matching matching{};  ///< yes or by_name
  bool decides = false;
};

/// Whether an address may mount a path, and on whose word. For a client of flavor `sys`, over NFSv3; an
/// NFSv4 client finds the same entries, once it has walked to the path.
struct KRGBOOT_EXPORT Verdict {
  Ipv4Address address;
  std::string path;  ///< as asked
  Admission admission = Admission::refused;
  /// The export that admits it: the path itself or the nearest directory above it that is exported to this
  /// address. mountd also wants both to be in one file system, which only the disk can tell.
  std::string exported_path;
  std::optional<Entry> entry;  ///< that decides
  bool read_only = true;
  bool root_squash = true;
  bool all_squash = false;
  /// False where a client known by name could decide otherwise.
  bool certain = true;
  /// All entries that match, or may match, in the order considered, from the path upwards to where it was
  /// decided.
  std::vector<Considered> considered;
  /// Exported directories on the way that do not admit this address.
  std::vector<std::string> closed;

  /// In words, one fact a line, without a final newline.
  std::string explain() const;
};

/// All files that exportfs reads, together.
class KRGBOOT_EXPORT ExportsView {
 public:
  /// `tables`: in the order in which exportfs reads them, /etc/exports first, then as `sort_drop_ins` sorts.
  explicit ExportsView(std::vector<ExportsTable> tables, MatchContext context = {});

  const std::vector<ExportsTable>& tables() const noexcept;
  /// Of every file, and of what they do to each other: an entry given twice, an fsid given to two paths.
  Diagnostics diagnostics() const;
  /// By nfs-utils' precedence: the nearest exported path that admits the address; there host before subnet,
  /// wildcard, netgroup and everyone; of one kind the first read. The cost does not grow with the number of
  /// hosts and subnets.
  Verdict would_allow(Ipv4Address address, std::string_view path) const;

 private:
  struct Index;
  std::shared_ptr<const Index> index_;
};

/// The same with one table.
KRGBOOT_EXPORT Verdict would_allow(const ExportsTable& table, Ipv4Address address, std::string_view path,
                                   MatchContext context = {});

/// Does exportfs read a file of this name in /etc/exports.d: "*.exports", no dot file?
KRGBOOT_EXPORT bool is_drop_in(std::string_view name) noexcept;
/// Names in the order in which exportfs reads them: by version, "a9.exports" before "a10.exports".
KRGBOOT_EXPORT std::vector<std::string> sort_drop_ins(std::vector<std::string> names);

}  // namespace krgboot::exports

namespace krgboot {
using exports::ExportsView;
}
