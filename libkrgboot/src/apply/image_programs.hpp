#pragma once

#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace krgboot {

/// Is there a file of this name, links followed within the image?
bool has_file(const Root& image, const std::string& path);

/// `path` without doubled and final '/', "." and ".."; the disk is not asked, so that a symlink before ".."
/// is not seen.
std::string tidy_path(const std::string& path);

/// Is there a directory of this name, absolute and tidy, links followed within the image? No where links
/// lead in circles.
bool has_directory(const Root& image, const std::string& path);

/// Where a program really lies, as the image sees it: "/sbin/init" -> "/usr/lib/systemd/systemd". nullopt
/// where there is none that could be executed.
std::optional<std::string> program_in(const Root& image, const std::string& path);

/// Where the administrator's units of systemd lie, and the links by which others start.
inline constexpr std::string_view system_units = "/etc/systemd/system";

/// Is this unit masked, so that nothing starts it?
bool is_masked_unit(const Root& image, const std::string& unit);

}  // namespace krgboot
