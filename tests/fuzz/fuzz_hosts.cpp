// /etc/hosts: every byte is kept, and look-ups by name and by address agree.
#include "krgboot/base/text.hpp"
#include "krgboot/formats/root_tree/hosts.hpp"

#include <algorithm>

#include "fuzz.hpp"

using namespace krgboot;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  auto file = hosts::HostsFile::parse(text);
  require(file.to_string() == text, "the text is kept to the byte");
  require(hosts::HostsFile::parse(file.to_string()) == file, "it reads back as the same");
  auto lines = split_lines(text);
  require(file.entries().size() + file.diagnostics().size() <= lines.size(), "one entry a line at most");
  auto checked = 0;
  for (const auto& entry : file.entries()) {
    require(!entry.names.empty(), "an entry has a name");
    require(entry.at.line >= 1 && entry.at.line <= lines.size(), "its line is in the text");
    auto line = lines[entry.at.line - 1].substr(entry.at.column - 1);
    require(line.substr(0, entry.address.size()) == entry.address, "its position is the address's");
    if (!entry.ipv4 || ++checked > 50) continue;  // each look-up reads the whole file
    auto names = file.names_of(*entry.ipv4);
    auto addresses = file.addresses_of(entry.names.front());
    require(std::find(addresses.begin(), addresses.end(), *entry.ipv4) != addresses.end(),
            "a name leads to its address");
    require(file.address_of(entry.names.front()) == addresses.front(), "address_of gives the first");
    require(std::any_of(names.begin(), names.end(),
                        [&](const auto& name) { return to_lower(name) == to_lower(entry.names.front()); }),
            "an address leads to its name");
  }
  return 0;
}
