#include "copying.hpp"

#include "krgboot/base/error.hpp"

#include <cerrno>
#include <vector>

#include <unistd.h>

#include "system_call.hpp"

namespace krgboot {

namespace {

void copy_through_memory(int from, const std::string& from_path, int to, const std::string& to_path) {
  std::vector<char> buffer(262144);
  for (;;) {
    auto got = system_call::retried([&] { return ::read(from, buffer.data(), buffer.size()); });
    if (got < 0) throw IoError("read", from_path, errno);
    if (got == 0) return;
    system_call::write_all(to, {buffer.data(), static_cast<std::size_t>(got)}, to_path);
  }
}

}  // namespace

bool copies_otherwise(int error_number) noexcept {
  return error_number == EXDEV || error_number == EINVAL || error_number == ENOSYS ||
         error_number == EOPNOTSUPP || error_number == ENOTTY || error_number == EBADF ||
         error_number == EPERM || error_number == ETXTBSY;
}

void copy_bytes(int from, const std::string& from_path, int to, const std::string& to_path) {
  constexpr std::size_t piece = std::size_t{1} << 30U;
  for (;;) {
    auto copied = system_call::retried([&] { return copy_file_range(from, nullptr, to, nullptr, piece, 0); });
    // 0 is the end of the file, or a pseudo file (/proc) whose content only read(2) returns.
    if (copied == 0 || (copied < 0 && copies_otherwise(errno)))
      return copy_through_memory(from, from_path, to, to_path);
    if (copied < 0) throw IoError("copy", to_path, errno);
  }
}

}  // namespace krgboot
