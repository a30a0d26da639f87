// The command krgbootctl: starts Python with SIGINT blocked until krgboot can handle it.
//
// Python needs some hundredths of a second to start. Ctrl-C during that time would end it with a traceback.
// A blocked signal stays pending: krgboot/_interrupt.py, which is loaded first, unblocks it.

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include <unistd.h>

namespace {

/// The Python interpreter of this installation: python3 in the directory of this program, as in a virtual
/// environment; else python3 from PATH.
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
  // -P: do not import from the working directory, which may be untrusted.
#ifdef KRGBOOT_COMMAND_DIR
  // Python runs __main__.py of that directory, and imports from there first. An environment variable would do
  // the same to programs that krgboot starts.
  std::vector<std::string> words_of_python{"-P", KRGBOOT_COMMAND_DIR};
#else
  std::vector<std::string> words_of_python{"-P", "-m", "krgboot"};
#endif
  std::vector<char*> arguments{program.data()};
  for (auto& word : words_of_python) arguments.push_back(word.data());
  if (count > 1) arguments.insert(arguments.end(), words + 1, words + count);
  arguments.push_back(nullptr);
  execvp(program.c_str(), arguments.data());
  std::fprintf(stderr, "error: cannot run %s: %s\n", program.c_str(), std::strerror(errno));
  return 127;
}
