#pragma once

namespace krgboot {

/// Takes from this process, and from all it will ever start, every capability but the few that package
/// managers and their scripts need (capabilities(7)); the source says which of them for whom. Gone are, among
/// others, mounting, device nodes, raw sockets, modules, the clock, and files by handle from beyond the
/// image. 0, or an errno. System calls alone.
int limit_capabilities() noexcept;

}  // namespace krgboot
