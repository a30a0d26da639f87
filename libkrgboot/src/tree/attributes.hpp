#pragma once

#include <string_view>

#include "system/attributes.hpp"

namespace krgboot {

/// Is an extended attribute of this name part of an image?
bool is_kept_attribute(std::string_view name) noexcept;

}  // namespace krgboot
