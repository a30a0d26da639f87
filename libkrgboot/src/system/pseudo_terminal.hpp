#pragma once

#include "krgboot/system/file_descriptor.hpp"

#include <sys/ioctl.h>
#include <termios.h>

namespace krgboot {

/// A terminal of a sandbox's own, so that nothing inside ever holds the caller's: a program that has that one
/// can type into it, change its owner, and go on after its end. The program's end is made inside, in the
/// sandbox's own /dev/pts, and behaves as the caller's terminal does; the other end comes to the caller
/// through a socket (pty(7), unix(7)).
class PseudoTerminal {
 public:
  /// Like the terminal that standard input is. Throws IoError "open" where it is none.
  PseudoTerminal();

  /// In the child, which leads a session without a terminal, when its /dev/pts is there: makes the pair; the
  /// program's end becomes its controlling terminal and its three standard descriptors. 0, or an errno.
  /// System calls alone.
  int take() const noexcept;

  /// In the caller, when the program has been started: the other end. Throws IoError "open".
  FileDescriptor other_end();

 private:
  FileDescriptor inside_;
  FileDescriptor outside_;
  struct termios settings_ {};
  struct winsize size_ {};
};

}  // namespace krgboot
