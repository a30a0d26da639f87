#include "descriptor_message.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>

namespace krgboot {

namespace {

/// A message of one byte, because an empty one carries no descriptor, with space for one descriptor.
class Message {
 public:
  Message() noexcept {
    header_.msg_iov = &content_;
    header_.msg_iovlen = 1;
    header_.msg_control = room_.data();
    header_.msg_controllen = room_.size();
  }
  Message(const Message&) = delete;
  Message(Message&&) = delete;
  Message& operator=(const Message&) = delete;
  Message& operator=(Message&&) = delete;
  ~Message() = default;

  struct msghdr* get() noexcept {
    return &header_;
  }
  struct cmsghdr* control() noexcept {
    return CMSG_FIRSTHDR(&header_);
  }

 private:
  alignas(struct cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room_{};
  char byte_ = 0;
  struct iovec content_ {
    &byte_, 1
  };
  struct msghdr header_ {};
};

}  // namespace

int send_descriptor(int socket, int descriptor) noexcept {
  Message message;
  auto* control = message.control();
  control->cmsg_level = SOL_SOCKET;
  control->cmsg_type = SCM_RIGHTS;
  control->cmsg_len = CMSG_LEN(sizeof descriptor);
  memcpy(CMSG_DATA(control), &descriptor, sizeof descriptor);
  for (;;) {
    if (sendmsg(socket, message.get(), MSG_NOSIGNAL) == 1) return 0;
    if (errno != EINTR) return errno;
  }
}

int receive_descriptor(int socket, int flags) noexcept {
  Message message;
  ssize_t got = -1;
  do {
    got = recvmsg(socket, message.get(), flags | MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return -1;
  const auto* control = message.control();
  int descriptor = -1;
  if (got == 1 && control != nullptr && control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_RIGHTS)
    memcpy(&descriptor, CMSG_DATA(control), sizeof descriptor);
  if (descriptor < 0) errno = EPROTO;
  return descriptor;
}

}  // namespace krgboot
