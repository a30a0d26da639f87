#pragma once

#include "services/service.hpp"

namespace krgboot {

/// systemd.mount(5) units that mount the file systems of images.
const Service& systemd_units();

}  // namespace krgboot
