#include "state_directory.hpp"

#include "krgboot/base/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "path.hpp"
#include "reading.hpp"
#include "system_call.hpp"

namespace krgboot {

void require_own(const FileStatus& status, const std::string& host_path) {
  constexpr mode_t writable_by_others = 0022;
  auto own = geteuid();
  if (status.uid != 0 && status.uid != own) {
    auto mine = own == 0 ? std::string("root") : fmt::format("root or user {}", own);
    throw ConflictError(
        "state.foreign", host_path,
        fmt::format("{} belongs to user {}, not to {}: krgboot uses nothing that somebody else may have put "
                    "there; run krgbootctl as that user, or look into it and remove it",
                    host_path, status.uid, mine));
  }
  if ((status.mode & writable_by_others) != 0) {
    throw ConflictError(
        "state.writable", host_path,
        fmt::format("others than its owner can write {} (mode {:04o}): krgboot uses nothing that somebody "
                    "else may have put there; look into it, then chmod go-w it or remove it",
                    host_path, status.mode));
  }
}

FileDescriptor open_state_directory(const Root& root, const std::string& path) {
  auto directory = root.open(path, O_RDONLY | O_DIRECTORY, LastLink::follow);
  if (!directory) return directory;
  auto host_path = root.describe(path);
  require_own(system_call::status_of(directory.get(), host_path), host_path);
  return directory;
}

std::optional<std::string> read_state_file(const Root& root, const std::string& name,
                                           const std::string& state_directory) {
  auto directory = open_state_directory(root, state_directory);
  if (!directory) return std::nullopt;
  auto host_path = root.describe(joined_path(state_directory, name));
  auto file = open_regular_at(directory.get(), name, host_path);
  if (!file) return std::nullopt;
  require_own(file->status, host_path);
  return read_all(file->descriptor.get(), file->status, default_read_limit, host_path).bytes;
}

}  // namespace krgboot
