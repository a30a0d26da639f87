#include "krgboot/model/firmware.hpp"

#include "krgboot/base/error.hpp"

#include <utility>

namespace krgboot {

namespace {

constexpr std::pair<Firmware, std::string_view> firmware_names[] = {
    {Firmware::bios, "bios"},
    {Firmware::uefi, "uefi"},
    {Firmware::uefi_http, "uefi-http"},
    {Firmware::ipxe, "ipxe"},
};

}  // namespace

std::string to_string(Firmware firmware) {
  for (const auto& [known, name] : firmware_names) {
    if (known == firmware) return std::string(name);
  }
  throw InternalError("a firmware without a name");
}

std::optional<Firmware> parse_firmware(std::string_view text) noexcept {
  for (const auto& [firmware, name] : firmware_names) {
    if (name == text) return firmware;
  }
  return std::nullopt;
}

const std::vector<Firmware>& firmwares() {
  static const auto all = [] {
    std::vector<Firmware> found;
    for (const auto& [firmware, name] : firmware_names) found.push_back(firmware);
    return found;
  }();
  return all;
}

bool is_uefi(Firmware firmware) noexcept {
  return firmware == Firmware::uefi || firmware == Firmware::uefi_http;
}

}  // namespace krgboot
