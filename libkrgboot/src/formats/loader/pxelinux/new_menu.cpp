#include "krgboot/formats/loader/pxelinux/new_menu.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/loader/pxelinux/menu.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "label.hpp"

namespace krgboot::pxelinux {

namespace {

void require_line(std::string_view text, const NewLabel& label) {
  if (!has_control(text)) return;
  throw ArgumentError("pxelinux.extra", std::string(text),
                      fmt::format("{} of label {} has a control character", in_quotes(text), label.name));
}

std::string rendered(const NewLabel& label) {
  require_label(label.name);
  if (label.kernel.empty() == !label.localboot)
    throw ArgumentError("pxelinux.no_kernel", label.name,
                        fmt::format("label {} needs a kernel or localboot, and not both", label.name));
  std::string text;
  if (label.localboot) {
    require_line(*label.localboot, label);
    text = fmt::format("LABEL {}\n  LOCALBOOT {}\n", label.name, *label.localboot);
  } else {
    require_path(label.kernel);
    for (const auto& initrd : label.initrds) require_path(initrd);
    require_line(label.append, label);
    auto words = label.append;
    if (!label.initrds.empty()) words = with_initrds(fmt::format("{}", fmt::join(label.initrds, ",")), words);
    text = label_head(label.name, label.kernel, words) + '\n';
    // IPAPPEND is the old name of SYSAPPEND, which old versions know, too.
    if (label.sysappend != 0) text += fmt::format("  IPAPPEND {}\n", label.sysappend);
  }
  for (const auto& line : label.extra) {
    require_extra(line);
    text += fmt::format("  {}\n", line);
  }
  return text;
}

}  // namespace

std::string render(const NewMenu& menu) {
  if (menu.labels.empty())
    throw ArgumentError("pxelinux.no_label", "", "a boot file needs at least one label");
  const auto& chosen = menu.default_label.empty() ? menu.labels.front().name : menu.default_label;
  auto is_chosen = [&](const NewLabel& label) { return label.name == chosen; };
  if (std::none_of(menu.labels.begin(), menu.labels.end(), is_chosen))
    throw ArgumentError("pxelinux.no_default", chosen,
                        fmt::format("no label is named {}", in_quotes(chosen)));
  auto text = fmt::format("# Written by krgboot. Changes made here are lost.\nDEFAULT {}\nPROMPT {}\n",
                          chosen, menu.prompt ? 1 : 0);
  if (menu.timeout != 0) text += fmt::format("TIMEOUT {}\n", menu.timeout);
  for (const auto& label : menu.labels) text += '\n' + rendered(label);
  return text;
}

Diagnostics check(std::string_view text) {
  auto menu = Menu::parse(text);
  auto findings = menu.diagnostics();
  for (const auto& label : menu.labels()) {
    auto problem = menu.load(label).problem;
    if (problem.empty() || label.disabled) continue;
    findings.push_back({Severity::error,
                        "pxelinux.refused",
                        fmt::format("label {}: {}", in_quotes(label.name), problem),
                        "",
                        "",
                        {"", label.at}});
  }
  return findings;
}

}  // namespace krgboot::pxelinux
