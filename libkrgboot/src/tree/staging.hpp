#pragma once

#include "krgboot/system/root.hpp"

#include <string>
#include <string_view>

namespace krgboot {

/// How the names of everything begin that is being made and not yet what it will be.
inline constexpr const char* staging_prefix = ".krgboot.image.";

/// A new file or directory tree on its way to its place: it is made beside it under a name of its own
/// (".krgboot.image." and 16 hex digits, 0600 or 0700) and gets its true name by one rename, when complete.
/// Until then this process holds a lock on it (flock(2)), which the kernel gives back if the process dies: so
/// whoever stages next in the same directory knows what is left over there, and removes it. What it is made
/// in leaves no access lists on it.
class Staging {
 public:
  enum class Kind {
    file,
    directory,
    /// A directory that is made inside of one that is ours alone (0700): nobody else reaches anything in it
    /// before it is published, whatever permissions it has got by then.
    tree,
  };

  /// `where` names what it will be, seen inside `root`; its directory must exist. Throws IoError;
  /// ConflictError "staging.exists" where there is something already that `replace` does not allow to
  /// replace: any file by a file, a directory by a directory.
  Staging(const Root& root, const std::string& where, Kind kind, bool replace);
  Staging(const Staging&) = delete;
  Staging(Staging&&) = delete;
  Staging& operator=(const Staging&) = delete;
  Staging& operator=(Staging&&) = delete;
  /// What was not published is removed.
  ~Staging();

  /// The file, open for reading and writing, or the directory, open for reading.
  int descriptor() const noexcept { return descriptor_.get(); }
  /// Host paths: of what is being made, and of what it will be.
  std::string host_path() const;
  const std::string& target() const noexcept { return target_; }

  /// What has been made is on the disk. Throws IoError "sync".
  void sync() const;
  /// What has been renamed stays so. Throws IoError "sync".
  void sync_directory() const;
  /// Takes the file that is to be replaced out of sight, for good with `drop_aside`; else the destructor puts
  /// it back. Throws as the constructor, and IoError "rename".
  void set_aside();
  void drop_aside();

  /// Gives it its name. `durable`: not before everything in it is on the disk. What was there before is
  /// removed after it. Throws ConflictError "staging.exists" where something has appeared there; IoError.
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
  FileDescriptor holder_;  ///< of a tree: the directory of this name that it is made in
  FileDescriptor descriptor_;
  std::string aside_name_;
  FileDescriptor aside_;  ///< holds a lock on what is aside
  bool is_aside_ = false;
};

/// A whole file of an image and the directories above it, without a journal: nodes that may write to an image
/// could plant one, and who works it off writes anywhere in the image. A file that it replaces gives it
/// owner, mode and what else outlives its content; a new one has 0644. Throws as Staging, and IoError.
void write_small_file(const Root& image, const std::string& path, std::string_view text);

}  // namespace krgboot
