#include "krgboot/plan/changes.hpp"

#include <algorithm>

#include "catch.hpp"

using namespace krgboot;

namespace {

ImageStep step_of(const std::string& image) {
  return {image, "images.a.packages", InstalledPackages{{"less", "nfs-common"}}};
}

PendingStep pending_of(const std::string& image) {
  return {step_of(image), "less is not installed", {"nfs-common"}, {"less", "nfs-common"}};
}

}  // namespace

TEST_CASE("a pending step is drift, but apply does not do it") {
  Plan plan{Scope{"a"}, {}, {}, {step_of("/nfsroot/a")}};
  auto changes = diff(plan, {{}, {}, {}, {pending_of("/nfsroot/a")}});
  CHECK(changes.empty());
  CHECK_FALSE(changes.clean());
  CHECK(to_string(changes) == "configure /nfsroot/a: packages: less is not installed (images.a.packages)\n");
  CHECK(unified_diff(changes) ==
        "--- a/nfsroot/a: packages\n+++ b/nfsroot/a: packages\n@@ -1 +1,2 @@\n+less\n nfs-common\n");
  CHECK(to_json(changes).find("\"why\": \"less is not installed\"") != std::string::npos);
  CHECK(to_string(plan) == "configure /nfsroot/a: packages less, nfs-common (images.a.packages)\n");
  CHECK(diff(plan, {{}, {}, {}, {}}).clean());
}

TEST_CASE("with one image selected, everything else stays unchanged") {
  WriteFile inside{{Role::image_file, "/nfsroot/a/etc/krgboot", "images.a", "/nfsroot/a"}, "new\n"};
  WriteFile other{{Role::image_file, "/nfsroot/b/etc/krgboot", "images.b", "/nfsroot/b"}, "new\n"};
  WriteFile server{{Role::boot_file, "/srv/tftp/pxelinux.cfg/default", "default_boot"}, "new\n"};
  Plan plan{Scope{"a"}, {inside, other, server}};
  Owned gone{Owned::Kind::file, Role::boot_file, "/srv/tftp/pxelinux.cfg/0A", "", "", "a"};
  Owned gone_inside{Owned::Kind::file, Role::image_file, "/nfsroot/a/etc/krgboot-old", "", "/nfsroot/a", "a"};
  Snapshot snapshot{{Observed{}, Observed{}, Observed{}},
                    {{Scope{"a"}}, {*owned_by(server, "a"), gone, gone_inside}},
                    {},
                    {}};
  std::sort(snapshot.manifest.entries.begin(), snapshot.manifest.entries.end(),
            [](const Owned& a, const Owned& b) { return a.path < b.path; });
  Observed file;
  file.kind = PathKind::file;
  snapshot.leftovers = {file, file};
  snapshot.steps = {pending_of("/nfsroot/a"), pending_of("/nfsroot/b")};
  DiffOptions options;
  options.within = "/nfsroot/a";
  auto changes = diff(plan, snapshot, options);
  REQUIRE(changes.changes.size() == 2);
  CHECK(to_string(changes) ==
        "create /nfsroot/a/etc/krgboot (images.a)\nremove /nfsroot/a/etc/krgboot-old\n"
        "configure /nfsroot/a: packages: less is not installed (images.a.packages)\n");
  // Files that were not compared stay in the manifest.
  CHECK(changes.manifest.find(server.path, "a") != nullptr);
  CHECK(changes.manifest.find(gone.path, "a") != nullptr);
  CHECK(changes.manifest.find(other.path, "a") == nullptr);
  CHECK(changes.manifest.find(gone_inside.path, "a") == nullptr);
}
