#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/server_view.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::exports {

/// Name of an image's drop-in file in /etc/exports.d: "krgboot-IMAGE.exports". Throws ArgumentError
/// "exports.image_name" unless `image` has 1 to 200 letters, digits, '.', '_', '-' and '+' and begins with a
/// letter or digit.
KRGBOOT_EXPORT std::string drop_in_name(std::string_view image);
/// The same for an image of the model.
KRGBOOT_EXPORT std::string drop_in_name(const Image& image);

/// The inverse of drop_in_name(): the name of the image; nullopt: not a drop-in file of krgboot.
KRGBOOT_EXPORT std::optional<std::string> parse_drop_in_name(std::string_view file_name);

/// The clients to which `image` is exported, in the syntax of exports(5): those that the spec lists,
/// otherwise the smallest list of networks that contains exactly the addresses that boot it (a single address
/// without "/32"). Empty: no address boots it. Throws InternalError if `view` does not have the image; for
/// listed clients the errors of Client::from_string.
KRGBOOT_EXPORT std::vector<std::string> clients(const ServerView& view, const Image& image);
/// The clients to which the writable directories of `image` are exported: the same, without the machines of
/// pools that may not write. Such machines mount the directories read-only, by the export of the image
/// itself.
KRGBOOT_EXPORT std::vector<std::string> writing_clients(const ServerView& view, const Image& image);

/// A directory to be exported for an image.
struct Export {
  std::string path;                  ///< host path
  std::vector<std::string> clients;  ///< in the syntax of exports(5)
  ExportRules rules;
  bool read_only = true;
};
/// All directories to be exported for `image`, its own directory first. With root `ro`: the image read-only
/// to clients(), and each writable directory read-write to writing_clients(), if there are any. With root
/// `rw`: the image read-write. Empty if clients() is empty. Throws as clients().
KRGBOOT_EXPORT std::vector<Export> exported(const ServerView& view, const Image& image);

/// The option list of an export, without parentheses: "rw,sync,no_root_squash,no_subtree_check". It also has
/// `mountpoint=` unless `mount_point` is empty (the export then exists only while something is mounted
/// there), `fsid=` unless `fsid` is empty, and `insecure` and `sec=` if they differ from the defaults of
/// exports(5).
KRGBOOT_EXPORT std::string options(const ExportRules& rules, bool read_only,
                                   const std::string& mount_point = {}, const std::string& fsid = {});

/// A UUID for `fsid=` (exports(5)), derived from the path only (FNV-1a with 128 bits), so that it does not
/// change when the server restarts.
KRGBOOT_EXPORT std::string fsid_of(std::string_view path);

/// The lines of exports(5) for an image, for its drop-in file or a block of /etc/exports; nullopt: exported()
/// is empty. `with_fsid`: adds fsid_of() to each entry, for a file system to which the NFS server gives no
/// number of its own. Throws ArgumentError "exports.path" or "exports.client_too_long", and as clients().
KRGBOOT_EXPORT std::optional<std::string> render(const ServerView& view, const Image& image,
                                                 bool with_fsid = false);

}  // namespace krgboot::exports
