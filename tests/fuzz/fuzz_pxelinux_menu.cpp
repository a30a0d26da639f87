// Boot files of pxelinux; the text after a line "--" is the file that they include.
#include "krgboot/base/text.hpp"
#include "krgboot/formats/loader/pxelinux/menu.hpp"

#include <string>

#include "fuzz.hpp"

using namespace krgboot;
using namespace krgboot::pxelinux;
using fuzz::require;

namespace {

Client client() {
  Client result;
  result.address = Ipv4Address::from_string("192.168.0.101");
  result.server = Ipv4Address::from_string("192.168.0.2");
  result.router = Ipv4Address::from_string("192.168.0.1");
  result.netmask = Ipv4Address::from_string("255.255.255.0");
  result.mac = MacAddress::from_string("52:54:00:12:34:01");
  result.uuid = Uuid::from_string("52540012-3401-4aaa-8bbb-001122334455");
  return result;
}

void follow(std::string_view text) {
  auto menu = Menu::parse(text);
  require(menu.to_string() == text, "the text is kept to the byte");
  std::string lines;
  for (const auto& line : menu.lines()) lines += line.text;
  require(lines == text, "the lines are the text");

  auto unattended = menu.unattended();
  require((unattended.label != nullptr) == (unattended.outcome == Unattended::Outcome::boots_label),
          "a label is booted or there is none");
  require(menu.which_label() == unattended.label, "which_label is what boots unattended");
  auto in_menu = false;
  auto machine = client();
  for (const auto& label : menu.labels()) {
    in_menu = in_menu || &label == unattended.label;
    const auto* found = menu.find_label(label.name);
    require(found == nullptr || found->name == label.name, "a label is found by its name");
    auto loading = menu.load(label, machine, unattended.arguments);
    require(loading.kind != FileKind::by_extension, "what is loaded has a kind");
    require(loading.command_line.find('\n') == std::string::npos, "a command line is one line");
    require(loading.kind == FileKind::linux_kernel || loading.initrds.empty(), "only kernels have an initrd");
    require(menu.load(label, machine, unattended.arguments) == loading, "loading is deterministic");
  }
  require(in_menu || unattended.label == nullptr, "the label is one of the menu's");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  auto cut = text.find("--\n");
  auto included = cut == std::string_view::npos ? std::string_view() : text.substr(cut + 3);
  auto main = text.substr(0, cut);
  follow(main);

  Diagnostics diagnostics;
  auto read = [&](const std::string& file) -> std::optional<std::string> {
    if (file == "missing") return std::nullopt;
    return std::string(included);
  };
  auto whole = with_includes(main, "main", read, diagnostics);
  if (Menu::parse(main).includes().empty())
    require(whole.text == main, "nothing is included where nothing is named");
  follow(whole.text);
  require(whole.lines.size() == split_lines(whole.text).size(), "each line stands somewhere");
  return 0;
}
