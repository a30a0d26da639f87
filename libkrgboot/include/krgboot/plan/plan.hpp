#pragma once

#include "krgboot/formats/root_tree/accounts.hpp"
#include "krgboot/model/image_step.hpp"
#include "krgboot/model/release.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace krgboot {

/// What a file is to the boot server. A file is only ever removed when its name parses under the grammar of
/// its role, whatever the manifest says of it.
enum class Role {
  dhcpd_conf,  ///< our own file for dhcpd, and the include line in the server's
  tftpd_conf,  ///< /etc/default/tftpd-hpa
  exports,     ///< a drop-in below /etc/exports.d, or our block in /etc/exports
  loader,      ///< pxelinux.0, ldlinux.c32
  boot_file,   ///< a file below pxelinux.cfg/
  kernel,      ///< a kernel or initrd copied below the TFTP root
  mount_unit,  ///< a systemd unit that mounts an image's own file system, and the link that starts it
  image_file,  ///< a file inside an image
  directory,
};
std::string to_string(Role role);

/// One `include` line in a dhcpd.conf that the admin owns.
struct IncludeLine {
  std::string path;
  friend bool operator==(const IncludeLine&, const IncludeLine&) = default;
};

/// The values in /etc/default/tftpd-hpa that make it serve `tftp_root`.
struct TftpdDefaults {
  TftpdDefaultsStyle style;
  std::string tftp_root;
  friend bool operator==(const TftpdDefaults&, const TftpdDefaults&) = default;
};

/// A marked block of lines.
struct MarkedBlock {
  std::string name;
  std::string body;
  friend bool operator==(const MarkedBlock&, const MarkedBlock&) = default;
};

/// Accounts in one of the files that hold them.
struct AccountLines {
  accounts::Database database;
  std::vector<accounts::Account> accounts;
  friend bool operator==(const AccountLines&, const AccountLines&) = default;
};

/// To JSON, and so to the manifest, accounts go without their passwords' hashes.
using Edit = std::variant<IncludeLine, TftpdDefaults, MarkedBlock, AccountLines>;

/// `text` with the edit made; foreign bytes stay. Idempotent. Throws ConflictError where `text` is such that
/// the edit has no safe place (a block begun twice), ArgumentError where a value cannot be carried.
std::string apply_edit(const Edit& edit, std::string_view text);
/// `text` without what `apply_edit` put there. Values of tftpd-hpa stay, since there is no telling what stood
/// there before; and so do accounts, since files may be theirs.
std::string revert_edit(const Edit& edit, std::string_view text);

// Of all items below: `only_within`, where it is not empty, is the directory of an image that `path` lies in.
// Others fill it. The item counts only where that directory is there, since an image that has not been made
// must not be begun by writing into it; and the way from it to `path` leads through no symlink, or the item
// is refused (finding "image.link").

/// Who owns what is made, by number: names are another matter inside of an image. Where the directory above
/// is there and belongs to somebody else than root, then to him: an account keeps the number that an image
/// has given to it.
struct NumericOwner {
  unsigned user = 0;
  unsigned group = 0;
  friend bool operator==(const NumericOwner&, const NumericOwner&) = default;
};

/// A file that krgboot owns whole.
struct WriteFile {
  Role role;
  std::string path;
  std::string content;
  std::string origin;  ///< the part of the spec it came from: "nodes[2]"
  unsigned mode = 0644;
  std::string only_within = {};
  std::optional<NumericOwner> owner = {};  ///< as of EditFile
  /// A file or link of somebody else's at this path gives way: of an image's packages, which know nothing of
  /// nodes that share it.
  bool replaces = false;
  /// The content holds hashes of passwords: no diff, JSON or log shows them.
  bool secret = false;
  friend bool operator==(const WriteFile&, const WriteFile&) = default;
};

/// A change to a file that others own too. Its mode and owner stay; where it is missing it begins as
/// `initial`.
struct EditFile {
  Role role;
  std::string path;
  Edit edit;
  std::string origin;
  std::string initial;
  std::string only_within;
  unsigned mode = 0644;                    ///< where it is missing
  std::optional<NumericOwner> owner = {};  ///< where it is missing; nullopt: who runs krgboot
  friend bool operator==(const EditFile&, const EditFile&) = default;
};

/// A file kept equal to another one on the server.
struct CopyFile {
  Role role;
  std::string source;  ///< links in it are followed, as seen from `within`
  std::string path;
  std::string origin;
  /// The directory that `source` may not lead out of: the image of a kernel; empty: the root.
  std::string within;
  std::string package;  ///< the Debian package that installs `source`; empty: none does
  unsigned mode = 0644;
  friend bool operator==(const CopyFile&, const CopyFile&) = default;
};

struct Link {
  Role role;
  std::string path;
  std::string target;
  std::string origin;
  std::string only_within = {};
  bool replaces = false;  ///< as of WriteFile
  friend bool operator==(const Link&, const Link&) = default;
};

struct MakeDirectory {
  std::string path;
  std::string origin;
  unsigned mode = 0755;
  std::string only_within = {};
  std::optional<NumericOwner> owner = {};  ///< where it is made; nullopt: who runs krgboot
  friend bool operator==(const MakeDirectory&, const MakeDirectory&) = default;
};

/// What is to be absent: a file or link of krgboot's own that is no longer wanted or, in a plan, one that an
/// image may not have.
struct Remove {
  Role role;
  std::string path;
  std::string origin = {};
  std::string only_within = {};
  friend bool operator==(const Remove&, const Remove&) = default;
};

enum class Service { dhcp, nfs, systemd, tftp };
std::string to_string(Service service);
/// By the name that `to_string` gives it; nullopt for any other.
std::optional<Service> parse_service(std::string_view name) noexcept;
/// The command of that release by which a service takes up its files.
const Argv& reload_command(const Release& release, Service service) noexcept;

/// Make a daemon take up its files, if one of `when` changed. Never done on a staged tree.
struct ReloadService {
  Service service;
  Argv argv;
  std::vector<std::string> when;  ///< paths
  friend bool operator==(const ReloadService&, const ReloadService&) = default;
};

using PlanItem = std::variant<WriteFile, EditFile, CopyFile, Link, MakeDirectory, Remove, ReloadService>;

/// The path an item is about; the service's name for a reload.
std::string_view path_of(const PlanItem& item) noexcept;
std::string_view origin_of(const PlanItem& item) noexcept;
/// The directory of the image that an item is about; empty: it is about the server.
std::string_view only_within_of(const PlanItem& item) noexcept;
/// The same, and the image that a file is copied from.
std::string_view image_of(const PlanItem& item) noexcept;

/// The desired state as data, in the order in which it is made: directories before what lies in them, reloads
/// last.
struct Plan {
  std::vector<PlanItem> items;
  /// What programs inside of images have to bring about. No apply undoes what a program has done, so that
  /// these are not apply's: configure_image makes them.
  std::vector<ImageStep> steps = {};
  friend bool operator==(const Plan&, const Plan&) = default;
};

/// One line an item: "write /etc/dhcp/krgboot.conf 0644 1234 bytes (networks, nodes)".
std::string to_string(const Plan& plan);
/// {"items": [{"do": "write", "path": …, "content": …}, …], "steps": [{"image", "origin", "step", "what"}]}
std::string to_json(const Plan& plan);

}  // namespace krgboot
