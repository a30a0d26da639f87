// --skip-bad-images: an image that is left out stays entirely unchanged, and its nodes boot the files that
// they had before.
#include "krgboot/apply/apply.hpp"
#include "krgboot/base/error.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "catch.hpp"
#include "error_of.hpp"
#include "system/own_mounts.hpp"
#include "texts.hpp"
#include "two_images.hpp"

using namespace krgboot;
using namespace krgboot::test;

namespace {

const std::string default_menu = "/srv/tftp/pxelinux.cfg/default";
const std::string old_copy = "/srv/tftp/boot/a/vmlinuz-6.1";

ApplyOptions skipping() {
  auto options = unchecked();
  options.skip_bad_images = true;
  return options;
}

/// The same cluster, but the images named here boot another kernel.
std::string text_with_new_kernel(const std::string& images = "a") {
  auto text = two_images_text;
  for (auto image : images) {
    auto line = std::string("image: ") + image + ", kernel: vmlinuz-6.";
    text = replaced(text, line + "1", line + "2");
  }
  return text;
}
Cluster with_new_kernel(const std::string& images = "a") {
  return load_cluster(text_with_new_kernel(images));
}

const Diagnostic* find_code(const Diagnostics& list, const std::string& code) {
  auto found = std::find_if(list.begin(), list.end(), [&](const auto& each) { return each.code == code; });
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("nodes of an image that is left out boot their old files") {
  TwoImages two;
  auto menu = two.tree.read(default_menu);
  auto now = with_new_kernel();
  auto source = GENERATE("none", "a file", "a loop");
  CAPTURE(source);
  if (source == std::string("a file")) two.tree.write(bad_image + "/boot/vmlinuz-6.2", bz_image("6.1"));
  if (source == std::string("a loop")) plant(two.tree, bad_image + "/boot/vmlinuz-6.2", "loop");
  plant(two.tree, bad_image + "/etc/hosts", "FIFO");

  auto report = apply(now, two.tree.root(), skipping());
  CHECK(two.tree.read(default_menu) == menu);
  CHECK(two.tree.has(old_copy));
  CHECK(two.trace_of("n1").find("boot/a/vmlinuz-6.1") != std::string::npos);
  const auto* told = find_code(report.warnings, "boot_file.left_out");
  REQUIRE(told != nullptr);
  CHECK(told->severity == Severity::warning);
  CHECK(told->message ==
        default_menu +
            " stays as it is: it would name /srv/tftp/boot/a/vmlinuz-6.2, which is not there, and "
            "/nfsroot/a is left out");
  // The missing kernel is reported, although it is not copied.
  CHECK((find_code(report.warnings, "kernel.missing") != nullptr) == (source == std::string("none")));
  // A second apply has nothing to do.
  CHECK(apply(now, two.tree.root(), skipping()).changes.changes.empty());

  // Once the image is repaired, all of it is applied, and the old copy is removed.
  std::filesystem::remove(two.tree.host(bad_image + "/etc/hosts"));
  two.tree.write(bad_image + "/etc/hosts", "");
  std::filesystem::remove(two.tree.host(bad_image + "/boot/vmlinuz-6.2"));
  two.tree.write(bad_image + "/boot/vmlinuz-6.2", bz_image("6.1"));
  apply(now, two.tree.root(), unchecked());
  CHECK_FALSE(two.tree.has(old_copy));
  CHECK(two.tree.read(default_menu).find("boot/a/vmlinuz-6.2") != std::string::npos);
}

TEST_CASE("a boot file that stays still finds all files that it names") {
  TwoImages two;
  two.tree.write(good_image + "/boot/vmlinuz-6.2", bz_image("6.1"));
  plant(two.tree, bad_image + "/etc/hosts", "FIFO");
  apply(with_new_kernel("ab"), two.tree.root(), skipping());
  CHECK(two.tree.read(default_menu).find("boot/b/vmlinuz-6.1") != std::string::npos);
  CHECK(two.tree.has("/srv/tftp/boot/b/vmlinuz-6.1"));
  // The node of the good image has its own boot file.
  CHECK(two.trace_of("n2").find("boot/b/vmlinuz-6.2") != std::string::npos);
}

TEST_CASE("an existing copy is named, independent of its image's content") {
  TwoImages two;
  plant(two.tree, bad_image + "/boot/vmlinuz-6.1", "sparse");
  two.tree.write(default_menu, "something else\n");
  auto report = apply(two.cluster, two.tree.root(), skipping());
  CHECK(find_code(report.warnings, "boot_file.left_out") == nullptr);
  CHECK(find_code(report.warnings, "image.too_large") != nullptr);
  CHECK(two.tree.read(default_menu).find("boot/a/vmlinuz-6.1") != std::string::npos);
}

TEST_CASE("a missing boot file is written, with a warning that it names a missing file") {
  TwoImages two;
  plant(two.tree, bad_image + "/etc/hosts", "FIFO");
  std::filesystem::remove(two.tree.host(default_menu));
  auto report = apply(with_new_kernel(), two.tree.root(), skipping());
  CHECK(two.tree.read(default_menu).find("boot/a/vmlinuz-6.2") != std::string::npos);
  const auto* told = find_code(report.warnings, "boot_file.left_out");
  REQUIRE(told != nullptr);
  CHECK(told->message.find(default_menu + " names /srv/tftp/boot/a/vmlinuz-6.2, which is not there") == 0);
}

TEST_CASE("a warning stands for all boot files of its kind") {
  TwoImages two;
  plant(two.tree, bad_image + "/etc/hosts", "FIFO");
  auto text = replaced(text_with_new_kernel(), "default_boot: a", "default_boot: b");
  for (int node = 1; node <= 3; ++node) {
    text += fmt::format(
        "  - {{name: more{0}, address: 10.0.0.1{0}, mac: \"52:54:00:00:01:0{0}\", boot: a}}\n", node);
  }
  auto report = apply(load_cluster(text), two.tree.root(), skipping());
  std::vector<std::string> told;
  for (const auto& warning : report.warnings) {
    if (warning.code == "boot_file.left_out") told.push_back(warning.message);
  }
  const std::string why = " /srv/tftp/boot/a/vmlinuz-6.2, which is not there, and /nfsroot/a is left out";
  CHECK(told == std::vector{"/srv/tftp/pxelinux.cfg/default stays as it is: it would name" + why,
                            "/srv/tftp/pxelinux.cfg/0A00000B and 2 more name" + why});
}

TEST_CASE("a file that apply would refuse in an image is a finding of plan") {
  TwoImages two;
  auto hosts = two.tree.host(bad_image + "/etc/hosts");
  two.tree.write(bad_image + "/etc/hosts", "127.0.0.1 localhost\n");
  std::string code;
  SECTION("a file that others may write") {
    std::filesystem::permissions(hosts, std::filesystem::perms(0646));
    code = "file.mode";
  }
  SECTION("a file with two names") {
    std::filesystem::create_hard_link(hosts, two.tree.host(bad_image + "/home/hosts"));
    code = "file.hard_links";
  }
  SECTION("a whole file of krgboot's with two names") {
    auto unit = two.tree.host(bad_image + "/etc/initramfs-tools/conf.d/krgboot");
    two.tree.write(bad_image + "/etc/initramfs-tools/conf.d/krgboot", "changed\n");
    std::filesystem::create_hard_link(unit, two.tree.host(bad_image + "/home/krgboot"));
    code = "file.hard_links";
  }
  std::filesystem::remove(two.tree.host(default_menu));
  auto found = propose(two.cluster, two.tree.root()).changes;
  const auto* finding = find_code(found.findings, code);
  REQUIRE(finding != nullptr);
  CHECK(finding->severity == Severity::error);
  CHECK(finding->where.file.find(bad_image) == 0);
  CHECK(concerns_bad_image(found, *finding));
  CHECK(error_of<ConflictError>([&] { return apply(two.cluster, two.tree.root(), unchecked()); }).code ==
        code);
  CHECK_FALSE(two.tree.has(default_menu));
  auto report = apply(two.cluster, two.tree.root(), skipping());
  CHECK(two.tree.has(default_menu));
  CHECK(find_code(report.warnings, code) != nullptr);
}

TEST_CASE("the same finding for the server's own files is never skipped") {
  TwoImages two;
  two.tree.write("/etc/exports.d/krgboot-a.exports", "changed\n");
  std::filesystem::create_hard_link(two.tree.host("/etc/exports.d/krgboot-a.exports"),
                                    two.tree.host("/etc/other"));
  CHECK(find_code(propose(two.cluster, two.tree.root()).changes.findings, "file.hard_links") != nullptr);
  CHECK(error_of<ConflictError>([&] { return apply(two.cluster, two.tree.root(), skipping()); }).code ==
        "file.hard_links");
}

TEST_CASE("an edit that the spec has given up waits for a file that cannot be edited") {
  TwoImages two;
  std::filesystem::permissions(two.tree.host(bad_image + "/etc/hosts"), std::filesystem::perms(04644));
  auto none = load_cluster(R"(version: 1
cluster: {name: lab, domain: lab.example.org}
server: {name: server, address: 10.0.0.2, release: bookworm}
networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1}]
nodes: []
)");
  auto changes = propose(none, two.tree.root()).changes;
  CHECK(find_code(changes.findings, "file.mode") != nullptr);
  CHECK(changes.manifest.find(bad_image + "/etc/hosts", "lab") != nullptr);
}

TEST_CASE("an image on a full file system does not block the others") {
  TwoImages two;
  auto read_only = GENERATE(false, true);
  CAPTURE(read_only);
  auto status = with_own_mounts([&] {
    auto place = two.tree.host(bad_image).string();
    auto copy = two.tree.host("/copy").string();
    constexpr auto as_they_are =
        std::filesystem::copy_options::recursive | std::filesystem::copy_options::copy_symlinks;
    std::filesystem::copy(place, copy, as_they_are);
    constexpr unsigned long safe = MS_NOSUID | MS_NODEV;
    if (mount("krgboot-test", place.c_str(), "tmpfs", safe, "size=1m,mode=0755") != 0) return false;
    std::filesystem::copy(copy, place, as_they_are);
    two.tree.write(bad_image + "/etc/hosts", "127.0.0.1 localhost\n");
    if (!read_only) {
      std::ofstream filler(two.tree.host(bad_image + "/home/filler"), std::ios::binary);
      const std::string block(4096, 'x');
      while (filler.write(block.data(), 4096).flush()) {
      }
    } else if (mount(nullptr, place.c_str(), nullptr, MS_REMOUNT | MS_RDONLY | safe, nullptr) != 0) {
      return false;
    }
    std::filesystem::remove(two.tree.host(default_menu));
    auto refused = error_of<ConflictError>([&] { return apply(two.cluster, two.tree.root(), unchecked()); });
    auto told = refused.code == "image.unwritable" && refused.overridden_by == "skip_bad_images" &&
                !two.tree.has(default_menu);
    two.tree.write(good_image + "/etc/fstab", "");
    auto report = apply(two.cluster, two.tree.root(), skipping());
    const auto* warned = find_code(report.warnings, "image.unwritable");
    return told && warned != nullptr && warned->severity == Severity::warning &&
           warned->where.file.find(bad_image) == 0 && two.tree.has(default_menu) &&
           !two.tree.read(good_image + "/etc/fstab").empty() && !two.tree.has("/var/lib/krgboot/journal");
  });
  if (status == may_not_mount) {
    WARN("skipped: this user may not mount anything, not even in a namespace of his own");
    return;
  }
  CHECK(status == 0);
}

TEST_CASE("a link in an image that leads nowhere is a finding of its exports") {
  TwoImages two;
  auto home = two.tree.host(bad_image + "/home");
  std::filesystem::remove_all(home);
  SECTION("a loop") {
    two.tree.link(bad_image + "/home", "home");
  }
  SECTION("a long link") {
    two.tree.link(bad_image + "/home", std::string(4000, 'x'));
  }
  SECTION("a loop by way of another") {
    two.tree.link(bad_image + "/home", bad_image + "/other");
    two.tree.link(bad_image + "/other", bad_image + "/home");
  }
  std::filesystem::remove(two.tree.host(default_menu));
  auto drift = verify(two.cluster, two.tree.root()).drift;
  CHECK(std::find(drift.bad_images.begin(), drift.bad_images.end(), bad_image) != drift.bad_images.end());
  apply(two.cluster, two.tree.root(), skipping());
  CHECK(two.tree.has(default_menu));
  CHECK(says_of_all_before_the_image(two.trace_of("n1")));
  CHECK(two.trace_of("n2").find("boots") != std::string::npos);
  DiffOptions only;
  only.within = good_image;
  CHECK(propose(two.cluster, two.tree.root(), only).changes.findings.empty());
}

TEST_CASE("a link in an image that leads the NFS server to its own directories is a finding of this image") {
  TwoImages two;
  std::filesystem::remove_all(two.tree.host(bad_image + "/home"));
  std::filesystem::create_directories(two.tree.host(bad_image + "/srv"));
  std::filesystem::create_directories(two.tree.host("/etc"));
  two.tree.link(bad_image + "/home", "srv");
  CHECK(find_code(verify(two.cluster, two.tree.root()).drift.findings, "exports.leads_out") == nullptr);
  for (const auto* target : {"/etc", "../../etc", "/srv"}) {
    CAPTURE(target);
    two.tree.link(bad_image + "/home", target);
    auto drift = verify(two.cluster, two.tree.root()).drift;
    const auto* found = find_code(drift.findings, "exports.leads_out");
    REQUIRE(found != nullptr);
    CHECK(found->severity == Severity::error);
    CHECK(found->where.file == bad_image + "/home");
    CHECK(concerns_bad_image(drift, *found));
    CHECK(find_code(apply(two.cluster, two.tree.root(), skipping()).warnings, "exports.leads_out") !=
          nullptr);
  }
}

TEST_CASE("a proposal with findings is refused because of these, not as stale") {
  TwoImages two;
  auto hosts = bad_image + "/etc/hosts";
  auto code = GENERATE("loop", "FIFO", "NUL");
  CAPTURE(code);
  plant(two.tree, "/nfsroot/a/boot/initrd.img-6.1", code == std::string("loop") ? code : "sparse");
  plant(two.tree, hosts, code);
  auto faulty = propose(two.cluster, two.tree.root());
  two.tree.write(good_image + "/etc/hosts", "changed\n");
  auto refused = error_of<ConflictError>([&] { return apply(faulty); });
  CHECK(refused.code != "plan.stale");
  CHECK(refused.code != "(nothing thrown)");
  // What could not be observed cannot be stale.
  DiffOptions options;
  options.skip_bad_images = true;
  auto proposal = propose(two.cluster, two.tree.root(), options);
  CHECK_NOTHROW(apply(proposal, unchecked()));
}
