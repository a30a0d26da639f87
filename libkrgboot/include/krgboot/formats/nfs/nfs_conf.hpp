#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// One setting of an nfs.conf(5), and where it stands.
struct NfsConfSetting {
  std::string value;
  Location where;
};

/// What /etc/nfs.conf and the drop-in files of /etc/nfs.conf.d say together. Each file is read as nfs-utils
/// reads it: sections and names are case-insensitive; `#` and `;` begin a comment, also behind a value that
/// is not quoted; a line that ends in `\` goes on in the next, a comment too; a last line without a line end
/// is ignored. `$NAME` is what the section environment says. Files that one of them includes are not
/// followed.
class KRGBOOT_EXPORT NfsConf {
 public:
  /// A file's text; those read later override those before. `file` names it in places.
  void add(std::string_view text, const std::string& file);

  const NfsConfSetting* find(std::string_view section, std::string_view name) const;

  /// Where the NFS server is told not to speak this version (2, 3 or 4); nullopt: it speaks what it can.
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
