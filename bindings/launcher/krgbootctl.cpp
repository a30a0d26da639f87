// The command krgbootctl: Python, with Ctrl-C put off until krgboot can answer it.
//
// Python takes some hundredths of a second before it runs anything of ours, and Ctrl-C in that time is a
// fatal error of its own, with a traceback. Blocked, it waits: krgboot/_interrupt.py, which is loaded first,
// lets it through.

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include <unistd.h>

namespace {

/// The Python that this was installed for: its own programs lie beside it, as in every virtual environment;
/// else the one that a shell would start.
std::string python() {
  char path[PATH_MAX];
  auto length = readlink("/proc/self/exe", path, sizeof path);
  if (length > 0 && length < static_cast<ssize_t>(sizeof path)) {
    std::string beside(path, static_cast<std::size_t>(length));
    beside = beside.substr(0, beside.rfind('/') + 1) + "python3";
    if (access(beside.c_str(), X_OK) == 0) return beside;
  }
  return "python3";
}

}  // namespace

int main(int count, char** words) {
  sigset_t interrupt;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  sigprocmask(SIG_BLOCK, &interrupt, nullptr);

  auto program = python();
  // -P: the directory that one works in may be anybody's, and nothing is loaded from there.
  std::string safe_path = "-P", module = "-m", name = "krgboot";
  std::vector<char*> arguments{program.data(), safe_path.data(), module.data(), name.data()};
  if (count > 1) arguments.insert(arguments.end(), words + 1, words + count);
  arguments.push_back(nullptr);
  execvp(program.c_str(), arguments.data());
  std::fprintf(stderr, "error: cannot run %s: %s\n", program.c_str(), std::strerror(errno));
  return 127;
}
