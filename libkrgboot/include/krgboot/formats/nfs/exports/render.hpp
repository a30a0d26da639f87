#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/server_view.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::exports {

/// The name of an image's file below /etc/exports.d: "krgboot-" IMAGE ".exports". Throws ArgumentError
/// "exports.image_name" for a name that would not come back: it must be letters, digits, '.', '_', '-' and
/// '+', the first a letter or digit, 200 at most.
KRGBOOT_EXPORT std::string drop_in_name(std::string_view image);
KRGBOOT_EXPORT std::string drop_in_name(const Image& image);

/// The image whose drop-in file has this name; nullopt for any other name.
KRGBOOT_EXPORT std::optional<std::string> parse_drop_in_name(std::string_view file_name);

/// The clients an image is exported to: those that the spec lists, else the fewest networks that hold exactly
/// the addresses that boot it (a single address without "/32").
KRGBOOT_EXPORT std::vector<std::string> clients(const ServerView& view, const Image& image);
/// Those that what nodes write is exported to: the same, without the machines of pools that may write
/// nothing. They mount it all the same, and find it read-only: the image's own export admits them.
KRGBOOT_EXPORT std::vector<std::string> writing_clients(const ServerView& view, const Image& image);

/// One directory that an image asks to be exported, and to whom.
struct Export {
  std::string path;
  std::vector<std::string> clients;
  ExportRules rules;
  bool read_only = true;
};
/// All of an image, its own directory first; none where nobody boots it and no client is listed. Root `ro`:
/// the tree read-only and each writable directory read-write, to `writing_clients`, if there are any; root
/// `rw`: the tree read-write.
KRGBOOT_EXPORT std::vector<Export> exported(const ServerView& view, const Image& image);

/// What stands between the parentheses: "rw,sync,no_root_squash,no_subtree_check", then `mountpoint=` where
/// there is a `mount_point` without which nothing is to be exported, `fsid=` where there is an `fsid`, and
/// `insecure` and `sec=` where they are not as exports(5) has them by default.
KRGBOOT_EXPORT std::string options(const ExportRules& rules, bool read_only,
                                   const std::string& mount_point = {}, const std::string& fsid = {});

/// A UUID for `fsid=` (exports(5)), made from the path alone: the same whenever the server starts.
KRGBOOT_EXPORT std::string fsid_of(std::string_view path);

/// What exports(5) has to say about an image, for a file of its own or a block of /etc/exports; nullopt where
/// nothing is `exported`. `with_fsid`: the image lies on a file system that the NFS server has no number for.
/// Throws ArgumentError where a path or client cannot be written.
KRGBOOT_EXPORT std::optional<std::string> render(const ServerView& view, const Image& image,
                                                 bool with_fsid = false);

}  // namespace krgboot::exports
