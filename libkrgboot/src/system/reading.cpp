#include "reading.hpp"

#include "krgboot/base/error.hpp"

#include <algorithm>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "opening.hpp"
#include "system_call.hpp"

namespace krgboot {

namespace {

// O_NONBLOCK, because on some file systems a lock or lease blocks a reader.
constexpr int read_flags = O_RDONLY | O_NONBLOCK;

void require_regular(const FileStatus& status, const std::string& host_path) {
  switch (status.kind) {
    case FileKind::file:
      return;
    case FileKind::directory:
      throw IoError("read", host_path, EISDIR);
    case FileKind::symlink:
      throw IoError("read", host_path, ELOOP);
    case FileKind::other:
      throw IoError("read", host_path, EINVAL, why_not_opened(EINVAL));
  }
}

/// `found` is an O_PATH descriptor.
OpenedFile opened(int found, const std::string& host_path) {
  auto status = system_call::status_of(found, host_path);
  require_regular(status, host_path);
  FileDescriptor descriptor(open_found(found, read_flags));
  if (!descriptor) throw IoError("read", host_path, errno);
  return {std::move(descriptor), status};
}

std::size_t read_some(int descriptor, char* buffer, std::size_t size, const std::string& host_path) {
  auto got = system_call::retried([&] { return ::read(descriptor, buffer, size); });
  if (got < 0) throw IoError("read", host_path, errno);
  return static_cast<std::size_t>(got);
}

/// Fills the buffer, unless the file ends before.
std::size_t read_full(int descriptor, char* buffer, std::size_t size, const std::string& host_path) {
  std::size_t filled = 0;
  while (filled < size) {
    auto got = read_some(descriptor, buffer + filled, size - filled, host_path);
    if (got == 0) break;
    filled += got;
  }
  return filled;
}

}  // namespace

std::optional<OpenedFile> open_regular_at(int directory, const std::string& name,
                                          const std::string& host_path) {
  auto found = open_at(directory, name.c_str(), O_PATH | O_NOFOLLOW);
  if (found) return opened(found.get(), host_path);
  if (errno == ENOENT) return std::nullopt;
  throw IoError("read", host_path, errno);
}

std::optional<OpenedFile> open_regular(const Root& root, const std::string& path, LastLink last) {
  try {
    auto found = root.open(path, O_PATH, last);
    if (!found) return std::nullopt;
    return opened(found.get(), root.describe(path));
  } catch (const IoError& error) {
    if (error.operation() != "open") throw;
    throw IoError("read", error.path(), error.error_number());
  }
}

FileContent read_all(int descriptor, const FileStatus& status, std::size_t max_size,
                     const std::string& host_path) {
  FileContent result{{}, status};
  if (status.size > max_size) throw IoError("read", host_path, EFBIG);
  // One byte more than the expected size: a short first read then proves the end of the file.
  result.bytes.resize(static_cast<std::size_t>(status.size) + 1);
  std::size_t filled = 0;
  for (;;) {
    auto wanted = result.bytes.size() - filled;
    auto got = read_some(descriptor, result.bytes.data() + filled, wanted, host_path);
    filled += got;
    if (got == 0 || (got < wanted && filled == status.size)) break;
    if (filled > max_size) throw IoError("read", host_path, EFBIG);  // the file grew, or is one of /proc
    if (filled == result.bytes.size()) result.bytes.resize(std::max<std::size_t>(4096, filled * 2));
  }
  result.bytes.resize(filled);
  return result;
}

bool same_bytes(int a, const std::string& a_path, int b, const std::string& b_path) {
  constexpr std::size_t piece = 131072;
  std::string a_bytes(piece, '\0');
  std::string b_bytes(piece, '\0');
  for (;;) {
    auto a_size = read_full(a, a_bytes.data(), piece, a_path);
    auto b_size = read_full(b, b_bytes.data(), piece, b_path);
    if (a_size != b_size || std::memcmp(a_bytes.data(), b_bytes.data(), a_size) != 0) return false;
    if (a_size < piece) return true;
  }
}

std::optional<std::string> link_target(int directory, const std::string& name, const std::string& host_path) {
  std::string target(256, '\0');
  for (;;) {
    auto length = readlinkat(directory, name.c_str(), target.data(), target.size());
    if (length < 0 && errno == ENOENT && !name.empty()) return std::nullopt;
    // For a descriptor that is no symlink the kernel returns ENOENT, for a name EINVAL.
    if (length < 0) throw IoError("readlink", host_path, errno == ENOENT ? EINVAL : errno);
    if (static_cast<std::size_t>(length) < target.size()) {
      target.resize(static_cast<std::size_t>(length));
      return target;
    }
    target.resize(target.size() * 2);
  }
}

}  // namespace krgboot
