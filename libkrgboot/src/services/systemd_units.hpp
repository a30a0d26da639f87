#pragma once

#include "services/service.hpp"

namespace krgboot {

/// Units by which systemd mounts file systems of images: systemd.mount(5).
const Service& systemd_units();

}  // namespace krgboot
