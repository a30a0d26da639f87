#include "krgboot/base/text.hpp"
#include "krgboot/formats/kernel/command_line.hpp"
#include "krgboot/formats/loader/pxelinux/menu.hpp"
#include "krgboot/formats/loader/pxelinux/name.hpp"

#include <array>

#include <fmt/format.h>

#include "limits.hpp"
#include "text.hpp"

namespace krgboot::pxelinux {

namespace {

struct Extension {
  std::string_view ending;
  FileKind kind;
};

// file_extensions of com32/elflink/ldlinux/ldlinux.c.
constexpr std::array extensions = {
    Extension{".c32", FileKind::com32},      Extension{".img", FileKind::fdimage},
    Extension{".bss", FileKind::bss},        Extension{".bin", FileKind::boot_sector},
    Extension{".bs", FileKind::boot_sector}, Extension{".0", FileKind::pxe},
};

constexpr unsigned sysappend_ip = 1;
constexpr unsigned sysappend_bootif = 2;
constexpr unsigned sysappend_uuid = 4;

std::string dotted(const std::optional<Ipv4Address>& address) {
  return address.value_or(Ipv4Address()).to_string();
}

// The words that SYSAPPEND adds, each preceded by a blank. (The bits from 8 on add CPU= and strings of the
// firmware, which do not affect the boot.)
std::string sysappend_words(unsigned bits, const Client& client) {
  std::string words;
  if ((bits & sysappend_ip) != 0 && client.address) {
    words += fmt::format(" ip={}:{}:{}:{}", client.address->to_string(), dotted(client.server),
                         dotted(client.router), dotted(client.netmask));
  }
  if ((bits & sysappend_bootif) != 0 && client.mac) {
    words += fmt::format(" BOOTIF={}", pxelinux_name(*client.mac));
  }
  if ((bits & sysappend_uuid) != 0 && client.uuid) {
    words += fmt::format(" SYSUUID={}", client.uuid->to_string());
  }
  return words;
}

// The first "initrd=" counts, at any place, even within a word (kernel.c).
std::vector<std::string> initrds_of(std::string_view command_line) {
  constexpr std::string_view key = "initrd=";
  auto start = command_line.find(key);
  if (start == std::string_view::npos) return {};
  auto list = command_line.substr(start + key.size());
  std::vector<std::string> initrds;
  for (auto file : split(list.substr(0, list.find(' ')), ',')) initrds.emplace_back(file);
  return initrds;
}

}  // namespace

FileKind file_kind(std::string_view file) noexcept {
  for (const auto& [ending, kind] : extensions) {
    if (file.ends_with(ending)) return kind;
  }
  return FileKind::linux_kernel;
}

std::string to_string(FileKind kind) {
  switch (kind) {
    case FileKind::by_extension:
      return "file of the kind that its name ends in";
    case FileKind::linux_kernel:
      return "Linux kernel";
    case FileKind::boot_sector:
      return "boot sector";
    case FileKind::bss:
      return "boot sector with superblock";
    case FileKind::pxe:
      return "PXE program";
    case FileKind::fdimage:
      return "disk image";
    case FileKind::comboot:
      return "COMBOOT program";
    case FileKind::com32:
      return "COM32 module";
    case FileKind::config:
      return "boot file";
    case FileKind::localboot:
      return "local boot";
  }
  return "";
}

Loading Menu::load(const Label& label, const Client& client, std::string_view arguments) const {
  Loading loading;
  loading.kind = label.kind;
  std::string line = label.kernel;
  if (label.append && !label.append->empty()) line += " " + *label.append;
  if (label.initrd) line += " initrd=" + *label.initrd;
  line += sysappend_words(label.sysappend, client);
  if (!arguments.empty()) line += fmt::format(" {}", arguments);

  loading.file = first_word(line);
  std::string_view words = after_first_word(line);
  if (loading.kind == FileKind::by_extension) loading.kind = file_kind(loading.file);
  if (label.disabled) loading.problem = "the label is disabled";
  if (loading.kind == FileKind::localboot) return loading;
  if (loading.file.empty()) loading.problem = "the label names no file";
  if (loading.kind != FileKind::linux_kernel) {
    loading.command_line = words;
    return loading;
  }
  loading.command_line = loaded_line(loading.file, words);
  loading.initrds = initrds_of(loading.command_line);
  if (loading.command_line.size() > max_loaded_line) {
    loading.problem = fmt::format("the command line has {} characters, {} are the most",
                                  loading.command_line.size(), max_loaded_line);
  }
  return loading;
}

}  // namespace krgboot::pxelinux
