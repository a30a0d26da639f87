#include "krgboot/base/error.hpp"
#include "krgboot/config/load.hpp"
#include "krgboot/plan/changes.hpp"
#include "krgboot/plan/render.hpp"

#include "catch.hpp"

using namespace krgboot;

namespace {

const WriteFile boot_file{{Role::boot_file, "/srv/tftp/pxelinux.cfg/default", "default_boot"},
                          "DEFAULT new\n"};

Observed file_with(const std::string& text, unsigned mode = 0644) {
  Observed seen;
  seen.kind = PathKind::file;
  seen.mode = mode;
  seen.text = text;
  return seen;
}

Observed same_file(unsigned mode = 0644) {
  Observed seen;
  seen.kind = PathKind::file;
  seen.mode = mode;
  seen.same_content = true;
  return seen;
}

Plan plan_of(std::vector<PlanItem> items) {
  return {Scope{"a"}, std::move(items)};
}

Manifest listing(const PlanItem& item) {
  return {{Scope{"a"}}, {*owned_by(item, "a")}};
}

}  // namespace

TEST_CASE("a missing file is created") {
  auto changes = diff(plan_of({boot_file}), {{Observed{}}, {}, {}});
  REQUIRE(changes.changes.size() == 1);
  CHECK(changes.changes[0].action == ChangeAction::create);
  CHECK(changes.manifest.find(boot_file.path, "a") != nullptr);
  CHECK(unified_diff(changes) ==
        "--- /dev/null\n+++ b/srv/tftp/pxelinux.cfg/default\n@@ -0,0 +1 @@\n+DEFAULT new\n");
}

TEST_CASE("a file of krgboot's is updated if it differs, and otherwise left alone") {
  CHECK(diff(plan_of({boot_file}), {{same_file()}, listing(boot_file), {}}).empty());
  auto changes = diff(plan_of({boot_file}), {{file_with("DEFAULT old\n")}, listing(boot_file), {}});
  REQUIRE(changes.changes.size() == 1);
  CHECK(changes.changes[0].action == ChangeAction::update);
  CHECK(to_string(changes) == "update /srv/tftp/pxelinux.cfg/default (default_boot)\n");
}

TEST_CASE("a mode that drifted is a change, and shown") {
  auto changes = diff(plan_of({boot_file}), {{same_file(0600)}, listing(boot_file), {}});
  REQUIRE(changes.changes.size() == 1);
  CHECK(unified_diff(changes) == "old mode 0600\nnew mode 0644\n");
}

TEST_CASE("a foreign file is refused, or taken over") {
  Snapshot snapshot{{file_with("DEFAULT mine\n")}, {}, {}};
  auto refused = diff(plan_of({boot_file}), snapshot);
  CHECK(refused.changes.empty());
  REQUIRE(refused.findings.size() == 1);
  CHECK(refused.findings[0].code == "file.foreign");
  auto adopted = diff(plan_of({boot_file}), snapshot, {true});
  REQUIRE(adopted.changes.size() == 1);
  CHECK(adopted.changes[0].action == ChangeAction::adopt);
  CHECK(adopted.changes[0].writes);
  // The content is as wanted: adopted without a write.
  auto same = diff(plan_of({boot_file}), {{same_file()}, {}, {}});
  REQUIRE(same.changes.size() == 1);
  CHECK(same.changes[0].action == ChangeAction::adopt);
  CHECK_FALSE(same.changes[0].writes);
  CHECK(same.manifest_changes);
}

TEST_CASE("anything other than a file is never replaced") {
  auto kind = GENERATE(PathKind::directory, PathKind::symlink, PathKind::other);
  Observed seen;
  seen.kind = kind;
  auto changes = diff(plan_of({boot_file}), {{seen}, listing(boot_file), {}}, {true});
  CHECK(changes.changes.empty());
  REQUIRE(changes.findings.size() == 1);
  CHECK(changes.findings[0].code == "file.kind");
}

TEST_CASE("an item that left the plan is removed, but only under a name of krgboot's") {
  Manifest manifest = listing(boot_file);
  auto changes = diff(plan_of({}), {{}, manifest, {file_with("DEFAULT old\n")}});
  REQUIRE(changes.changes.size() == 1);
  CHECK(changes.changes[0].action == ChangeAction::remove);
  CHECK(changes.manifest.entries.empty());

  Manifest forged{{}, {{Owned::Kind::file, Role::boot_file, "/etc/passwd"}}};
  CHECK(diff(plan_of({}), {{}, forged, {file_with("root:x:0:0\n")}}).changes.empty());
}

TEST_CASE("an edit that is no longer wanted is reverted, and foreign bytes stay") {
  EditFile edit{{Role::exports, "/etc/exports", "images"}, MarkedBlock{"exports", "/nfsroot 10.0.0.1(ro)\n"}};
  auto text = apply_edit(edit.edit, "# mine\n");
  auto changes = diff(plan_of({}), {{}, listing(edit), {file_with(text)}});
  REQUIRE(changes.changes.size() == 1);
  CHECK(std::get<WriteFile>(changes.changes[0].item).content == "# mine\n");
}

TEST_CASE("an image that is not there yet is one finding, and nothing is written into it") {
  EditFile fstab{{Role::image_file, "/nfsroot/etc/fstab", "images.a", "/nfsroot"}, MarkedBlock{"mounts", ""}};
  EditFile hosts{{Role::image_file, "/nfsroot/etc/hosts", "images.a", "/nfsroot"}, MarkedBlock{"hosts", ""}};
  Observed absent;
  absent.source = PathKind::absent;
  auto changes = diff(plan_of({fstab, hosts}), {{absent, absent}, {}, {}});
  CHECK(changes.changes.empty());
  REQUIRE(changes.findings.size() == 1);
  CHECK(changes.findings[0].code == "image.missing");
}

TEST_CASE("a file or link of a package in an image is replaced, a directory is not") {
  WriteFile file{
      {Role::image_file, "/image/etc/machine-id", "images.a", "/image"}, "", 0644, std::nullopt, true};
  MakeLink link{{Role::image_file, "/image/etc/mtab", "images.a", "/image"}, "/proc/mounts", true};
  Observed dangling;
  dangling.kind = PathKind::symlink;
  dangling.mode = 0777;
  dangling.text = "/run/x";
  auto changes = diff(plan_of({file, link}), {{dangling, file_with("rootfs / rootfs rw 0 0\n")}, {}, {}});
  REQUIRE(changes.changes.size() == 2);
  CHECK(changes.findings.empty());
  CHECK(unified_diff(changes).find("link /image/etc/machine-id -> /run/x goes\n") == 0);
  CHECK(unified_diff(changes).find("link /image/etc/mtab: a file -> /proc/mounts\n") != std::string::npos);
  CHECK(changes.changes[0].action == ChangeAction::update);
  auto id = diff(plan_of({file}), {{file_with("0123456789abcdef\n")}, {}, {}});
  REQUIRE(id.changes.size() == 1);
  CHECK(unified_diff(id).find("-0123456789abcdef\n") != std::string::npos);
  Observed directory;
  directory.kind = PathKind::directory;
  for (const auto& item : {PlanItem{file}, PlanItem{link}}) {
    auto refused = diff(plan_of({item}), {{directory}, {}, {}}, {true});
    CHECK(refused.changes.empty());
    REQUIRE(refused.findings.size() == 1);
    CHECK(refused.findings[0].code == "file.kind");
  }
}

TEST_CASE("a file that an image must not have is removed; its absence is no change") {
  Remove remove{{Role::image_file, "/image/etc/hostname", "images.a", "/image"}};
  CHECK(diff(plan_of({remove}), {{Observed{}}, {}, {}}).empty());
  auto changes = diff(plan_of({remove}), {{file_with("buildd\n")}, {}, {}});
  REQUIRE(changes.changes.size() == 1);
  CHECK(changes.changes[0].action == ChangeAction::remove);
  CHECK(to_string(changes) == "remove /image/etc/hostname (images.a)\n");
  CHECK(changes.manifest.entries.empty());
  Observed directory;
  directory.kind = PathKind::directory;
  CHECK(diff(plan_of({remove}), {{directory}, {}, {}}).findings.size() == 1);
}

TEST_CASE("a link on the way into an image is a finding for each item, and the manifest keeps its entries") {
  WriteFile file{{Role::image_file, "/image/etc/krgboot", "images.a", "/image"}, "new"};
  MakeDirectory folder{{Role::directory, "/image/etc/new", "images.a", "/image"}};
  Observed linked;
  linked.source = PathKind::symlink;
  auto changes = diff(plan_of({file, folder}), {{linked, linked}, listing(file), {}});
  CHECK(changes.changes.empty());
  REQUIRE(changes.findings.size() == 2);
  CHECK(changes.findings[0].code == "image.link");
  CHECK_FALSE(changes.manifest_changes);
  // The same for an entry that is no longer in the plan.
  auto leftover = diff(plan_of({}), {{}, listing(file), {linked}});
  CHECK(leftover.changes.empty());
  CHECK(leftover.manifest.find(file.path, "a") != nullptr);
}

TEST_CASE("only services whose files change are reloaded") {
  WriteFile conf{{Role::dhcp, "/etc/dhcp/krgboot.conf", "networks"}, "group { }\n"};
  Reload dhcp{{ServiceKind::dhcp, "isc"}, {"systemctl", "restart", "isc-dhcp-server.service"}, {conf.path}};
  Reload nfs{{ServiceKind::nfs, "kernel"}, {"exportfs", "-ra"}, {}};
  Plan plan{Scope{"a"}, {conf, boot_file}, {dhcp, nfs}};
  Manifest both{{Scope{"a"}}, {*owned_by(conf, "a"), *owned_by(boot_file, "a")}};
  auto dhcp_changed = diff(plan, {{file_with("old"), same_file()}, both, {}});
  REQUIRE(dhcp_changed.reloads.size() == 1);
  CHECK(dhcp_changed.reloads[0].service.kind == ServiceKind::dhcp);
  CHECK(diff(plan, {{same_file(), file_with("old")}, both, {}}).reloads.empty());
  // Removed exports must be unloaded, even if no file of the plan changes.
  both.entries.insert(both.entries.begin(),
                      {Owned::Kind::file, Role::exports, "/etc/exports.d/krgboot-old.exports", ""});
  auto gone = diff(plan, {{same_file(), same_file()}, both, {file_with("/old 10.0.0.1(ro)\n")}});
  REQUIRE(gone.reloads.size() == 1);
  CHECK(gone.reloads[0].service.kind == ServiceKind::nfs);
}

TEST_CASE("a snapshot of another plan is an internal error") {
  CHECK_THROWS_AS(diff(plan_of({boot_file}), Snapshot{}), InternalError);
}
