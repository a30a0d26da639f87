// Process 1 of a sandbox. It is a separate static program without krgboot's code, so that its memory,
// environment and descriptors reveal nothing to a program in an image. The library embeds it (see
// init_program.hpp) and starts it by exec:
//
//     krgboot-init PROGRAM READY
//
// PROGRAM is the process ID of the first program, which waits; READY is a descriptor: one byte written to it
// tells the program to begin. All signals are blocked at the start. init exits when PROGRAM exits; the kernel
// then kills the remaining processes (pid_namespaces(7)). On SIGTERM, which the keeper sends, it signals all
// processes.

#include <csignal>
#include <cstdlib>

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char** words) {
  if (count != 3) return 127;
  auto program = static_cast<pid_t>(atoi(words[1]));
  auto ready = atoi(words[2]);
  prctl(PR_SET_NAME, "init");  // the usual name of process 1, shown by ps(1)
  // From here on /proc/1/{fd,environ,mem,exe,maps,root} are unreadable for all (ptrace(2), access mode
  // checking).
  if (prctl(PR_SET_DUMPABLE, 0) != 0) return 127;
  if (write(ready, "", 1) != 1) return 127;
  syscall(SYS_close_range, 0U, ~0U, 0U);
  sigset_t signals;
  sigfillset(&signals);
  for (;;) {
    int signal = 0;
    sigwait(&signals, &signal);
    if (signal == SIGTERM) kill(-1, SIGTERM);
    if (signal != SIGCHLD) continue;
    int status = 0;
    for (pid_t ended = 0; (ended = waitpid(-1, &status, WNOHANG)) > 0;) {
      if (ended == program) _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    }
  }
}
