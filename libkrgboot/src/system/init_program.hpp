#pragma once

#include <sys/types.h>

namespace krgboot {

/// A descriptor of the program init/init.cpp, in a file system in memory that no other process sees; -1 with
/// errno set on failure. Makes only system calls.
int open_init() noexcept;

/// Executes that program in this process, which is the first of its PID namespace, with an empty environment
/// and no descriptor but `ready`. init exits when the process `program` does. Returns only on failure, with
/// an errno. Makes only system calls.
int become_init(int init, pid_t program, int ready) noexcept;

}  // namespace krgboot
