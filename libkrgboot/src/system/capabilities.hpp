#pragma once

namespace krgboot {

/// Drops all capabilities (capabilities(7)) of this process and its descendants, except the few that package
/// managers and their scripts need; the source lists these with their users. Dropped are, among others, those
/// for mounting, device nodes, raw sockets, modules, the clock, and for opening files outside the image by
/// handle. Returns 0 or an errno. Makes only system calls.
int limit_capabilities() noexcept;

}  // namespace krgboot
