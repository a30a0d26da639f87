#pragma once

#include <exception>

#include <sys/wait.h>
#include <unistd.h>

/// Runs `action` in a child process of its own. An exception must not carry the test framework on there.
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

/// Its exit status, or 128 and the signal.
inline int status_of(pid_t child) {
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
