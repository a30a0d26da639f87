#include "apply/nfs_state.hpp"
#include "catch.hpp"
#include "server_tree.hpp"

using namespace krgboot;
using krgboot::test::ServerTree;

TEST_CASE("what the NFS server exports is read without its options", "[nfs]") {
  ServerTree tree;
  CHECK(exported_now(tree.root()).empty());
  tree.write("/var/lib/nfs/etab",
             "/srv/nfs/a\t10.0.0.0/24(ro,sync,root_squash)\n/srv/with (bracket)\t10.0.0.3(rw)\n");
  CHECK(exported_now(tree.root()) == NfsEntries{"/srv/nfs/a\t10.0.0.0/24", "/srv/with (bracket)\t10.0.0.3"});
}

TEST_CASE("entries of exports tables have the form of exportfs", "[nfs]") {
  ServerTree tree;
  tree.write("/etc/exports",
             "/srv/a 10.0.0.0/24(ro) 10.0.0.7(rw) node.example.org(rw) @trusted(ro)\n/srv/b *(ro)\n");
  tree.write("/etc/exports.d/lab.exports", "\"/srv/with blank\" 10.0.0.3(ro)\n");
  CHECK(entries_of(tree.root(),
                   {"/etc/exports", "/etc/exports.d/lab.exports", "/etc/exports.d/none.exports"}) ==
        NfsEntries{"/srv/a\t10.0.0.0/24", "/srv/a\t10.0.0.7", "/srv/a\t@trusted", "/srv/b\t*",
                   "/srv/with\\040blank\t10.0.0.3"});
}

TEST_CASE("states before and after are compared entry by entry", "[nfs]") {
  const NfsEntries there{"/a\t10.0.0.1", "/b\t10.0.0.1"};
  const NfsEntries wanted{"/b\t10.0.0.1", "/c\t10.0.0.1"};
  CHECK(asked_for(there, wanted) == NfsEntries{"/b\t10.0.0.1"});
  CHECK(missing_from(there, wanted) == NfsEntries{"/c\t10.0.0.1"});
}

TEST_CASE("exportfs says of a directory that it cannot be exported", "[nfs]") {
  const NfsEntries ours{"/srv/nfs/a\t10.0.0.0/24"};
  CHECK(cannot_be_exported(ours, "exportfs: /srv/nfs/a does not support NFS export\n"));
  CHECK(cannot_be_exported(ours, "exportfs: /srv/nfs/a requires fsid= for NFS export\n"));
  CHECK(cannot_be_exported(ours, "exportfs: first line\nexportfs: /srv/nfs/a does not support NFS export"));

  SECTION("not of another, whose path begins alike") {
    CHECK_FALSE(cannot_be_exported(ours, "exportfs: /srv/nfs/a2 does not support NFS export\n"));
    CHECK_FALSE(cannot_be_exported(ours, "exportfs: /srv does not support NFS export\n"));
  }
  SECTION("nor by a mere notice") {
    CHECK_FALSE(cannot_be_exported(ours, "exportfs: Failed to stat /srv/nfs/a: No such file or directory\n"));
    CHECK_FALSE(cannot_be_exported(ours, ""));
  }
}
