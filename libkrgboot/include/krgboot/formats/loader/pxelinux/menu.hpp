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
  std::string text;      ///< as written, with its line end
  std::string keyword;   ///< in upper case, two words for "MENU LABEL"; empty for blank lines, comments, help
                         ///< text and words that syslinux does not know
  std::string argument;  ///< the text after the keyword, without the blanks between them
  Position at;           ///< of the first character that is not a blank
  friend bool operator==(const Line&, const Line&) = default;
};

/// The way in which syslinux starts the file of a LABEL.
enum class FileKind {
  by_extension,  ///< with KERNEL or without a keyword: by the end of its name, see file_kind()
  linux_kernel,
  boot_sector,
  bss,  ///< boot sector with a superblock
  pxe,  ///< network boot program
  fdimage,
  comboot,
  com32,
  config,     ///< another boot file
  localboot,  ///< no file: the machine continues with its next boot device
};

/// The kind that KERNEL derives from the end of a file name: .0 is a PXE program, .c32 a COM32 module, .img a
/// disk image, .bs and .bin boot sectors, .bss one with a superblock, all others Linux. So
/// "vmlinux-2.6.30-krg3.0.0" would be a PXE program, and its line needs the keyword LINUX.
KRGBOOT_EXPORT FileKind file_kind(std::string_view file) noexcept;
/// The kind in words, for a message: "Linux kernel", "PXE program".
KRGBOOT_EXPORT std::string to_string(FileKind kind);

/// A LABEL with the lines below it. If a line is repeated, the last one counts.
struct Label {
  std::string name;   ///< its first word, by which the prompt, DEFAULT and ONTIMEOUT refer to it
  std::string title;  ///< the whole argument, by which menu.c32 and vesamenu.c32 refer to it
  Position at;
  FileKind kind = FileKind::by_extension;
  std::string kernel;  ///< file name, optionally with words after it; without such a line, the label's name
  Position kernel_at;  ///< {0, 0} without such a line
  std::optional<std::string> append;  ///< the global APPEND if the label has none; "-" is read as ""
  Position append_at;
  std::optional<std::string> initrd;  ///< argument of the INITRD line
  unsigned sysappend = 0;  ///< bits of SYSAPPEND or IPAPPEND; the global ones if the label has none
  std::optional<std::string> menu_label;
  bool menu_default = false;
  bool in_submenu = false;  ///< between MENU BEGIN and MENU END
  bool hidden = false;      ///< MENU HIDE: menus do not show it, the prompt accepts it
  bool disabled = false;    ///< MENU DISABLE: cannot be booted
  friend bool operator==(const Label&, const Label&) = default;
};

/// An INCLUDE or MENU INCLUDE line, which syslinux replaces by the content of a file.
struct Include {
  std::string file;  ///< as written
  Position at;
  friend bool operator==(const Include&, const Include&) = default;
};

/// Properties of the machine that pxelinux can append to the command line by SYSAPPEND. A missing property is
/// not appended.
struct Client {
  std::optional<Ipv4Address> address;
  std::optional<Ipv4Address> server;  ///< next-server
  std::optional<Ipv4Address> router;
  std::optional<Ipv4Address> netmask;
  std::optional<MacAddress> mac;
  std::optional<Uuid> uuid;
};

/// The files that syslinux loads and the command line that it passes on.
struct Loading {
  FileKind kind = FileKind::linux_kernel;  ///< never by_extension
  std::string file;                        ///< the kernel or other program; for LOCALBOOT its type
  std::vector<std::string> initrds;        ///< file names; only for a Linux kernel
  /// The command line of the kernel, in this order: "BOOT_IMAGE=FILE", the label's APPEND, "initrd=" of
  /// INITRD, the words of SYSAPPEND, and the words after the label's name in DEFAULT.
  std::string command_line;
  /// Why syslinux refuses to start it: the label is disabled, it names no file, or the command line is too
  /// long. Empty: it starts.
  std::string problem;
  friend bool operator==(const Loading&, const Loading&) = default;
};

/// The behaviour of a machine without user input.
struct Unattended {
  /// Possible ends of the boot.
  enum class Outcome {
    boots_label,  ///< boots `label`
    boots_file,   ///< boots the file that `command` names
    runs_module,  ///< runs a module of UI or DEFAULT other than the simple menu; the outcome is unknown
    waits,        ///< waits at the prompt or in a menu for ever
    has_no_default,
  };
  Outcome outcome = Outcome::has_no_default;
  std::string command;           ///< argument of DEFAULT, UI or ONTIMEOUT
  const Label* label = nullptr;  ///< points into the menu's labels(); nullptr: boots no label
  std::string arguments;         ///< the words after the label's name in `command`
  unsigned waits_tenths = 0;     ///< the shorter of TIMEOUT and TOTALTIMEOUT, in tenths of a second
};

/// A boot file below `pxelinux.cfg/`, or another configuration file of syslinux 6, as ldlinux.c32 reads it
/// (`com32/elflink/ldlinux/readconfig.c`, `doc/syslinux.txt`):
///
///     file    = *( [ keyword [ 1*blank argument ] ] eol )
///     blank   = %x01-20 / %x7F                        ; before the keyword, too
///     keyword = "DEFAULT" / "LABEL" / "KERNEL" / "APPEND" / ...   ; in any case
///
/// A carriage return ends the content of a line. Lines between TEXT and ENDTEXT are help text. Lines that
/// begin with another word are ignored; so '#' begins a comment. Before the first LABEL, APPEND and SYSAPPEND
/// set the defaults of labels without such lines. The name of a label ends at a blank and is case-sensitive;
/// of two labels with the same name the first is used. Submenus (MENU BEGIN) affect only the menu modules.
class KRGBOOT_EXPORT Menu {
 public:
  /// Any text is a menu; probable mistakes are in diagnostics().
  static Menu parse(std::string_view text);
  /// The parsed text, byte for byte.
  const std::string& to_string() const noexcept { return text_; }

  const std::vector<Line>& lines() const noexcept { return lines_; }
  const std::vector<Label>& labels() const noexcept { return labels_; }
  const std::vector<Include>& includes() const noexcept { return includes_; }
  /// Warnings: "pxelinux.unknown_keyword", "pxelinux.duplicate_label", "pxelinux.outside_label", and
  /// "pxelinux.file_extension" (the end of the name in a KERNEL line means another kind than Linux, and the
  /// name is not that of a module or boot program). Error: "pxelinux.line_too_long" (syslinux splits the
  /// line).
  const Diagnostics& diagnostics() const noexcept { return diagnostics_; }

  const std::optional<std::string>& default_command() const noexcept { return default_; }  ///< DEFAULT
  const std::optional<std::string>& ui() const noexcept { return ui_; }                    ///< UI
  const std::optional<std::string>& on_timeout() const noexcept { return on_timeout_; }    ///< ONTIMEOUT
  const std::optional<std::string>& serial() const noexcept { return serial_; }            ///< SERIAL
  bool prompt() const noexcept { return prompt_; }        ///< PROMPT other than 0
  bool implicit() const noexcept { return implicit_; }    ///< IMPLICIT: commands may name files without LABEL
  unsigned timeout() const noexcept { return timeout_; }  ///< TIMEOUT in tenths of a second; 0: none
  unsigned total_timeout() const noexcept { return total_timeout_; }  ///< TOTALTIMEOUT, likewise
  /// PATH: directories of modules and libraries, besides the loader's own.
  const std::vector<std::string>& path() const noexcept { return path_; }
  /// File name of the module that shows a simple menu, as written: "vesamenu.c32"; empty: no menu is shown.
  std::string menu_module() const;

  /// The label whose name is the first word of `command`; nullptr: none, or it is disabled. The pointer is
  /// valid as long as the menu.
  const Label* find_label(std::string_view command) const noexcept;

  /// The behaviour without user input. The label in it is valid as long as the menu.
  Unattended unattended() const;
  /// The label that boots without user input; nullptr: none. The pointer is valid as long as the menu.
  const Label* which_label() const;

  /// The result of booting `label`, one of labels(), on the machine `client`; `arguments` are the words after
  /// its name at the prompt or in DEFAULT.
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

/// Returns the text of an included file, whose name is as written in the boot file; nullopt: it cannot be
/// read.
using ReadFile = std::function<std::optional<std::string>(const std::string& file)>;

/// A boot file with the content of the files that it includes.
struct KRGBOOT_EXPORT IncludedText {
  std::string text;
  std::vector<Location> lines;  ///< the original place of each line of `text`
  /// The original place of a place in `text`.
  Location origin(Position at) const;
};

/// Replaces the INCLUDE and MENU INCLUDE lines of `text` by the content of the files that they name,
/// recursively to a depth of 16. `file`: name of `text` in locations. Adds warnings to `diagnostics`:
/// "pxelinux.include_missing" for a file that cannot be read, which syslinux skips too;
/// "pxelinux.include_depth" for one that is included too deep; "pxelinux.include_count" once after a thousand
/// included files, from which on all are skipped.
KRGBOOT_EXPORT IncludedText with_includes(std::string_view text, const std::string& file,
                                          const ReadFile& read_file, Diagnostics& diagnostics);

}  // namespace krgboot::pxelinux
