#include "krgboot/base/error.hpp"
#include "krgboot/image/initramfs.hpp"
#include "krgboot/image/kernels.hpp"

#include <algorithm>
#include <map>

#include <unistd.h>

#include "bz_image.hpp"
#include "catch.hpp"
#include "codes.hpp"
#include "cpio.hpp"
#include "image/kernel_facts.hpp"
#include "system/scratch.hpp"

using namespace krgboot;
using namespace krgboot::test;

namespace {

const std::string version = "6.1.0-18-amd64";
using Names = std::vector<std::string>;

/// An image with one kernel, installed as on Debian.
struct ImageWithKernel {
  ImageWithKernel() {
    scratch.write("/boot/vmlinuz-" + version, bz_image(version));
    scratch.write("/boot/config-" + version,
                  "CONFIG_NFS_FS=m\n# CONFIG_IP_PNP is not set\nCONFIG_OVERLAY_FS=m\n");
    scratch.write("/usr/lib/modules/" + version + "/modules.dep", "");
    scratch.write("/usr/lib/modules/" + version + "/modules.builtin",
                  "kernel/fs/ext4/ext4.ko\nkernel/drivers/net/tun.ko\n");
    scratch.link("usr/lib", "/lib");
  }
  void initrd(const Names& names) const { scratch.write("/boot/initrd.img-" + version, cpio(names)); }
  Root root() const { return Root(scratch.path()); }
  KernelCheck check(Initramfs initramfs = Initramfs::initramfs_tools, bool has_initrd = true,
                    std::optional<Kerrighed> kerrighed = std::nullopt) const {
    return check_kernel(root(), list_kernels(root()).at(0),
                        has_initrd ? std::optional("initrd.img-" + version) : std::nullopt, initramfs,
                        kerrighed);
  }
  Scratch scratch;
};

const std::string modules = "usr/lib/modules/" + version + "/kernel/";
Names good_initrd() {
  return {"init",
          "scripts/nfs",
          "usr/bin/nfsmount",
          "usr/bin/ipconfig",
          modules + "fs/nfs/nfs.ko",
          modules + "fs/nfs/nfsv2.ko",
          modules + "fs/nfs/nfsv3.ko",
          modules + "drivers/net/virtio_net.ko",
          modules + "drivers/net/ethernet/intel/e1000e/e1000e.ko.xz",
          modules + "drivers/net/veth.ko"};
}
Names without(Names names, const std::string& part) {
  names.erase(std::remove_if(names.begin(), names.end(),
                             [&](const std::string& name) { return name.find(part) != std::string::npos; }),
              names.end());
  return names;
}

/// The error that list_initramfs() throws for /initrd.
std::string code_of_initrd(const Scratch& scratch) {
  try {
    list_initramfs(Root(scratch.path()), "/initrd");
    return "(nothing thrown)";
  } catch (const ArchiveError& error) {
    return error.code();
  }
}

}  // namespace

TEST_CASE("an initramfs is one cpio archive after another, the last one packed or not") {
  Scratch scratch;
  auto microcode = cpio({"kernel", "kernel/x86/microcode/GenuineIntel.bin"}) + std::string(512, '\0');
  auto main_part = cpio({"./init", "bin", "bin/sh"});
  auto packing = GENERATE(as<std::string>{}, "", "gzip", "bzip2", "lzma", "xz", "lz4", "zstd");
  CAPTURE(packing);
  scratch.write("/initrd", microcode + packed(main_part, packing));
  CHECK(list_initramfs(Root(scratch.path()), "/initrd") ==
        Names{"bin", "bin/sh", "init", "kernel", "kernel/x86/microcode/GenuineIntel.bin"});
}

TEST_CASE("a file that is no initramfs is refused by name") {
  Scratch scratch;
  auto whole = cpio({"init", "bin/sh"});
  std::map<std::string, std::string> damaged = {
      {"empty", ""},
      {"zeros", std::string(4096, '\0')},
      {"text", "no archive at all\n"},
      {"cut in a header", whole.substr(0, 50)},
      {"cut in a name", whole.substr(0, 112)},
      {"no trailer", whole.substr(0, whole.find("TRAILER") - 110)},
      {"no number", std::string(whole).replace(54, 8, "zzzzzzzz")},
      {"a name of nothing", std::string(whole).replace(94, 8, "00000000")},
      {"a huge name", std::string(whole).replace(94, 8, "ffffffff")},
      {"a huge file", std::string(whole).replace(54, 8, "7fffffff")},
      {"packed twice", packed(packed(whole, "gzip"), "gzip")},
      {"cut while packed", packed(whole, "gzip").substr(0, 40)},
  };
  for (const auto& [what, bytes] : damaged) {
    CAPTURE(what);
    scratch.write("/initrd", bytes);
    try {
      list_initramfs(Root(scratch.path()), "/initrd");
      FAIL("it was taken");
    } catch (const ArchiveError& error) {
      CHECK(error.code() == "initramfs.damaged");
      CHECK(error.subject() == scratch.path() + "/initrd");
    }
  }
  CHECK_THROWS_AS(list_initramfs(Root(scratch.path()), "/none"), IoError);
  CHECK_THROWS_AS(list_initramfs(Root(scratch.path()), "/"), IoError);
}

TEST_CASE("a file larger than any initramfs is not read to its end") {
  Scratch scratch;
  auto claims = std::string(cpio({"init"})).replace(54, 8, "ffffffff");
  auto many = packed(cpio(Names(500'001, "x"), ""), "zstd");
  scratch.write("/initrd", GENERATE_COPY(as<std::string>{}, claims, many));
  try {
    list_initramfs(Root(scratch.path()), "/initrd");
    FAIL("it was taken");
  } catch (const ArchiveError& error) {
    CHECK(error.code() == "initramfs.too_large");
  }
}

TEST_CASE("an initrd that is a bomb is too large, in bounded time and memory") {
  Scratch scratch;
  auto truncated = [&](off_t size) {
    REQUIRE(truncate(scratch.host("/initrd").c_str(), size) == 0);
    return code_of_initrd(scratch);
  };
  SECTION("holes alone, or behind an archive") {
    scratch.write("/initrd", "");
    CHECK(truncated(off_t{4} << 40U) == "initramfs.too_large");
    scratch.write("/initrd", cpio({"init"}));
    CHECK(truncated((off_t{4} << 30U) + 1) == "initramfs.too_large");
    scratch.write("/initrd", packed(cpio({"init"}), "zstd"));
    CHECK(truncated(off_t{4} << 40U) == "initramfs.too_large");
  }
  SECTION("holes that are still few enough are padding") {
    scratch.write("/initrd", cpio({"init"}));
    CHECK(truncated(off_t{256} << 20U) == "(nothing thrown)");
  }
  SECTION("names") {
    std::vector<std::string> names;
    for (int i = 0; i < 17'000; ++i) names.push_back(std::string(4000, 'x') + std::to_string(i));
    scratch.write("/initrd", packed(cpio(names, ""), "zstd"));
    CHECK(code_of_initrd(scratch) == "initramfs.too_large");
  }
}

TEST_CASE("an initrd of zeros that are packed, frame behind frame, is too large", "[slow]") {
  Scratch scratch;
  auto frame = packed(std::string(std::size_t{256} << 20U, '\0'), "zstd");
  std::string frames;
  for (int i = 0; i < 17; ++i) frames += frame;
  REQUIRE(frames.size() < std::size_t{4} << 20U);
  scratch.write("/initrd", frames);
  CHECK(code_of_initrd(scratch) == "initramfs.too_large");
}

TEST_CASE("an initrd that cannot be unpacked is a finding beside all others") {
  ImageWithKernel image;
  image.scratch.write("/boot/initrd.img-" + version, "no archive");
  auto found = codes(image.check().findings);
  CHECK(std::count(found.begin(), found.end(), "initramfs.damaged") == 1);
}

TEST_CASE("the kernels of an image, oldest first") {
  ImageWithKernel image;
  image.initrd({"init"});
  image.scratch.write("/boot/vmlinuz-6.1.0-9-amd64", bz_image("6.1.0-9-amd64"));
  image.scratch.write("/boot/vmlinux-2.6.30-krg3.0.0", "ELF");
  image.scratch.link("vmlinuz-" + version, "/boot/vmlinuz");
  image.scratch.write("/boot/vmlinuz-directory/x", "");
  auto kernels = list_kernels(image.root());
  REQUIRE(kernels.size() == 3);
  CHECK(kernels[0].version == "2.6.30-krg3.0.0");
  CHECK(kernels[1].version == "6.1.0-9-amd64");
  CHECK_FALSE(kernels[1].initrd);
  CHECK_FALSE(kernels[1].config);
  CHECK_FALSE(kernels[1].modules);
  CHECK(kernels[2] ==
        Kernel{version, "vmlinuz-" + version, "initrd.img-" + version, "/boot/config-" + version, true});
}

TEST_CASE("a kernel by any name has the version of its header") {
  ImageWithKernel image;
  image.scratch.link("boot/vmlinuz-" + version, "/vmlinuz.old");
  image.scratch.link("../vmlinuz.old", "/boot/vmlinuz");
  image.scratch.write("/boot/kernel", bz_image("2.6.26-2-amd64"));
  image.scratch.write("/boot/vmlinux-2.6.30-krg3.0.0", "ELF");
  image.scratch.write("/boot/short", "HdrS");
  CHECK(find_kernel(image.root(), "vmlinuz")->version == version);
  CHECK(find_kernel(image.root(), "vmlinuz")->modules);
  CHECK(find_kernel(image.root(), "kernel")->version == "2.6.26-2-amd64");
  CHECK(find_kernel(image.root(), "vmlinux-2.6.30-krg3.0.0")->version == "2.6.30-krg3.0.0");
  CHECK(find_kernel(image.root(), "short")->version.empty());
  image.scratch.write("/boot/hostile", bz_image("../../../../etc"));
  CHECK(find_kernel(image.root(), "hostile")->version.empty());
  CHECK_FALSE(find_kernel(image.root(), "none"));
}

TEST_CASE("an initrd that can boot over NFS") {
  ImageWithKernel image;
  image.initrd(good_initrd());
  auto check = image.check();
  CHECK(check.findings.empty());
  CHECK(check.support == NfsRootSupport{Presence::initramfs,
                                        Presence::initramfs,
                                        Presence::initramfs,
                                        Presence::initramfs,
                                        Presence::module,
                                        {"e1000e", "virtio_net"}});
}

TEST_CASE("missing parts of an initrd are reported with their place") {
  ImageWithKernel image;
  auto [part, code] = GENERATE(table<std::string, std::string>({
      {"scripts/nfs", "initramfs.no_nfs_root"},
      {"nfsmount", "initramfs.no_nfs_root"},
      {"ipconfig", "initramfs.no_ip_autoconfiguration"},
      {"nfs.ko", "initramfs.no_nfs"},
      {"nfsv3.ko", "initramfs.no_nfs_v3"},
  }));
  CAPTURE(part);
  image.initrd(without(good_initrd(), part));
  auto findings = image.check().findings;
  REQUIRE(codes(findings) == Names{code});
  CHECK(findings[0].severity == Severity::error);
  CHECK(findings[0].where.file == "/boot/initrd.img-" + version);
}

TEST_CASE("drivers") {
  ImageWithKernel image;
  image.initrd(without(without(good_initrd(), "virtio"), "e1000e"));
  CHECK(codes(image.check().findings) == Names{"initramfs.no_network_driver"});
  image.scratch.write("/usr/lib/modules/" + version + "/modules.builtin",
                      "kernel/drivers/net/virtio_net.ko\n");
  CHECK(image.check().support.network_driver == Presence::builtin);
  CHECK(image.check().findings.empty());
}

TEST_CASE("an initrd of another kernel") {
  ImageWithKernel image;
  auto names = good_initrd();
  for (auto& name : names) {
    if (auto at = name.find(version); at != std::string::npos)
      name.replace(at, version.size(), "6.1.0-9-amd64");
  }
  image.initrd(names);
  CHECK(codes(image.check().findings) == Names{"initramfs.other_version"});
}

TEST_CASE("no initrd where one is to mount the root") {
  ImageWithKernel image;
  CHECK(codes(image.check().findings) == Names{"initramfs.missing"});
  CHECK(codes(image.check(Initramfs::dracut, false).findings) == Names{"initramfs.none"});
}

TEST_CASE("dracut") {
  ImageWithKernel image;
  auto hooks = GENERATE(as<std::string>(), "usr/lib/dracut/hooks", "var/lib/dracut/hooks");
  Names good = {"init",
                hooks + "/cmdline/90-parse-nfsroot.sh",
                "usr/sbin/nfsroot",
                "usr/sbin/dhclient",
                modules + "fs/nfs/nfs.ko",
                modules + "fs/nfs/nfsv4.ko",
                modules + "drivers/net/virtio_net.ko.zst"};
  image.initrd(good);
  CHECK(image.check(Initramfs::dracut).findings.empty());
  image.initrd(without(good, "90-parse"));
  CHECK(codes(image.check(Initramfs::dracut).findings) == Names{"initramfs.no_nfs_root"});
}

TEST_CASE("a kernel that mounts its root itself") {
  ImageWithKernel image;
  auto lacks = Names{"kernel.no_nfs", "kernel.no_nfs_root", "kernel.no_ip_autoconfiguration",
                     "kernel.no_network_driver"};
  CHECK(codes(image.check(Initramfs::none, false).findings) == lacks);
  image.scratch.write("/boot/config-" + version,
                      "CONFIG_NFS_FS=y\nCONFIG_ROOT_NFS=y\nCONFIG_IP_PNP_DHCP=y\n");
  image.scratch.write("/usr/lib/modules/" + version + "/modules.builtin",
                      "kernel/drivers/net/e1000/e1000.ko\n");
  auto check = image.check(Initramfs::none, false);
  CHECK(check.findings.empty());
  CHECK(check.support.drivers == Names{"e1000"});
}

TEST_CASE("facts missing in the image are reported once") {
  Scratch scratch;
  scratch.write("/boot/vmlinux-2.6.30", "ELF");
  Root image(scratch.path());
  auto check = check_kernel(image, list_kernels(image).at(0), std::nullopt, Initramfs::none, std::nullopt);
  CHECK(codes(check.findings) == Names{"kernel.unknown", "kernel.no_modules"});
  CHECK(check.support == NfsRootSupport{});
}

TEST_CASE("Kerrighed's autonodeid needs the address that the kernel itself got") {
  ImageWithKernel image;
  image.initrd(good_initrd());
  Kerrighed kerrighed{1, true, std::nullopt};
  auto lacks = Names{"kernel.kerrighed_no_ip_autoconfiguration", "kernel.kerrighed_no_network_driver",
                     "kernel.kerrighed_no_configfs"};
  CHECK(codes(image.check(Initramfs::initramfs_tools, true, kerrighed).findings) == lacks);
  kerrighed.autonodeid = false;
  CHECK(codes(image.check(Initramfs::initramfs_tools, true, kerrighed).findings) ==
        Names{"kernel.kerrighed_no_configfs"});
}

TEST_CASE("which modules drive network cards") {
  for (const auto* path :
       {"kernel/drivers/net/virtio_net.ko", "kernel/drivers/net/ethernet/realtek/r8169.ko.xz",
        "lib/modules/6/kernel/drivers/net/hyperv/hv_netvsc.ko", "kernel/drivers/net/usb/r8152.ko.zst",
        "kernel/drivers/net/tg3.ko", "kernel/drivers/net/xen-netfront.ko.gz"}) {
    CAPTURE(path);
    CHECK(drives_network_card(path));
  }
  for (const auto* path :
       {"kernel/drivers/net/tun.ko", "kernel/drivers/net/phy/realtek.ko", "kernel/fs/nfs/nfs.ko",
        "kernel/drivers/net/wireless/ath/ath9k.ko", "kernel/drivers/net/virtio_net.ko.bz2",
        "kernel/drivers/net/README", "kernel/drivers/net/.ko"}) {
    CAPTURE(path);
    CHECK_FALSE(drives_network_card(path));
  }
  CHECK(module_name("kernel/drivers/net/xen-netfront.ko") == "xen_netfront");
}

TEST_CASE("JSON for programs") {
  ImageWithKernel image;
  image.initrd(good_initrd());
  auto text = to_json(image.check());
  CHECK(text.find("\"version\": \"6.1.0-18-amd64\"") != std::string::npos);
  CHECK(text.find("\"network_driver\": \"initramfs\"") != std::string::npos);
  CHECK(to_json(std::vector<Kernel>{}) == "[]");
}
