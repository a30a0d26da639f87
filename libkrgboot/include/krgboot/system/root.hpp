#pragma once

#include "krgboot/export.hpp"
#include "krgboot/system/file_descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace krgboot {

enum class FileKind { file, directory, symlink, other };
KRGBOOT_EXPORT std::string to_string(FileKind kind);

/// What stat(2) tells about one name.
struct FileStatus {
  FileKind kind = FileKind::other;
  mode_t mode = 0;  ///< permission bits with setuid, setgid and sticky (07777); no file type
  uid_t uid = 0;
  gid_t gid = 0;
  std::uint64_t size = 0;  ///< bytes; of a symlink the length of its target
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t mtime_ns = 0;  ///< last change of the content, nanoseconds since 1970
  std::int64_t ctime_ns = 0;  ///< last change of content or status, nanoseconds since 1970
  std::uint64_t links = 1;    ///< how many names it has, in whichever directories

  friend bool operator==(const FileStatus&, const FileStatus&) = default;
};

struct FileContent {
  std::string bytes;
  FileStatus status;  ///< of the very descriptor that was read
};

/// What readers allow by default: more than any text file krgboot knows, less than what hurts.
inline constexpr std::size_t default_read_limit = std::size_t{64} << 20U;

/// The same for a text in an image, which others fill: however its lines are laid out, what is made of them
/// fits into the memory.
inline constexpr std::size_t image_text_limit = std::size_t{4} << 20U;

/// How a path's last component is treated when it is a symlink. (Links in the components before it are always
/// followed, and never lead out of the root.)
enum class LastLink { stay, follow };

/// One open directory: for many names in the same place at one system call each. Names are single components:
/// not empty, no '/', no NUL, not "." or ".." (else ArgumentError "path.name"). A last component that is a
/// symlink is never followed. May be used by several threads at once.
class KRGBOOT_EXPORT Directory {
 public:
  /// nullopt where nothing has this name. Throws IoError "stat".
  std::optional<FileStatus> status(const std::string& name) const;

  /// See Root::read_file.
  std::optional<FileContent> read(const std::string& name, std::size_t max_size = default_read_limit) const;

  /// Target of a symlink; nullopt where nothing has this name. Throws IoError "readlink" (EINVAL: no
  /// symlink).
  std::optional<std::string> read_link(const std::string& name) const;

  /// All names but "." and "..", in byte order. Throws IoError "list".
  std::vector<std::string> list() const;

  /// The directory's path as seen inside its root.
  const std::string& path() const noexcept { return path_; }
  /// The host's path of `name` in here, for messages.
  std::string describe(const std::string& name) const;
  int descriptor() const noexcept { return descriptor_.get(); }

 private:
  friend class Root;
  Directory(FileDescriptor descriptor, std::string path, std::string host_path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)), host_path_(std::move(host_path)) {}

  FileDescriptor descriptor_;
  std::string path_;
  std::string host_path_;
};

/// A directory that confines everything opened through it: "/" of the running system, a staged tree, or an
/// image. Paths are absolute as seen inside ("/etc/hosts"); symlinks, absolute ones and ones with ".." too,
/// resolve as if this directory were the file system's root (openat2(2), RESOLVE_IN_ROOT and
/// RESOLVE_NO_MAGICLINKS), so no planted link leads outside.
///
/// Every function throws ArgumentError "path.syntax" for a path that is relative, holds NUL, an empty
/// component, "." or ".." ("/" alone is the root itself), and IoError with the host's path where the system
/// refuses; "there is no such thing" (ENOENT, ENOTDIR) is no error but nullopt, where the result is optional.
///
/// Copies share the descriptor. May be used by several threads at once.
class KRGBOOT_EXPORT Root {
 public:
  /// Throws IoError "open" where `directory` (a host path) is no directory, or where the kernel has no
  /// openat2 (ENOSYS; before Linux 5.6), without which nothing could be confined, or where /proc is not
  /// mounted, through which files are opened.
  explicit Root(const std::filesystem::path& directory);

  /// A root of its own for a subtree, such as an image: absolute links inside resolve inside of it. A
  /// symlink at `path` is followed, within this root. Throws IoError "open".
  Root beneath(const std::string& path) const;

  /// The same root, in which each of `directories` (absolute paths, such as those of images) holds what
  /// others have put there. A path inside of one is resolved in two steps: first the directory, whose own
  /// links are this root's; then the rest, with no symlink followed in it at all, absolute or not, also not
  /// as the last component: IoError with ELOOP. So neither does a link in an image lead to this root's /etc,
  /// nor one that a user of the image has planted in his home to another place of the image. To what is
  /// confined already `directories` are added.
  Root confining(const std::vector<std::string>& directories) const;
  /// The directories confined so, ascending.
  const std::vector<std::string>& confined() const noexcept { return *confined_; }

  /// A handle for many names in one directory; nullopt where there is none. Links are followed.
  std::optional<Directory> directory(const std::string& path) const;

  /// About the name itself: a symlink is not followed.
  std::optional<FileStatus> status(const std::string& path) const;
  /// About what the name leads to; nullopt also for a symlink that dangles.
  std::optional<FileStatus> status_through_links(const std::string& path) const;

  /// The bytes of a regular file. Never blocks, never follows a symlink as the last component, and refuses
  /// what is no regular file: IoError "read" with ELOOP for a symlink, EISDIR for a directory, EINVAL for
  /// others (FIFO, socket, device). More than `max_size` bytes: IoError "read" with EFBIG.
  std::optional<std::string> read_file(const std::string& path,
                                       std::size_t max_size = default_read_limit) const;
  /// The same, with the status of the same descriptor.
  std::optional<FileContent> read_with_status(const std::string& path,
                                              std::size_t max_size = default_read_limit) const;
  /// The same, following symlinks within the root (an image's /boot/vmlinuz, /etc/resolv.conf).
  std::optional<FileContent> read_through_links(const std::string& path,
                                                std::size_t max_size = default_read_limit) const;

  /// Target of a symlink as written. Throws IoError "readlink" (EINVAL: no symlink).
  std::optional<std::string> read_link(const std::string& path) const;

  /// All names in a directory but "." and "..", in byte order; nullopt where there is no directory.
  std::optional<std::vector<std::string>> list_directory(const std::string& path) const;

  /// Does the regular file `path` (not followed) hold the same bytes as the regular file `source` (links
  /// followed, in `source_root`)? false where one of them is missing or `path` is no regular file. Streams:
  /// memory does not depend on the size.
  bool same_content(const Root& source_root, const std::string& source, const std::string& path,
                    LastLink links = LastLink::stay) const;
  bool same_content(const std::string& source, const std::string& path) const {
    return same_content(*this, source, path);
  }

  /// Makes `path` and what is missing above it, each with `mode`, whatever the umask and the default access
  /// lists above. Throws IoError "mkdir".
  void make_directories(const std::string& path, mode_t mode = 0755) const;

  /// openat2 beneath this root; O_CLOEXEC and O_NOCTTY are added, with LastLink::stay O_NOFOLLOW too. An
  /// empty descriptor stands for ENOENT and ENOTDIR. Without O_PATH, nothing but regular files and
  /// directories is ever opened: what the name leads to is held by O_PATH, looked at, and opened through
  /// /proc/self/fd, so that no device's driver is run, no FIFO waits, and nothing takes its place in between.
  /// Throws IoError "open", with EINVAL for a FIFO, socket or device.
  FileDescriptor open(const std::string& path, int flags, LastLink last = LastLink::stay,
                      mode_t mode = 0) const;

  /// The host's path of `path`, for messages and for programs that are told a file.
  std::string describe(const std::string& path) const;
  /// The host path this root was opened with, without a final '/' (but "/" itself).
  const std::filesystem::path& host_path() const noexcept { return state_->host_path; }
  /// Is this the root of the running system?
  bool is_host() const;
  int descriptor() const noexcept { return state_->descriptor.get(); }

 private:
  struct State {
    FileDescriptor descriptor;
    std::filesystem::path host_path;
  };
  using Paths = std::vector<std::string>;
  Root(std::shared_ptr<const State> state, std::shared_ptr<const Paths> confined)
      : state_(std::move(state)), confined_(std::move(confined)) {}
  const std::string* confined_around(const std::string& path) const noexcept;

  std::shared_ptr<const State> state_;
  std::shared_ptr<const Paths> confined_ = std::make_shared<const Paths>();
};

/// "/etc/hosts" -> "/etc", "/etc" -> "/". Throws ArgumentError "path.syntax" as Root does; "/" has no parent.
KRGBOOT_EXPORT std::string parent_path(const std::string& path);
/// "/etc/hosts" -> "hosts".
KRGBOOT_EXPORT std::string base_name(const std::string& path);

}  // namespace krgboot
