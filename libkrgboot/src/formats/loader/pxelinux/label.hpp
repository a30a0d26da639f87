#pragma once

#include <string>
#include <string_view>

namespace krgboot::pxelinux {

// Parts of a LABEL. Each function throws ArgumentError for a value that cannot stand there; codes as those of
// render().

/// Requires one word.
void require_label(std::string_view name);
/// Requires a line without control characters.
void require_extra(std::string_view line);
/// Requires a path that pxelinux can request and that can stand in a list of initrds.
void require_path(std::string_view path);

/// The lines LABEL, LINUX and APPEND, without the last newline. `kernel` is the path that pxelinux requests.
std::string label_head(std::string_view name, std::string_view kernel, std::string_view words);

/// `words` after the parameter for these initrds, whose paths are joined by ','. The loader uses the first
/// "initrd=" in the line.
std::string with_initrds(std::string_view initrds, std::string_view words);

}  // namespace krgboot::pxelinux
