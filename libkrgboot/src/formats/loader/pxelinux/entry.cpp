#include "entry.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/kernel/boot_command_line.hpp"
#include "krgboot/formats/loader/boot_path.hpp"
#include "krgboot/formats/loader/pxelinux/render.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "limits.hpp"
#include "text.hpp"

namespace krgboot::pxelinux {

namespace {

// " BOOTIF=01-xx-xx-xx-xx-xx-xx"
constexpr std::size_t bootif_length = 28;

[[noreturn]] void fail(const char* code, std::string_view subject, std::string_view why) {
  throw ArgumentError(code, std::string(subject),
                      fmt::format("{} cannot stand in a boot file: {}", in_quotes(subject), why));
}

bool has_blank(std::string_view text) noexcept {
  return std::any_of(text.begin(), text.end(), is_blank);
}

void require_label(std::string_view name) {
  if (name.empty() || has_blank(name)) fail("pxelinux.label", name, "a label is one word");
}

void require_extra(std::string_view line) {
  bool odd =
      std::any_of(line.begin(), line.end(), [](char c) { return c != ' ' && c != '\t' && is_blank(c); });
  if (odd) fail("pxelinux.extra", line, "it has a control character");
}

void require_component(std::string_view component, std::string_view path) {
  if (component.empty() || component == "." || component == "..") {
    fail("pxelinux.path", path, "it is not in its plain form");
  }
}

}  // namespace

std::string fetched_path(const Image& image, std::string_view file) {
  constexpr auto code = "pxelinux.path";
  auto path = boot_path(image, file);
  if (path.size() > max_path_length) fail(code, path, "pxelinux asks for no such long path");
  if (has_blank(path)) fail(code, path, "it has a blank or a control character");
  if (path.find(',') != std::string::npos) fail(code, path, "',' separates initrds");
  if (path.find("::") != std::string::npos) fail(code, path, "what stands before '::' would be a server");
  require_component(image.name, path);
  for (auto component : split(file, '/')) require_component(component, path);
  return path;
}

RenderedEntry render_entry(const ServerView& view, const BootEntry& entry, const Node* node) {
  require_label(entry.name);
  const auto& image = view.cluster.image_of(entry);
  auto kernel = fetched_path(image, entry.kernel);
  auto words = render_command_line(view, entry, node).to_string();
  // The loader uses the first "initrd=" in the line, so krgboot's own goes first.
  if (entry.initrd) words = fmt::format("initrd={} {}", fetched_path(image, *entry.initrd), words);

  RenderedEntry rendered;
  // LINUX, not KERNEL: KERNEL chooses the type by the end of the name, and "vmlinux-2.6.30-krg3.0.0" ends in
  // .0.
  rendered.head = fmt::format("LABEL {}\n  LINUX {}\n  APPEND {}", entry.name, kernel, words);
  rendered.tail = "\n";
  // BOOTIF= names the network card that the machine booted from. Only an initramfs reads it, not the kernel.
  // IPAPPEND is the old name of SYSAPPEND, which lenny's pxelinux also knows.
  if (entry.initrd) rendered.tail += "  IPAPPEND 2\n";
  for (const auto& line : entry.extra) {
    require_extra(line);
    rendered.tail += fmt::format("  {}\n", line);
  }
  rendered.loaded_length = loaded_line(kernel, words).size() + (entry.initrd ? bootif_length : 0);
  return rendered;
}

bool has_parameters_of_each_node(const BootEntry& entry) noexcept {
  return entry.kerrighed && !entry.kerrighed->autonodeid;
}

std::string node_words(const Node& node) {
  std::string words;
  for (const auto& item : node.append) {
    words += ' ';
    words += KernelParameter::from_item(item).to_string();
  }
  return words;
}

}  // namespace krgboot::pxelinux
