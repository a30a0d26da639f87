#include "krgboot/model/defaults.hpp"
#include "krgboot/model/root_scheme.hpp"

#include <string>

#include <fmt/format.h>

#include "config/key_table.hpp"

// The keys of an image, and of the Kerrighed parts of an image.

namespace krgboot::config {

namespace {

/// "How nodes mount it: read-only, shared by all of them, or read-write." Built here, because clang 14
/// destroys a temporary of an initializer in the table twice.
std::string root_meaning() {
  std::string text = "How nodes mount it: ";
  const auto& schemes = root_schemes();
  for (const auto& scheme : schemes) {
    if (&scheme != &schemes.front()) text += &scheme == &schemes.back() ? ", or " : ", ";
    text += scheme.meaning;
  }
  return text + ".";
}

}  // namespace

template <>
const Section<UserSpec>& section_of() {
  static const auto section =
      Section<UserSpec>("images.NAME.users[]", "A user inside of the image.")
          .one<&UserSpec::name, Text>(
              {.name = "name", .required = true, .meaning = "Login name; may be root.", .example = "krg"})
          .one<&UserSpec::password_hash, Text>(
              {.name = "password_hash",
               .required = true,
               .meaning =
                   "Password hash in the form of crypt(5), never clear text; `openssl passwd -6` makes one.",
               .example = "\"$6$salt$hash\""})
          .one<&UserSpec::uid, UserId>(
              {.name = "uid",
               .otherwise = fmt::format("the image's own; a new user gets {} or the next free number",
                                        defaults::first_uid),
               .meaning =
                   "Number of the user and of its own group, which has the same name. Not allowed for root.",
               .example = "1000"})
          .one<&UserSpec::home, Path>({.name = "home",
                                       .otherwise = "the image's own; /home/NAME for a new user",
                                       .meaning = "Its home directory, as seen on a node.",
                                       .example = "/home/krg"})
          .one<&UserSpec::shell, Path>({.name = "shell",
                                        .otherwise = "the image's own; /bin/bash for a new user",
                                        .meaning = "Its login shell.",
                                        .example = "/bin/bash"})
          .list<&UserSpec::groups, Text>(
              {.name = "groups",
               .otherwise = "its memberships stay unchanged",
               .meaning = "Groups of the image that the user is a member of, besides its own.",
               .example = "[sudo, audio]"})
          .list<&UserSpec::ssh_authorized_keys, Text>(
              {.name = "ssh_authorized_keys",
               .otherwise = "none are added",
               .meaning = "Public keys for login by ssh, as in a .pub file: type, key, comment. With "
                          "password_hash \"*\", root can log in by key only.",
               .example = "[\"ssh-ed25519 AAAAC3Nz... admin@desk\"]"});
  return section;
}

template <>
const Section<WritableSpec>& section_of() {
  static const auto section =
      Section<WritableSpec>("images.NAME.writable[]",
                            "A directory of a read-only image that nodes mount read-write. A path alone is "
                            "the same as a mapping with that `path`.")
          .one<&WritableSpec::path, Path>({.name = "path",
                                           .required = true,
                                           .meaning = "The directory, as seen on a node.",
                                           .example = "/home"})
          .one<&WritableSpec::squash, Word<Squash>>(
              {.name = "squash",
               .otherwise = "the image's",
               .meaning =
                   "Which users of a node the server maps to nobody there, in the words of exports(5). With "
                   "root_squash a node's root cannot act as the owner of root's files.",
               .example = "root_squash"})
          .list<&WritableSpec::sec, Word<SecurityFlavor>>(
              {.name = "sec",
               .otherwise = "the image's",
               .meaning = "Security flavors of NFS, the preferred one first (exports(5), sec=). The krb5 "
                          "flavors need rpc.gssd and a keytab on each node, which krgboot does not set up.",
               .example = "[krb5p]"})
          .one<&WritableSpec::secure, Boolean>({.name = "secure",
                                                .otherwise = "the image's",
                                                .meaning = "The same as for the image.",
                                                .example = "true"});
  return section;
}

template <>
const Section<FileSystemSpec>& section_of() {
  static const auto section =
      Section<FileSystemSpec>(
          "images.NAME.filesystem",
          "A separate file system for the image. `krgbootctl image bootstrap` makes it and mounts it at the "
          "image's path; apply writes the systemd unit that mounts it, nosuid and nodev, before the NFS "
          "server starts. Only root may enter the directory above the image (mode 0700).")
          .one<&FileSystemSpec::size, Size>(
              {.name = "size",
               .required = true,
               .meaning = "Size in MiB, GiB or TiB. A file takes up only the space that is written.",
               .example = "8G"})
          .one<&FileSystemSpec::type, Word<FileSystemType>>(
              {.name = "type",
               .fallback = {word_of(defaults::filesystem_type)},
               .meaning = "Type of the file system, for mkfs(8).",
               .example = "xfs"})
          .one<&FileSystemSpec::file, Path>(
              {.name = "file",
               .otherwise = fmt::format("the image's path followed by {}", defaults::filesystem_suffix),
               .meaning = "The file that holds the file system.",
               .example = "/srv/nfs/debian.img"})
          .one<&FileSystemSpec::volume, Text>(
              {.name = "volume",
               .otherwise = "a file holds the file system",
               .meaning = "The logical volume that holds the file system instead, as lvm(8) names it. A "
                          "missing volume is made.",
               .example = "vg0/debian"});
  return section;
}

template <>
const Section<ImageSpec>& section_of() {
  static const auto section =
      Section<ImageSpec>("images.NAME", "A directory tree that nodes mount as / over NFS.")
          .one<&ImageSpec::path, Path>({.name = "path",
                                        .required = true,
                                        .meaning = "Directory of the image on the server.",
                                        .example = "/NFSROOT/kerrighed"})
          .one<&ImageSpec::release, Word<ReleaseName>>({.name = "release",
                                                        .required = true,
                                                        .meaning = "Debian release of the image.",
                                                        .example = "bookworm"})
          .one<&ImageSpec::root, Word<RootMode>>({.name = "root",
                                                  .fallback = {word_of(defaults::root)},
                                                  .meaning = root_meaning(),
                                                  .example = "ro"})
          .list_of_values_or_sections<&ImageSpec::writable, &WritableSpec::path, Path>(
              {.name = "writable",
               .otherwise = "none",
               .meaning =
                   "With root: ro, directories of the image that nodes mount read-write from the server.",
               .example = "[/var, {path: /home, squash: root_squash}]"})
          .one<&ImageSpec::squash, Word<Squash>>(
              {.name = "squash",
               .fallback = {word_of(defaults::squash)},
               .meaning =
                   "Which users of a node the server maps to nobody, in the words of exports(5). A root file "
                   "system needs no_root_squash; writable directories may have another value.",
               .example = "no_root_squash"})
          .list<&ImageSpec::sec, Word<SecurityFlavor>>(
              {.name = "sec",
               .fallback = {word_of(defaults::sec)},
               .meaning = "Security flavors of NFS, the preferred one first (exports(5), sec=). A root file "
                          "system needs sys among them.",
               .example = "[sys]"})
          .one<&ImageSpec::secure, Boolean>(
              {.name = "secure",
               .fallback = {fmt::format("{}", defaults::secure)},
               .meaning = "Whether requests must come from a port below 1024, which only root of a machine "
                          "can use.",
               .example = "true"})
          .one<&ImageSpec::shares_file_system, Text>(
              {.name = "shares_file_system",
               .otherwise = "apply refuses an image on the server's own file system",
               .meaning = "Why it is acceptable that a client that may mount the image reaches all files of "
                          "its file system (exports(5), subtree_check). krgboot shows this reason.",
               .example = "\"/srv holds nothing else, and it is mounted nosuid,nodev\""})
          .section<&ImageSpec::filesystem>({.name = "filesystem",
                                            .otherwise = "the image is on the file system of its path",
                                            .meaning = "A separate file system for the image; clients of its "
                                                       "exports reach no file outside of it."})
          .one<&ImageSpec::ssh_host_keys, Word<SshHostKeyPlace>>(
              {.name = "ssh_host_keys",
               .fallback = {word_of(defaults::ssh_host_keys)},
               .meaning = "image: the image holds the host keys of its ssh server, and every machine that "
                          "may mount it can read them. boot: each node makes its own at boot, in its memory; "
                          "this needs systemd in the image.",
               .example = "boot"})
          .list<&ImageSpec::tmpfs, Path>(
              {.name = "tmpfs",
               .otherwise = "only the directories that its release keeps in memory",
               .meaning = "Directories that each node keeps in memory: its own, and empty after every start.",
               .example = "[/tmp, /var/log]"})
          .one<&ImageSpec::source, Path>(
              {.name = "source",
               .otherwise = "it is installed from the mirror",
               .meaning = "A tarball or a directory on the server to make the image from.",
               .example = "/srv/base/lenny.tar.gz"})
          .one<&ImageSpec::mirror, Text>({.name = "mirror",
                                          .otherwise = "the one that apt uses on the server",
                                          .meaning = "The Debian mirror to install from.",
                                          .example = "http://mirror.example.org/debian"})
          .one<&ImageSpec::security_mirror, Text>(
              {.name = "security_mirror",
               .otherwise = "no security updates",
               .meaning = "The mirror of Debian's security updates, also for the image's own apt.",
               .example = "http://mirror.example.org/debian-security"})
          .list<&ImageSpec::suites, Text>({.name = "suites",
                                           .otherwise = "the release and, unless it is archived, its updates",
                                           .meaning = "The suites of the mirror that apt uses.",
                                           .example = "[bookworm, bookworm-updates, bookworm-backports]"})
          .one<&ImageSpec::trust, Word<Trust>>(
              {.name = "trust",
               .fallback = {word_of(defaults::trust)},
               .meaning = "Whether packages must be signed by a known and valid key. The keys of archived "
                          "releases have expired: lenny can be installed only with `anything`.",
               .example = "anything"})
          .one<&ImageSpec::architecture, Text>({.name = "architecture",
                                                .otherwise = "the server's",
                                                .meaning = "Debian's name for the architecture of the nodes.",
                                                .example = "amd64"})
          .one<&ImageSpec::variant, Word<Variant>>(
              {.name = "variant",
               .fallback = {word_of(defaults::variant)},
               .meaning = "The packages to start with: essential packages and apt, all of priority "
                          "important, or all of priority standard.",
               .example = "minbase"})
          .list<&ImageSpec::components, Text>(
              {.name = "components",
               .fallback = {defaults::components.begin(), defaults::components.end()},
               .meaning = "Components of the mirror to use.",
               .example = "[main, non-free-firmware]"})
          .list<&ImageSpec::packages, Text>(
              {.name = "packages",
               .otherwise = "what its release needs to boot over NFS",
               .meaning = "Packages to install in addition to those that its release needs to boot over NFS.",
               .example = "[nfs-common, openssh-server]"})
          .list_of_sections<&ImageSpec::users>(
              {.name = "users", .otherwise = "none", .meaning = "Users to create, and the password of root."})
          .one<&ImageSpec::locale, Text>({.name = "locale",
                                          .fallback = {std::string(defaults::locale)},
                                          .meaning = "LANG in the image.",
                                          .example = "en_US.UTF-8"})
          .list<&ImageSpec::clients, Text>({.name = "clients",
                                            .otherwise = "every address that boots the image",
                                            .meaning = "Clients that may mount the image, in the forms of "
                                                       "exports(5): addresses, networks, host names.",
                                            .example = "[192.168.0.0/24]"});
  return section;
}

template <>
const Section<KerrighedSpec>& section_of() {
  static const auto section =
      Section<KerrighedSpec>("boot.NAME.kerrighed", "Parameters of a Kerrighed kernel.")
          .one<&KerrighedSpec::session_id, SessionId>(
              {.name = "session_id",
               .required = true,
               .meaning = "Number of the cluster; each cluster on a switch needs a different one.",
               .example = "1"})
          .one<&KerrighedSpec::autonodeid, Boolean>(
              {.name = "autonodeid",
               .fallback = {fmt::format("{}", defaults::autonodeid)},
               .meaning = "Whether the last octet of a node's address is its node_id.",
               .example = "true"})
          .one<&KerrighedSpec::nb_nodes_min, NodeCount>(
              {.name = "nb_nodes_min",
               .otherwise = "the cluster does not wait",
               .meaning = "Number of nodes that must be up before the cluster starts.",
               .example = "4"})
          .one<&KerrighedSpec::install, Path>(
              {.name = "install",
               .otherwise = "it is in the image already",
               .meaning =
                   "Kerrighed's build tree on the server, or a tarball of the result of its `make install`.",
               .example = "/usr/src/kerrighed-3.0.0"})
          .one<&KerrighedSpec::boot_id, BootId>(
              {.name = "boot_id",
               .otherwise = "the value in the image's kerrighed-host",
               .meaning = "BOOT_ID: the node_id of the node that starts the container; -1: none does.",
               .example = "101"})
          .list<&KerrighedSpec::net_devices, Text>(
              {.name = "net_devices",
               .otherwise = "the value in the image's kerrighed-host",
               .meaning = "NET_DEVICES: the network devices that the container gets.",
               .example = "[eth1]"})
          .list<&KerrighedSpec::add_opts, Text>(
              {.name = "add_opts",
               .otherwise = "the value in the image's kerrighed",
               .meaning = "ADD_OPTS: how nodes are added when the cluster starts.",
               .example = "[--total, \"4\"]"})
          .one<&KerrighedSpec::legacy_sched, Boolean>(
              {.name = "legacy_sched",
               .otherwise = "the value in the image's kerrighed",
               .meaning = "LEGACY_SCHED: whether the scheduler of Kerrighed 2 is loaded.",
               .example = "true"})
          .list<&KerrighedSpec::host_extra, RawLine>(
              {.name = "host_extra",
               .otherwise = "none",
               .meaning =
                   "More lines for the image's /etc/default/kerrighed-host (ISOLATE_*), written unchanged.",
               .example = "[\"ISOLATE_NET=y\"]"})
          .list<&KerrighedSpec::init_helper, RawLine>(
              {.name = "init_helper",
               .otherwise = "the image's own file stays",
               .meaning = "Lines added to the image's /etc/kerrighed/krginit_helper.conf, written unchanged.",
               .example = "[\"/usr/sbin/sshd -D -p 2222\"]"});
  return section;
}

}  // namespace krgboot::config
