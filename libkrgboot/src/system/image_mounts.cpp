#include "image_mounts.hpp"

#include <array>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "capabilities.hpp"
#include "mount_calls.hpp"

// Only the constructor in this file may allocate memory, take a lock or throw: see mount_calls.hpp.

namespace krgboot {

namespace {

constexpr const char* image_name = "image";

int set_attributes(int tree, std::uint64_t attributes, unsigned recursive) noexcept {
  struct mount_attr wanted {};
  wanted.attr_set = attributes;
  return mount_setattr(tree, "", AT_EMPTY_PATH | recursive, &wanted, sizeof wanted) == 0 ? 0 : errno;
}

/// Mounts `tree` over the file or directory of the descriptor `target`.
int move_to(int tree, int target) noexcept {
  return move_mount(tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) == 0 ? 0 : errno;
}

/// Bind-mounts `name` of `directory` read-only over itself.
int make_read_only(int directory, const char* name) noexcept {
  Handle target(openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (target.failed()) return errno == ENOENT ? 0 : errno;
  Handle tree(clone_of(directory, name, AT_SYMLINK_NOFOLLOW));
  if (tree.failed()) return errno;
  if (auto error = set_attributes(tree.get(), MOUNT_ATTR_RDONLY, AT_RECURSIVE)) return error;
  return move_to(tree.get(), target.get());
}

/// Makes a directory `name` in `directory` and mounts `tree` there.
int mount_in(int tree, int directory, const char* name) noexcept {
  if (tree < 0) return errno;
  if (mkdirat(directory, name, 0755) != 0) return errno;
  return move_mount(tree, "", directory, name, MOVE_MOUNT_F_EMPTY_PATH) == 0 ? 0 : errno;
}

/// Makes a file `name` in `directory` and mounts `tree`, a file, there.
int show_at_new_file(int tree, int directory, const char* name) noexcept {
  if (tree < 0) return errno;
  Handle place(openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (place.failed()) return errno;
  return move_to(tree, place.get());
}

/// Shows the host's device node: mknod is denied in a user namespace. Read-only: the device can still be
/// written to, but its mode, owner, times and attributes, which are the host's, cannot be changed.
int show_node(const char* path, int directory, const char* name) noexcept {
  Handle node(clone_of(AT_FDCWD, path, 0));
  if (node.failed()) return errno;
  if (auto error = set_attributes(node.get(), MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, 0))
    return error;
  return show_at_new_file(node.get(), directory, name);
}

/// Makes `name` of `directory` empty for programs inside: a file reads as /dev/null does.
int hide(int directory, const char* name) noexcept {
  Handle target(openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (target.failed()) return errno == ENOENT || errno == EACCES ? 0 : errno;
  constexpr unsigned attributes =
      MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  if (is_directory(target.get())) {
    Handle nothing(make_memory_file_system("0555"));
    if (nothing.failed()) return errno;
    if (auto error = set_attributes(nothing.get(), attributes, 0)) return error;
    return move_to(nothing.get(), target.get());
  }
  Handle null(clone_of(AT_FDCWD, "/dev/null", 0));
  if (null.failed()) return errno;
  if (auto error = set_attributes(null.get(), MOUNT_ATTR_RDONLY, 0)) return error;
  return move_to(null.get(), target.get());
}

int make_terminals(const char* group) noexcept {
  Handle context(fsopen("devpts", FSOPEN_CLOEXEC));
  if (context.failed()) return -1;
  fsconfig(context.get(), FSCONFIG_SET_STRING, "ptmxmode", "0666", 0);
  fsconfig(context.get(), FSCONFIG_SET_STRING, "mode", "0620", 0);
  if (group != nullptr && fsconfig(context.get(), FSCONFIG_SET_STRING, "gid", group, 0) != 0) return -1;
  if (fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) return -1;
  return fsmount(context.get(), FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
}

int make_file_system(const char* type, unsigned attributes) noexcept {
  Handle context(fsopen(type, FSOPEN_CLOEXEC));
  if (context.failed() || fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) return -1;
  return fsmount(context.get(), FSMOUNT_CLOEXEC, attributes);
}

}  // namespace

ImageSetup::ImageSetup(const Root& image, const Plan& plan, std::vector<Placeholder> placeholders)
    : NamespaceSetup({plan.network, false}, std::move(placeholders)),
      image_descriptor_(image.descriptor()),
      plan_(plan) {}

std::optional<ChildSetup::Failure> ImageSetup::before() noexcept {
  // The descriptor's mount belongs to the host's namespace and can be copied only there. The working
  // directory moves into the new namespace with the process.
  if (fchdir(image_descriptor_) != 0) return Failure{own_root, 0, errno};
  return std::nullopt;
}

std::optional<ChildSetup::Failure> ImageSetup::build() noexcept {
  umask(022);
  if (auto error = make_own_root()) return Failure{own_root, 0, error};
  if (auto error = attach_image()) return Failure{own_root, 0, error};
  if (auto error = make_proc()) return Failure{mount_proc, 0, error};
  if (auto error = make_sys()) return Failure{mount_sys, 0, error};
  if (auto error = make_dev()) return Failure{mount_dev, 0, error};
  if (auto error = make_run()) return Failure{mount_run, 0, error};
  auto index = 0;
  for (const auto& tree : plan_.trees) {
    if (auto error = show(tree)) return Failure{show_tree, index, error};
    ++index;
  }
  index = 0;
  for (const auto& file : plan_.files) {
    if (auto error = show(file, index)) return Failure{show_file, index, error};
    ++index;
  }
  if (sethostname(plan_.host_name.data(), plan_.host_name.size()) != 0)
    return Failure{set_host_name, 0, errno};
  if (auto error = leave()) return Failure{leave_host, 0, error};
  return std::nullopt;
}

std::optional<ChildSetup::Failure> ImageSetup::limit_init() noexcept {
  if (auto error = limit_capabilities()) return Failure{limit_rights, 0, error};
  return std::nullopt;
}

int ImageSetup::make_own_root() noexcept {
  own_root_ = make_memory_file_system("0755");
  if (own_root_ < 0) return errno;
  return move_mount(own_root_, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) == 0 ? 0 : errno;
}

int ImageSetup::attach_image() noexcept {
  Handle tree(clone_of(AT_FDCWD, "", AT_EMPTY_PATH));
  if (tree.failed()) return errno;
  // Device nodes in an image must not give access to the host's disks.
  if (auto error = set_attributes(tree.get(), MOUNT_ATTR_NODEV, AT_RECURSIVE)) return error;
  if (auto error = mount_in(tree.get(), own_root_, image_name)) return error;
  image_ = openat(own_root_, image_name, O_PATH | O_DIRECTORY | O_CLOEXEC);
  return image_ >= 0 ? 0 : errno;
}

int ImageSetup::attach(int tree, const char* target) const noexcept {
  if (tree < 0) return errno;
  Handle place(open_in_root(image_, target, O_PATH | O_NOFOLLOW));
  if (place.failed()) return errno;
  if (is_directory(tree) != is_directory(place.get())) return is_directory(tree) ? ENOTDIR : EISDIR;
  return move_to(tree, place.get());
}

int ImageSetup::make_proc() const noexcept {
  constexpr unsigned attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  Handle proc(make_file_system("proc", attributes));
  if (auto error = attach(proc.get(), "/proc")) return error;
  for (const auto* name : {"sys", "sysrq-trigger", "irq", "bus", "fs"}) {
    if (auto error = make_read_only(proc.get(), name)) return error;
  }
  // Files about the host's memory, keys, timers and hardware, many of them readable by root.
  for (const auto* name :
       {"kcore", "keys", "key-users", "kmsg", "kallsyms", "timer_list", "sched_debug", "acpi", "scsi",
        "asound", "latency_stats", "kpagecount", "kpageflags", "kpagecgroup", "dynamic_debug"}) {
    if (auto error = hide(proc.get(), name)) return error;
  }
  return show_init(proc.get());
}

/// Programs inside cannot read PID 1's entries once init runs its own program. But ischroot(1) and
/// systemctl(1) compare /proc/1/root with /, and ps(1) lists /proc/1.
int ImageSetup::show_init(int proc) const noexcept {
  Handle real(openat(proc, "1", O_PATH | O_DIRECTORY | O_CLOEXEC));
  Handle shown(make_memory_file_system("0555"));
  if (real.failed() || shown.failed() || mkdirat(shown.get(), "root", 0555) != 0) return errno;
  if (auto error = move_to(shown.get(), real.get())) return error;
  for (const auto* name : {"cmdline", "comm", "stat", "statm", "status"}) {
    Handle file(clone_of(real.get(), name, AT_SYMLINK_NOFOLLOW));
    if (auto error = show_at_new_file(file.get(), shown.get(), name)) return error;
  }
  constexpr unsigned attributes =
      MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  return set_attributes(shown.get(), attributes, AT_RECURSIVE);
}

int ImageSetup::make_sys() const noexcept {
  constexpr unsigned attributes =
      MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_RDONLY;
  Handle own(make_file_system("sysfs", attributes));
  if (!own.failed()) {
    if (auto error = attach(own.get(), "/sys")) return error;
    return hide(own.get(), "firmware");
  }
  if (errno != EPERM) return errno;
  // In a user namespace that uses the host's network: show the host's /sys, read-only.
  Handle host(clone_of(AT_FDCWD, "/sys", 0));
  if (host.failed()) return errno;
  if (auto error = set_attributes(host.get(), MOUNT_ATTR_RDONLY, AT_RECURSIVE)) return error;
  return attach(host.get(), "/sys");
}

int ImageSetup::make_dev() const noexcept {
  Handle dev(make_memory_file_system("0755"));
  if (dev.failed()) return errno;
  if (auto error = set_attributes(dev.get(), MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, 0)) return error;
  if (auto error = attach(dev.get(), "/dev")) return error;
  for (const auto* path :
       {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"}) {
    if (auto error = show_node(path, dev.get(), path + sizeof "/dev/" - 1)) return error;
  }
  Handle terminals(make_terminals("5"));  // group tty, in Debian and elsewhere
  Handle without_group(terminals.failed() ? make_terminals(nullptr) : -1);
  auto best = terminals.failed() ? without_group.get() : terminals.get();
  if (auto error = mount_in(best, dev.get(), "pts")) return error;
  Handle shared_memory(make_memory_file_system("1777"));
  if (shared_memory.failed()) return errno;
  if (auto error = set_attributes(shared_memory.get(), MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 0)) return error;
  if (auto error = mount_in(shared_memory.get(), dev.get(), "shm")) return error;
  constexpr std::array<std::array<const char*, 2>, 5> links{{{"ptmx", "pts/ptmx"},
                                                             {"fd", "/proc/self/fd"},
                                                             {"stdin", "/proc/self/fd/0"},
                                                             {"stdout", "/proc/self/fd/1"},
                                                             {"stderr", "/proc/self/fd/2"}}};
  for (const auto& link : links) {
    if (symlinkat(link[1], dev.get(), link[0]) != 0) return errno;
  }
  return 0;
}

int ImageSetup::make_run() const noexcept {
  Handle run(make_memory_file_system("0755"));
  if (run.failed()) return errno;
  if (auto error = set_attributes(run.get(), MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 0)) return error;
  auto error = attach(run.get(), "/run");
  if (error != 0) return error == ENOENT ? 0 : error;  // older releases have no /run
  if (mkdirat(run.get(), "lock", 0755) != 0) return errno;
  return fchmodat(run.get(), "lock", 01777, 0) == 0 ? 0 : errno;
}

int ImageSetup::show(const ShownTree& shown) const noexcept {
  Handle tree(clone_of(AT_FDCWD, shown.source.c_str(), 0));
  if (tree.failed()) return errno;
  auto attributes = MOUNT_ATTR_NODEV | (shown.read_only ? MOUNT_ATTR_RDONLY : 0U);
  if (auto error = set_attributes(tree.get(), attributes, AT_RECURSIVE)) return error;
  return attach(tree.get(), shown.target.c_str());
}

int ImageSetup::show(const ShownFile& shown, int index) const noexcept {
  // A name beside the image in the namespace's root: "a", "b" ...
  const std::array<char, 2> name{static_cast<char>('a' + index), '\0'};
  {
    Handle file(openat(own_root_, name.data(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.failed()) return errno;
    if (auto error = write_all(file.get(), shown.content.data(), shown.content.size())) return error;
    if (fchmod(file.get(), shown.mode) != 0) return errno;
  }
  Handle tree(clone_of(own_root_, name.data(), AT_SYMLINK_NOFOLLOW));
  if (tree.failed()) return errno;
  constexpr unsigned attributes = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
  if (auto error = set_attributes(tree.get(), attributes, 0)) return error;
  auto error = attach(tree.get(), shown.target.c_str());
  return error == ENOENT ? 0 : error;  // no directory for the file, so no program reads it
}

int ImageSetup::leave() const noexcept {
  if (fchdir(own_root_) != 0) return errno;
  if (syscall(SYS_pivot_root, ".", ".") != 0) return errno;
  // The old root is now mounted over the new one.
  if (umount2(".", MNT_DETACH) != 0) return errno;
  if (chdir("/") != 0) return errno;
  return set_attributes(own_root_, MOUNT_ATTR_RDONLY, 0);
}

std::optional<ChildSetup::Failure> ImageSetup::enter() noexcept {
  if (chroot(image_name) != 0 || chdir("/") != 0) return Failure{enter_image, 0, errno};
  // Drops the caller's groups and keys; a user namespace may deny it, but then there are none to drop. (The C
  // library's setgroups and similar functions would signal other threads.)
  syscall(SYS_setgroups, 0, nullptr);
  constexpr int join_new_session = 1;  // KEYCTL_JOIN_SESSION_KEYRING
  syscall(SYS_keyctl, join_new_session, nullptr);
  if (syscall(SYS_setresgid, 0, 0, 0) != 0 || syscall(SYS_setresuid, 0, 0, 0) != 0)
    return Failure{enter_image, 0, errno};
  if (plan_.terminal != nullptr) {
    if (auto error = plan_.terminal->take()) return Failure{give_terminal, 0, error};
  }
  // The filter first: installing it needs a capability.
  if (auto error = install_call_filter(*plan_.filter)) return Failure{limit_calls, 0, error};
  if (auto error = limit_capabilities()) return Failure{limit_rights, 0, error};
  return std::nullopt;
}

}  // namespace krgboot
