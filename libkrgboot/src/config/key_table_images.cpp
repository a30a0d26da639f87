#include "krgboot/model/defaults.hpp"

#include <fmt/format.h>

#include "config/key_table.hpp"

// The keys of an image and of what Kerrighed puts into one.

namespace krgboot::config {

template <>
const Section<UserSpec>& section_of() {
  static const auto section =
      Section<UserSpec>("images.NAME.users[]", "A user inside of the image.")
          .one<&UserSpec::name, Text>(
              {.name = "name", .required = true, .meaning = "The login name; root, too.", .example = "krg"})
          .one<&UserSpec::password_hash, Text>(
              {.name = "password_hash",
               .required = true,
               .meaning = "The password as crypt(5) has it, never in clear; `openssl passwd -6` makes one.",
               .example = "\"$6$salt$hash\""})
          .one<&UserSpec::uid, UserId>(
              {.name = "uid",
               .otherwise = fmt::format("the image's own; a new user gets {} or the next free in the list",
                                        defaults::first_uid),
               .meaning = "Its number, and that of its group, which has its name. Not for root.",
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
               .otherwise = "its memberships stay as they are",
               .meaning = "Groups of the image that it is a member of, besides its own.",
               .example = "[sudo, audio]"})
          .list<&UserSpec::ssh_authorized_keys, Text>(
              {.name = "ssh_authorized_keys",
               .otherwise = "none are added",
               .meaning = "Public keys that open a session by ssh, as in a .pub file: type, key, comment. "
                          "For root with "
                          "password_hash \"*\": a key and no password.",
               .example = "[\"ssh-ed25519 AAAAC3Nz... admin@desk\"]"});
  return section;
}

template <>
const Section<ImageSpec>& section_of() {
  static const auto section =
      Section<ImageSpec>("images.NAME", "A directory tree that nodes mount as / over NFS.")
          .one<&ImageSpec::path, Path>({.name = "path",
                                        .required = true,
                                        .meaning = "Where it lies on the server.",
                                        .example = "/NFSROOT/kerrighed"})
          .one<&ImageSpec::release, Word<ReleaseName>>(
              {.name = "release", .required = true, .meaning = "Its Debian release.", .example = "bookworm"})
          .one<&ImageSpec::root, Word<RootMode>>(
              {.name = "root",
               .fallback = {word_of(defaults::root)},
               .meaning = "How nodes mount it: read-only, shared by all of them, or read-write.",
               .example = "ro"})
          .list<&ImageSpec::writable, Path>(
              {.name = "writable",
               .otherwise = "none",
               .meaning =
                   "With root: ro, directories of the image that nodes mount read-write from the server.",
               .example = "[/var, /tmp, /root, /home]"})
          .list<&ImageSpec::tmpfs, Path>(
              {.name = "tmpfs",
               .otherwise = "none but what its release has in memory anyway",
               .meaning = "Directories that each node keeps in memory: its own, and empty after every start.",
               .example = "[/tmp, /var/log]"})
          .one<&ImageSpec::source, Path>(
              {.name = "source",
               .otherwise = "it is installed from the mirror",
               .meaning = "A tarball or a directory on the server that it is made from instead.",
               .example = "/srv/base/lenny.tar.gz"})
          .one<&ImageSpec::mirror, Text>({.name = "mirror",
                                          .otherwise = "the one that apt uses on the server",
                                          .meaning = "The Debian mirror that it is installed from.",
                                          .example = "http://mirror.example.org/debian"})
          .one<&ImageSpec::security_mirror, Text>(
              {.name = "security_mirror",
               .otherwise = "no security updates",
               .meaning = "The mirror of Debian's security updates, for the image's own apt, too.",
               .example = "http://mirror.example.org/debian-security"})
          .list<&ImageSpec::suites, Text>({.name = "suites",
                                           .otherwise = "the release and, unless it is archived, its updates",
                                           .meaning = "The suites of the mirror that apt uses.",
                                           .example = "[bookworm, bookworm-updates, bookworm-backports]"})
          .one<&ImageSpec::trust, Word<Trust>>(
              {.name = "trust",
               .fallback = {word_of(defaults::trust)},
               .meaning =
                   "Whether packages must be signed by a key that is known and valid. Those of archived "
                   "releases no longer are: lenny is only installed with `anything`.",
               .example = "anything"})
          .one<&ImageSpec::architecture, Text>({.name = "architecture",
                                                .otherwise = "the server's",
                                                .meaning = "Debian's name for the processors of its nodes.",
                                                .example = "amd64"})
          .one<&ImageSpec::variant, Word<Variant>>(
              {.name = "variant",
               .fallback = {word_of(defaults::variant)},
               .meaning = "How much of Debian it begins with: apt and what is essential, all packages of "
                          "priority important, or standard.",
               .example = "minbase"})
          .list<&ImageSpec::components, Text>(
              {.name = "components",
               .fallback = {defaults::components.begin(), defaults::components.end()},
               .meaning = "The components of the mirror that are used.",
               .example = "[main, non-free-firmware]"})
          .list<&ImageSpec::packages, Text>(
              {.name = "packages",
               .otherwise = "what its release needs to boot over NFS",
               .meaning = "Packages to install beside those that its release needs to boot over NFS.",
               .example = "[nfs-common, openssh-server]"})
          .list_of_sections<&ImageSpec::users>(
              {.name = "users", .otherwise = "none", .meaning = "Users to create, and the password of root."})
          .one<&ImageSpec::locale, Text>({.name = "locale",
                                          .fallback = {std::string(defaults::locale)},
                                          .meaning = "LANG inside of it.",
                                          .example = "en_US.UTF-8"})
          .list<&ImageSpec::clients, Text>(
              {.name = "clients",
               .otherwise = "every address that boots the image",
               .meaning = "Who may mount it, as exports(5) takes clients: addresses, networks, host names.",
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
               .meaning = "The number of the cluster, one for each cluster on a switch.",
               .example = "1"})
          .one<&KerrighedSpec::autonodeid, Boolean>(
              {.name = "autonodeid",
               .fallback = {fmt::format("{}", defaults::autonodeid)},
               .meaning = "Whether the last octet of a node's address is its node_id.",
               .example = "true"})
          .one<&KerrighedSpec::nb_nodes_min, NodeCount>(
              {.name = "nb_nodes_min",
               .otherwise = "the cluster does not wait",
               .meaning = "How many nodes must be there before the cluster starts.",
               .example = "4"})
          .one<&KerrighedSpec::install, Path>(
              {.name = "install",
               .otherwise = "it is in the image already",
               .meaning =
                   "On the server, Kerrighed's build tree, or a tarball of what its `make install` made.",
               .example = "/usr/src/kerrighed-3.0.0"})
          .one<&KerrighedSpec::boot_id, BootId>(
              {.name = "boot_id",
               .otherwise = "what the image's kerrighed-host says",
               .meaning = "BOOT_ID: the node_id of the node that starts the container; -1: none does.",
               .example = "101"})
          .list<&KerrighedSpec::net_devices, Text>(
              {.name = "net_devices",
               .otherwise = "what the image's kerrighed-host says",
               .meaning = "NET_DEVICES: the network devices that the container gets.",
               .example = "[eth1]"})
          .list<&KerrighedSpec::add_opts, Text>(
              {.name = "add_opts",
               .otherwise = "what the image's kerrighed says",
               .meaning = "ADD_OPTS: how nodes are added when the cluster starts.",
               .example = "[--total, \"4\"]"})
          .one<&KerrighedSpec::legacy_sched, Boolean>(
              {.name = "legacy_sched",
               .otherwise = "what the image's kerrighed says",
               .meaning = "LEGACY_SCHED: whether the scheduler of Kerrighed 2 is loaded.",
               .example = "true"})
          .list<&KerrighedSpec::host_extra, RawLine>(
              {.name = "host_extra",
               .otherwise = "none",
               .meaning = "More lines for the image's /etc/default/kerrighed-host (ISOLATE_*), as they are.",
               .example = "[\"ISOLATE_NET=y\"]"})
          .list<&KerrighedSpec::init_helper, RawLine>(
              {.name = "init_helper",
               .otherwise = "the image's own file stays",
               .meaning = "Lines added to the image's /etc/kerrighed/krginit_helper.conf, as they are.",
               .example = "[\"/usr/sbin/sshd -D -p 2222\"]"});
  return section;
}

}  // namespace krgboot::config
