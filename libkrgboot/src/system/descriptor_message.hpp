#pragma once

// A descriptor on its way to another process, through a Unix socket (SCM_RIGHTS, unix(7)). System calls
// alone, so that it serves between fork and exec, too.

namespace krgboot {

/// 0, or an errno.
int send_descriptor(int socket, int descriptor) noexcept;

/// The one that was sent, close on exec; -1 and errno where there is none (EPROTO: a message without one).
/// `flags` as of recvmsg(2).
int receive_descriptor(int socket, int flags = 0) noexcept;

}  // namespace krgboot
