#pragma once

#include "krgboot/system/root.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace krgboot {

/// The directories of a transaction by their index in its record, each with its staging directory and its
/// directory for old versions (`aside`). Descriptors are opened on first use and kept, at most a few dozen at
/// a time.
class Workplace {
 public:
  Workplace(Root root, std::string id);

  const Root& root() const noexcept { return root_; }
  const std::string& id() const noexcept { return id_; }
  std::size_t size() const noexcept { return entries_.size(); }

  /// Adds a directory and returns its index. `location`: its current place, if not `path`.
  std::uint32_t add(const std::string& path, const std::string& location);
  void move_home(std::uint32_t index);  ///< from now on it lies at its final path

  const std::string& path(std::uint32_t index) const { return entries_[index].path; }
  const std::string& location(std::uint32_t index) const { return entries_[index].location; }
  /// Host path of a name in the directory, for messages.
  std::string describe(std::uint32_t index, const std::string& name) const;

  /// Descriptor of the directory; -1 if it does not exist.
  int directory(std::uint32_t index);
  /// Descriptor of its staging directory; -1 if that does not exist and `make` is false. Throws IoError.
  int staging(std::uint32_t index, bool make = false);
  /// The same for the directory for old versions.
  int aside(std::uint32_t index, bool make = false);

  /// Removes the staging directory and the directory for old versions with their content; false if there were
  /// none. Throws IoError after trying both.
  bool clear(std::uint32_t index);

 private:
  struct Entry {
    std::string path;
    std::string location;
    FileDescriptor directory;
    FileDescriptor staging;
    FileDescriptor aside;
  };

  int beside(std::uint32_t index, FileDescriptor Entry::*member, const std::string& name, bool make);
  void close(Entry& entry);

  Root root_;
  std::string id_;
  std::vector<Entry> entries_;
  std::deque<std::uint32_t> opened_;  ///< oldest first
};

/// Removes the directory `name` in `parent` recursively, following no symlinks; false if it does not exist.
/// `host_path` is that of `name`. Throws IoError "remove".
bool remove_tree(int parent, const std::string& name, const std::string& host_path);

}  // namespace krgboot
