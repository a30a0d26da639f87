// Which files pxelinux requests, and from where.

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "catch.hpp"
#include "image/cpio.hpp"
#include "served_image.hpp"

using namespace krgboot;
using krgboot::test::says;
using krgboot::test::Served;
using krgboot::test::Texts;

namespace {

const std::string append =
    "APPEND initrd=boot/a/initrd.img ip=dhcp boot=nfs root=/dev/nfs nfsroot=10.0.0.2:/nfsroot/a ro\n";

Trace traced(const Served& server, const std::string& menu) {
  server.tree.write("/srv/tftp/pxelinux.cfg/default", menu);
  return trace(server.cluster, find_machine(server.cluster, "n1"), server.tree.root());
}

Trace traced_label(const Served& server, const std::string& line) {
  return traced(server, "DEFAULT x\nLABEL x\n" + line + "\n" + append);
}

}  // namespace

TEST_CASE("modules need libraries since pxelinux 5", "[trace]") {
  Served server;
  const std::string menu = "UI vesamenu.c32\nTIMEOUT 10\nLABEL x\nLINUX boot/a/vmlinuz\n" + append;
  server.tree.write("/srv/tftp/vesamenu.c32", "module");
  CHECK(says(traced(server, menu), StepStatus::broken, "libcom32.c32"));
  server.tree.write("/srv/tftp/pxelinux.0", "PXELINUX 3.71 Debian");
  CHECK(traced(server, menu).boots());
}

TEST_CASE("a name may say which server a file comes from", "[trace]") {
  Served server;
  for (const auto* line : {"LINUX ::boot/a/vmlinuz", "LINUX 10.0.0.2::boot/a/vmlinuz",
                           "LINUX tftp://10.0.0.2/boot/a/vmlinuz", "LINUX /boot/a/vmlinuz"}) {
    CAPTURE(line);
    CHECK(traced_label(server, line).boots());
  }
  for (const auto* line : {"LINUX 10.0.0.9::boot/a/vmlinuz", "LINUX http://10.0.0.2/boot/a/vmlinuz",
                           "LINUX tftp://boot.example.org/vmlinuz"}) {
    CAPTURE(line);
    CHECK(traced_label(server, line).status() == StepStatus::unknown);
  }
  CHECK(says(traced_label(server, "LINUX ::boot/b/vmlinuz"), StepStatus::broken,
             "/srv/tftp/boot/b/vmlinuz: it is not there"));
  CHECK(traced(server, "DEFAULT x\nINCLUDE http://10.0.0.2/more\nLABEL x\nLINUX boot/a/vmlinuz\n" + append)
            .status() == StepStatus::unknown);
}

TEST_CASE("a slash in front keeps a name in the loader's folder", "[trace]") {
  Served server;
  const auto& tree = server.tree;
  tree.write("/srv/tftp/lab/pxelinux.0", "PXELINUX 6.04");
  tree.write("/srv/tftp/lab/ldlinux.c32", "second part");
  auto conf = tree.read("/etc/dhcp/krgboot.conf");
  const std::string name = "filename \"pxelinux.0\"";
  for (auto at = conf.find(name); at != std::string::npos; at = conf.find(name, at))
    conf.replace(at, name.size(), "filename \"lab/pxelinux.0\"");
  tree.write("/etc/dhcp/krgboot.conf", conf);
  tree.write("/srv/tftp/lab/pxelinux.cfg/default", "DEFAULT x\nLABEL x\nLINUX /boot/a/vmlinuz\n" + append);
  auto found = trace(server.cluster, find_machine(server.cluster, "n1"), tree.root());
  CHECK(says(found, StepStatus::broken, "/srv/tftp/lab/boot/a/vmlinuz: it is not there"));
}

TEST_CASE("what is loaded in a kernel's place is named", "[trace]") {
  Served server;
  for (const auto* name : {"memdisk", "ipxe.lkrn", "memtest86+"}) {
    server.tree.write(std::string("/srv/tftp/") + name, std::string(0x202, '\0') + "HdrS");
    auto found = traced_label(server, std::string("LINUX ") + name);
    CAPTURE(name);
    CHECK(found.status() == StepStatus::unknown);
    CHECK(says(found, StepStatus::unknown, "what that boots is not followed"));
  }
  server.tree.write("/srv/tftp/my.0", "program");
  CHECK(traced_label(server, "PXE my.0").status() == StepStatus::unknown);
  CHECK(says(traced_label(server, "KERNEL my.0"), StepStatus::broken, "pxelinux takes it as PXE program"));
  CHECK(says(traced_label(server, "KERNEL memtest.bin"), StepStatus::broken,
             "pxelinux takes it as boot sector"));
}

TEST_CASE("DEFAULT may name a file", "[trace]") {
  Served server;
  const std::string words = append.substr(std::string("APPEND").size());
  auto found = traced(server, "DEFAULT boot/a/vmlinuz" + words);
  CHECK(found.boots());
  CHECK(says(found, StepStatus::warning, "there is no such LABEL"));
  CHECK(says(traced(server, "DEFAULT boot/b/vmlinuz" + words), StepStatus::broken, "it is not there"));
  CHECK(traced(server, "IMPLICIT 0\nDEFAULT boot/a/vmlinuz" + words).status() == StepStatus::broken);
}

TEST_CASE("the initrd decides who mounts the root", "[trace]") {
  Served server;
  const std::string form = "root=/dev/nfs";
  CHECK(server.boot("", form).boots());
  auto with = [&](const std::vector<std::string>& names) {
    server.tree.write("/srv/tftp/boot/a/initrd.img", krgboot::test::cpio(names));
    return server.boot("", form);
  };
  CHECK(says(with({"init", "bin/sh"}), StepStatus::unknown, "neither initramfs-tools nor dracut made it"));
  CHECK(says(with({"kernel/x86/microcode/GenuineIntel.bin"}), StepStatus::warning, "which version of NFS"));
  server.tree.write("/srv/tftp/boot/a/initrd.img", "none");
  CHECK(server.boot("", form).status() == StepStatus::unknown);
}

TEST_CASE("an empty loader boots nothing", "[trace]") {
  Served server;
  server.tree.write("/srv/tftp/pxelinux.0", "");
  CHECK(says(server.boot(""), StepStatus::broken, "is empty"));
}

TEST_CASE("a copy behind a link is the image's", "[trace]") {
  Served server;
  const auto& tree = server.tree;
  std::filesystem::rename(tree.host("/srv/tftp/boot/a/vmlinuz"), tree.host("/srv/tftp/boot/a/vmlinuz-6.1"));
  tree.link("/srv/tftp/boot/a/vmlinuz", "vmlinuz-6.1");
  CHECK_FALSE(says(server.boot(""), StepStatus::warning, "it is not the image's"));
}
