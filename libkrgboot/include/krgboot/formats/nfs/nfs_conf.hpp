#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// The value of a setting in nfs.conf(5), and its place.
struct NfsConfSetting {
  std::string value;
  Location where;
};

/// The settings of /etc/nfs.conf and its drop-in files in /etc/nfs.conf.d together. Each file is read as
/// nfs-utils 2.6.2 reads it. Sections and names are case-insensitive. '#' and ';' begin a comment, also after
/// a value that is not quoted. A line that ends in a backslash continues in the next one, also in a comment.
/// A last line without newline is ignored. A value `$NAME` means the setting NAME of the section environment.
/// Files that another file includes are not read.
class KRGBOOT_EXPORT NfsConf {
 public:
  /// Adds the content of a file; its settings override those of the files before. `file`: its name in
  /// locations.
  void add(std::string_view text, const std::string& file);

  /// The setting in force; nullptr: it is not set. `section` and `name` must be in lower case. The pointer is
  /// valid until the next add().
  const NfsConfSetting* find(std::string_view section, std::string_view name) const;

  /// The place of the setting that switches off this NFS version (2, 3 or 4) in the NFS server; nullopt: no
  /// setting does.
  std::optional<Location> switches_off(int version) const;

 private:
  struct Named {
    std::string section;
    std::string name;
    NfsConfSetting setting;
  };
  std::vector<Named> settings_;
};

}  // namespace krgboot
