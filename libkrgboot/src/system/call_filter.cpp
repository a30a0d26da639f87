#include "call_filter.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/system/file_descriptor.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace krgboot {

namespace {

// The system calls that package managers, compilers and shells use, by the chapters of section 2 of the
// manual. A call in none of these tables gets ENOSYS: a new kernel call is refused until it has been
// reviewed.

// (clang-format would put one name on each line: three hundred more lines.)
// clang-format off
constexpr const char* file_calls[] = {
    "access", "chdir", "chmod", "chown", "chown32", "chroot", "close", "close_range", "copy_file_range",
    "creat", "dup", "dup2", "dup3", "faccessat", "faccessat2", "fadvise64", "fadvise64_64", "fallocate",
    "fchdir", "fchmod", "fchmodat", "fchmodat2", "fchown", "fchown32", "fchownat", "fcntl", "fcntl64",
    "fdatasync", "fgetxattr", "flistxattr", "flock", "fremovexattr", "fsetxattr", "fstat", "fstat64",
    "fstatat64", "fstatfs", "fstatfs64", "fsync", "ftruncate", "ftruncate64", "futimesat", "getcwd",
    "getdents", "getdents64", "getxattr", "getxattrat", "inotify_add_watch", "inotify_init",
    "inotify_init1", "inotify_rm_watch", "lchown", "lchown32", "lgetxattr", "link", "linkat", "listxattr",
    "listxattrat", "llistxattr", "lremovexattr", "lseek", "lsetxattr", "lstat", "lstat64", "mkdir",
    "mkdirat", "mknod", "mknodat", "name_to_handle_at", "newfstatat", "oldfstat", "oldlstat", "oldstat",
    "open", "openat", "openat2", "pread64", "preadv", "preadv2", "pwrite64", "pwritev", "pwritev2",
    "read", "readahead", "readdir", "readlink", "readlinkat", "readv", "removexattr", "removexattrat",
    "rename", "renameat", "renameat2", "rmdir", "sendfile", "sendfile64", "setxattr", "setxattrat",
    "splice", "stat", "stat64", "statfs", "statfs64", "statx", "symlink", "symlinkat", "sync",
    "sync_file_range", "sync_file_range2", "syncfs", "tee", "truncate", "truncate64", "umask", "unlink",
    "unlinkat", "utime", "utimensat", "utimensat_time64", "utimes", "vmsplice", "write", "writev",
    "_llseek", "arm_fadvise64_64", "arm_sync_file_range"};

constexpr const char* processes[] = {
    "_exit", "capget", "capset", "execve", "execveat", "exit", "exit_group", "fork", "get_robust_list",
    "get_thread_area", "getcpu", "getrandom", "getegid", "getegid32", "geteuid", "geteuid32", "getgid",
    "getgid32", "getgroups", "getgroups32", "getpgid", "getpgrp", "getpid", "getppid", "getpriority",
    "getresgid", "getresgid32", "getresuid", "getresuid32", "getrlimit", "getrusage", "getsid", "gettid",
    "getuid", "getuid32", "ioprio_get", "ioprio_set", "kcmp", "membarrier", "nice", "olduname",
    "oldolduname", "pidfd_getfd", "pidfd_open", "pidfd_send_signal", "pause", "prctl", "prlimit64",
    "process_vm_readv", "process_vm_writev", "ptrace", "rseq", "sched_get_priority_max",
    "sched_get_priority_min", "sched_getaffinity", "sched_getattr", "sched_getparam",
    "sched_getscheduler", "sched_rr_get_interval", "sched_rr_get_interval_time64", "sched_setaffinity",
    "sched_setattr", "sched_setparam", "sched_setscheduler", "sched_yield", "set_robust_list",
    "set_thread_area", "set_tid_address", "setfsgid", "setfsgid32", "setfsuid", "setfsuid32", "setgid",
    "setgid32", "setgroups", "setgroups32", "setpgid", "setpriority", "setregid", "setregid32",
    "setresgid", "setresgid32", "setresuid", "setresuid32", "setreuid", "setreuid32", "setrlimit",
    "setsid", "setuid", "setuid32", "sysinfo", "times", "ugetrlimit", "uname", "vfork", "wait4", "waitid",
    "waitpid", "arch_prctl", "modify_ldt", "riscv_flush_icache", "riscv_hwprobe", "cacheflush", "set_tls",
    "get_tls", "breakpoint", "seccomp", "landlock_add_rule", "landlock_create_ruleset",
    "landlock_restrict_self"};

constexpr const char* memory_calls[] = {
    "brk", "get_mempolicy", "madvise", "memfd_create", "memfd_secret", "mincore", "mlock", "mlock2",
    "mlockall", "mmap", "mmap2", "mprotect", "mremap", "mseal", "msync", "munlock", "munlockall",
    "munmap", "pkey_alloc", "pkey_free", "pkey_mprotect", "process_mrelease", "remap_file_pages",
    "map_shadow_stack", "cachestat"};

constexpr const char* time[] = {
    "alarm", "clock_getres", "clock_getres_time64", "clock_gettime", "clock_gettime64", "clock_nanosleep",
    "clock_nanosleep_time64", "getitimer", "gettimeofday", "nanosleep", "setitimer", "time",
    "timer_create", "timer_delete", "timer_getoverrun", "timer_gettime", "timer_gettime64",
    "timer_settime", "timer_settime64", "timerfd_create", "timerfd_gettime", "timerfd_gettime64",
    "timerfd_settime", "timerfd_settime64"};

constexpr const char* signals_and_waiting[] = {
    "_newselect", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_ctl_old", "epoll_pwait",
    "epoll_pwait2", "epoll_wait", "epoll_wait_old", "eventfd", "eventfd2", "futex", "futex_requeue",
    "futex_time64", "futex_wait", "futex_waitv", "futex_wake", "kill", "poll", "ppoll", "ppoll_time64",
    "pselect6", "pselect6_time64", "restart_syscall", "rt_sigaction", "rt_sigpending", "rt_sigprocmask",
    "rt_sigqueueinfo", "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait", "rt_sigtimedwait_time64",
    "rt_tgsigqueueinfo", "select", "sgetmask", "sigaction", "sigaltstack", "signal", "signalfd",
    "signalfd4", "sigpending", "sigprocmask", "sigreturn", "sigsuspend", "ssetmask", "tgkill", "tkill"};

constexpr const char* talking_to_others[] = {
    "accept", "accept4", "bind", "connect", "getpeername", "getsockname", "getsockopt", "ipc", "listen",
    "mq_getsetattr", "mq_notify", "mq_open", "mq_timedreceive", "mq_timedreceive_time64", "mq_timedsend",
    "mq_timedsend_time64", "mq_unlink", "msgctl", "msgget", "msgrcv", "msgsnd", "pipe", "pipe2", "recv",
    "recvfrom", "recvmmsg", "recvmmsg_time64", "recvmsg", "semctl", "semget", "semop", "semtimedop",
    "semtimedop_time64", "send", "sendmmsg", "sendmsg", "sendto", "setsockopt", "shmat", "shmctl",
    "shmdt", "shmget", "shutdown", "io_cancel", "io_destroy", "io_getevents",
    "io_pgetevents", "io_pgetevents_time64", "io_setup", "io_submit"};
// clang-format on

constexpr const char* by_arguments[] = {"clone",      "unshare",    "ioctl",      "socket",
                                        "socketpair", "socketcall", "personality"};

/// These fail with ENOSYS, so that libraries fall back to the older call. The flags of clone3 lie in memory,
/// which a filter cannot read. No program is known to need the other calls.
constexpr const char* as_if_missing[] = {"clone3",    "statmount",    "listmount",   "uprobe",
                                         "uretprobe", "file_getattr", "file_setattr"};

struct Refused {
  const char* reason;
  std::vector<const char*> calls;
};

/// Refused with EPERM. Most need a capability that a program inside does not have. The filter refuses them
/// too, because root of a user namespace has that capability, and because the filter runs before the call's
/// code in the kernel.
const std::vector<Refused>& refused() {
  static const std::vector<Refused> table{
      {"Keyrings have no namespaces: root inside would have those of the host's user 0.",
       {"keyctl", "add_key", "request_key"}},
      {"Loads another kernel, or code into the running one.",
       {"kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "create_module",
        "get_kernel_syms", "query_module", "bpf", "reboot"}},
      {"The sandbox consists of mounts, which must not change.",
       {"mount", "umount", "umount2", "pivot_root", "open_tree", "open_tree_attr", "move_mount", "fsopen",
        "fsconfig", "fsmount", "fspick", "mount_setattr"}},
      {"Another namespace would give back the rights that were removed.", {"setns"}},
      {"Opens any file of the file system by its handle, also outside the image.", {"open_by_handle_at"}},
      {"Gives access to the processor, the kernel's memory and other processes.",
       {"perf_event_open", "lookup_dcookie", "pciconfig_iobase", "pciconfig_read", "pciconfig_write", "iopl",
        "ioperm", "vm86", "vm86old", "syslog", "fanotify_init", "fanotify_mark"}},
      {"Stops a thread at a chosen place in the kernel, which helps attacks on it.", {"userfaultfd"}},
      {"Runs work in the kernel that this filter does not see.",
       {"io_uring_setup", "io_uring_enter", "io_uring_register"}},
      {"Changes the host's clock, swap, quotas, accounting, host name or terminals.",
       {"settimeofday", "clock_settime", "clock_settime64", "stime", "clock_adjtime", "clock_adjtime64",
        "adjtimex", "swapon", "swapoff", "quotactl", "quotactl_fd", "acct", "sethostname", "setdomainname",
        "vhangup", "nfsservctl", "bdflush"}},
      {"Moves memory between NUMA nodes at the cost of other processes.",
       {"mbind", "set_mempolicy", "set_mempolicy_home_node", "migrate_pages", "move_pages",
        "process_madvise"}},
      {"Old calls that nothing needs.",
       {"_sysctl", "sysfs",   "uselib",   "ustat", "afs_syscall", "break",       "ftime",
        "getpmsg", "gtty",    "idle",     "lock",  "mpx",         "multiplexer", "prof",
        "profil",  "putpmsg", "security", "stty",  "tuxcall",     "ulimit",      "vserver"}},
      {"Modules of the host's security (Linux 6.8).",
       {"lsm_get_self_attr", "lsm_set_self_attr", "lsm_list_modules"}},
  };
  return table;
}

template <std::size_t size>
bool holds(const char* const (&names)[size], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool is_refused(std::string_view name) {
  return std::any_of(refused().begin(), refused().end(), [&](const Refused& row) {
    return std::find(row.calls.begin(), row.calls.end(), name) != row.calls.end();
  });
}

/// The kernel reads only the lower half of a register for these arguments.
constexpr std::uint64_t low_half = 0xFFFFFFFF;

/// The 32-bit architecture that this machine's kernel also runs; nullopt: none that is known here.
std::optional<std::uint32_t> second_architecture() {
  switch (seccomp_arch_native()) {
    case SCMP_ARCH_X86_64:
      return SCMP_ARCH_X86;
    case SCMP_ARCH_AARCH64:
      return SCMP_ARCH_ARM;
    default:
      return std::nullopt;
  }
}

class Filter {
 public:
  /// Programs whose calls the filter checks. Calls of other programs get ENOSYS in a filter for `all`, and
  /// pass in the other filters.
  enum class Calls { all, native, second };

  Filter(std::uint32_t otherwise, Calls calls) : context_(seccomp_init(otherwise), seccomp_release) {
    if (!context_) fail(ENOMEM);
    // A binary tree: about ten comparisons per call, where a list needs hundreds.
    check(seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2));
    check(seccomp_attr_set(context_.get(), SCMP_FLTATR_ACT_BADARCH,
                           calls == Calls::all ? SCMP_ACT_ERRNO(ENOSYS) : SCMP_ACT_ALLOW));
    auto second = second_architecture();
    if (second && calls != Calls::native) check(seccomp_arch_add(context_.get(), *second));
    if (second && calls == Calls::second) check(seccomp_arch_remove(context_.get(), seccomp_arch_native()));
  }

  template <std::size_t size>
  void allow(const char* const (&names)[size]) {
    for (const auto* name : names) add(SCMP_ACT_ALLOW, name);
  }

  /// The rule applies if all `conditions` hold.
  void add(std::uint32_t action, const char* name, const std::vector<scmp_arg_cmp>& conditions = {}) {
    auto number = seccomp_syscall_resolve_name(name);
    if (number == __NR_SCMP_ERROR) return;  // newer than libseccomp
    auto count = static_cast<unsigned>(conditions.size());
    auto error = seccomp_rule_add_array(context_.get(), action, number, count, conditions.data());
    if (error != -EDOM) check(error);  // EDOM: this machine has no such call
  }

  std::vector<sock_filter> program() const {
    FileDescriptor file(memfd_create("filter", MFD_CLOEXEC));
    if (!file) fail(errno);
    check(seccomp_export_bpf(context_.get(), file.get()));
    struct stat status {};
    if (fstat(file.get(), &status) != 0) fail(errno);
    std::vector<sock_filter> result(static_cast<std::size_t>(status.st_size) / sizeof(sock_filter));
    if (pread(file.get(), result.data(), static_cast<std::size_t>(status.st_size), 0) != status.st_size)
      fail(EIO);
    return result;
  }

 private:
  [[noreturn]] static void fail(int error) {
    throw IoError("enter", "the filter of system calls", error, "libseccomp refuses it");
  }
  static void check(int result) {
    if (result < 0) fail(-result);
  }

  std::unique_ptr<void, decltype(&seccomp_release)> context_;
};

scmp_arg_cmp equals(unsigned argument, std::uint64_t mask, std::uint64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

void refuse_namespaces(Filter& filter) {
#if defined(__s390__) || defined(__s390x__)
  constexpr unsigned clone_flags = 1;
#else
  constexpr unsigned clone_flags = 0;
#endif
  for (auto each : {CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID,
                    CLONE_NEWNET}) {
    auto flag = static_cast<std::uint64_t>(each);
    filter.add(SCMP_ACT_ERRNO(EPERM), "unshare", {equals(0, flag, flag)});
    filter.add(SCMP_ACT_ERRNO(EPERM), "clone", {equals(clone_flags, flag, flag)});
  }
  // In the flags of clone(2) this bit is part of a signal number.
  constexpr std::uint64_t new_time = 0x80;  // CLONE_NEWTIME
  filter.add(SCMP_ACT_ERRNO(EPERM), "unshare", {equals(0, new_time, new_time)});
}

/// Both requests insert input into a terminal, as if its user had typed it: TIOCSTI, and TIOCLINUX by
/// pasting.
void refuse_typing(Filter& filter) {
  for (auto request : {TIOCSTI, TIOCLINUX})
    filter.add(SCMP_ACT_ERRNO(EPERM), "ioctl", {equals(1, low_half, static_cast<std::uint64_t>(request))});
}

/// Allows Unix, internet and netlink sockets. The other families run kernel code that nothing here needs
/// (AF_ALG), or bypass every network namespace (AF_VSOCK).
///
/// This is a separate filter, for native programs only: for a rule on socket() libseccomp also adds one on
/// socketcall() on architectures that have it, and there the family lies in memory, which a filter cannot
/// read.
Filter refused_sockets() {
  Filter filter(SCMP_ACT_ALLOW, Filter::Calls::native);
  constexpr auto no_such_family = SCMP_ACT_ERRNO(EAFNOSUPPORT);
  constexpr std::uint64_t families = 64;  // more than AF_MAX
  for (std::uint64_t family = 0; family < families; ++family) {
    if (family == AF_UNIX) continue;
    filter.add(no_such_family, "socketpair", {equals(0, low_half, family)});
    if (family == AF_INET || family == AF_INET6 || family == AF_NETLINK) continue;
    filter.add(no_such_family, "socket", {equals(0, low_half, family)});
  }
  // The host's audit log. On this error useradd and PAM assume a kernel without audit, and continue.
  filter.add(no_such_family, "socket", {equals(0, low_half, AF_NETLINK), equals(2, low_half, NETLINK_AUDIT)});
  return filter;
}

/// 32-bit programs in a 64-bit image cannot make sockets, by either call.
Filter refused_32_bit_sockets() {
  Filter filter(SCMP_ACT_ALLOW, Filter::Calls::second);
  for (const auto* name : {"socket", "socketpair"}) filter.add(SCMP_ACT_ERRNO(EAFNOSUPPORT), name);
  return filter;
}

CallFilter make_filter(bool is_32_bit) {
  Filter known(SCMP_ACT_ERRNO(ENOSYS), Filter::Calls::all);
  known.allow(file_calls);
  known.allow(processes);
  known.allow(memory_calls);
  known.allow(time);
  known.allow(signals_and_waiting);
  known.allow(talking_to_others);
  for (const auto* name : {"clone", "unshare", "ioctl", "socket", "socketpair"})
    known.add(SCMP_ACT_ALLOW, name);
  if (is_32_bit) known.add(SCMP_ACT_ALLOW, "socketcall");
  // Allowed: Linux itself, its 32-bit personality, the version number for programs that expect 2.6, fixed
  // addresses (for debuggers), and the query of the current value. Other bits reopen security holes of old
  // systems.
  constexpr std::uint64_t old_version = UNAME26;
  for (std::uint64_t persona : {std::uint64_t{PER_LINUX}, std::uint64_t{PER_LINUX32}, old_version,
                                PER_LINUX32 | old_version, std::uint64_t{ADDR_NO_RANDOMIZE}, low_half})
    known.add(SCMP_ACT_ALLOW, "personality", {equals(0, low_half, persona)});

  Filter refusing(SCMP_ACT_ALLOW, Filter::Calls::all);
  for (const auto& row : refused()) {
    for (const auto* name : row.calls) refusing.add(SCMP_ACT_ERRNO(EPERM), name);
  }
  refuse_namespaces(refusing);
  refuse_typing(refusing);
  // The refusing filters come last: if two filters refuse a call, the kernel takes the error number of the
  // one installed later.
  CallFilter filter{known.program(), refusing.program(), refused_sockets().program()};
  if (!is_32_bit && second_architecture()) filter.push_back(refused_32_bit_sockets().program());
  return filter;
}

int install(const std::vector<sock_filter>& program) noexcept {
  // The kernel only reads the program, although its header declares it non-const.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
  auto* instructions = const_cast<sock_filter*>(program.data());
  struct sock_fprog given {
    static_cast<unsigned short>(program.size()), instructions
  };
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &given) == 0 ? 0 : errno;
}

}  // namespace

CallRule rule_of_call(std::string_view name) {
  if (holds(by_arguments, name)) return CallRule::by_arguments;
  if (holds(file_calls, name) || holds(processes, name) || holds(memory_calls, name) || holds(time, name) ||
      holds(signals_and_waiting, name) || holds(talking_to_others, name))
    return CallRule::allowed;
  if (is_refused(name)) return CallRule::refused;
  return holds(as_if_missing, name) ? CallRule::missing : CallRule::unknown;
}

const CallFilter& call_filter(bool is_32_bit) {
  static const auto usual = make_filter(false);
  if (!is_32_bit) return usual;
  static const auto with_socketcall = make_filter(true);
  return with_socketcall;
}

int install_call_filter(const CallFilter& filter) noexcept {
  for (const auto& program : filter) {
    if (auto error = install(program)) return error;
  }
  return 0;
}

}  // namespace krgboot
