#pragma once

#include "krgboot/plan/changes.hpp"

#include <cstddef>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace krgboot {

/// Copies of kernels and initrds from images that are left out (DiffOptions::skip_bad_images). They are not
/// made, and what lies there stays: the nodes of these images go on with it. Keeps references to what it is
/// given.
class LeftOutCopies {
 public:
  /// `is_there`: a copy lies there already.
  void add(const CopyFile& copy, bool is_there);

  /// True where a boot file stays as it is: it lies there and `may_change`, and the new one would name a copy
  /// that is not there. A boot file that does not lie there yet is written all the same. `warnings` tells of
  /// both.
  bool keeps(const WriteFile& boot_file, const Observed& seen, bool may_change);

  /// May machines go on to load this copy, which the plan no longer holds?
  bool may_be_loaded(const Owned& copy) const;

  /// One for all boot files that name the same missing copy: with many nodes there are many.
  Diagnostics warnings() const;

 private:
  struct Named {
    const CopyFile* copy;
    bool stays;
    const WriteFile* first;  ///< of the boot files
    std::size_t count;       ///< of all of them
  };
  void note(const CopyFile& copy, bool stays, const WriteFile& boot_file);

  std::unordered_set<std::string_view> folders_;
  std::vector<const CopyFile*> missing_;
  std::vector<Named> named_;
  std::vector<std::string_view> kept_boot_files_;
};

}  // namespace krgboot
