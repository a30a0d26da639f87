#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::pxelinux {

/// A LABEL to be written, syslinux(1), `doc/syslinux.txt`.
struct NewLabel {
  std::string name;                           ///< one word
  std::string kernel = {};                    ///< of Linux, as the loader requests it; empty for `localboot`
  std::vector<std::string> initrds = {};      ///< as the loader requests them
  std::string append = {};                    ///< the kernel command line
  unsigned sysappend = 0;                     ///< bits of SYSAPPEND; 2 adds BOOTIF=
  std::optional<std::string> localboot = {};  ///< continue with the next boot device; its type: "0", "-1"
  std::vector<std::string> extra = {};        ///< more lines of the label
  friend bool operator==(const NewLabel&, const NewLabel&) = default;
};

/// A boot file to be written.
struct NewMenu {
  std::vector<NewLabel> labels;
  std::string default_label = {};  ///< empty: the first label
  bool prompt = false;             ///< wait at the prompt
  unsigned timeout = 0;            ///< in tenths of a second, until the default label boots; 0: no limit
  friend bool operator==(const NewMenu&, const NewMenu&) = default;
};

/// The text of a boot file. Throws ArgumentError "pxelinux.no_label" for a menu without labels,
/// "pxelinux.no_default" for a default that no label has, "pxelinux.label" for a name that is not one word,
/// "pxelinux.path" for a file that pxelinux cannot request, "pxelinux.extra" for a control character,
/// "pxelinux.no_kernel" for a label with neither or both of kernel and localboot.
KRGBOOT_EXPORT std::string render(const NewMenu& menu);

/// Faults of a boot file: Menu::diagnostics(), and an error "pxelinux.refused" for each label that syslinux
/// would refuse to start, such as one with a command line that is too long. A disabled label is no fault.
KRGBOOT_EXPORT Diagnostics check(std::string_view text);

}  // namespace krgboot::pxelinux
