#include "krgboot/formats/loader/pxelinux/menu.hpp"

#include "krgboot/base/text.hpp"
#include "krgboot/formats/loader/boot_program.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>

#include <fmt/format.h>

#include "limits.hpp"
#include "text.hpp"

namespace krgboot::pxelinux {

namespace {

struct KindWord {
  std::string_view keyword;
  FileKind kind;
};

constexpr std::array kind_words = {
    KindWord{"KERNEL", FileKind::by_extension},
    KindWord{"LINUX", FileKind::linux_kernel},
    KindWord{"BOOT", FileKind::boot_sector},
    KindWord{"BSS", FileKind::bss},
    KindWord{"PXE", FileKind::pxe},
    KindWord{"FDIMAGE", FileKind::fdimage},
    KindWord{"COMBOOT", FileKind::comboot},
    KindWord{"COM32", FileKind::com32},
    KindWord{"CONFIG", FileKind::config},
    KindWord{"LOCALBOOT", FileKind::localboot},
};

// All other keywords of readconfig.c. Those that do not affect what is booted are listed here only.
constexpr std::array<std::string_view, 41> other_keywords = {
    "ALLOWOPTIONS", "APPEND",   "CONSOLE",   "DEFAULT", "DISPLAY", "F0",          "F1",
    "F2",           "F3",       "F4",        "F5",      "F6",      "F7",          "F8",
    "F9",           "F10",      "F11",       "F12",     "FONT",    "IMPLICIT",    "INCLUDE",
    "INITRD",       "IPAPPEND", "KBDMAP",    "LABEL",   "MENU",    "NOCOMPLETE",  "NOESCAPE",
    "NOHALT",       "ONERROR",  "ONTIMEOUT", "PATH",    "PROMPT",  "PXERETRY",    "SAY",
    "SENDCOOKIES",  "SERIAL",   "SYSAPPEND", "TEXT",    "TIMEOUT", "TOTALTIMEOUT"};

constexpr std::string_view ui_keyword = "UI";

const KindWord* find_kind(std::string_view keyword) noexcept {
  const auto* found = std::find_if(kind_words.begin(), kind_words.end(),
                                   [&](const KindWord& k) { return k.keyword == keyword; });
  return found == kind_words.end() ? nullptr : found;
}

bool is_known(std::string_view keyword) noexcept {
  return keyword == ui_keyword || find_kind(keyword) != nullptr ||
         std::find(other_keywords.begin(), other_keywords.end(), keyword) != other_keywords.end();
}

// Like atoi and strtoul: the leading digits count, and the rest is ignored.
unsigned number(const std::string& text, int base) noexcept {
  auto value = std::strtol(text.c_str(), nullptr, base);
  return static_cast<unsigned>(std::clamp<long>(value, 0, 0x7fffffff));
}

}  // namespace

/// Reads line by line and keeps the state that syslinux has: the current label, and the defaults for labels.
class MenuReader {
 public:
  Menu result(std::string_view text) {
    menu_.text_ = text;
    for (auto line : split_lines(text)) {
      ++line_number_;
      column_ = 1;
      if (line.size() > max_line) {
        report(
            Severity::error, "pxelinux.line_too_long", {line_number_, 1},
            fmt::format("the line has {} characters, and syslinux reads {} at a time", line.size(), max_line),
            "what follows is taken for a line of its own");
      }
      for (; line.size() > max_line; line.remove_prefix(max_line)) {
        read_line(line.substr(0, max_line));
        column_ += static_cast<std::uint32_t>(max_line);
      }
      read_line(line);
    }
    end_label();
    warn_about_duplicates();
    return std::move(menu_);
  }

 private:
  void read_line(std::string_view text) {
    auto content = text.substr(0, text.find_first_of(std::string_view("\r\n\0", 3)));
    auto rest = skip_blanks(content);
    auto indent = static_cast<std::uint32_t>(content.size() - rest.size());
    menu_.lines_.push_back({std::string(text), "", "", {line_number_, column_ + indent}});
    auto keyword = to_upper(first_word(rest));
    if (in_text_) {
      if (keyword != "ENDTEXT") return;
      in_text_ = false;
      menu_.lines_.back().keyword = keyword;
      return;
    }
    if (keyword.empty() || keyword.front() == '#') return;
    if (!is_known(keyword)) {
      report(Severity::warning, "pxelinux.unknown_keyword", menu_.lines_.back().at,
             fmt::format("syslinux knows no {} and passes the line over", in_quotes(first_word(rest))), "");
      return;
    }
    rest = after_first_word(rest);
    if (keyword == "MENU") {
      keyword += " " + to_upper(first_word(rest));
      rest = after_first_word(rest);
    }
    auto& line = menu_.lines_.back();
    line.keyword = keyword;
    line.argument = rest;
    take(line);
  }

  void take(const Line& line) {
    const auto& [text, keyword, argument, at] = line;
    if (keyword.compare(0, 5, "MENU ") == 0) return take_menu(line);
    if (const auto* kind = find_kind(keyword); kind != nullptr) return take_file(line, kind->kind);
    if (keyword == "LABEL") return begin_label(line);
    if (keyword == "INCLUDE") {
      menu_.includes_.push_back({std::string(first_word(argument)), at});
    } else if (keyword == "TEXT") {
      in_text_ = true;
    } else if (keyword == "DEFAULT") {
      menu_.default_ = argument;
    } else if (keyword == ui_keyword) {
      menu_.ui_ = argument;
    } else if (keyword == "ONTIMEOUT") {
      menu_.on_timeout_ = argument;
    } else if (keyword == "SERIAL") {
      menu_.serial_ = argument;
    } else if (keyword == "PROMPT") {
      menu_.prompt_ = std::atoi(argument.c_str()) != 0;
    } else if (keyword == "IMPLICIT") {
      menu_.implicit_ = std::atoi(argument.c_str()) != 0;
    } else if (keyword == "TIMEOUT") {
      menu_.timeout_ = number(argument, 10);
    } else if (keyword == "TOTALTIMEOUT") {
      menu_.total_timeout_ = number(argument, 10);
    } else if (keyword == "APPEND") {
      (label_ ? label_->append : append_) = argument;
      if (label_) label_->append_at = at;
      if (!label_) append_at_ = at;
    } else if (keyword == "SYSAPPEND" || keyword == "IPAPPEND") {
      (label_ ? label_->sysappend : sysappend_) = number(argument, 0);
    } else if (keyword == "PATH") {
      for (auto directory : split(argument, ':'))
        if (!directory.empty()) menu_.path_.emplace_back(directory);
    } else if (keyword == "INITRD") {
      if (require_label(line)) label_->initrd = argument;
    }
  }

  void take_file(const Line& line, FileKind kind) {
    if (!require_label(line)) return;
    label_->kind = kind;
    label_->kernel = line.argument;
    label_->kernel_at = line.at;
  }

  void take_menu(const Line& line) {
    auto word = std::string_view(line.keyword).substr(5);
    if (word == "INCLUDE") {
      menu_.includes_.push_back({std::string(first_word(line.argument)), line.at});
    } else if (word == "BEGIN") {
      end_label();
      ++submenu_depth_;
    } else if (word == "END") {
      end_label();
      if (submenu_depth_ > 0) --submenu_depth_;
    } else if (word == "SEPARATOR") {
      end_label();
    } else if (!label_) {
      return;
    } else if (word == "LABEL") {
      label_->menu_label = line.argument;
    } else if (word == "DEFAULT") {
      label_->menu_default = true;
    } else if (word == "HIDE") {
      label_->hidden = true;
    } else if (word == "DISABLE" || word == "DISABLED") {
      label_->disabled = true;
    }
  }

  void begin_label(const Line& line) {
    end_label();
    label_.emplace();
    label_->name = first_word(line.argument);
    label_->title = line.argument;
    label_->kernel = label_->name;
    label_->at = line.at;
    label_->sysappend = sysappend_;
    label_->in_submenu = submenu_depth_ > 0;
  }

  // syslinux records a label when the next one begins.
  void end_label() {
    if (!label_) return;
    if (!label_->append && append_) {
      label_->append = append_;
      label_->append_at = append_at_;
    }
    if (label_->append == "-") label_->append = "";
    warn_about(*label_);
    menu_.labels_.push_back(*std::move(label_));
    label_.reset();
  }

  void warn_about(const Label& label) {
    auto file = first_word(label.kernel);
    auto kind = file_kind(file);
    bool named = static_cast<bool>(label.kernel_at);
    // For modules and other loaders the type by file name is intended.
    bool meant = kind == FileKind::linux_kernel || kind == FileKind::com32 ||
                 (kind == FileKind::pxe && identify_boot_program(file, "").kind != BootProgram::Kind::other);
    if (named && label.kind == FileKind::by_extension && !meant) {
      report(Severity::warning, "pxelinux.file_extension", label.kernel_at,
             fmt::format("KERNEL takes {} for a {} because of how its name ends", in_quotes(file),
                         pxelinux::to_string(kind)),
             "for a Linux kernel write LINUX");
    }
  }

  // A menu distinguishes labels by the whole line; without a menu only the first word counts.
  void warn_about_duplicates() {
    bool in_menu = !menu_.menu_module().empty();
    std::map<std::string, Position> first;
    for (const auto& label : menu_.labels_) {
      const auto& name = in_menu ? label.title : label.name;
      auto [known, is_new] = first.emplace(name, label.at);
      if (is_new) continue;
      report(Severity::warning, "pxelinux.duplicate_label", label.at,
             fmt::format("the label {} is there already, in line {}", in_quotes(name), known->second.line),
             "the first one is booted");
    }
  }

  bool require_label(const Line& line) {
    if (label_) return true;
    report(Severity::warning, "pxelinux.outside_label", line.at,
           fmt::format("{} stands before any LABEL and is passed over", line.keyword), "");
    return false;
  }

  void report(Severity severity, const char* code, Position at, std::string message, std::string hint) {
    menu_.diagnostics_.push_back({severity, code, std::move(message), std::move(hint), "", {"", at}});
  }

  Menu menu_;
  std::optional<Label> label_;
  std::optional<std::string> append_;
  Position append_at_;
  unsigned sysappend_ = 0;
  unsigned submenu_depth_ = 0;
  bool in_text_ = false;
  std::uint32_t line_number_ = 0;
  std::uint32_t column_ = 1;
};

Menu Menu::parse(std::string_view text) {
  return MenuReader().result(text);
}

const Label* Menu::find_label(std::string_view command) const noexcept {
  auto name = first_word(command);
  auto found = std::find_if(labels_.begin(), labels_.end(),
                            [&](const Label& l) { return !l.disabled && l.name == name; });
  return found == labels_.end() ? nullptr : &*found;
}

}  // namespace krgboot::pxelinux
