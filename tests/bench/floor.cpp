#include "floor.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace bench {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

Files::Files(const std::string& root, const std::vector<std::string>& directories) {
  std::map<std::string, std::size_t> known;
  auto index_of = [&](const std::string& directory) {
    auto [place, is_new] = known.emplace(directory, directories_.size());
    if (is_new) directories_.push_back(directory);
    return place->second;
  };
  for (const auto& directory : directories) {
    if (!fs::exists(root + directory)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root + directory)) {
      auto parent = entry.path().parent_path().string().substr(root.size());
      if (!entry.is_regular_file()) continue;
      std::ifstream stream(entry.path(), std::ios::binary);
      files_.push_back({index_of(parent), entry.path().filename().string(),
                        std::string(std::istreambuf_iterator<char>(stream), {})});
    }
  }
  // Sorted as a program would make them, not in directory order.
  std::sort(files_.begin(), files_.end(), [](const File& a, const File& b) {
    return a.directory != b.directory ? a.directory < b.directory : a.name < b.name;
  });
}

void Files::make_directories(const std::string& root) const {
  for (const auto& directory : directories_) fs::create_directories(root + directory);
}

std::vector<int> Files::open_directories(const std::string& root) const {
  std::vector<int> descriptors;
  for (const auto& directory : directories_) {
    descriptors.push_back(::open((root + directory).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (descriptors.back() < 0) fail(directory);
  }
  return descriptors;
}

void Files::create(const std::string& root, bool sync) const {
  auto directories = open_directories(root);
  for (const auto& file : files_) {
    auto made = ::openat(directories[file.directory], file.name.c_str(),
                         O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (made < 0) fail(file.name);
    if (::write(made, file.bytes.data(), file.bytes.size()) != static_cast<ssize_t>(file.bytes.size()))
      fail(file.name);
    ::close(made);
  }
  if (sync && ::syncfs(directories.front()) != 0) fail(root);
  for (auto directory : directories) ::close(directory);
}

void Files::read(const std::string& root) const {
  auto directories = open_directories(root);
  std::size_t largest = 0;
  for (const auto& file : files_) largest = std::max(largest, file.bytes.size());
  std::string buffer(largest, '\0');
  for (const auto& file : files_) {
    auto opened = ::openat(directories[file.directory], file.name.c_str(), O_RDONLY | O_CLOEXEC);
    if (opened < 0) fail(file.name);
    if (::read(opened, buffer.data(), buffer.size()) != static_cast<ssize_t>(file.bytes.size()))
      fail(file.name);
    ::close(opened);
  }
  for (auto directory : directories) ::close(directory);
}

}  // namespace bench
