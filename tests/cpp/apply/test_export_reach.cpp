// How far clients of an export can reach by file handles: findings of plan, verify, apply and trace.

#include "krgboot/apply/apply.hpp"
#include "krgboot/apply/configure_image.hpp"
#include "krgboot/apply/proposal.hpp"
#include "krgboot/apply/trace.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "../error_of.hpp"
#include "../system/own_mounts.hpp"
#include "catch.hpp"
#include "server_tree.hpp"

using namespace krgboot;
using krgboot::test::says;
using krgboot::test::ServerTree;

namespace {

/// A cluster with one image, which has `keys` besides path and release.
Cluster cluster(const std::string& keys, const std::string& nfs = "kernel") {
  return load_cluster(fmt::format(R"(version: 1
cluster: {{name: lab, domain: lab.example.org}}
server: {{name: server, address: 10.0.0.2, release: bookworm, nfs: {}}}
networks: [{{subnet: 10.0.0.0/24, router: 10.0.0.1}}]
images: {{a: {{path: /nfsroot/a, release: bookworm{}{}}}}}
boot: {{a: {{image: a, kernel: vmlinuz, initrd: initrd.img}}}}
default_boot: a
nodes: [{{name: n1, address: 10.0.0.3, mac: "52:54:00:00:00:01"}}]
)",
                                  nfs, keys.empty() ? "" : ", ", keys));
}

std::vector<std::string> reach_codes(const Diagnostics& findings) {
  std::vector<std::string> list;
  for (const auto& finding : findings) {
    if (finding.code.rfind("exports.", 0) == 0 || finding.code.rfind("filesystem.", 0) == 0)
      list.push_back(finding.code);
  }
  return list;
}

using Codes = std::vector<std::string>;

}  // namespace

TEST_CASE("an image on the server's own file system is refused before anything is written") {
  ServerTree tree;
  auto proposal = propose(cluster("writable: [/home]"), tree.root());
  REQUIRE(reach_codes(proposal.changes.findings) == Codes{"exports.reaches_server"});
  const auto& finding = proposal.changes.findings.back();
  CHECK(finding.severity == Severity::error);
  CHECK(finding.key == "images.a.path");
  CHECK(finding.message ==
        "a client that may mount /nfsroot/a, /nfsroot/a/home reads and writes as root, by handles, every "
        "file of the server's own file system, such as /etc/shadow");
  CHECK(error_of<ConflictError>([&] { apply(proposal); }).code == "exports.reaches_server");
  CHECK_FALSE(tree.has("/etc/exports.d"));
  CHECK_FALSE(verify(cluster(""), tree.root()).clean());
}

TEST_CASE("read-only exports leak as well, squashed ones less") {
  ServerTree tree;
  auto read_only = propose(cluster(""), tree.root()).changes.findings;
  REQUIRE(reach_codes(read_only) == Codes{"exports.reaches_server"});
  CHECK(read_only.back().severity == Severity::error);
  CHECK(read_only.back().message.find("reads as root") != std::string::npos);
  auto squashed = propose(cluster("squash: root_squash"), tree.root()).changes.findings;
  REQUIRE(reach_codes(squashed) == Codes{"exports.reaches_server"});
  CHECK(squashed.back().severity == Severity::warning);
}

TEST_CASE("the spec accepts a finding, and its reason is shown") {
  ServerTree tree;
  auto wanted = cluster("shares_file_system: 'a test, and nobody but it'");
  auto report = apply(wanted, tree.root());
  auto told = std::find_if(report.warnings.begin(), report.warnings.end(),
                           [](const Diagnostic& d) { return d.code == "exports.reaches_server"; });
  REQUIRE(told != report.warnings.end());
  CHECK(told->severity == Severity::warning);
  CHECK(told->message.find("; accepted: a test, and nobody but it") != std::string::npos);
  auto drift = verify(wanted, tree.root()).drift;
  CHECK(reach_codes(drift.findings).empty());
  CHECK(reach_codes(drift.accepted) == Codes{"exports.reaches_server"});
  auto trace = krgboot::trace(wanted, find_machine(wanted, "n1"), tree.root());
  CHECK(trace.boots());
  CHECK(says(trace, StepStatus::ok, "accepted: a test, and nobody but it"));
}

TEST_CASE("foreign exports get no findings") {
  ServerTree tree;
  CHECK(reach_codes(propose(cluster("", "none"), tree.root()).changes.findings).empty());
}

TEST_CASE("trace reports it, and that the node boots nevertheless") {
  ServerTree tree;
  apply(cluster("shares_file_system: first"), tree.root());
  auto now = cluster("");
  auto trace = krgboot::trace(now, find_machine(now, "n1"), tree.root());
  CHECK(trace.boots());
  CHECK(says(trace, StepStatus::warning, "every file of the server's own file system"));
}

TEST_CASE("a staged tree is checked as the server that it is for") {
  ServerTree tree;
  auto wanted = cluster("filesystem: {size: 1G}");
  auto open = propose(wanted, tree.root()).changes.findings;
  REQUIRE(reach_codes(open) == Codes{"filesystem.parent_open"});
  CHECK(open.back().severity == Severity::warning);
  std::filesystem::permissions(tree.host("/nfsroot"), std::filesystem::perms(0700));
  CHECK(reach_codes(propose(wanted, tree.root()).changes.findings).empty());

  // The image is one file system: a client that can write to a part of it as root can write to all of it.
  auto shared = propose(cluster("filesystem: {size: 1G}, writable: [/home]"), tree.root()).changes.findings;
  REQUIRE(reach_codes(shared) == Codes{"exports.writes_image"});
  CHECK(shared.back().severity == Severity::warning);
  CHECK(reach_codes(propose(cluster("filesystem: {size: 1G}, writable: [{path: /home, squash: root_squash}]"),
                            tree.root())
                        .changes.findings)
            .empty());
}

TEST_CASE("what is mounted below the root is another file system than the server's") {
  ServerTree tree;
  std::filesystem::permissions(tree.host("/nfsroot"), std::filesystem::perms(0700));
  auto on = [&](const std::string& place, unsigned long flags, const Cluster& wanted) {
    auto status = with_own_mounts([&] {
      if (!mount_memory(tree.host(place).string(), flags)) return false;
      std::filesystem::create_directories(tree.host("/nfsroot/a/home"));
      auto list = reach_codes(propose(wanted, tree.root()).changes.findings);
      tree.write("/found", fmt::format("{}", fmt::join(list, " ")));
      return true;
    });
    if (status == may_not_mount) return std::string("may not mount");
    CHECK(status == 0);
    return tree.read("/found");
  };
  constexpr unsigned long safe = MS_NOSUID | MS_NODEV;
  auto own = on("/nfsroot/a", safe, cluster(""));
  if (own == "may not mount") {
    WARN("skipped: this user may not mount anything, not even in a namespace of his own");
    return;
  }
  CHECK(own.empty());
  CHECK(on("/nfsroot/a", safe, cluster("writable: [/home]")) == "exports.writes_image");
  CHECK(on("/nfsroot/a", 0, cluster("filesystem: {size: 1G}")) == "filesystem.mount_options");
  // The parent directory of the image is a separate file system, which the image is only a part of.
  CHECK(on("/nfsroot", safe, cluster("")) == "exports.reaches_file_system");
}

TEST_CASE("images on one file system reach each other") {
  ServerTree tree;
  auto two = load_cluster(R"(version: 1
cluster: {name: lab, domain: lab.example.org}
server: {name: server, address: 10.0.0.2, release: bookworm}
networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1}]
images:
  a: {path: /nfsroot/a, release: bookworm}
  b: {path: /nfsroot/b, release: bookworm}
boot: {a: {image: a, kernel: vmlinuz}, b: {image: b, kernel: vmlinuz}}
nodes:
  - {name: n1, address: 10.0.0.3, boot: a}
  - {name: n2, address: 10.0.0.4, boot: b}
)");
  std::filesystem::create_directories(tree.host("/nfsroot/b"));
  auto findings = propose(two, tree.root()).changes.findings;
  CHECK(reach_codes(findings) ==
        Codes{"exports.reaches_server", "exports.reaches_server", "exports.images_reach_each_other"});
  CHECK(findings.back().message.find("a, b") != std::string::npos);
}

TEST_CASE("findings on the reach of exports do not block the configuration of an image") {
  ServerTree tree;
  auto wanted = cluster("writable: [/home]");
  REQUIRE(has_errors(propose(wanted, tree.root()).changes.findings));
  DiffOptions only;
  only.within = "/nfsroot/a";
  CHECK(reach_codes(propose(wanted, tree.root(), only).changes.findings).empty());
  // Its files are written; without programs in it the steps fail.
  CHECK_THROWS_AS(configure_image(wanted, tree.root(), "a", {}), IoError);
  CHECK(tree.read("/nfsroot/a/etc/fstab").find("/home") != std::string::npos);
}

TEST_CASE("only exported directories have a reach") {
  ServerTree tree;
  // Machines of a pool must not write, so that none receives files from others.
  auto pool = load_cluster(R"(version: 1
cluster: {name: lab, domain: lab.example.org}
server: {name: server, address: 10.0.0.2, release: bookworm}
networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1, pool: {first: 10.0.0.200, last: 10.0.0.210}}]
images: {a: {path: /nfsroot/a, release: bookworm, writable: [/home]}}
boot: {a: {image: a, kernel: vmlinuz, initrd: initrd.img}}
default_boot: a
nodes: []
)");
  auto findings = propose(pool, tree.root()).changes.findings;
  REQUIRE(reach_codes(findings) == Codes{"exports.reaches_server"});
  CHECK(findings.back().message.find("a client that may mount /nfsroot/a reads as root,") == 0);
}

TEST_CASE("an image that is to be a file system of its own waits until it is mounted") {
  ServerTree tree;
  auto wanted = cluster("filesystem: {size: 1G}");
  std::filesystem::permissions(tree.host("/nfsroot"), std::filesystem::perms(0700));
  auto status = with_own_mounts([&] {
    auto top = tree.host("/").string();
    std::filesystem::create_directories(tree.host("/proc"));
    if (!bind_mount(top, top) ||
        mount("/proc", tree.host("/proc").c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0 ||
        chroot(top.c_str()) != 0 || chdir("/") != 0)
      return false;
    const Root root("/");
    ApplyOptions options;
    options.check = options.reload = false;
    auto found = propose(wanted, root).changes;
    auto is_it = [](const Diagnostic& finding) { return finding.code == "filesystem.not_mounted"; };
    auto hint = [&] {
      auto all = propose(wanted, root).changes.findings;
      auto one = std::find_if(all.begin(), all.end(), is_it);
      return one == all.end() ? std::string() : one->hint;
    };
    auto one = std::find_if(found.findings.begin(), found.findings.end(), is_it);
    if (one == found.findings.end() || one->severity != Severity::error || one->where.file != "/nfsroot/a" ||
        found.bad_images != std::vector<std::string>{"/nfsroot/a"})
      return false;
    if (hint() != "bootstrap the image") return false;
    std::ofstream("/nfsroot/a.img") << "";
    if (hint() != "mount -o loop,nosuid,nodev /nfsroot/a.img /nfsroot/a") return false;

    auto refused = error_of<ConflictError>([&] { return apply(wanted, root, options); });
    if (refused.code != "filesystem.not_mounted" || refused.overridden_by != "skip_bad_images") return false;
    if (error_of<ConflictError>([&] { return configure_image(wanted, root, "a", {}); }).code !=
        "filesystem.not_mounted")
      return false;
    options.skip_bad_images = true;
    auto report = apply(wanted, root, options);
    auto has = [](const char* path) { return std::filesystem::exists(path); };
    if (!has("/etc/systemd/system/nfsroot-a.mount") || !has("/etc/exports.d/krgboot-a.exports") ||
        has("/nfsroot/a/etc/fstab") || std::none_of(report.warnings.begin(), report.warnings.end(), is_it))
      return false;
    if (hint() != "systemctl start 'nfsroot-a.mount'") return false;
    return mount_memory("/nfsroot/a") && hint().empty();
  });
  if (status == may_not_mount) {
    WARN("skipped: this user may not mount anything, not even in a namespace of his own");
    return;
  }
  CHECK(status == 0);
}
