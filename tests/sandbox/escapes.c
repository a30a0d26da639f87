/* A hostile program in an image: tries every known way out of the sandbox or to the host's resources. Each try must fail
   with its own errno; another errno counts as not refused, because the tested barrier may then be missing.

     escapes PID SOCKET PORT SECRET
     escapes TEXT                     only types TEXT at its own terminal

   PID: a process of the host; SOCKET: the name of an abstract socket on which a program of the host listens; PORT: an
   open port on the host's loopback; SECRET: a file of the host that no path in the sandbox reaches. Exit status 0: all
   tries were refused. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <termios.h>
#include <unistd.h>

static int count, bad;

static void tell(const char* what, int is_refused, const char* why) {
  ++count;
  if (!is_refused) ++bad;
  printf("%s %s: %s\n", is_refused ? "refused" : "ESCAPED", what, why);
}

/* Reports the `result` of a call that must fail with errno `wanted`. */
static void refused(const char* what, long result, int wanted) {
  int error = errno;
  if (result != -1) {
    tell(what, 0, "done");
  } else if (error == wanted) {
    tell(what, 1, strerror(error));
  } else {
    printf("  %s: wanted %s\n", what, strerror(wanted));
    tell(what, 0, strerror(error));
  }
}
#define TRY(wanted, call) (errno = 0, refused(#call, (long)(call), wanted))

static int open_to_write(const char* path) { return open(path, O_WRONLY); }

/* Checks that a hidden file is empty or missing. */
static void empty(const char* path) {
  char byte;
  int file = open(path, O_RDONLY);
  if (file < 0) return refused(path, -1, ENOENT);
  long got = read(file, &byte, 1);
  tell(path, got == 0, got == 0 ? "empty" : "read");
  close(file);
}

static int typed_at_terminal(unsigned long request) {
  int other = open("/dev/ptmx", O_RDWR | O_NOCTTY);
  unlockpt(other);
  int own = ioctl(other, TIOCGPTPEER, O_RDWR | O_NOCTTY);
  char key = 'x';
  if (own < 0) return 0;
  return syscall(SYS_ioctl, own, request, &key);
}

static int by_handle(void) {
  struct {
    struct file_handle head;
    unsigned char bytes[8];
  } root = {{8, 1}, {2, 0, 0, 0, 0, 0, 0, 0}};
  int here = open("/", O_RDONLY | O_DIRECTORY);
  return open_by_handle_at(here, &root.head, O_RDONLY);
}

static long cloned(unsigned long flags) {
  long child = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
  if (child == 0) _exit(0);
  return child;
}

static long clone3_user(void) {
  struct {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
  } arguments = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
  long child = syscall(SYS_clone3, &arguments, sizeof arguments);
  if (child == 0) _exit(0);
  return child;
}

static int joined(const char* path) {
  int file = open(path, O_RDONLY);
  return file < 0 ? 0 : setns(file, 0);
}

static int peeked(void) {
  char here[8];
  struct iovec to = {here, 8}, from = {(void*)0x400000, 8};
  return process_vm_readv(1, &to, 1, &from, 1, 0);
}

static long descriptor_of_init(void) {
  int process = syscall(SYS_pidfd_open, 1, 0);
  return process < 0 ? process : syscall(SYS_pidfd_getfd, process, 0, 0);
}

/* The classic way out of a chroot(2): the working directory stays outside of the new root. */
static int climbed(const char* secret) {
  char path[4096];
  pid_t child = fork();
  if (child == 0) {
    mkdir("/tmp/nest", 0700);
    if (chroot("/tmp/nest") != 0) _exit(errno);
    for (int i = 0; i < 64; ++i)
      if (chdir("..") != 0) _exit(errno);
    if (chroot(".") != 0) _exit(errno);
    _exit(open(secret, O_RDONLY) >= 0 ? 0 : errno);
  }
  snprintf(path, sizeof path, "/proc/1/root%s", secret);
  if (open(path, O_RDONLY) >= 0) return 0;
  int status;
  waitpid(child, &status, 0);
  errno = WEXITSTATUS(status);
  return errno == 0 ? 0 : -1;
}

static int called_abstract(const char* name) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int own = socket(AF_UNIX, SOCK_STREAM, 0);
  strncpy(address.sun_path + 1, name, sizeof address.sun_path - 2);
  return connect(own, (struct sockaddr*)&address, offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
}

static int called_loopback(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int own = socket(AF_INET, SOCK_STREAM, 0);
  return connect(own, (struct sockaddr*)&address, sizeof address);
}

static int gained(int capability) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct sets[2];
  if (syscall(SYS_capget, &header, sets) != 0) return -1;
  sets[capability / 32].permitted |= 1u << capability % 32;
  sets[capability / 32].effective |= 1u << capability % 32;
  return syscall(SYS_capset, &header, sets);
}

static int raised(int resource) {
  struct rlimit limit;
  getrlimit(resource, &limit);
  if (limit.rlim_max == RLIM_INFINITY) {
    limit.rlim_max = limit.rlim_cur = 100;
    setrlimit(resource, &limit);
  }
  limit.rlim_max += 1;
  return setrlimit(resource, &limit);
}

static int typed_at_own_terminal(const char* text) {
  for (; *text != 0; ++text)
    if (ioctl(STDIN_FILENO, TIOCSTI, text) != 0) return -1;
  return 0;
}

/* The system call interface of 32-bit programs. If the kernel has none, it kills the child: the try is then reported
   and not counted. */
enum { NOT_TRIED = -2 };
static void refused_by_interrupt(const char* what, int result) {
  if (result == NOT_TRIED)
    printf("not tried %s: 32-bit programs do not run here\n", what);
  else
    refused(what, result, EPERM);
}
#define TRY_INTERRUPT(call) (errno = 0, refused_by_interrupt(#call, (call)))

static int by_interrupt(int number, long first) {
#ifdef __x86_64__
  int ends[2];
  long result = -ENOSYS;
  if (pipe(ends) != 0) return 0;
  pid_t child = fork();
  if (child == 0) {
    long got;
    __asm__ volatile("int $0x80" : "=a"(got) : "a"(number), "b"(first), "c"(0), "d"(0), "S"(0), "D"(0) : "memory", "r8", "r9", "r10", "r11");
    _exit(write(ends[1], &got, sizeof got) == sizeof got ? 0 : 1);
  }
  int status;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) {
    if (WTERMSIG(status) == SIGSEGV) return NOT_TRIED;
    errno = EINTR; /* killed, so there is no result */
    return -1;
  }
  if (read(ends[0], &result, sizeof result) != sizeof result) return 0;
  close(ends[0]), close(ends[1]);
  if (result >= 0) return 0;
  errno = -result;
  return -1;
#else
  (void)number, (void)first;
  return NOT_TRIED;
#endif
}

static void inherited(void) {
  char text[64];
  int found = 0;
  for (int descriptor = 3; descriptor < 4096; ++descriptor) found += fcntl(descriptor, F_GETFD) >= 0;
  snprintf(text, sizeof text, "%d", found);
  tell("descriptors besides the three", found == 0, text);
  tell("the caller's environment", getenv("KRGBOOT_CASE_TOKEN") == NULL, "not there");
}

int main(int words, char** word) {
  if (words == 2) {
    TRY(EPERM, typed_at_own_terminal(word[1]));
    return bad != 0;
  }
  if (words != 5) return 2;
  int process = atoi(word[1]), port = atoi(word[3]);
  inherited();

  /* Keys */
  TRY(EPERM, syscall(SYS_keyctl, 8, -4, -3));
  TRY(EPERM, syscall(SYS_add_key, "user", "name", "x", 1, -4));
  TRY(EPERM, syscall(SYS_request_key, "user", "name", 0, -4));
  /* Terminals */
  TRY(EPERM, typed_at_terminal(TIOCSTI));
  TRY(EPERM, typed_at_terminal(TIOCSTI | 1UL << 32));
  TRY(EPERM, typed_at_terminal(0x541C));
  /* The kernel */
  TRY(EPERM, syscall(SYS_kexec_load, 0, 0, 0, 0));
  TRY(EPERM, syscall(SYS_kexec_file_load, -1, -1, 0, 0, 0));
  TRY(EPERM, syscall(SYS_init_module, 0, 0, ""));
  TRY(EPERM, syscall(SYS_finit_module, -1, "", 0));
  TRY(EPERM, syscall(SYS_delete_module, "loop", 0));
  TRY(EPERM, syscall(SYS_bpf, 0, 0, 0));
  TRY(EPERM, syscall(SYS_perf_event_open, 0, 0, -1, -1, 0));
  TRY(EPERM, syscall(SYS_userfaultfd, 0));
  TRY(EPERM, syscall(SYS_io_uring_setup, 1, 0));
  TRY(EPERM, reboot(RB_ENABLE_CAD));
  TRY(EPERM, syscall(SYS_syslog, 3, 0, 0));
#ifdef SYS_iopl
  TRY(EPERM, syscall(SYS_iopl, 3));
#endif
  /* Mounts and files beyond the image */
  TRY(EPERM, mount("none", "/tmp", "tmpfs", 0, ""));
  TRY(EPERM, mount(0, "/proc/sys", 0, MS_REMOUNT | MS_BIND, 0));
  TRY(EPERM, umount2("/proc", MNT_DETACH));
  TRY(EPERM, syscall(SYS_pivot_root, ".", "."));
  TRY(EPERM, syscall(SYS_fsopen, "tmpfs", 0));
  TRY(EPERM, syscall(SYS_open_tree, AT_FDCWD, "/", 1));
  TRY(EPERM, syscall(SYS_move_mount, -1, "", -1, "", 0));
  TRY(EPERM, syscall(SYS_mount_setattr, AT_FDCWD, "/", 0, 0, 0));
  TRY(EPERM, by_handle());
  TRY(ENOENT, climbed(word[4]));
  /* Namespaces */
  TRY(EPERM, unshare(CLONE_NEWUSER));
  TRY(EPERM, unshare(CLONE_NEWNS));
  TRY(EPERM, unshare(0x80));
  TRY(EPERM, unshare(CLONE_FS | CLONE_NEWNET));
  TRY(EPERM, cloned(CLONE_NEWUSER));
  TRY(EPERM, cloned(CLONE_NEWPID | CLONE_NEWNET));
  TRY(ENOSYS, clone3_user());
  TRY(EPERM, joined("/proc/self/ns/mnt"));
  /* Process 1, and the host's */
  TRY(EPERM, ptrace(PTRACE_ATTACH, 1, 0, 0));
  TRY(EPERM, ptrace(PTRACE_SEIZE, 1, 0, 0));
  TRY(EPERM, peeked());
  TRY(EPERM, descriptor_of_init());
  TRY(ENOENT, open("/proc/1/mem", O_RDONLY));
  TRY(ENOENT, open("/proc/1/environ", O_RDONLY));
  TRY(ENOENT, open("/proc/1/maps", O_RDONLY));
  TRY(ENOENT, open("/proc/1/fd", O_RDONLY));
  TRY(ENOENT, open("/proc/1/exe", O_RDONLY));
  TRY(ENOENT, open("/proc/1/cwd", O_RDONLY));
  TRY(ENOENT, open("/proc/1/task/1/mem", O_RDONLY));
  TRY(ESRCH, kill(process, 0));
  TRY(ECONNREFUSED, called_abstract(word[2]));
  TRY(ECONNREFUSED, called_loopback(port));
  /* Devices */
  TRY(EROFS, chmod("/dev/null", 0600));
  TRY(EROFS, chown("/dev/zero", 1, 1));
  TRY(EROFS, utimensat(AT_FDCWD, "/dev/full", 0, 0));
  TRY(EROFS, setxattr("/dev/random", "trusted.x", "x", 1, 0));
  TRY(EROFS, open("/dev/tty", O_RDWR) < 0 ? chmod("/dev/tty", 0600) : -1);
  TRY(EPERM, mknod("/tmp/disk", S_IFBLK | 0600, 0x0800));
  TRY(EPERM, mknod("/dev/mem", S_IFCHR | 0600, 0x0101));
  TRY(EACCES, open("/laid/zero", O_RDONLY));
  TRY(ENOENT, open("/dev/mem", O_RDONLY));
  TRY(ENOENT, open("/dev/console", O_RDONLY));
  /* Settings of the host */
  TRY(EROFS, open_to_write("/proc/sys/kernel/core_pattern"));
  TRY(EROFS, open_to_write("/proc/sys/kernel/hostname"));
  TRY(EROFS, mkdir("/sys/x", 0700));
  TRY(EROFS, chmod("/proc/1/status", 0600));
  empty("/proc/kcore");
  empty("/proc/keys");
  empty("/proc/key-users");
  empty("/proc/timer_list");
  TRY(ENOENT, open("/sys/firmware/dmi", O_RDONLY));
  /* Networks */
  TRY(EAFNOSUPPORT, socket(AF_PACKET, SOCK_RAW, 0x0300));
  TRY(EAFNOSUPPORT, socket(AF_ALG, SOCK_SEQPACKET, 0));
  TRY(EAFNOSUPPORT, socket(AF_VSOCK, SOCK_STREAM, 0));
  TRY(EAFNOSUPPORT, socket(AF_NETLINK, SOCK_RAW, NETLINK_AUDIT));
  TRY(EPERM, socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
  /* Privileges of the host */
  TRY(EPERM, settimeofday(&(struct timeval){0}, 0));
  TRY(EPERM, sethostname("x", 1));
  TRY(EPERM, swapon("/tmp/swap", 0));
  TRY(EPERM, acct("/tmp/acct"));
  TRY(EPERM, syscall(SYS_quotactl, 0, 0, 0, 0));
  TRY(EPERM, syscall(SYS_fanotify_init, 0, 0));
  TRY(EPERM, syscall(SYS_mbind, 0, 0, 0, 0, 0, 0));
  TRY(EACCES, setpriority(PRIO_PROCESS, 0, -20));
  TRY(EPERM, raised(RLIMIT_NPROC));
  TRY(EPERM, gained(CAP_SYS_ADMIN));
  TRY(EPERM, gained(CAP_NET_RAW));
  TRY(EPERM, gained(CAP_MKNOD));
  TRY(EPERM, gained(CAP_SYS_PTRACE));
  TRY(EPERM, gained(CAP_DAC_READ_SEARCH));
  TRY(ENOSYS, personality(READ_IMPLIES_EXEC));
#ifdef __x86_64__
  TRY(ENOSYS, syscall(0x40000000 + SYS_getpid));
#endif
  TRY_INTERRUPT(by_interrupt(288, 8));   /* keyctl */
  TRY_INTERRUPT(by_interrupt(21, 0));    /* mount */
  TRY_INTERRUPT(by_interrupt(310, CLONE_NEWUSER)); /* unshare */
  TRY_INTERRUPT(by_interrupt(357, 0));   /* bpf */
  printf("%d tries, %d not refused\n", count, bad);
  return bad != 0;
}
