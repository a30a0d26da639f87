#pragma once

#include "krgboot/system/root.hpp"

#include <string>
#include <string_view>

namespace krgboot {

/// Name prefix of files and trees under construction.
inline constexpr const char* staging_prefix = ".krgboot.image.";

/// A new file or directory tree under construction. It is made beside its target under a temporary name
/// (".krgboot.image." and 16 hex digits, mode 0600 or 0700) and, when complete, gets its final name by one
/// rename. Until then this process holds a lock on it (flock(2)), which the kernel releases if the process
/// dies: so the next Staging in the same directory recognises leftovers and removes them. It inherits no ACLs
/// from its parent directory.
class Staging {
 public:
  enum class Kind {
    file,
    directory,
    /// A directory made inside a private directory (0700): no other user reaches anything in it before it is
    /// published, whatever its permissions are.
    tree,
  };

  /// `where` is the target path inside `root`; its parent directory must exist. Throws IoError; ConflictError
  /// "staging.exists" if the target exists and `replace` does not allow its replacement: a file may replace
  /// any file, a directory any directory.
  Staging(const Root& root, const std::string& where, Kind kind, bool replace);
  Staging(const Staging&) = delete;
  Staging(Staging&&) = delete;
  Staging& operator=(const Staging&) = delete;
  Staging& operator=(Staging&&) = delete;
  /// Removes everything that was not published.
  ~Staging();

  /// The file, open for reading and writing, or the directory, open for reading.
  int descriptor() const noexcept { return descriptor_.get(); }
  /// Host paths: the temporary one, and the target.
  std::string host_path() const;
  const std::string& target() const noexcept { return target_; }

  /// Makes the staged content durable. Throws IoError "sync".
  void sync() const;
  /// Makes the rename durable. Throws IoError "sync".
  void sync_directory() const;
  /// Renames the file to be replaced to a temporary name. `drop_aside` removes it; otherwise the destructor
  /// puts it back. Throws as the constructor, and IoError "rename".
  void set_aside();
  void drop_aside();

  /// Gives it its final name. `durable`: after syncing its content. Then removes the old target. Throws
  /// ConflictError "staging.exists" if the target has appeared meanwhile; IoError.
  void publish(bool durable);

 private:
  void clear_leftovers();
  void make();
  FileDescriptor make_directory(int parent, const char* name) const;
  void check_target() const;
  bool is_file() const noexcept { return kind_ == Kind::file; }

  FileDescriptor parent_;
  std::string parent_host_path_;
  std::string target_name_;
  std::string target_;
  Kind kind_;
  bool replace_;
  std::string name_;
  FileDescriptor holder_;  ///< for a tree: its private directory
  FileDescriptor descriptor_;
  std::string aside_name_;
  FileDescriptor aside_;  ///< holds a lock on the file set aside
  bool is_aside_ = false;
};

/// Writes a whole file in an image, and its missing parent directories, without a journal: a node that can
/// write to the image could plant a journal there, and its recovery could write anywhere in the image. The
/// new file keeps owner, mode and the attributes that outlive the content of a file that it replaces;
/// otherwise its mode is 0644. Throws as Staging, and IoError.
void write_small_file(const Root& image, const std::string& path, std::string_view text);

}  // namespace krgboot
