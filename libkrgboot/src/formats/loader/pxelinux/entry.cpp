#include "entry.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/kernel/boot_command_line.hpp"
#include "krgboot/formats/loader/boot_path.hpp"
#include "krgboot/formats/loader/pxelinux/render.hpp"

#include <fmt/format.h>

#include "label.hpp"
#include "limits.hpp"

namespace krgboot::pxelinux {

namespace {

// " BOOTIF=01-xx-xx-xx-xx-xx-xx"
constexpr std::size_t bootif_length = 28;

[[noreturn]] void fail(std::string_view path, std::string_view why) {
  throw ArgumentError("pxelinux.path", std::string(path),
                      fmt::format("{} cannot stand in a boot file: {}", in_quotes(path), why));
}

void require_component(std::string_view component, std::string_view path) {
  if (component.empty() || component == "." || component == "..") {
    fail(path, "it is not in its plain form");
  }
}

}  // namespace

std::string fetched_path(const Image& image, std::string_view file) {
  auto path = boot_path(image, file);
  require_path(path);
  if (path.find("::") != std::string::npos) fail(path, "what stands before '::' would be a server");
  require_component(image.name, path);
  for (auto component : split(file, '/')) require_component(component, path);
  return path;
}

RenderedEntry render_entry(const ServerView& view, const BootEntry& entry, const Node* node) {
  require_label(entry.name);
  const auto& image = view.cluster.image_of(entry);
  auto kernel = fetched_path(image, entry.kernel);
  auto words = render_command_line(view, entry, node).to_string();
  if (entry.initrd) words = with_initrds(fetched_path(image, *entry.initrd), words);

  RenderedEntry rendered;
  rendered.head = label_head(entry.name, kernel, words);
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
