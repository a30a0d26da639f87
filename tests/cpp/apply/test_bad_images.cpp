// One image contains files that block work on it, as root of a node may have put there. They become findings
// of this image; the other image and the server are planned, verified, traced and applied as usual.
#include "krgboot/apply/apply.hpp"
#include "krgboot/apply/trace.hpp"
#include "krgboot/base/error.hpp"
#include "krgboot/image/kernels.hpp"

#include <algorithm>
#include <memory>
#include <set>

#include "catch.hpp"
#include "matrix.hpp"
#include "system/watched.hpp"
#include "two_images.hpp"

using namespace krgboot;
using namespace krgboot::test;

namespace {

std::vector<std::string> kinds() {
  auto all = special_kinds();
  for (const auto* more : {"directory", "NUL", "loop", "long link", "sparse", "newlines"})
    all.emplace_back(more);
  return all;
}

/// All lines that do not concern the bad image.
std::set<std::string> of_others(const Changes& changes) {
  std::set<std::string> lines;
  auto concerns_bad = [](std::string_view text) { return text.find(bad_image) != std::string_view::npos; };
  for (const auto& change : changes.changes) {
    if (!concerns_bad(item_of(change.item).path) &&
        item_of(change.item).path.find("/boot/a/") == std::string::npos)
      lines.insert(item_of(change.item).path);
  }
  for (const auto& finding : changes.findings) {
    if (!concerns_bad(finding.to_string())) lines.insert(finding.to_string());
  }
  for (const auto& pending : changes.steps) {
    if (!concerns_bad(pending.step.image)) lines.insert(pending.step.image + ' ' + pending.why);
  }
  return lines;
}

}  // namespace

TEST_CASE("a bad file in an image does not block anything else") {
  const std::vector<std::string> files = {
      "/etc/fstab", "/etc/hosts", "/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow", "/etc/hostname",
      "/etc/machine-id", "/etc/apt/sources.list", "/etc/network/interfaces", "/etc/modules",
      "/etc/modprobe.d/x", "/etc/locale.gen", "/etc/initramfs-tools/initramfs.conf",
      "/etc/initramfs-tools/conf.d/krgboot", "/etc/inittab", "/etc/ssh/ssh_host_rsa_key.pub",
      "/etc/systemd/system/tmp.mount", "/lib/systemd/system/basic.target", "/lib/modules/6.1/modules.dep",
      "/lib/modules/6.1/modules.builtin", "/boot/config-6.1", "/boot/vmlinuz-6.1", "/boot/initrd.img-6.1",
      "/var/lib/dpkg/status", "/var/lib/dpkg/updates", "/sbin/init",
      // And directories on the way to a file.
      "/etc", "/boot", "/var/lib/dpkg", "/etc/systemd", "/etc/ssh", "/lib/modules", "/etc/initramfs-tools"};
  TwoImages two;
  // Changes needed for the other image and for the server.
  two.tree.write(good_image + "/etc/hosts", "changed\n");
  std::filesystem::remove(two.tree.host("/srv/tftp/pxelinux.cfg/default"));
  auto others = of_others(verify(two.cluster, two.tree.root()).drift);
  REQUIRE(others.count(good_image + "/etc/hosts") == 1);
  apply(two.cluster, two.tree.root(), unchecked());
  auto other_trace = two.trace_of("n2");
  const auto all_kinds = kinds();
  for (std::size_t k = 0; k < all_kinds.size(); ++k) {
    for (std::size_t f = 0; f < files.size(); ++f) {
      if (!is_in_part(k + f, 8)) continue;  // each kind and each file is in the part
      const auto& kind = all_kinds[k];
      const auto& file = files[f];
      CAPTURE(kind, file);
      auto host = two.tree.host(bad_image + file);
      auto aside = two.tree.host("/aside");
      std::filesystem::remove_all(aside);
      auto was_there = std::filesystem::exists(std::filesystem::symlink_status(host));
      if (was_there) std::filesystem::rename(host, aside);
      plant(two.tree, bad_image + file, kind);
      std::unique_ptr<Watched> watched;
      auto special = special_kinds();
      if (std::find(special.begin(), special.end(), kind) != special.end())
        watched = std::make_unique<Watched>(host.string());

      two.tree.write(good_image + "/etc/hosts", "changed\n");
      std::filesystem::remove(two.tree.host("/srv/tftp/pxelinux.cfg/default"));
      CHECK(of_others(verify(two.cluster, two.tree.root()).drift) == others);
      auto skipping = unchecked();
      skipping.skip_bad_images = true;
      skipping.allow_missing = true;  // the damaged kernel counts as missing
      apply(two.cluster, two.tree.root(), skipping);
      CHECK(two.trace_of("n2") == other_trace);
      CHECK(says_of_all_before_the_image(two.trace_of("n1")));
      if (watched) CHECK_FALSE(watched->was_opened());

      std::filesystem::remove_all(host);
      if (was_there) std::filesystem::rename(aside, host);
      apply(two.cluster, two.tree.root(), unchecked());
    }
  }
}

TEST_CASE("a finding of a bad image says which file, and what is wrong with it") {
  TwoImages two;
  struct Case {
    std::string file, kind, code, says;
  };
  auto one = GENERATE(values<Case>({
      {"/var/lib/dpkg/status", "FIFO", "image.unreadable", "it is a device, a socket or a FIFO"},
      {"/var/lib/dpkg/status", "directory", "image.unreadable", "Is a directory"},
      {"/var/lib/dpkg/status", "loop", "image.unreadable", "symbolic links"},
      {"/var/lib/dpkg/status", "sparse", "image.unreadable", "File too large"},
      {"/etc/hosts", "NUL", "file.binary", "holds a NUL byte"},
      {"/etc/hosts", "sparse", "file.too_large", "too large to be edited"},
      {"/etc/hosts", "FIFO", "file.kind", "is a device, socket or pipe"},
      {"/etc/modules", "FIFO", "image.unreadable", "it is a device, a socket or a FIFO"},
      {"/etc/initramfs-tools/x", "sparse", "image.unreadable", "File too large"},
      {"/boot/vmlinuz-6.1", "sparse", "image.too_large", "larger than 4 GiB"},
      {"/boot/initrd.img-6.1", "sparse", "image.too_large", "larger than 4 GiB"},
      {"/boot/initrd.img-6.1", "loop", "image.unreadable", "symbolic links"},
  }));
  CAPTURE(one.file, one.kind);
  plant(two.tree, bad_image + one.file, one.kind);
  auto findings = verify(two.cluster, two.tree.root()).drift.findings;
  auto found = std::find_if(findings.begin(), findings.end(),
                            [&](const Diagnostic& finding) { return finding.code == one.code; });
  REQUIRE(found != findings.end());
  CHECK(found->severity == Severity::error);
  CHECK(found->where.file == bad_image + one.file);
  CHECK(found->message.find(one.says) != std::string::npos);
  CHECK_FALSE(found->hint.empty());
}

TEST_CASE("accounts and blocks that cannot be edited are findings of their image") {
  TwoImages two;
  auto block = two.tree.read(bad_image + "/etc/hosts");
  struct Case {
    std::string file, text, code;
  };
  for (const auto& one : {Case{"/etc/hosts", block + block, "block.doubled"},
                          Case{"/etc/hosts", block.substr(0, block.rfind('#')), "block.unterminated"},
                          Case{"/etc/passwd", "u:x:1000\n", "accounts.line"},
                          Case{"/etc/passwd", "other:x:1000:1000::/:/bin/sh\n", "accounts.uid_taken"}}) {
    CAPTURE(one.code);
    auto before = two.tree.read(bad_image + one.file);
    two.tree.write(bad_image + one.file, one.text);
    auto findings = verify(two.cluster, two.tree.root()).drift.findings;
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].code == one.code);
    CHECK(findings[0].severity == Severity::error);
    CHECK(findings[0].where.file == bad_image + one.file);
    two.tree.write(bad_image + one.file, before);
  }
}

TEST_CASE("apply is all or nothing, unless it skips bad images") {
  TwoImages two;
  plant(two.tree, bad_image + "/etc/hosts", "FIFO");
  two.tree.write(bad_image + "/etc/fstab", "");
  two.tree.write(good_image + "/etc/fstab", "");
  std::filesystem::remove(two.tree.host("/srv/tftp/pxelinux.cfg/default"));
  std::filesystem::remove(two.tree.host("/srv/tftp/boot/a/vmlinuz-6.1"));
  try {
    apply(two.cluster, two.tree.root(), unchecked());
    FAIL("it was applied");
  } catch (const ConflictError& error) {
    CHECK(error.code() == "file.kind");
    CHECK(error.overridden_by() == "skip_bad_images");
  }
  CHECK(two.tree.read(good_image + "/etc/fstab").empty());
  CHECK_FALSE(two.tree.has("/srv/tftp/pxelinux.cfg/default"));

  auto skipping = unchecked();
  skipping.skip_bad_images = true;
  auto report = apply(two.cluster, two.tree.root(), skipping);
  CHECK_FALSE(two.tree.read(good_image + "/etc/fstab").empty());
  CHECK(two.tree.has("/srv/tftp/pxelinux.cfg/default"));
  // The bad image stays entirely unchanged, and its kernels are not copied.
  CHECK(two.tree.read(bad_image + "/etc/fstab").empty());
  CHECK_FALSE(two.tree.has("/srv/tftp/boot/a/vmlinuz-6.1"));
  auto warned = std::find_if(report.warnings.begin(), report.warnings.end(),
                             [](const Diagnostic& warning) { return warning.code == "file.kind"; });
  REQUIRE(warned != report.warnings.end());
  CHECK(warned->severity == Severity::warning);

  // Once the image is repaired, all of it is applied.
  plant(two.tree, bad_image + "/etc/hosts", "newlines");
  apply(two.cluster, two.tree.root(), unchecked());
  CHECK(verify(two.cluster, two.tree.root()).drift.changes.empty());
  CHECK(two.tree.has("/srv/tftp/boot/a/vmlinuz-6.1"));
}

TEST_CASE("a finding of the server's is not skipped with a bad image") {
  TwoImages two;
  plant(two.tree, bad_image + "/etc/hosts", "FIFO");
  plant(two.tree, "/srv/tftp/pxelinux.cfg/default", "FIFO");
  auto skipping = unchecked();
  skipping.skip_bad_images = true;
  try {
    apply(two.cluster, two.tree.root(), skipping);
    FAIL("it was applied");
  } catch (const ConflictError& error) {
    CHECK(error.subject() == "default_boot");
    CHECK(error.overridden_by().empty());
  }
}

TEST_CASE("an edit that the spec has given up stays listed while its file cannot be read") {
  TwoImages two;
  auto text = two.tree.read(bad_image + "/etc/hosts");
  plant(two.tree, bad_image + "/etc/hosts", "NUL");
  auto none = load_cluster(R"(version: 1
cluster: {name: lab, domain: lab.example.org}
server: {name: server, address: 10.0.0.2, release: bookworm}
networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1}]
nodes: []
)");
  auto changes = propose(none, two.tree.root()).changes;
  CHECK(changes.manifest.find(bad_image + "/etc/hosts", "lab") != nullptr);
  REQUIRE(changes.findings.size() == 1);
  CHECK(changes.findings[0].code == "file.binary");
  two.tree.write(bad_image + "/etc/hosts", text);
  apply(none, two.tree.root(), unchecked());
  CHECK(two.tree.read(bad_image + "/etc/hosts").find("krgboot") == std::string::npos);
}

TEST_CASE("a kernel without a version is a finding, and its modules are not checked") {
  TwoImages two;
  two.tree.write(bad_image + "/boot/vmlinuz", "x\n");
  auto cluster = load_cluster(R"(version: 1
cluster: {name: lab, domain: lab.example.org}
server: {name: server, address: 10.0.0.2, release: bookworm}
networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1}]
images: {a: {path: /nfsroot/a, release: bookworm}}
boot: {a: {image: a, kernel: vmlinuz, initrd: initrd.img-6.1}}
default_boot: a
nodes: [{name: n1, address: 10.0.0.3, mac: "52:54:00:00:00:01"}]
)");
  auto findings = verify(cluster, two.tree.root()).drift.findings;
  REQUIRE_FALSE(findings.empty());
  CHECK(findings[0].code == "kernel.no_version");
  CHECK(findings[0].where.file == bad_image + "/boot/vmlinuz");
  auto traced = to_string(trace(cluster, find_machine(cluster, "n1"), two.tree.root()));
  CHECK(contains(traced, "tells a version"));
}

TEST_CASE("a line of fstab that names no path is a step, and the lines behind it are followed") {
  TwoImages two;
  two.tree.write(bad_image + "/etc/fstab",
                 "10.0.0.2:/nfsroot/../x /home nfs ro 0 0\n10.0.0.2:/none /proc nfs ro 0 0\n");
  auto text = two.trace_of("n1");
  CHECK(text.find("[path.syntax]") != std::string::npos);
  CHECK(text.find("/none is not there") != std::string::npos);
}

TEST_CASE("a file full of faults does not fill the screen") {
  TwoImages two;
  std::string lines;
  for (int i = 0; i < 100'000; ++i) lines += "x\n";
  two.tree.write(bad_image + "/etc/fstab", lines);
  auto text = two.trace_of("n1");
  CHECK(text.size() < 20'000);
  CHECK(text.find("more") != std::string::npos);
}

TEST_CASE("the number of fstab lines that are followed is limited") {
  TwoImages two;
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += "10.0.0.2:/none /proc nfs ro 0 0\n";
  two.tree.write(bad_image + "/etc/fstab", lines);
  auto text = two.trace_of("n1");
  std::size_t followed = 0;
  for (auto at = text.find("/none is not there"); at != std::string::npos;
       at = text.find("/none is not there", at + 1))
    ++followed;
  CHECK(followed == 200);
  CHECK(text.find("and 800 more lines") != std::string::npos);
}
