#pragma once

#include "krgboot/system/root.hpp"

#include <optional>
#include <string>

namespace krgboot {

/// Is there a file of this name, links followed within the image?
bool has_file(const Root& image, const std::string& path);

/// Where a program really lies, as the image sees it: "/sbin/init" -> "/usr/lib/systemd/systemd". nullopt
/// where there is none that could be executed.
std::optional<std::string> program_in(const Root& image, const std::string& path);

}  // namespace krgboot
