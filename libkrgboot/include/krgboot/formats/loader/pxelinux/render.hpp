#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/model/server_view.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::pxelinux {

/// pxelinux asks for no longer path than this (doc/pxelinux.txt).
inline constexpr std::size_t max_path_length = 127;

/// boot_path(), which pxelinux asks for without a leading '/', since the TFTP daemon serves the root only.
/// Throws ArgumentError "pxelinux.path" for a path that pxelinux cannot ask for: longer than
/// max_path_length, with a blank, control character or ',' (which separates initrds), with "::" (before which
/// another server is named), with an empty, "." or ".." component.
KRGBOOT_EXPORT std::string fetched_path(const Image& image, std::string_view file);

/// pxelinux.cfg/default: every boot entry as a LABEL, the default one first and booted at once. Throws
/// ArgumentError "pxelinux.no_default" for a cluster without default_boot, and where a value cannot be
/// carried.
KRGBOOT_EXPORT std::string render(const ServerView& view);

/// A node's own boot file: the LABEL of its boot entry with the node's `append`, booted at once.
KRGBOOT_EXPORT std::string render(const ServerView& view, const Node& node);

/// The same for many nodes of one cluster: what nodes share is rendered once. Refers to the cluster of
/// `view`.
class KRGBOOT_EXPORT NodeMenus {
 public:
  explicit NodeMenus(const ServerView& view);
  /// Equal to render(view, node). May be called from several threads at once.
  std::string render(const Node& node) const;

 private:
  struct Shared {
    std::string head;               // from DEFAULT to the end of what precedes the node's words
    std::string tail;               // from the newline on
    std::size_t loaded_length = 0;  // of the loaded line without the node's words
  };
  ServerView view_;
  std::vector<Shared> shared_;  // one a boot entry
};

/// What would keep pxelinux from loading the boot files of `view`, each with the key of the spec to blame.
/// Errors: "boot.command_line_too_long" and "node.command_line_too_long" where a line, with what the loader
/// adds, does not fit into command_line_size (rendering throws then), "nfs_root.syntax" where problem_with()
/// finds one (likewise), "pxelinux.line_too_long" for a raw line of `extra`. Warning "pxelinux.initrd_word":
/// an entry without an initrd has a word with "initrd=" in it, which the loader takes for one wherever it
/// stands. Entries that cannot be rendered for another reason are passed over.
KRGBOOT_EXPORT Diagnostics check(const ServerView& view);

}  // namespace krgboot::pxelinux
