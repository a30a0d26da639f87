#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/formats/nfs/exports/options.hpp"
#include "krgboot/system/root.hpp"

#include <optional>
#include <string>

namespace krgboot {

/// What Linux' NFS server makes of the file system that a directory lies on.
struct ExportSupport {
  /// The number by which it finds the file system again: the device's, or the file system's own (f_fsid of
  /// statfs(2)). A fleeting one changes with each mount, or another file system has it, too.
  enum class Number { lasting, fleeting, none };
  std::string type;  ///< "ext4"
  Number number = Number::lasting;
  bool possible = true;  ///< false: it has no handles, and `fsid=` does not help
};

/// nullopt where there is no such directory, and in a staged tree, which lies somewhere else than it will.
/// Throws IoError.
std::optional<ExportSupport> export_support(const Root& root, const std::string& path);

/// What is wrong with these options for an export of `path`: an error where the NFS server refuses it, a
/// warning where `fsid=` is missing and it may be taken for another (exports(5)). Throws IoError.
std::optional<Diagnostic> export_support_finding(const Root& root, const std::string& path,
                                                 const exports::Options& options);

}  // namespace krgboot
