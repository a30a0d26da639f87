#pragma once

#include "krgboot/system/file_descriptor.hpp"

#include <functional>

namespace krgboot {

/// Copies between the caller's standard input and output and `program`, the other end of a program's
/// terminal, until `ended` (a pidfd) is readable and all that was written has been shown. Meanwhile the
/// caller's terminal passes every key on, Ctrl-C too, and the program's has its size. Afterwards the caller's
/// is as it was, and what has come in unread is thrown away: a terminal answers questions that a program
/// writes, and no shell shall take such an answer for a command.
///
/// SIGHUP, SIGINT, SIGQUIT and SIGTERM call `stop`, once, which should end the program; SIGCONT sets the
/// terminal up again. All are the caller's again afterwards, and one that came is then raised. Throws
/// IoError.
void relay_terminal(FileDescriptor program, int ended, const std::function<void()>& stop);

}  // namespace krgboot
