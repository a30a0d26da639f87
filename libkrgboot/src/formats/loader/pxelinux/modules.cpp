#include "krgboot/formats/loader/pxelinux/modules.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>

#include "base/path_text.hpp"

namespace krgboot::pxelinux {

namespace {

struct Modules {
  std::string_view names;      // without .c32
  std::string_view libraries;  // likewise
};

// DT_NEEDED of the modules in Debian's syslinux-common 6.04 (bios). Modules that are not listed need no
// libraries.
constexpr std::array needs = {
    Modules{"chain libmenu prdhcp pxechn rosh vesamenu", "libutil libcom32"},
    Modules{"cmd config dhcp elf ethersel gfxboot gpxecmd hexdump ifcpu64 ifmemdsk ifplop kbdmap kontron_wdt "
            "linux mboot "
            "pci pcitest pmload reboot sanboot sdi sysdump syslinux vesa whichsys",
            "libcom32"},
    Modules{"cmenu", "libmenu libutil libcom32"},
    Modules{"cptime menu", "libutil"},
    Modules{"cpu cpuidtest disk dmi dmitest vpdtest zzjson", "libgpl"},
    Modules{"hdt", "libutil libgpl libcom32 libmenu"},
    Modules{"ifcpu", "libutil libgpl libcom32"},
    Modules{"lua", "liblua libcom32"},
};

constexpr std::string_view ending = ".c32";

}  // namespace

std::vector<std::string> libraries_of(std::string_view module) {
  auto name = file_name_of(module);
  if (name.size() <= ending.size() || name.substr(name.size() - ending.size()) != ending) return {};
  name.remove_suffix(ending.size());
  std::vector<std::string> files;
  for (const auto& [names, libraries] : needs) {
    auto words = split(names, ' ');
    if (std::find(words.begin(), words.end(), name) == words.end()) continue;
    for (auto library : split(libraries, ' ')) files.push_back(std::string(library) + std::string(ending));
  }
  return files;
}

}  // namespace krgboot::pxelinux
