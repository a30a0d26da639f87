#pragma once

#include "krgboot/system/file_descriptor.hpp"

#include <functional>

namespace krgboot {

/// Copies between the caller's standard input and output and `program`, the other end of a program's
/// terminal, until `ended` (a pidfd) is readable and all output has been written. Meanwhile the caller's
/// terminal is in raw mode, so every key including Ctrl-C is passed on, and the program's terminal has its
/// size. Afterwards the caller's settings are restored and unread input is discarded: a terminal answers
/// queries that a program writes, and the shell must not take such an answer for a command.
///
/// SIGHUP, SIGINT, SIGQUIT and SIGTERM call `stop`, once, which should end the program; SIGCONT sets the
/// terminal up again. Afterwards the caller's signal handling is restored, and a signal that was caught is
/// raised again. Throws IoError.
void relay_terminal(FileDescriptor program, int ended, const std::function<void()>& stop);

}  // namespace krgboot
