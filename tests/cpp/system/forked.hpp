#pragma once

#include <exception>

#include <sys/wait.h>
#include <unistd.h>

/// Runs `action` in a child process. An exception must not return to the test framework there.
template <class Action>
pid_t forked(Action action) {
  auto child = fork();
  if (child != 0) return child;
  try {
    action();
  } catch (const std::exception&) {
    _exit(99);
  }
  _exit(0);
}

/// Exit status of the child, or 128 plus the signal number.
inline int status_of(pid_t child) {
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
