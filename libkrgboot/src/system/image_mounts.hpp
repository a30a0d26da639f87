#pragma once

#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "call_filter.hpp"
#include "namespaces.hpp"
#include "pseudo_terminal.hpp"

namespace krgboot {

/// A file to show inside an image instead of the existing file or symlink.
struct ShownFile {
  std::string target;  ///< path inside the image
  std::string content;
  mode_t mode = 0644;
};

/// A host directory or file to show inside an image at `target`, which must exist there.
struct ShownTree {
  std::string source;
  std::string target;
  bool read_only = true;
};

/// Starts the program inside an image. It sees the image and these mounts:
///
///     /proc   of its own PID namespace: kernel settings are read-only, kernel information is empty, and
///             PID 1 has only the entries that ps(1) and ischroot(1) read
///     /sys    read-only, without the firmware's tables
///     /dev    null zero full random urandom tty (the host's; usable, but their attributes are read-only),
///             pts, ptmx, shm, fd, stdin, stdout, stderr
///     /run    empty
///
/// Every mount point is resolved in the image's own mount and confined to it (openat2, RESOLVE_IN_ROOT); a
/// symlink as last component is never followed. The root of the namespace is an empty directory with the
/// image beneath it. So the program runs in a chroot, which maintainer scripts detect, and there is nothing
/// of the host's file system to break out to.
class ImageSetup : public NamespaceSetup {
 public:
  enum ImageStep {
    own_root = first_of_derived,  ///< the namespace's root, with the image beneath it
    mount_proc,
    mount_sys,
    mount_dev,
    mount_run,
    show_tree,  ///< `index` of trees
    show_file,  ///< `index` of files
    set_host_name,
    leave_host,     ///< pivot_root
    enter_image,    ///< chroot, users and groups
    give_terminal,  ///< a pseudo terminal
    limit_calls,    ///< the filter of system calls
    limit_rights,   ///< capabilities
  };

  using NamespaceSetup::host_network;
  using NamespaceSetup::no_network;

  struct Plan {
    int network = no_network;            ///< see NamespaceSetup::Kind
    PseudoTerminal* terminal = nullptr;  ///< what the program gets as its own; else it has none
    const CallFilter* filter = nullptr;
    std::string host_name;
    std::vector<ShownTree> trees;
    std::vector<ShownFile> files;
  };

  /// All must live as long as this.
  ImageSetup(const Root& image, const Plan& plan, std::vector<Placeholder> placeholders);

 protected:
  std::optional<Failure> before() noexcept override;
  std::optional<Failure> build() noexcept override;
  std::optional<Failure> limit_init() noexcept override;
  std::optional<Failure> enter() noexcept override;

 private:
  int make_own_root() noexcept;
  int attach_image() noexcept;
  int attach(int tree, const char* target) const noexcept;
  int make_proc() const noexcept;
  int show_init(int proc) const noexcept;
  int make_sys() const noexcept;
  int make_dev() const noexcept;
  int make_run() const noexcept;
  int show(const ShownTree& shown) const noexcept;
  int show(const ShownFile& shown, int index) const noexcept;
  int leave() const noexcept;

  int image_descriptor_;
  const Plan& plan_;
  int own_root_ = -1;  ///< descriptors of the child: they end with it
  int image_ = -1;
};

}  // namespace krgboot
