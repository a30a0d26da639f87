#include "hard_links.hpp"

#include "krgboot/base/error.hpp"

#include <algorithm>

#include <fcntl.h>

#include "mount_point.hpp"
#include "path.hpp"
#include "system_call.hpp"

namespace krgboot {

namespace {

/// About a second's work. Above this limit the caller knows the number of names only.
constexpr std::size_t most_looked_at = 300'000;

class Search {
 public:
  Search(const Root& root, std::string path, const FileStatus& status)
      : root_(root), found_{std::move(path)}, status_(status) {}

  bool ended() const { return found_.size() >= status_.links || looked_at_ >= most_looked_at; }

  /// Searches everything in `top`, except in `without`, which has been searched already.
  void look_in(const std::string& top, const std::string& without) {
    std::vector<std::string> waiting{top};
    while (!waiting.empty() && !ended()) {
      auto directory = std::move(waiting.back());
      waiting.pop_back();
      try {
        look_at_names(directory, without, waiting);
      } catch (const IoError&) {
        // Removed in the meantime, or not readable.
      }
    }
  }

  std::vector<std::string> found() && { return std::move(found_); }

 private:
  void look_at_names(const std::string& directory, const std::string& without,
                     std::vector<std::string>& waiting) {
    auto opened = root_.open(directory, O_RDONLY | O_DIRECTORY);
    if (!opened) return;
    for (const auto& name : system_call::names_in(opened.get(), root_.describe(directory))) {
      if (ended()) return;
      ++looked_at_;
      struct statx status {};
      if (statx_at(opened.get(), name, status) != 0) continue;
      auto path = joined_path(directory, name);
      if (S_ISDIR(status.stx_mode)) {
        if (path != without && !is_mount_point(opened.get(), name, status, path))
          waiting.push_back(std::move(path));
      } else if (is_the_file(system_call::to_file_status(status)) && path != found_.front()) {
        found_.push_back(std::move(path));
      }
    }
  }

  bool is_the_file(const FileStatus& status) const {
    return status.inode == status_.inode && status.device == status_.device;
  }

  const Root& root_;
  std::vector<std::string> found_;
  const FileStatus& status_;
  std::size_t looked_at_ = 0;
};

}  // namespace

std::vector<std::string> names_of_file(const Root& root, const std::string& path, const FileStatus& status) {
  Search search(root, path, status);
  std::string without;
  for (auto directory = parent_path(path); !search.ended(); directory = parent_path(directory)) {
    search.look_in(directory, without);
    if (directory == "/") break;
    without = directory;
  }
  auto found = std::move(search).found();
  std::sort(found.begin() + 1, found.end());
  return found;
}

}  // namespace krgboot
