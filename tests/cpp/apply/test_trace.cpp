#include "krgboot/apply/apply.hpp"
#include "krgboot/apply/trace.hpp"
#include "krgboot/base/error.hpp"

#include "catch.hpp"
#include "server_tree.hpp"

using namespace krgboot;
using krgboot::test::ServerTree;
using krgboot::test::unchecked;

namespace {

struct Applied {
  ServerTree tree;
  Cluster cluster = ServerTree::cluster(
      "[{name: n1, address: 10.0.0.3, mac: \"52:54:00:00:00:01\"},"
      " {name: n2, address: 10.0.0.4, mac: \"52:54:00:00:00:02\", append: [single]}]");
  Applied() { apply(cluster, tree.root(), unchecked()); }
  Trace of(const std::string& machine) const {
    return trace(cluster, find_machine(cluster, machine), tree.root());
  }
};

const TraceStep& last_broken(const Trace& trace) {
  const TraceStep* found = nullptr;
  for (const auto& step : trace.steps) {
    if (step.status == StepStatus::broken) found = &step;
  }
  REQUIRE(found != nullptr);
  return *found;
}

}  // namespace

TEST_CASE("a machine is known by its name, address or MAC address, listed or not") {
  auto cluster = ServerTree::cluster();
  CHECK(find_machine(cluster, "n1").name == "n1");
  CHECK(find_machine(cluster, "N1").name == "n1");
  CHECK(find_machine(cluster, "10.0.0.3").name == "n1");
  CHECK(find_machine(cluster, "52-54-00-00-00-01").name == "n1");
  CHECK(find_machine(cluster, "10.0.0.99").address == Ipv4Address::from_string("10.0.0.99"));
  CHECK(find_machine(cluster, "550e8400-e29b-41d4-a716-446655440000").uuid.has_value());
  CHECK_THROWS_AS(find_machine(cluster, "n3"), ArgumentError);
}

TEST_CASE("two nodes of one server load the files that the spec gives them") {
  Applied server;
  auto first = server.of("n1");
  CHECK(first.boots());
  CHECK(first.boot_file == "default");
  auto second = server.of("n2");
  CHECK(second.boots());
  CHECK(second.boot_file == "0A000004");
  CHECK(second.command_line.find(" single") != std::string::npos);
  CHECK(second.root_path == "/nfsroot/a");
  REQUIRE(second.boot_files.size() == 10);
  CHECK(second.boot_files.front().name == "01-52-54-00-00-00-02");
  CHECK(second.boot_files.back().state == BootFileCandidate::State::hidden);
}

TEST_CASE("each stage that breaks is named") {
  struct Case {
    std::string path;
    BootStage stage;
    std::string step;
  };
  auto broken = GENERATE(values<Case>({
      {"/etc/dhcp/dhcpd.conf", BootStage::dhcp, "no answer [/etc/dhcp/dhcpd.conf is not there]"},
      {"/etc/dhcp/krgboot.conf", BootStage::dhcp,
       "the included file \"/etc/dhcp/krgboot.conf\" is not there [/etc/dhcp/dhcpd.conf:2:1]"},
      {"/etc/default/tftpd-hpa", BootStage::loader, "pxelinux.0 [/etc/default/tftpd-hpa is not there]"},
      {"/srv/tftp/pxelinux.0", BootStage::loader, "pxelinux.0 [/srv/tftp/pxelinux.0: it is not there]"},
      {"/srv/tftp/ldlinux.c32", BootStage::loader, "ldlinux.c32 [/srv/tftp/ldlinux.c32: it is not there]"},
      {"/srv/tftp/pxelinux.cfg/default", BootStage::boot_file,
       "none of the names it asks for is there [below /srv/tftp/pxelinux.cfg]"},
      {"/srv/tftp/boot/a/vmlinuz", BootStage::kernel,
       "boot/a/vmlinuz [/srv/tftp/boot/a/vmlinuz: it is not there]"},
      {"/srv/tftp/boot/a/initrd.img", BootStage::initrd,
       "boot/a/initrd.img [/srv/tftp/boot/a/initrd.img: it is not there]"},
      {"/etc/exports.d/krgboot-a.exports", BootStage::root, "/nfsroot/a [it is not exported to 10.0.0.3]"},
      {"/nfsroot/a/sbin/init", BootStage::init,
       "the image has no init [none of /sbin/init, /etc/init, /bin/init, /bin/sh]"},
      {"/nfsroot/a/home", BootStage::mounts, "/home is no directory in the image [/nfsroot/a/etc/fstab:5:1]"},
  }));
  CAPTURE(broken.path);
  Applied server;
  std::filesystem::remove_all(server.tree.host(broken.path));
  auto trace = server.of("n1");
  CHECK_FALSE(trace.boots());
  const auto& step = last_broken(trace);
  CHECK(step.stage == broken.stage);
  CHECK(step.what + " [" + step.why + "]" == broken.step);
}

TEST_CASE("a kernel that cannot mount its root over NFS is reported") {
  Applied server;
  const std::string initrd = "/nfsroot/a/boot/initrd.img";
  SECTION("an initrd without what it takes") {
    server.tree.write(initrd, krgboot::test::cpio({"init", "bin/sh"}));
    const auto trace = server.of("n1");
    CHECK_FALSE(trace.boots());
    const auto& step = last_broken(trace);
    CHECK(step.stage == BootStage::initrd);
    CHECK(step.why == "/nfsroot/a/boot/initrd.img");
  }
  SECTION("an initrd that cannot be read") {
    server.tree.write(initrd, "x");
    const auto trace = server.of("n1");
    CHECK(last_broken(trace).stage == BootStage::initrd);
    CHECK(last_broken(trace).what.find("initrd.img") != std::string::npos);
  }
}

TEST_CASE("an unlisted machine gets no answer where there is no pool") {
  Applied server;
  auto trace = server.of("52:54:00:ff:ff:ff");
  CHECK_FALSE(trace.boots());
  CHECK(last_broken(trace).stage == BootStage::dhcp);
}
