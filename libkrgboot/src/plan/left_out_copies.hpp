#pragma once

#include "krgboot/plan/changes.hpp"

#include <cstddef>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace krgboot {

/// Copies of kernels and initrds from images that are left out (DiffOptions::skip_bad_images). They are not
/// made; existing copies stay, because the nodes of these images still load them. Keeps references to its
/// arguments.
class LeftOutCopies {
 public:
  /// `is_there`: the copy exists already.
  void add(const CopyFile& copy, bool is_there);

  /// True if an existing boot file must stay unchanged: the new one would name a missing copy, and
  /// `may_change` is true. A boot file that does not exist yet is written all the same. `warnings` reports
  /// both cases.
  bool keeps(const WriteFile& boot_file, const Observed& seen, bool may_change);

  /// Can nodes still load this copy, which is no longer in the plan?
  bool may_be_loaded(const Owned& copy) const;

  /// One warning for all boot files that name the same missing copy: many nodes have many boot files.
  Diagnostics warnings() const;

 private:
  struct Named {
    const CopyFile* copy;
    bool stays;
    const WriteFile* first;  ///< first boot file that names the copy
    std::size_t count;       ///< number of these boot files
  };
  void note(const CopyFile& copy, bool stays, const WriteFile& boot_file);

  std::unordered_set<std::string_view> folders_;
  std::vector<const CopyFile*> missing_;
  std::vector<Named> named_;
  std::vector<std::string_view> kept_boot_files_;
};

}  // namespace krgboot
