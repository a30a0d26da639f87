#pragma once

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

namespace fuzz {

/// A directory for code that reads only files; removed at the end of the process. In memory if possible.
class Directory {
 public:
  Directory() {
    std::error_code none;
    auto above = std::filesystem::is_directory("/dev/shm", none) ? std::filesystem::path("/dev/shm")
                                                                 : std::filesystem::temp_directory_path();
    path_ = (above / "krgboot-fuzz.XXXXXX").string();
    if (mkdtemp(path_.data()) != nullptr) return;
    std::perror(path_.c_str());
    std::abort();
  }
  Directory(const Directory&) = delete;
  Directory(Directory&&) = delete;
  Directory& operator=(const Directory&) = delete;
  Directory& operator=(Directory&&) = delete;
  ~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const noexcept { return path_; }
  void write(const std::string& name, std::string_view bytes) const {
    std::ofstream(path_ + '/' + name, std::ios::binary | std::ios::trunc) << bytes;
  }

 private:
  std::string path_;
};

}  // namespace fuzz
