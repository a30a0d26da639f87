#pragma once

#include "krgboot/formats/root_tree/fstab_table.hpp"

#include "stages.hpp"

namespace krgboot::tracing {

/// Says which of /tmp and /var nodes cannot write to, though their root is read-only. Programs fail in ways
/// of their own then, and seldom say why.
void follow_writable_directories(const ServerFiles& files, const Loaded& loaded, const CommandLine& line,
                                 const MountedRoot& root, const Init& init, const fstab::FstabTable& table,
                                 Steps& steps);

}  // namespace krgboot::tracing
