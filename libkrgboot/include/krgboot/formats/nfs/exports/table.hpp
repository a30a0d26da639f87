#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/formats/nfs/exports/client.hpp"
#include "krgboot/formats/nfs/exports/options.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::exports {

/// One path offered to one client.
struct KRGBOOT_EXPORT Entry {
  std::string path;    ///< decoded; as written, symbolic links not resolved
  std::string client;  ///< decoded: "192.168.0.0/24", "*"; "" where the line names none, which means everyone
  std::string options;          ///< what stands between the parentheses, decoded
  std::string default_options;  ///< the line's -options before it, joined by commas
  Options effective;            ///< both, on top of nfs-utils' defaults
  Location where;               ///< of the client word, or of the path where there is none

  /// Where something must be mounted, or it is not exported (mountpoint=); nullopt: nowhere.
  std::optional<std::string> mount_point() const;
  /// This entry as exportfs writes it into its export table, without newline: "PATH\tCLIENT(OPTIONS)". A host
  /// known by name stands there by its canonical name, which is not known here.
  std::string to_etab() const;
};

/// An exports(5) file as nfs-utils really reads it, every byte of it kept. Usable without any cluster.
///
/// Reading never fails, as exportfs's never does: what exportfs would lose is in `diagnostics()`, and
/// `list()` holds what it would export. Changes keep every byte that is not theirs, also where a line is
/// continued, has several clients or a comment; each costs one reading of the text.
class KRGBOOT_EXPORT ExportsTable {
 public:
  ExportsTable() = default;

  /// `file`: only a name for messages.
  static ExportsTable parse(std::string_view text, const std::string& file = "");
  const std::string& to_string() const noexcept { return text_; }
  const std::string& file() const noexcept { return file_; }

  /// In the order of the file, up to the first fault that makes exportfs stop reading.
  const std::vector<Entry>& list() const noexcept { return entries_; }
  /// Of this file alone; ExportsView finds what several files do to each other.
  Diagnostics diagnostics() const;
  /// The part of them that each line has by itself, without what entries do to each other.
  const Diagnostics& reading_diagnostics() const noexcept { return reading_; }
  /// Does exportfs stop before the end of the file, and so lose what follows?
  bool ends_early() const noexcept { return ends_early_; }

  /// The first entry of this path and client; nullptr where there is none. Valid until the next change. Paths
  /// compare without doubled and final '/', clients by what they mean (Client::means_same). So do the
  /// functions below.
  const Entry* find(std::string_view path, std::string_view client) const;

  /// Adds to the last line of this path, or as a new line at the end where there is none, or where its line's
  /// own -options would change what `options` mean. Throws ArgumentError "exports.path", "exports.duplicate",
  /// "exports.client_too_long", those of Client::from_string and Options::from_string; ConfigError where the
  /// text has a fault that would keep exportfs from seeing the new entry.
  void add(std::string_view path, std::string_view client, std::string_view options);
  /// Writes other options for an entry. The line's own -options stay in force below them. Throws
  /// ArgumentError "exports.no_entry" and those of `add`.
  void change(std::string_view path, std::string_view client, std::string_view options);
  /// Removes an entry; with a line's last client goes the line, too, but for its comment. False where there
  /// is none. Throws ConfigError as `change`.
  bool remove(std::string_view path, std::string_view client);

 private:
  /// Where an entry stands in the text: offsets, end exclusive.
  struct Place {
    std::size_t statement;  // counts path words
    std::size_t path_begin, path_end;
    std::size_t client_begin, client_end;  // both the end of the last word where no client stands
    std::size_t gap_begin;                 // end of the word before it
    std::size_t clients_end;               // end of the client before it, or of the path
  };
  friend class TableReader;

  std::size_t index_of(std::string_view path, std::string_view client) const;
  bool replace_with(std::string_view text, std::size_t at, std::size_t removed, const Entry* added);
  [[noreturn]] void refuse(std::string_view path, std::string_view message) const;

  std::string text_;
  std::string file_;
  std::vector<Entry> entries_;
  std::vector<Place> places_;
  Diagnostics reading_;  // what reading alone found
  bool ends_early_ = false;
};

}  // namespace krgboot::exports

namespace krgboot {
using exports::ExportsTable;
}
