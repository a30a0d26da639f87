#pragma once

#include "krgboot/system/root.hpp"

#include <cerrno>
#include <string>
#include <string_view>

#include <sys/stat.h>

namespace krgboot::system_call {

/// Calls again as long as a signal interrupts (EINTR).
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

/// fstatat without following; nullopt for ENOENT. `host_path` is for the message of IoError "stat".
std::optional<FileStatus> status_at(int directory, const char* name, const std::string& host_path);
/// Did removing `name` fail with `error_number` because nothing of that name is there? On a read-only file
/// system the kernel says EROFS before it looks. errno stays as it is.
bool is_absent_at(int directory, const char* name, int error_number) noexcept;
/// fstat.
FileStatus status_of(int descriptor, const std::string& host_path);

/// Writes all of it. Throws IoError "write".
void write_all(int descriptor, std::string_view bytes, const std::string& host_path);

/// Names in the directory that `descriptor` (open for reading) refers to, without "." and "..", unordered.
/// Opens nothing, so that it works where no descriptor is left. Throws IoError "list".
std::vector<std::string> names_in(int descriptor, const std::string& host_path);

/// fsync; throws IoError "sync".
void sync(int descriptor, const std::string& host_path);

}  // namespace krgboot::system_call
