#pragma once

#include "krgboot/model/image_step.hpp"
#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// A setting that one of an image's network services needs, so that it leaves the card up that carries the
/// NFS root.
struct NetworkSetting {
  std::string why;   ///< reason, such as "dhcpcd takes the address of ..."
  std::string path;  ///< file in the image that needs the setting
  /// New content of the whole file; nullopt if its author must change it, because it overrides what krgboot
  /// would write beside it.
  std::optional<std::string> text;
};

/// The missing settings for services that start at boot: systemd-networkd, ifupdown, NetworkManager, dhcpcd.
/// Only reads. Throws IoError.
std::vector<NetworkSetting> missing_network_settings(const Root& image, const KeptNetwork& state);

}  // namespace krgboot
