#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/formats/nfs/exports/options.hpp"
#include "krgboot/system/root.hpp"

#include <optional>
#include <string>

namespace krgboot {

/// How well Linux' NFS server can export the file system of a directory.
struct ExportSupport {
  /// The number by which the server identifies the file system: the device number, or the file system's own
  /// (f_fsid of statfs(2)). A fleeting one changes with each mount, or may belong to another file system too.
  enum class Number { lasting, fleeting, none };
  std::string type;  ///< "ext4"
  Number number = Number::lasting;
  bool possible = true;  ///< false: it has no file handles, and `fsid=` does not help
};

/// nullopt if the directory does not exist, and in a staged tree, whose final file system is unknown. Throws
/// IoError.
std::optional<ExportSupport> export_support(const Root& root, const std::string& path);

/// The fault of these options for an export of `path`: an error if the NFS server refuses it, a warning if
/// `fsid=` is missing and the file system may be confused with another (exports(5)). Throws IoError.
std::optional<Diagnostic> export_support_finding(const Root& root, const std::string& path,
                                                 const exports::Options& options);

}  // namespace krgboot
