#include "journal.hpp"

#include "krgboot/base/error.hpp"

#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "opening.hpp"
#include "path.hpp"
#include "reading.hpp"
#include "state_directory.hpp"
#include "system_call.hpp"

namespace krgboot {

namespace {

constexpr const char* journal_name = "journal";
constexpr std::size_t journal_limit = std::size_t{1} << 30U;

}  // namespace

Journal Journal::create(const Root& root, const std::string& state_directory, const Record& record) {
  auto directory = open_state_directory(root, state_directory);
  auto host_path = root.describe(joined_path(state_directory, journal_name));
  if (!directory) throw IoError("open", host_path, ENOENT);
  FileDescriptor file(system_call::retried([&] {
    return ::openat(directory.get(), journal_name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  }));
  if (!file && errno == EEXIST)
    throw ConflictError("transaction.unfinished", host_path,
                        fmt::format("an earlier transaction was not finished; its journal is {}", host_path));
  if (!file) throw IoError("open", host_path, errno);
  Journal journal(std::move(directory), std::move(file), std::move(host_path));
  try {
    system_call::write_all(journal.descriptor(), header_text(record), journal.host_path_);
    journal.sync();
    system_call::sync(journal.directory_.get(), journal.host_path_);
  } catch (...) {
    // Nothing is staged yet, so this journal has no effect. If it cannot be removed, it stays as one that was
    // never begun or has nothing to discard.
    unlinkat(journal.directory_.get(), journal_name, 0);
    throw;
  }
  return journal;
}

std::optional<Journal::Opened> Journal::open(const Root& root, const std::string& state_directory) {
  auto directory = open_state_directory(root, state_directory);
  if (!directory) return std::nullopt;
  auto host_path = root.describe(joined_path(state_directory, journal_name));
  auto file = open_at(directory.get(), journal_name, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
  if (!file && errno == ENOENT) return std::nullopt;
  if (!file) throw IoError("open", host_path, errno);
  auto status = system_call::status_of(file.get(), host_path);
  require_own(status, host_path);
  auto text = read_all(file.get(), status, journal_limit, host_path).bytes;
  auto parsed = parse_journal(text, host_path);
  Journal journal(std::move(directory), std::move(file), std::move(host_path));
  if (!parsed) {
    journal.remove();
    return std::nullopt;
  }
  return Opened{std::move(journal), std::move(*parsed)};
}

void Journal::append_operations(const Record& record) {
  system_call::write_all(descriptor(), operations_text(record), host_path_);
}

void Journal::sync() const {
  system_call::sync(descriptor(), host_path_);
}

void Journal::set_phase(Phase phase) {
  // One line of unchanged length within one sector: the write cannot tear, and needs no disk space.
  auto line = phase_line(phase);
  auto written = system_call::retried([&] { return ::pwrite(descriptor(), line.data(), line.size(), 0); });
  if (written != static_cast<ssize_t>(line.size()))
    throw IoError("write", host_path_, written < 0 ? errno : EIO);
  if (system_call::retried([&] { return ::fdatasync(descriptor()); }) != 0)
    throw IoError("sync", host_path_, errno);
}

void Journal::remove() {
  if (unlinkat(directory_.get(), journal_name, 0) != 0 && errno != ENOENT)
    throw IoError("remove", host_path_, errno);
}

}  // namespace krgboot
