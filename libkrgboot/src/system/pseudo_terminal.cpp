#include "pseudo_terminal.hpp"

#include "krgboot/base/error.hpp"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "descriptor_message.hpp"
#include "mount_calls.hpp"

namespace krgboot {

namespace {

constexpr const char* purpose = "a terminal for the program";

}  // namespace

PseudoTerminal::PseudoTerminal() {
  if (tcgetattr(STDIN_FILENO, &settings_) != 0) throw IoError("open", purpose, errno);
  ioctl(STDIN_FILENO, TIOCGWINSZ, &size_);  // 0 by 0 if unknown, as on a serial line
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw IoError("open", purpose, errno);
  inside_ = FileDescriptor(ends[0]);
  outside_ = FileDescriptor(ends[1]);
}

int PseudoTerminal::take() const noexcept {
  Handle other(::open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC));
  int locked = 0;
  if (other.failed() || ioctl(other.get(), TIOCSPTLCK, &locked) != 0) return errno;
  Handle own(ioctl(other.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (own.failed()) return errno;
  if (tcsetattr(own.get(), TCSANOW, &settings_) != 0 || ioctl(own.get(), TIOCSWINSZ, &size_) != 0)
    return errno;
  if (auto error = send_descriptor(inside_.get(), other.get())) return error;
  if (ioctl(own.get(), TIOCSCTTY, 0) != 0) return errno;
  for (auto standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (dup2(own.get(), standard) < 0) return errno;
  }
  return 0;
}

FileDescriptor PseudoTerminal::other_end() {
  inside_ = FileDescriptor();
  auto descriptor = receive_descriptor(outside_.get());
  if (descriptor < 0) throw IoError("open", purpose, errno);
  return FileDescriptor(descriptor);
}

}  // namespace krgboot
