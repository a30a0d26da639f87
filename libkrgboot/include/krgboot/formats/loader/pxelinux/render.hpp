#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/model/server_view.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::pxelinux {

/// Longest path in bytes that pxelinux requests (`doc/pxelinux.txt`).
inline constexpr std::size_t max_path_length = 127;

/// The path by which pxelinux requests a file of the image's /boot: boot_path(), without a leading '/',
/// because it is relative to the TFTP root. `file` is relative to /boot. Throws ArgumentError "pxelinux.path"
/// for a path that pxelinux cannot request: one longer than max_path_length, with a blank, a control
/// character or ',' (the separator of initrds), with `::` (the separator after a server), or with an empty,
/// "." or ".." component.
KRGBOOT_EXPORT std::string fetched_path(const Image& image, std::string_view file);

/// The text of `pxelinux.cfg/default`: every boot entry as a LABEL; the default entry is first and boots at
/// once. Throws ArgumentError "pxelinux.no_default" for a cluster without default_boot,
/// "pxelinux.command_line_too_long", "pxelinux.label", "pxelinux.extra" (a control character), those of
/// fetched_path() and render_command_line().
KRGBOOT_EXPORT std::string render(const ServerView& view);

/// The text of a node's own boot file: the LABEL of its boot entry with the node's `append`, which boots at
/// once. Throws as above, but not "pxelinux.no_default".
KRGBOOT_EXPORT std::string render(const ServerView& view, const Node& node);

/// Renders the boot files of many nodes of one cluster, the parts that nodes share only once. Refers to the
/// cluster of `view`, which must outlive it.
class KRGBOOT_EXPORT NodeMenus {
 public:
  /// Throws as render().
  explicit NodeMenus(const ServerView& view);
  /// Equal to render(view, node), for a node of the view. May be called from several threads at once.
  std::string render(const Node& node) const;

 private:
  struct Shared {
    std::string head;               // from DEFAULT to the last word before the node's words
    std::string tail;               // from the newline on
    std::size_t loaded_length = 0;  // length of the loaded line without the node's words
  };
  ServerView view_;
  std::vector<Shared> shared_;  // one per boot entry
};

/// Finds faults that would keep pxelinux from loading the boot files of `view`. Each finding has the key of
/// the spec that causes it. Errors: "boot.command_line_too_long" and "node.command_line_too_long" for a line
/// that, with the words that the loader adds, does not fit into command_line_size; "nfs_root.syntax" if
/// problem_with() reports a problem (render() throws in these cases); "pxelinux.line_too_long" for a raw line
/// of `extra`. Warning "pxelinux.initrd_word": an entry without an initrd has a word that contains "initrd=",
/// which the loader reads at any place in the line. Entries that cannot be rendered for another reason are
/// skipped.
KRGBOOT_EXPORT Diagnostics check(const ServerView& view);

}  // namespace krgboot::pxelinux
