#include "interfaces_files.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <set>
#include <string_view>
#include <utility>

#include <fnmatch.h>

#include "image_settings.hpp"
#include "interfaces.hpp"
#include "system/path.hpp"
#include "tree/unless_error.hpp"

namespace krgboot {

namespace {

constexpr std::size_t most_files = 200;

/// The components of an absolute path in the image; `..` goes one up, but not above the image's root. Empty
/// if the text is too long for a path.
std::vector<std::string> components_of(std::string_view path) {
  std::vector<std::string> components;
  if (path.size() >= PATH_MAX || path.find('\0') != std::string_view::npos) return {};
  for (auto component : split(path, '/')) {
    if (component.empty() || component == ".") continue;
    if (component.size() > NAME_MAX) return {};
    if (component != "..") {
      components.emplace_back(component);
    } else if (!components.empty()) {
      components.pop_back();
    }
  }
  return components;
}

bool has_wildcard(std::string_view component) {
  return component.find_first_of("*?[\\") != std::string_view::npos;
}

/// The regular expression of interfaces(5): ^[a-zA-Z0-9_-]+$
bool is_name_of_directory(std::string_view name) {
  auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return std::all_of(name.begin(), name.end(), is_allowed);
}

/// ifupdown, too, ignores a symlink loop and a path that has become too long.
template <class Look>
auto unless_unreachable(Look look) {
  return unless_error({ELOOP, ENAMETOOLONG}, look);
}

/// Finds the files that source lines name.
class SourcedFiles {
 public:
  explicit SourcedFiles(const Root& image) : image_(image) {}

  /// `file` is the one that contains the line.
  std::vector<std::string> of(const Interfaces::Source& source, const std::string& file) {
    auto is_absolute = source.path.front() == '/';
    auto found = expanded(is_absolute ? source.path : joined_path(parent_path(file), source.path));
    if (!source.is_directory) return found;
    std::vector<std::string> files;
    for (const auto& directory : found) {
      for (const auto& name : names(directory)) {
        if (is_name_of_directory(name)) add(files, directory, name);
      }
    }
    return files;
  }

 private:
  std::vector<std::string> expanded(std::string_view pattern) {
    auto components = components_of(pattern);
    if (components.empty()) return {};
    std::vector<std::string> found{"/"};
    for (const auto& component : components) {
      std::vector<std::string> next;
      for (const auto& directory : found) {
        if (!has_wildcard(component)) {
          add(next, directory, component);
          continue;
        }
        for (const auto& name : names(directory)) {
          if (fnmatch(component.c_str(), name.c_str(), FNM_PERIOD) == 0) add(next, directory, name);
        }
      }
      found = std::move(next);
    }
    return found;
  }

  void add(std::vector<std::string>& paths, const std::string& directory, const std::string& name) {
    if (left_ == 0) return;
    --left_;
    auto path = joined_path(directory, name);
    if (path.size() < PATH_MAX) paths.push_back(std::move(path));
  }

  std::vector<std::string> names(const std::string& directory) {
    if (left_ == 0) return {};
    auto found = unless_unreachable([&] { return names_in(image_, directory); });
    if (found.size() > left_) found.resize(left_);
    left_ -= found.size();
    return found;
  }

  const Root& image_;
  // Total limit for names examined and paths made from them, over all files.
  std::size_t left_ = 10'000;
};

}  // namespace

std::vector<std::string> cards_of_ifupdown(const Root& image) {
  Interfaces interfaces;
  std::vector<std::string> files = {"/etc/network/interfaces"};
  std::set<std::string> known(files.begin(), files.end());
  std::size_t sources_left = most_files;
  SourcedFiles sourced(image);
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto text = unless_unreachable([&] { return text_of(image, files[i]); });
    for (const auto& source : interfaces.add(text.value_or(""))) {
      if (sources_left == 0) break;
      --sources_left;
      for (auto& path : sourced.of(source, files[i])) {
        if (files.size() < most_files && known.insert(path).second) files.push_back(std::move(path));
      }
    }
  }
  return interfaces.configured();
}

}  // namespace krgboot
