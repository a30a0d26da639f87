#include "krgboot/tree/entry.hpp"

#include <algorithm>

namespace krgboot {

std::string to_string(EntryType type) {
  switch (type) {
    case EntryType::file:
      return "file";
    case EntryType::directory:
      return "dir";
    case EntryType::symlink:
      return "link";
    case EntryType::fifo:
      return "fifo";
    case EntryType::character_device:
      return "char";
    case EntryType::block_device:
      break;
  }
  return "block";
}

int compare_tree_paths(std::string_view a, std::string_view b) noexcept {
  if (a == b) return 0;
  if (a == ".") return -1;
  if (b == ".") return 1;
  auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  // '/' ends a name, so it sorts before every byte of a longer name.
  auto rank = [](auto at, auto end) {
    if (at == end) return -1;
    return *at == '/' ? 0 : static_cast<int>(static_cast<unsigned char>(*at));
  };
  return rank(in_a, a.end()) - rank(in_b, b.end());
}

bool is_tree_path(std::string_view path) noexcept {
  if (path == ".") return true;
  if (path.empty() || path.find('\0') != std::string_view::npos) return false;
  for (std::size_t start = 0; start <= path.size();) {
    auto end = std::min(path.find('/', start), path.size());
    auto component = path.substr(start, end - start);
    if (component.empty() || component == "." || component == "..") return false;
    start = end + 1;
  }
  return true;
}

}  // namespace krgboot
