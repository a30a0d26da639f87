#include "pseudo_terminal.hpp"

#include "krgboot/base/error.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mount_calls.hpp"
#include "system_call.hpp"

namespace krgboot {

namespace {

constexpr const char* what = "a terminal for the program";

/// A message that carries one descriptor, and one byte, since an empty one would carry nothing.
struct Envelope {
  char byte = 0;
  struct iovec content {
    &byte, 1
  };
  alignas(struct cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room{};
  struct msghdr message {};
  Envelope() noexcept {
    message.msg_iov = &content;
    message.msg_iovlen = 1;
    message.msg_control = room.data();
    message.msg_controllen = room.size();
  }
};

int send_descriptor(int socket, int descriptor) noexcept {
  Envelope envelope;
  auto* header = CMSG_FIRSTHDR(&envelope.message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof descriptor);
  memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  return sendmsg(socket, &envelope.message, 0) == 1 ? 0 : errno;
}

}  // namespace

PseudoTerminal::PseudoTerminal() {
  if (tcgetattr(STDIN_FILENO, &settings_) != 0) throw IoError("open", what, errno);
  ioctl(STDIN_FILENO, TIOCGWINSZ, &size_);  // 0 by 0, as on a serial line, where it is not known
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw IoError("open", what, errno);
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
  Envelope envelope;
  auto got =
      system_call::retried([&] { return recvmsg(outside_.get(), &envelope.message, MSG_CMSG_CLOEXEC); });
  auto* header = CMSG_FIRSTHDR(&envelope.message);
  if (got != 1 || header == nullptr || header->cmsg_type != SCM_RIGHTS)
    throw IoError("open", what, got < 0 ? errno : EIO);
  int descriptor = -1;
  memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
  return FileDescriptor(descriptor);
}

}  // namespace krgboot
