#include "init_program.hpp"

#include <array>
#include <cerrno>
#include <charconv>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mount_calls.hpp"

// Nothing in this file allocates memory, takes a lock or throws: see mount_calls.hpp.

namespace krgboot {

// The program's bytes from the build (KRGBOOT_INIT is the path of the program).
asm(".pushsection .rodata\n"
    ".globl krgboot_init_begin\n"
    ".hidden krgboot_init_begin\n"
    "krgboot_init_begin: .incbin \"" KRGBOOT_INIT
    "\"\n"
    ".globl krgboot_init_end\n"
    ".hidden krgboot_init_end\n"
    "krgboot_init_end:\n"
    ".popsection\n");
extern "C" const char krgboot_init_begin[];
extern "C" const char krgboot_init_end[];

namespace {

using Word = std::array<char, 16>;

Word text_of(int number) noexcept {
  Word word{};
  std::to_chars(word.data(), word.data() + word.size() - 1, number);
  return word;
}

}  // namespace

int open_init() noexcept {
  // Not a memfd: executing one may be forbidden (vm.memfd_noexec in sysctl(8)).
  Handle place(make_memory_file_system("0700"));
  if (place.failed()) return -1;
  {
    Handle file(openat(place.get(), "krgboot-init", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700));
    if (file.failed()) return -1;
    auto size = static_cast<std::size_t>(krgboot_init_end - krgboot_init_begin);
    if (auto error = write_all(file.get(), krgboot_init_begin, size); error != 0) {
      errno = error;
      return -1;
    }
  }
  return openat(place.get(), "krgboot-init", O_RDONLY | O_CLOEXEC);
}

int become_init(int init, pid_t program, int ready) noexcept {
  auto whom = text_of(program);
  auto where = text_of(ready);
  std::array<char, 13> name{"krgboot-init"};
  std::array<char*, 4> words{name.data(), whom.data(), where.data(), nullptr};
  std::array<char*, 1> environment{nullptr};
  close_on_exec_from(0);
  if (fcntl(ready, F_SETFD, 0) != 0) return errno;
  execveat(init, "", words.data(), environment.data(), AT_EMPTY_PATH);
  return errno;
}

}  // namespace krgboot
