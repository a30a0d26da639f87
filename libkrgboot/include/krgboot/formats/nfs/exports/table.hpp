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

/// The export of one path to one client.
struct KRGBOOT_EXPORT Entry {
  std::string path;     ///< decoded; symlinks are not resolved
  std::string client;   ///< decoded: "192.168.0.0/24", "*"; empty: the line names none, which means everyone
  std::string options;  ///< the text between the parentheses, decoded
  std::string default_options;  ///< the line's -options before it, joined by commas
  Options effective;            ///< the defaults of nfs-utils, changed by default_options and options
  Location where;               ///< of the client word, or of the path if the line names no client

  /// The path of `mountpoint=`: the export exists only while something is mounted on it. nullopt: no
  /// condition.
  std::optional<std::string> mount_point() const;
  /// The entry as exportfs writes it into its export table, without newline: PATH, a tab, CLIENT(OPTIONS).
  /// exportfs writes the canonical name of a host known by name; here the name stays as in the file.
  std::string to_etab() const;
};

/// An exports(5) file as nfs-utils reads it. It needs no cluster.
///
/// Parsing never fails, as in exportfs: `list()` has the entries that exportfs would export, `diagnostics()`
/// the faults by which it would lose entries. A change keeps every other byte, even if a line is continued,
/// has several clients or a comment. Each change parses the text again.
class KRGBOOT_EXPORT ExportsTable {
 public:
  ExportsTable() = default;

  /// Parses the content of a file. `file`: its name in messages.
  static ExportsTable parse(std::string_view text, const std::string& file = "");
  /// The text with all changes.
  const std::string& to_string() const noexcept { return text_; }
  const std::string& file() const noexcept { return file_; }

  /// The entries in the order of the file, up to the first fault that makes exportfs stop reading.
  const std::vector<Entry>& list() const noexcept { return entries_; }
  /// The findings about this file only; ExportsView compares several files.
  Diagnostics diagnostics() const;
  /// The findings about single lines, without those about several entries together.
  const Diagnostics& reading_diagnostics() const noexcept { return reading_; }
  /// Does exportfs stop reading before the end of the file?
  bool ends_early() const noexcept { return ends_early_; }

  /// The entry of this path and client, by preference in the same spelling; nullptr: there is none. The
  /// pointer is valid until the next change. This function and those below compare paths without doubled and
  /// final '/', and clients by their meaning (Client::means_same).
  const Entry* find(std::string_view path, std::string_view client) const;

  /// Adds an entry to the last line of this path; as a new line at the end if no line has the path, or if the
  /// line's -options would affect the entry. `options`: without parentheses. Throws ArgumentError
  /// "exports.path", "exports.duplicate", "exports.client_too_long", "exports.bad_option", those of
  /// Client::from_string and Options::from_string; ConfigError "exports.tangled" if a fault in the text would
  /// keep exportfs from reading the new entry.
  void add(std::string_view path, std::string_view client, std::string_view options);
  /// Replaces the options of an entry. The line's -options stay and still apply before them. Throws
  /// ArgumentError "exports.no_entry", "exports.client_too_long", "exports.bad_option", those of
  /// Client::from_string and Options::from_string; ConfigError "exports.tangled" if other entries would
  /// change.
  void change(std::string_view path, std::string_view client, std::string_view options);
  /// Removes an entry, and with the last client of a line the whole line except its comment. Returns false if
  /// there is no such entry. Throws ConfigError "exports.tangled" if other entries would change.
  bool remove(std::string_view path, std::string_view client);

 private:
  /// Place of an entry in the text: byte offsets, ends exclusive.
  struct Place {
    std::size_t statement;  // number of its path word in the file
    std::size_t path_begin, path_end;
    std::size_t client_begin, client_end;  // both the end of the last word if no client is named
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
  Diagnostics reading_;  // findings about single lines
  bool ends_early_ = false;
};

}  // namespace krgboot::exports

namespace krgboot {
using exports::ExportsTable;
}
