#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <unistd.h>

// Finds leftovers of a program on the machine, for tests that expect none.

/// The mount table of this process.
inline std::string mounts() {
  std::ifstream file("/proc/self/mountinfo");
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Is a process running whose argument list contains `text`?
inline bool is_running(const std::string& text) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline", std::ios::binary);
    std::string arguments{std::istreambuf_iterator<char>(file), {}};
    if (arguments.find(text) != std::string::npos) return true;
  }
  return false;
}

/// Waits for the condition for up to half a minute.
template <class Condition>
bool comes_true(Condition condition) {
  for (int attempt = 0; attempt < 3000; ++attempt) {
    if (condition()) return true;
    usleep(10'000);
  }
  return false;
}
