#pragma once

#include "krgboot/base/text.hpp"
#include "krgboot/system/process.hpp"

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "scratch.hpp"

/// A minimal image with a shell and a few programs: copies from the build machine, with the libraries that
/// they need.
class SmallImage : public Scratch {
 public:
  SmallImage() {
    for (const auto* directory : {"/proc", "/sys", "/dev", "/run", "/tmp", "/etc", "/root", "/usr/sbin"})
      make_directory(directory);
    link("usr/bin", "/bin");
    for (const auto* name :
         {"sh",  "cat",   "chmod",    "chown", "ls", "sleep",  "id",     "mount", "mknod", "uname",
          "env", "touch", "readlink", "stat",  "mv", "chroot", "setsid", "rm",    "tty",   "seq"})
      install(name);
  }

  void install(const std::string& name) const {
    auto program = krgboot::find_program(name);
    if (!program) throw std::runtime_error(name + " is not installed");
    copy(*program, "/usr/bin/" + name);
    auto libraries = krgboot::check_run({"ldd", *program}).output;
    for (auto line : krgboot::split_lines(libraries)) {
      auto start = line.find('/');
      if (start == std::string_view::npos) continue;
      std::string library(line.substr(start, line.find(" (", start) - start));
      copy(library, library);
    }
  }

 private:
  void copy(const std::string& from, const std::string& to) const {
    if (exists(to)) return;
    make_directory(std::filesystem::path(to).parent_path());
    std::filesystem::copy_file(from, host(to));
  }
};
