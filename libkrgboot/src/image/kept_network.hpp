#pragma once

#include "krgboot/model/image_step.hpp"
#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <vector>

namespace krgboot {

/// What one of an image's network services has to be told, so that it leaves the card up that carries the NFS
/// root.
struct NetworkSetting {
  std::string why;   ///< "dhcpcd takes the address of …"
  std::string path;  ///< of the file in the image that tells it
  /// Of the whole file, as it is to be; nullopt where only whoever wrote the file can mend it, since what it
  /// says overrides what krgboot would write beside it.
  std::optional<std::string> text;
};

/// Those that are not there, for services that start at boot: systemd-networkd, ifupdown,
/// NetworkManager, dhcpcd. Reads only. Throws IoError.
std::vector<NetworkSetting> missing_network_settings(const Root& image, const KeptNetwork& state);

}  // namespace krgboot
