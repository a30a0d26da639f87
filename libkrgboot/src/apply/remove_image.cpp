#include "krgboot/apply/remove_image.hpp"

#include "krgboot/apply/exports_files.hpp"
#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/nfs/exports/quote.hpp"

#include <array>
#include <cerrno>
#include <fstream>
#include <random>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "model/paths.hpp"
#include "nfs_state.hpp"
#include "recovery.hpp"
#include "system/path.hpp"
#include "system/system_call.hpp"
#include "tree/staging.hpp"

namespace krgboot {

namespace {

[[noreturn]] void refuse(const char* code, const std::string& path, const std::string& why) {
  throw ConflictError(code, path, fmt::format("{} was not removed: {}", path, why));
}

[[noreturn]] void refuse_mounted(const std::string& path, const std::string& place) {
  refuse("image.mounted", path, fmt::format("something is mounted on {}; unmount it first", place));
}

/// Decodes a word of mountinfo (proc(5)), which has blanks and backslashes as octal escapes.
std::string unescaped(std::string_view word) {
  std::string text;
  for (std::size_t i = 0; i < word.size(); ++i) {
    auto is_octal = [&](std::size_t at) { return at < word.size() && word[at] >= '0' && word[at] <= '7'; };
    if (word[i] == '\\' && is_octal(i + 1) && is_octal(i + 2) && is_octal(i + 3)) {
      text += static_cast<char>((word[i + 1] - '0') * 64 + (word[i + 2] - '0') * 8 + (word[i + 3] - '0'));
      i += 3;
    } else {
      text += word[i];
    }
  }
  return text;
}

/// Path of `directory` on the host, without symlinks.
std::string real_path(int directory, const std::string& host_path) {
  std::array<char, PATH_MAX> target{};
  auto length = readlink(fmt::format("/proc/self/fd/{}", directory).c_str(), target.data(), target.size());
  if (length < 0) throw IoError("readlink", host_path, errno);
  return {target.data(), static_cast<std::size_t>(length)};
}

void refuse_if_mounted(int directory, const std::string& path, const std::string& host_path) {
  auto place = real_path(directory, host_path);
  std::ifstream mounts("/proc/self/mountinfo", std::ios::binary);
  if (!mounts) throw IoError("read", "/proc/self/mountinfo", errno);
  for (std::string line; std::getline(mounts, line);) {
    auto fields = split(line, ' ');
    if (fields.size() < 5) continue;
    auto point = unescaped(fields[4]);
    if (model::is_within(point, place)) refuse_mounted(path, point);
  }
}

void refuse_if_exported_by(const ExportsTable& table, const Root& root, const std::string& path) {
  auto image = root.status(path);
  for (const auto& entry : table.list()) {
    auto exported = exports::normal_path(entry.path);
    auto is_it = model::is_within(exported, path);
    // A symlink may lead to the image. Entries that are not valid paths cannot.
    if (!is_it && exports::normal_path(exported) == exported && exported.starts_with('/')) {
      try {
        auto found = root.status_through_links(exported);
        is_it = found && image && found->device == image->device && found->inode == image->inode;
      } catch (const Error&) {
        continue;
      }
    }
    if (is_it)
      refuse("image.exported", path,
             fmt::format("{} exports {} to {}; take it out of the spec or the table first", table.file(),
                         exported, entry.client.empty() ? "*" : entry.client));
  }
}

void refuse_if_exported(const Root& root, const std::string& path) {
  for (const auto& table : read_exports_tables(root, release(ReleaseName::bookworm)))
    refuse_if_exported_by(table, root, path);
  if (auto now = root.read_file(nfs_etab))
    refuse_if_exported_by(ExportsTable::parse(*now, nfs_etab), root, path);
}

void refuse_unless_image(const Root& root, const std::string& path) {
  auto has = [&](const char* name) { return root.status(joined_path(path, name)).has_value(); };
  if (path == "/" || root.beneath(path).is_host()) refuse("image.foreign", path, "it is the root itself");
  if (!has("etc") || !(has("usr") || has("bin")))
    refuse("image.foreign", path, "it does not look like an image: it has no etc, or neither usr nor bin");
}

/// Opens a directory in `parent`, without crossing a mount point.
FileDescriptor open_within_mount(int parent, const std::string& name) {
  struct open_how how {};
  how.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  how.resolve = RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH;
  return FileDescriptor(static_cast<int>(
      system_call::retried([&] { return syscall(SYS_openat2, parent, name.c_str(), &how, sizeof how); })));
}

void remove_within_mount(int parent, const std::string& name, const std::string& path,
                         const std::string& host_path) {
  auto directory = open_within_mount(parent, name);
  if (!directory && errno == EXDEV) refuse_mounted(path, host_path);
  if (!directory) throw IoError("open", host_path, errno);
  for (const auto& inner : system_call::names_in(directory.get(), host_path)) {
    auto inner_path = joined_path(host_path, inner);
    if (unlinkat(directory.get(), inner.c_str(), 0) == 0 || errno == ENOENT) continue;
    if (errno == EBUSY) refuse_mounted(path, inner_path);
    if (errno != EISDIR) throw IoError("remove", inner_path, errno);
    remove_within_mount(directory.get(), inner, path, inner_path);
  }
  if (unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0) return;
  if (errno == EBUSY) refuse_mounted(path, host_path);
  throw IoError("remove", host_path, errno);
}

std::string hidden_name() {
  std::random_device random;
  return fmt::format("{}{:08x}{:08x}", staging_prefix, random(), random());
}

}  // namespace

bool remove_image(const Root& root, const std::string& path, const LockOptions& options) {
  if (path == "/") refuse("image.foreign", path, "it is the root itself");
  auto above = parent_path(path);
  Lock lock(root, options);
  recover_locked(root);
  auto host_path = root.describe(path);
  auto found = root.status(path);
  if (!found) return false;
  if (found->kind != FileKind::directory)
    refuse("image.foreign", path, fmt::format("it is a {}, no directory", to_string(found->kind)));
  refuse_unless_image(root, path);
  refuse_if_exported(root, path);
  auto parent = root.open(above, O_RDONLY | O_DIRECTORY, LastLink::follow);
  auto image = root.open(path, O_RDONLY | O_DIRECTORY);
  if (!parent || !image) throw IoError("open", host_path, ENOENT);
  refuse_if_mounted(image.get(), path, host_path);
  // Lock it, because the next Staging in this directory removes hidden trees that are not locked.
  flock(image.get(), LOCK_EX | LOCK_NB);
  auto hidden = hidden_name();
  if (renameat2(parent.get(), base_name(path).c_str(), parent.get(), hidden.c_str(), RENAME_NOREPLACE) != 0) {
    if (errno == EBUSY) refuse_mounted(path, host_path);
    throw IoError("rename", host_path, errno);
  }
  system_call::sync(parent.get(), root.describe(above));
  remove_within_mount(parent.get(), hidden, path, joined_path(root.describe(above), hidden));
  return true;
}

}  // namespace krgboot
