// Process 1 of a sandbox: a program of its own, linked statically and without anything of krgboot's, so that
// neither its memory, nor its environment, nor its descriptors tell a program in an image anything. The
// library carries it (see init_program.hpp) and starts it by exec:
//
//     krgboot-init PROGRAM READY
//
// PROGRAM is the process ID of the first program, which waits; READY is a descriptor to write one byte to
// when it may begin. All signals come blocked. It ends as PROGRAM ends; then the kernel kills what is left
// (pid_namespaces(7)). SIGTERM, which the keeper outside sends, goes to all processes.

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
  prctl(PR_SET_NAME, "init");  // what programs expect of process 1, and what ps(1) shows
  // From here on /proc/1/{fd,environ,mem,exe,maps,root} are closed to all (ptrace(2), access mode checking).
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
