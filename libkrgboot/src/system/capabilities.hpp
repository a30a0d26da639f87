#pragma once

namespace krgboot {

/// Takes from this process, and from all it will ever start, what a program in an image has no use for, while
/// the host could suffer from it: loading modules, mounting, the clock, raw access to hardware, the host's
/// network settings, files by handle from beyond the image. What stays is what package managers and their
/// scripts need: owners, modes, device nodes, file capabilities, changing the user (capabilities(7)).
/// 0, or an errno. System calls alone.
int limit_capabilities() noexcept;

}  // namespace krgboot
