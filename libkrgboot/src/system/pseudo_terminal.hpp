#pragma once

#include "krgboot/system/file_descriptor.hpp"

#include <sys/ioctl.h>
#include <termios.h>

namespace krgboot {

/// The sandbox's own terminal, so that no program inside holds the caller's: it could type into that
/// terminal, change its owner, and keep it after its end. The program's end is made in the sandbox's own
/// /dev/pts, with the settings of the caller's terminal. The other end is sent to the caller through a socket
/// (pty(7), unix(7)).
class PseudoTerminal {
 public:
  /// Takes the settings from the terminal on standard input. Throws IoError "open" if that is no terminal.
  PseudoTerminal();

  /// For the child, which leads a session without a terminal, after its /dev/pts is mounted: makes the pair.
  /// The program's end becomes its controlling terminal and its three standard descriptors. Returns 0 or an
  /// errno. Makes only system calls.
  int take() const noexcept;

  /// For the caller, after the program has been started: the other end. Throws IoError "open".
  FileDescriptor other_end();

 private:
  FileDescriptor inside_;
  FileDescriptor outside_;
  struct termios settings_ {};
  struct winsize size_ {};
};

}  // namespace krgboot
