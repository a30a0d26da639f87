#include "krgboot/formats/loader/pxelinux/menu.hpp"

#include <algorithm>

#include "base/path_text.hpp"
#include "text.hpp"

namespace krgboot::pxelinux {

namespace {

using Outcome = Unattended::Outcome;

unsigned first_to_run_out(unsigned a, unsigned b) noexcept {
  return a == 0 || b == 0 ? std::max(a, b) : std::min(a, b);
}

// Does this command start the menu that reads the same file again?
bool is_simple_menu(std::string_view command) noexcept {
  auto file = first_word(command);
  auto name = file_name_of(file);
  auto arguments = after_first_word(command);
  return (name == "menu.c32" || name == "vesamenu.c32") && (arguments.empty() || arguments == "~");
}

// The effect of a command line that is typed at the prompt or given by DEFAULT or ONTIMEOUT.
Unattended run(const Menu& menu, const std::string& command, unsigned waits_tenths) {
  Unattended result;
  result.command = command;
  result.waits_tenths = waits_tenths;
  result.label = menu.find_label(command);
  if (result.label != nullptr) {
    result.outcome = Outcome::boots_label;
    result.arguments = after_first_word(command);
  } else if (first_word(command).empty() || !menu.implicit()) {
    result.outcome = Outcome::waits;  // with an error message, at the prompt
  } else {
    result.outcome =
        file_kind(first_word(command)) == FileKind::com32 ? Outcome::runs_module : Outcome::boots_file;
  }
  return result;
}

// The entry that the simple menu selects at start: DEFAULT's label if the menu shows it, else the last one
// marked MENU DEFAULT, else the first.
const Label* preselected(const Menu& menu) noexcept {
  if (menu.default_command()) {
    // The menu compares DEFAULT's first word with the whole line of a label (com32/menu/readconfig.c,
    // unlabel).
    const auto* label = menu.find_label(*menu.default_command());
    if (label != nullptr && !label->hidden && label->title == label->name) return label;
  }
  const Label* chosen = nullptr;
  for (const auto& label : menu.labels()) {
    if (label.hidden || label.in_submenu) continue;
    if (chosen == nullptr || label.menu_default) chosen = &label;
  }
  return chosen == nullptr || chosen->disabled ? nullptr : chosen;
}

Unattended wait_in_menu(const Menu& menu, const std::string& command, unsigned waits_tenths) {
  Unattended result;
  result.command = command;
  result.outcome = Outcome::waits;
  if (waits_tenths == 0) return result;
  if (menu.on_timeout()) return run(menu, *menu.on_timeout(), waits_tenths);
  result.waits_tenths = waits_tenths;
  result.label = preselected(menu);
  if (result.label != nullptr) result.outcome = Outcome::boots_label;
  return result;
}

Unattended module(const std::string& command) {
  Unattended result;
  result.command = command;
  result.outcome = Outcome::runs_module;
  return result;
}

}  // namespace

std::string Menu::menu_module() const {
  const auto& command = ui_ ? ui_ : default_;
  if (!command || !is_simple_menu(*command) || find_label(*command) != nullptr) return "";
  return std::string(first_word(*command));
}

// ldlinux.c: UI takes precedence over everything. DEFAULT runs at once unless PROMPT requests a prompt. The
// prompt runs ONTIMEOUT, or else DEFAULT, after the timeout.
Unattended Menu::unattended() const {
  auto wait = first_to_run_out(timeout_, total_timeout_);
  auto command = ui_ ? ui_ : default_;
  bool is_menu = !menu_module().empty();
  if (ui_) return is_menu ? wait_in_menu(*this, *ui_, wait) : module(*ui_);
  if (command && !prompt_) return is_menu ? wait_in_menu(*this, *command, wait) : run(*this, *command, 0);

  Unattended at_prompt;
  at_prompt.outcome = command ? Outcome::waits : Outcome::has_no_default;
  if (command) at_prompt.command = *command;
  if (wait == 0) return at_prompt;
  if (on_timeout_) return run(*this, *on_timeout_, wait);
  if (!command) return at_prompt;
  return is_menu ? wait_in_menu(*this, *command, wait) : run(*this, *command, wait);
}

const Label* Menu::which_label() const {
  return unattended().label;
}

}  // namespace krgboot::pxelinux
