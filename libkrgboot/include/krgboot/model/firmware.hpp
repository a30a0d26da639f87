#pragma once

#include "krgboot/export.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// The program in a machine that boots it from the network.
enum class Firmware {
  bios,       ///< of a PC: the PXE ROM of the network card
  uefi,       ///< UEFI of an x86-64 machine, by PXE
  uefi_http,  ///< UEFI of an x86-64 machine, by HTTP boot
  ipxe,       ///< iPXE in the ROM of the network card of a PC
};
/// "bios", "uefi", "uefi-http", "ipxe".
KRGBOOT_EXPORT std::string to_string(Firmware firmware);
/// Reads the result of to_string(); nullopt: another text.
KRGBOOT_EXPORT std::optional<Firmware> parse_firmware(std::string_view text) noexcept;
/// All of them.
KRGBOOT_EXPORT const std::vector<Firmware>& firmwares();

/// Does it start UEFI programs? Others start programs for BIOS.
KRGBOOT_EXPORT bool is_uefi(Firmware firmware) noexcept;

}  // namespace krgboot
