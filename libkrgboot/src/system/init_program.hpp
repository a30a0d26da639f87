#pragma once

#include <sys/types.h>

namespace krgboot {

/// A descriptor of the program init/init.cpp, in a file system in memory that nobody else sees; -1 with errno
/// set. System calls alone.
int open_init() noexcept;

/// Makes this process, which is the first of its PID namespace, that program: with an empty environment and
/// no descriptor but `ready`. `program` is the process to live as long as. Returns only where that fails,
/// with an errno. System calls alone.
int become_init(int init, pid_t program, int ready) noexcept;

}  // namespace krgboot
