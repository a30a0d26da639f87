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

/// The type of a file.
enum class FileKind { file, directory, symlink, other };
/// In words, for messages: "file", "directory", "symlink", "special file".
KRGBOOT_EXPORT std::string to_string(FileKind kind);

/// What stat(2) returns for one name.
struct FileStatus {
  FileKind kind = FileKind::other;
  mode_t mode = 0;  ///< permission bits with setuid, setgid and sticky (07777); no file type
  uid_t uid = 0;
  gid_t gid = 0;
  std::uint64_t size = 0;  ///< bytes; for a symlink the length of its target
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t mtime_ns = 0;  ///< last change of the content, nanoseconds since 1970
  std::int64_t ctime_ns = 0;  ///< last change of content or status, nanoseconds since 1970
  std::uint64_t links = 1;    ///< number of hard links

  friend bool operator==(const FileStatus&, const FileStatus&) = default;
};

/// The content of a file and its status.
struct FileContent {
  std::string bytes;
  FileStatus status;  ///< of the descriptor that was read
};

/// Default size limit of readers in bytes: 64 MiB, more than any text file that krgboot reads.
inline constexpr std::size_t default_read_limit = std::size_t{64} << 20U;

/// Size limit in bytes of a text file in an image: 4 MiB. Others write these files; with this limit the
/// parsed form fits into memory for every layout of the text.
inline constexpr std::size_t image_text_limit = std::size_t{4} << 20U;

/// What to do if the last component of a path is a symlink. (Symlinks in the other components are always
/// followed, and never lead out of the root.)
enum class LastLink { stay, follow };

/// An open directory, for access to many names in one place with one system call each. A name is a single
/// component: not empty, without '/' and NUL, not "." or ".."; otherwise ArgumentError "path.name". Symlinks
/// are not followed. Several threads may use it at once.
class KRGBOOT_EXPORT Directory {
 public:
  /// Status of `name`; nullopt if it does not exist. Throws IoError "stat".
  std::optional<FileStatus> status(const std::string& name) const;

  /// Content of a regular file of at most `max_size` bytes; nullopt if it does not exist. Throws IoError as
  /// Root::read_file does.
  std::optional<FileContent> read(const std::string& name, std::size_t max_size = default_read_limit) const;

  /// Target of a symlink; nullopt if it does not exist. Throws IoError "readlink", with EINVAL if it is not a
  /// symlink.
  std::optional<std::string> read_link(const std::string& name) const;

  /// All names except "." and "..", in byte order. Throws IoError "list".
  std::vector<std::string> list() const;

  /// The directory's path inside its root.
  const std::string& path() const noexcept { return path_; }
  /// Host path of `name` in this directory, for messages.
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

/// A directory that confines all files opened through it: "/" of the running system, a staged tree, or an
/// image. Paths are absolute as seen inside ("/etc/hosts"). Symlinks, including absolute ones and ones with
/// "..", are resolved as if this directory were the root of the file system (openat2(2), RESOLVE_IN_ROOT and
/// RESOLVE_NO_MAGICLINKS), so no planted symlink leads outside.
///
/// Every function throws ArgumentError "path.syntax" for a path that is relative, or contains NUL, an empty
/// component, "." or ".." ("/" is the root itself), and IoError with the host path if the system refuses. A
/// missing file (ENOENT, ENOTDIR) is not an error but nullopt, if the result is optional.
///
/// Copies share the descriptor. Several threads may use it at once.
class KRGBOOT_EXPORT Root {
 public:
  /// Opens a directory, given by its host path. Throws IoError "open" if it is not a directory, if the kernel
  /// lacks openat2 (ENOSYS; before Linux 5.6), without which nothing could be confined, or if /proc, through
  /// which files are opened, is not mounted.
  explicit Root(const std::filesystem::path& directory);

  /// A root for a subtree such as an image, in which absolute symlinks are resolved. A symlink at `path` is
  /// followed within this root. Throws IoError "open".
  Root beneath(const std::string& path) const;

  /// The same root with `directories` (absolute paths inside, such as those of images) confined in addition,
  /// because others can write in them. A path inside a confined directory is resolved in two steps: first the
  /// directory, where symlinks are followed in this root; then the rest, where no symlink is followed, not
  /// even as the last component: IoError with ELOOP. So a symlink in an image leads neither to this root's
  /// /etc nor to another place in the image.
  Root confining(const std::vector<std::string>& directories) const;
  /// The confined directories, ascending.
  const std::vector<std::string>& confined() const noexcept { return *confined_; }

  /// Opens a directory for access to many names in it; nullopt if it does not exist. Symlinks are followed.
  std::optional<Directory> directory(const std::string& path) const;

  /// Status of `path`; a symlink as its last component is not followed.
  std::optional<FileStatus> status(const std::string& path) const;
  /// Status of the file that `path` leads to; nullopt also for a dangling symlink.
  std::optional<FileStatus> status_through_links(const std::string& path) const;

  /// Bytes of a regular file. Never blocks. Throws IoError "read" with ELOOP for a symlink as the last
  /// component, EISDIR for a directory, EINVAL for a FIFO, socket or device, and EFBIG for more than
  /// `max_size` bytes.
  std::optional<std::string> read_file(const std::string& path,
                                       std::size_t max_size = default_read_limit) const;
  /// Like `read_file`, with the status of the descriptor that was read.
  std::optional<FileContent> read_with_status(const std::string& path,
                                              std::size_t max_size = default_read_limit) const;
  /// Like `read_with_status`, but follows symlinks within the root (an image's /boot/vmlinuz,
  /// /etc/resolv.conf).
  std::optional<FileContent> read_through_links(const std::string& path,
                                                std::size_t max_size = default_read_limit) const;

  /// Target of a symlink as stored. Throws IoError "readlink", with EINVAL if it is not a symlink.
  std::optional<std::string> read_link(const std::string& path) const;

  /// All names in a directory except "." and "..", in byte order; nullopt if it does not exist. Symlinks are
  /// followed.
  std::optional<std::vector<std::string>> list_directory(const std::string& path) const;

  /// Do the regular files `path` and `source` have the same bytes? `source` is a path inside `source_root`,
  /// where symlinks are followed; `links` says whether they are followed for `path`. False if either is
  /// missing or `path` is not a regular file. Memory use does not depend on the size. Throws IoError "read".
  bool same_content(const Root& source_root, const std::string& source, const std::string& path,
                    LastLink links = LastLink::stay) const;
  /// The same for two files in this root.
  bool same_content(const std::string& source, const std::string& path) const {
    return same_content(*this, source, path);
  }

  /// Makes a directory and its missing parents, each with exactly `mode`, independent of the umask and of
  /// default ACLs. Throws IoError "mkdir", "open" or "chmod".
  void make_directories(const std::string& path, mode_t mode = 0755) const;

  /// Opens a path with openat2(2). O_CLOEXEC and O_NOCTTY are added to `flags`, with LastLink::stay also
  /// O_NOFOLLOW; `mode` is for O_CREAT. Returns an empty descriptor for ENOENT and ENOTDIR. Without O_PATH,
  /// only regular files and directories are opened: the file is first opened with O_PATH, examined, and then
  /// reopened through /proc/self/fd. So no device driver runs, no FIFO blocks, and the file cannot be
  /// exchanged in between. Throws IoError "open", with EINVAL for a FIFO, socket or device.
  FileDescriptor open(const std::string& path, int flags, LastLink last = LastLink::stay,
                      mode_t mode = 0) const;

  /// Host path of `path`, for messages and for arguments of programs.
  std::string describe(const std::string& path) const;
  /// The host path with which this root was opened, without a trailing '/' (except "/" itself).
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

/// "/etc/hosts" -> "/etc", "/etc" -> "/". Throws ArgumentError "path.syntax" as Root does, also for "/",
/// which has no parent.
KRGBOOT_EXPORT std::string parent_path(const std::string& path);
/// "/etc/hosts" -> "hosts".
KRGBOOT_EXPORT std::string base_name(const std::string& path);

}  // namespace krgboot
