#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/net/ipv4.hpp"
#include "krgboot/net/mac.hpp"
#include "krgboot/net/uuid.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::pxelinux {

/// One line of a boot file.
struct Line {
  std::string text;      ///< as it stands, with its line end
  std::string keyword;   ///< in upper case, "MENU LABEL" for two words; empty for blank lines, comments,
                         ///< help text and words that syslinux does not know
  std::string argument;  ///< what follows the keyword, without the blanks before it
  Position at;           ///< of the first character that is no blank
  friend bool operator==(const Line&, const Line&) = default;
};

/// As what syslinux starts the file of a LABEL.
enum class FileKind {
  by_extension,  ///< KERNEL, or no keyword at all: its ending decides, see file_kind()
  linux_kernel,
  boot_sector,
  bss,
  pxe,  ///< another network boot program
  fdimage,
  comboot,
  com32,
  config,     ///< another boot file
  localboot,  ///< no file: go on with the machine's next boot device
};

/// What KERNEL makes of a file name: .0 is a PXE program, .c32 a COM32 module, .img a disk image, .bs and
/// .bin boot sectors, .bss one with a superblock, all others Linux. The trap in this:
/// "vmlinux-2.6.30-krg3.0.0" ends in .0, so it must be named with LINUX.
KRGBOOT_EXPORT FileKind file_kind(std::string_view file) noexcept;
KRGBOOT_EXPORT std::string to_string(FileKind kind);

/// A LABEL with what stands below it. Where a line is repeated, the last one counts.
struct Label {
  std::string name;   ///< up to the first blank, as the prompt, DEFAULT and ONTIMEOUT know it
  std::string title;  ///< the whole line, by which menu.c32 and vesamenu.c32 know it
  Position at;
  FileKind kind = FileKind::by_extension;
  std::string kernel;  ///< file name, and perhaps words after it; without such a line, the label's name
  Position kernel_at;  ///< {0, 0} without such a line
  std::optional<std::string> append;  ///< the global one where the label has none; "-" is read as ""
  Position append_at;
  std::optional<std::string> initrd;  ///< of the INITRD line
  unsigned sysappend = 0;             ///< the bits of SYSAPPEND or IPAPPEND, the global ones without a line
  std::optional<std::string> menu_label;
  bool menu_default = false;
  bool in_submenu = false;  ///< between MENU BEGIN and MENU END
  bool hidden = false;      ///< MENU HIDE: menus do not show it, the prompt takes it
  bool disabled = false;    ///< MENU DISABLE: cannot be booted
  friend bool operator==(const Label&, const Label&) = default;
};

/// A file that is read as if it stood in this one's place.
struct Include {
  std::string file;
  Position at;
  friend bool operator==(const Include&, const Include&) = default;
};

/// What pxelinux knows of the machine when it loads a kernel, for SYSAPPEND; what is not there is not
/// appended.
struct Client {
  std::optional<Ipv4Address> address;
  std::optional<Ipv4Address> server;  ///< next-server
  std::optional<Ipv4Address> router;
  std::optional<Ipv4Address> netmask;
  std::optional<MacAddress> mac;
  std::optional<Uuid> uuid;
};

/// What syslinux loads and starts.
struct Loading {
  FileKind kind = FileKind::linux_kernel;  ///< never by_extension
  std::string file;                        ///< the kernel; LOCALBOOT's type
  std::vector<std::string> initrds;
  /// What the kernel gets: "BOOT_IMAGE=FILE …", the label's APPEND, INITRD's initrd=, what SYSAPPEND adds,
  /// and the words after the label's name in DEFAULT, in this order.
  std::string command_line;
  /// Why syslinux refuses: its limit on the line, or a word of the label that it cannot use. Empty: it goes
  /// on.
  std::string problem;
  friend bool operator==(const Loading&, const Loading&) = default;
};

/// What a machine does at which nobody sits.
struct Unattended {
  enum class Outcome {
    boots_label,  ///< `label`
    boots_file,   ///< `command` names a file rather than a label
    runs_module,  ///< a UI or DEFAULT module that is not the simple menu: nobody knows
    waits,        ///< at a prompt or in a menu, for ever
    has_no_default,
  };
  Outcome outcome = Outcome::has_no_default;
  std::string command;           ///< DEFAULT's, UI's or ONTIMEOUT's argument
  const Label* label = nullptr;  ///< into the menu's labels()
  std::string arguments;         ///< what follows the label's name in `command`
  unsigned waits_tenths = 0;     ///< TIMEOUT or TOTALTIMEOUT that runs out first, in tenths of a second
};

/// A boot file below pxelinux.cfg/, or any other configuration file of syslinux 6, as ldlinux.c32 reads it
/// (com32/elflink/ldlinux/readconfig.c, doc/syslinux.txt):
///
///   file    = *( [ keyword [ 1*blank argument ] ] eol )
///   blank   = %x01-20 / %x7F                        ; before the keyword, too
///   keyword = DEFAULT, LABEL, KERNEL, APPEND …       ; in any case
///
/// A carriage return ends a line's content. Lines between TEXT and ENDTEXT are text. Lines that begin with
/// something else are passed over: that is what makes '#' a comment. Before the first LABEL, APPEND and
/// SYSAPPEND set what labels without their own get. A label's name ends at a blank and is compared with case;
/// of two labels with one name the first is used. Submenus (MENU BEGIN) only matter to the menu modules.
class KRGBOOT_EXPORT Menu {
 public:
  /// Any text is a menu; what syslinux would not take as meant is in diagnostics().
  static Menu parse(std::string_view text);
  /// The text, to the byte.
  const std::string& to_string() const noexcept { return text_; }

  const std::vector<Line>& lines() const noexcept { return lines_; }
  const std::vector<Label>& labels() const noexcept { return labels_; }
  const std::vector<Include>& includes() const noexcept { return includes_; }
  /// "pxelinux.unknown_keyword", "pxelinux.duplicate_label", "pxelinux.outside_label",
  /// "pxelinux.file_extension" (KERNEL with an ending that makes it no Linux kernel, and no name of a module
  /// or boot program): warnings. "pxelinux.line_too_long": an error, syslinux cuts the line in two.
  const Diagnostics& diagnostics() const noexcept { return diagnostics_; }

  const std::optional<std::string>& default_command() const noexcept { return default_; }  ///< DEFAULT
  const std::optional<std::string>& ui() const noexcept { return ui_; }                    ///< UI
  const std::optional<std::string>& on_timeout() const noexcept { return on_timeout_; }    ///< ONTIMEOUT
  const std::optional<std::string>& serial() const noexcept { return serial_; }            ///< SERIAL
  bool prompt() const noexcept { return prompt_; }        ///< PROMPT other than 0
  bool implicit() const noexcept { return implicit_; }    ///< IMPLICIT: files without LABEL
  unsigned timeout() const noexcept { return timeout_; }  ///< TIMEOUT in tenths of a second; 0: none
  unsigned total_timeout() const noexcept { return total_timeout_; }  ///< TOTALTIMEOUT, likewise
  /// PATH: the directories that modules and libraries are looked for in besides the loader's own.
  const std::vector<std::string>& path() const noexcept { return path_; }
  /// The module of the menu that somebody would see, "vesamenu.c32"; empty: none is shown.
  std::string menu_module() const;

  /// The label that `command` begins with; nullptr where there is none. Disabled ones are not found.
  const Label* find_label(std::string_view command) const noexcept;

  Unattended unattended() const;
  /// The label that boots by itself; nullptr where none does. The pointer holds as long as the menu.
  const Label* which_label() const;

  /// What happens when `label`, one of labels(), is booted; `arguments` follow its name.
  Loading load(const Label& label, const Client& client = {}, std::string_view arguments = "") const;

  friend bool operator==(const Menu& a, const Menu& b) noexcept { return a.text_ == b.text_; }

 private:
  friend class MenuReader;
  std::string text_;
  std::vector<Line> lines_;
  std::vector<Label> labels_;
  std::vector<Include> includes_;
  Diagnostics diagnostics_;
  std::optional<std::string> default_;
  std::optional<std::string> ui_;
  std::optional<std::string> on_timeout_;
  std::optional<std::string> serial_;
  bool prompt_ = false;
  bool implicit_ = true;
  unsigned timeout_ = 0;
  unsigned total_timeout_ = 0;
  std::vector<std::string> path_;
};

/// The text of another file, for with_includes(); nullopt where there is none.
using ReadFile = std::function<std::optional<std::string>(const std::string& file)>;

/// A boot file with the files that it includes.
struct KRGBOOT_EXPORT IncludedText {
  std::string text;
  std::vector<Location> lines;  ///< where each line of `text` stands
  /// Where a place of `text` stands.
  Location origin(Position at) const;
};

/// `text` with the files that its INCLUDE and MENU INCLUDE lines name in their place, these files' own
/// likewise, to a depth of 16. `file`: its name in locations. A file that cannot be read is passed over, as
/// syslinux does, and reported as a warning "pxelinux.include_missing"; deeper ones as
/// "pxelinux.include_depth", and all that comes after a thousand of them as "pxelinux.include_count".
KRGBOOT_EXPORT IncludedText with_includes(std::string_view text, const std::string& file,
                                          const ReadFile& read_file, Diagnostics& diagnostics);

}  // namespace krgboot::pxelinux
