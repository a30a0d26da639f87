#pragma once

#include "krgboot/system/root.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace krgboot {

/// The directories a transaction works in, by their index in its record, each with its staging directory and
/// the place aside. Descriptors are opened when first wanted and kept; not more than a few dozen at a time.
class Workplace {
 public:
  Workplace(Root root, std::string id);

  const Root& root() const noexcept { return root_; }
  const std::string& id() const noexcept { return id_; }
  std::size_t size() const noexcept { return entries_.size(); }

  /// Adds a directory; the next index. `location`: where it lies for now, if not at `path`.
  std::uint32_t add(const std::string& path, const std::string& location);
  void move_home(std::uint32_t index);  ///< from now on it lies at its path

  const std::string& path(std::uint32_t index) const { return entries_[index].path; }
  const std::string& location(std::uint32_t index) const { return entries_[index].location; }
  /// The host's path of a name in the directory, for messages.
  std::string describe(std::uint32_t index, const std::string& name) const;

  /// Descriptor of the directory; -1 where it is not there.
  int directory(std::uint32_t index);
  /// Descriptor of its staging directory; -1 where there is none and `make` is not set. Throws IoError.
  int staging(std::uint32_t index, bool make = false);
  /// The same for the place of old versions.
  int aside(std::uint32_t index, bool make = false);

  /// Removes staging directory and place aside with all they hold; false where there was neither. Throws
  /// IoError, after it has tried both.
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

/// Removes the directory `name` in `parent` with all that is in it, following nothing; false where there is
/// no such. `host_path` is of `name`. Throws IoError "remove".
bool remove_tree(int parent, const std::string& name, const std::string& host_path);

}  // namespace krgboot
