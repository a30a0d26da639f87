#pragma once

#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace krgboot {

/// Does the file exist? Symlinks are followed within the image.
bool has_file(const Root& image, const std::string& path);

/// `path` without doubled and final '/', "." and "..". Works on the text only, so it ignores symlinks before
/// a "..".
std::string tidy_path(const std::string& path);

/// Does the directory exist? `path` is absolute and tidy; symlinks are followed within the image. False for a
/// symlink loop.
bool has_directory(const Root& image, const std::string& path);

/// The real path of a program in the image: "/sbin/init" -> "/usr/lib/systemd/systemd". nullopt if there is
/// no executable file.
std::optional<std::string> program_in(const Root& image, const std::string& path);

/// Directory of the administrator's systemd units, and of the symlinks that enable units.
inline constexpr std::string_view system_units = "/etc/systemd/system";

/// Is this unit masked, so that it never starts?
bool is_masked_unit(const Root& image, const std::string& unit);

}  // namespace krgboot
