#pragma once

#include "krgboot/system/root.hpp"

#include <cerrno>
#include <string>
#include <string_view>

#include <sys/stat.h>

namespace krgboot::system_call {

/// Repeats the call while a signal interrupts it (EINTR).
template <class Call>
auto retried(Call call) {
  decltype(call()) result;
  do {
    result = call();
  } while (result == -1 && errno == EINTR);
  return result;
}

FileStatus to_file_status(const struct stat& status) noexcept;
FileStatus to_file_status(const struct statx& status) noexcept;

/// fstatat without following symlinks; nullopt for ENOENT. `host_path` is for the message of IoError "stat".
std::optional<FileStatus> status_at(int directory, const char* name, const std::string& host_path);
/// Did the removal of `name` fail with `error_number` because the name does not exist? On a read-only file
/// system the kernel returns EROFS before it looks the name up. errno stays unchanged.
bool is_absent_at(int directory, const char* name, int error_number) noexcept;
/// fstat.
FileStatus status_of(int descriptor, const std::string& host_path);

/// Writes all bytes. Throws IoError "write".
void write_all(int descriptor, std::string_view bytes, const std::string& host_path);

/// Names in the directory of `descriptor` (open for reading), without "." and "..", unordered. Opens no
/// descriptor, so it works at the descriptor limit. Throws IoError "list".
std::vector<std::string> names_in(int descriptor, const std::string& host_path);

/// fsync; throws IoError "sync".
void sync(int descriptor, const std::string& host_path);

}  // namespace krgboot::system_call
