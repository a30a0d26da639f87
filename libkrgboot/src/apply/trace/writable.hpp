#pragma once

#include "krgboot/formats/root_tree/fstab_table.hpp"

#include "stages.hpp"

namespace krgboot::tracing {

/// Reports /tmp and /var if nodes cannot write to them because of their read-only root. Programs then fail in
/// various ways, and seldom report the cause.
void follow_writable_directories(const ServerFiles& files, const Loaded& loaded, const CommandLine& line,
                                 const MountedRoot& root, const Init& init, const fstab::FstabTable& table,
                                 Steps& steps);

}  // namespace krgboot::tracing
