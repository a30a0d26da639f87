#pragma once

// Passes a descriptor to another process through a Unix socket (SCM_RIGHTS, unix(7)). Makes only system
// calls, so it is safe between fork and exec.

namespace krgboot {

/// Returns 0 or an errno.
int send_descriptor(int socket, int descriptor) noexcept;

/// The received descriptor, close-on-exec; -1 with errno on failure (EPROTO: a message without a descriptor).
/// `flags` as in recvmsg(2).
int receive_descriptor(int socket, int flags = 0) noexcept;

}  // namespace krgboot
