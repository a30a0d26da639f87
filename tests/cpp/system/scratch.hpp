#pragma once

#include "krgboot/system/root.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include <sys/stat.h>

/// A directory for one test, removed with its content afterwards. Paths are relative to it: "/etc/hosts".
class Scratch {
 public:
  Scratch() {
    auto name = (std::filesystem::temp_directory_path() / "krgboot-test.XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    chmod(name.c_str(), 0755);
    path_ = name;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  krgboot::Root root() const { return krgboot::Root(path_); }
  std::string host(const std::string& path) const { return path_ + path; }

  void make_directory(const std::string& path) const { std::filesystem::create_directories(host(path)); }
  void write(const std::string& path, const std::string& content) const {
    make_directory(std::filesystem::path(path).parent_path());
    std::ofstream(host(path), std::ios::binary) << content;
  }
  /// Makes a symlink; `target` is not prefixed with the scratch directory.
  void link(const std::string& target, const std::string& path) const {
    make_directory(std::filesystem::path(path).parent_path());
    std::filesystem::create_symlink(target, host(path));
  }
  std::string read(const std::string& path) const {
    std::ifstream file(host(path), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  bool exists(const std::string& path) const {
    return std::filesystem::exists(std::filesystem::symlink_status(host(path)));
  }

 private:
  std::string path_;
};
