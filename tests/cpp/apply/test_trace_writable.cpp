#include "krgboot/apply/apply.hpp"
#include "krgboot/apply/trace.hpp"

#include <algorithm>
#include <filesystem>
#include <string>

#include "catch.hpp"
#include "image/cpio.hpp"
#include "served_image.hpp"

using namespace krgboot;
using krgboot::test::image_path;
using krgboot::test::Served;
using krgboot::test::Texts;
using krgboot::test::units;

namespace {

const std::string both = "/tmp and /var";
const std::string dracut_root = "root=nfs:10.0.0.2:/nfsroot/a";
const std::string nothing_writable = "the root is read-only, and nothing writable is mounted there";

/// The directories that nodes cannot write to, from trace's step on them: "", "/tmp", "/var" or `both`.
std::string missing(const Served& server, const std::string& words = "",
                    const std::string& form = "boot=nfs root=/dev/nfs") {
  const std::string begin = "nodes cannot write to ";
  std::string found;
  for (const auto& step : server.boot(words, form).steps) {
    if (step.what.rfind(begin, 0) != 0) continue;
    CHECK(found.empty());
    CHECK(step.stage == BootStage::mounts);
    CHECK(step.status == StepStatus::warning);
    CHECK(step.why.rfind(nothing_writable, 0) == 0);
    found = step.what.substr(begin.size());
  }
  return found;
}

/// The same with these lines in fstab.
std::string with_fstab(const Served& server, const std::string& lines, const std::string& words = "") {
  server.tree.write(image_path + "/etc/fstab", lines);
  return missing(server, words);
}

/// The file of systemd 252 in Debian 12.
void add_basic_target(const Served& server) {
  server.tree.write(image_path + "/lib/systemd/system/basic.target",
                    "[Unit]\nDescription=Basic System\nWants=sockets.target timers.target\n"
                    "RequiresMountsFor=/var /var/tmp\nWants=tmp.mount\n");
  server.tree.write(image_path + "/usr/share/systemd/tmp.mount", "[Mount]\nWhere=/tmp\n");
}

}  // namespace

TEST_CASE("a read-only root on which nothing writable is mounted") {
  Served server;
  auto trace = server.boot("");
  auto step = std::find_if(trace.steps.begin(), trace.steps.end(), [](const TraceStep& s) {
    return s.what == "nodes cannot write to /tmp and /var";
  });
  REQUIRE(step != trace.steps.end());
  CHECK(step->stage == BootStage::mounts);
  CHECK(step->status == StepStatus::warning);
  CHECK(step->why == nothing_writable);
  CHECK(step->hint ==
        "tmpfs: [/tmp, /var] gives each node its own, in its memory; writable: [/tmp, /var] one to all of "
        "them, from the server");
  CHECK(trace.boots());
  // A node whose root is writable for the kernel and the server.
  server.tree.write("/etc/exports.d/krgboot-a.exports",
                    "/nfsroot/a 10.0.0.3(rw,sync,no_root_squash,no_subtree_check)\n");
  CHECK(missing(server) == both);
  CHECK(missing(server, "rw").empty());
  CHECK(missing(server, "rw ro") == both);
  CHECK(missing(server, "rw=1") == both);
  CHECK(missing(server, "", dracut_root + ":rw").empty());
  CHECK(missing(server, "", dracut_root + ":vers=3") == both);
  CHECK(with_fstab(server, "10.0.0.2:/nfsroot/a / nfs defaults 0 0\n").empty());
  CHECK(with_fstab(server, "10.0.0.2:/nfsroot/a / nfs ro 0 0\n") == both);
  // The server refuses the writes that the kernel allows.
  server.tree.write("/etc/exports.d/krgboot-a.exports",
                    "/nfsroot/a 10.0.0.3(ro,sync,no_root_squash,no_subtree_check)\n");
  CHECK(missing(server, "rw") == both);
  CHECK(with_fstab(server, "10.0.0.2:/nfsroot/a / nfs defaults 0 0\n") == both);
}

TEST_CASE("what the image's fstab mounts on /tmp and /var") {
  Served server;
  CHECK(with_fstab(server, "none /tmp tmpfs mode=1777 0 0\n") == "/var");
  CHECK(with_fstab(server, "none //tmp/ tmpfs mode=1777 0 0\nnone /var tmpfs defaults\n").empty());
  CHECK(with_fstab(server, "10.0.0.2:/nfsroot/a/var /var nfs rw,nolock 0 0\n") == "/tmp");
  CHECK(with_fstab(server, "#none /tmp tmpfs\nnone /tmpfs tmpfs\nnone /variable tmpfs\n") == both);
  CHECK(with_fstab(server, "none /tmp tmpfs ro\n") == both);
  CHECK(with_fstab(server, "none /tmp tmpfs ro\nnone /tmp tmpfs rw\n") ==
        "/var");  // the last mount hides the first
  CHECK(with_fstab(server, "none /tmp tmpfs rw\nnone /tmp tmpfs ro\n") == both);
  std::filesystem::remove(server.tree.host(image_path + "/etc/fstab"));
  CHECK(missing(server) == both);
  SECTION("parts of a directory") {
    CHECK(with_fstab(server, "none /var/log tmpfs\n") == "/tmp");
    CHECK(with_fstab(server, "none /var/log tmpfs ro\n") == both);
    CHECK(with_fstab(server, "none /var/run tmpfs\nnone /var/lock tmpfs\n") == both);  // lenny's own
    CHECK(with_fstab(server, "none /var/running tmpfs\n") == "/tmp");
  }
  SECTION("links") {
    server.tree.link(image_path + "/tmp", "var/tmp");
    CHECK(missing(server) == both);
    CHECK(with_fstab(server, "none /var tmpfs\n").empty());
    CHECK(with_fstab(server, "none /tmp tmpfs\n") == "/var");  // the mount goes to /var/tmp
    CHECK(with_fstab(server, "none /var/log tmpfs\n") == "/tmp");
    server.tree.write(image_path + "/etc/fstab", "");
    server.tree.link(image_path + "/tmp", "../../run/tmp");
    CHECK(missing(server) == "/var");
    server.tree.link(image_path + "/tmp", "/dev/shm");
    CHECK(missing(server) == "/var");
    server.tree.link(image_path + "/tmp", "tmp");  // a symlink loop
    CHECK(missing(server) == both);
    server.tree.write(image_path + "/etc/fstab", "none /tmp tmpfs\n");
    server.tree.link(image_path + "/tmp", "round/tmp");
    server.tree.link(image_path + "/round", "round");
    CHECK(server.steps(BootStage::mounts).front() ==
          "broken /tmp is no directory in the image [/nfsroot/a/etc/fstab:1:1]");
  }
}

TEST_CASE("what systemd mounts on /tmp and /var") {
  Served server;
  add_basic_target(server);
  CHECK(missing(server) == both);  // Debian 12: the unit is only an example
  CHECK(with_fstab(server, "none /tmp tmpfs noauto\n") == "/var");
  server.tree.write(image_path + "/etc/fstab", "");
  const std::string unit = "[Mount]\nWhat=tmpfs\nWhere=/tmp\n";
  SECTION("a unit that basic.target wants") {
    server.tree.write(image_path + units + "tmp.mount", unit);
    CHECK(missing(server) == "/var");
    server.tree.write(image_path + "/usr/local/lib/systemd/system/var.mount", unit);
    CHECK(missing(server).empty());
    CHECK(missing(server, "systemd.mask=var.mount") == "/var");
    CHECK(missing(server, "systemd.mask=tmp.mount systemd.mask=var.mount") == both);
    // A basic.target that overrides the one of the package.
    server.tree.write(image_path + units + "basic.target",
                      "[Unit]\nWants=\nRequiresMountsFor=/variable\nRequires");
    CHECK(missing(server) == both);
  }
  SECTION("Debian 13") {
    server.without("/lib/systemd/system/basic.target");
    server.tree.write(image_path + "/lib/systemd/system/tmp.mount", unit);
    CHECK(missing(server) == both);  // no unit wants it
    server.tree.link(image_path + "/lib/systemd/system/local-fs.target.wants/tmp.mount", "../tmp.mount");
    CHECK(missing(server) == "/var");
    server.tree.link(image_path + units + "tmp.mount", "/dev/null");
    CHECK(missing(server) == both);
  }
  SECTION("enabled by the administrator") {
    server.without("/lib/systemd/system/basic.target");
    server.tree.link(image_path + units + "local-fs.target.wants/tmp.mount", "/usr/share/systemd/tmp.mount");
    CHECK(missing(server) == both);  // a symlink to something other than a unit of that name
    server.tree.link(image_path + units + "tmp.mount", "/usr/share/systemd/tmp.mount");
    CHECK(missing(server) == "/var");
    std::filesystem::rename(server.tree.host(image_path + units + "local-fs.target.wants"),
                            server.tree.host(image_path + units + "local-fs.target.d"));
    CHECK(missing(server) == both);
  }
  SECTION("a link, on which systemd mounts nothing") {
    server.tree.write(image_path + units + "tmp.mount", unit);
    server.tree.link(image_path + "/tmp", "home");
    CHECK(missing(server) == both);
  }
}

TEST_CASE("systemd.volatile=") {
  Served server;
  CHECK(missing(server, "systemd.volatile=state") == "/tmp");
  CHECK(missing(server, "-- systemd.volatile=state") == "/tmp");
  CHECK(missing(server, "systemd.volatile=State") == both);
  CHECK(missing(server, "systemd.volatile=no") == both);
  CHECK(missing(server, "systemd.volatile=state systemd.volatile=off") == both);
  CHECK(missing(server, "systemd.volatile=state systemd.volatile=other") == "/tmp");
  CHECK(with_fstab(server, "none /tmp tmpfs\n", "systemd.volatile=state").empty());
  CHECK(with_fstab(server, "none /var tmpfs ro\n", "systemd.volatile=state") == both);
  server.tree.write(image_path + "/etc/fstab", "");
  // Only systemd in the initrd can replace the root.
  for (const std::string word : {"systemd.volatile", "systemd.volatile=yes", "systemd.volatile=overlay"}) {
    CHECK(server.steps(BootStage::mounts, word) ==
          Texts{"warning nodes cannot write to /tmp and /var [" + nothing_writable + "; " + word +
                " needs systemd in the initrd]"});
  }
  server.tree.write(
      "/srv/tftp/boot/a/initrd.img",
      krgboot::test::cpio({"usr/lib/systemd/systemd", "usr/lib/systemd/systemd-volatile-root"}));
  CHECK(missing(server, "systemd.volatile=yes", dracut_root).empty());
  CHECK(missing(server, "systemd.volatile=overlay", dracut_root).empty());
  CHECK(missing(server, "systemd.volatile=state", dracut_root) == "/tmp");
  CHECK(missing(server, "systemd.volatile=0", dracut_root) == both);
  server.tree.write("/srv/tftp/boot/a/initrd.img", "what nobody can read");
  CHECK(missing(server, "systemd.volatile=yes", dracut_root).empty());
}

TEST_CASE("what sysvinit mounts on /tmp and /var") {
  Served server;
  server.become_sysvinit();
  server.tree.write(image_path + "/etc/fstab", "");
  // Debian 5, which does not have this setting.
  server.tree.write(image_path + "/etc/default/rcS", "RAMTMP=yes\nRAMRUN=yes\n");
  server.tree.write(image_path + "/lib/init/mount-functions.sh", "domount ()\n{\n}\n");
  CHECK(missing(server) == both);
  CHECK(missing(server, "systemd.volatile=state") == both);
  CHECK(with_fstab(server, "none /tmp tmpfs noauto\nnone /var tmpfs\n") == "/tmp");
  CHECK(with_fstab(server, "none /tmp tmpfs\nnone /var tmpfs\n").empty());
  server.tree.write(image_path + "/etc/fstab", "");
  // Debian 7 and later.
  server.tree.write(image_path + "/lib/init/mount-functions.sh", "mount_tmp ()\n{\n}\n");
  CHECK(missing(server) == "/var");
  server.tree.write(image_path + "/etc/default/tmpfs", "#RAMTMP=yes\nRAMTMP=\"no\"\n");
  CHECK(missing(server) == both);
  server.tree.write(image_path + "/etc/default/tmpfs", "RAMTMP=no\nRAMTMP='yes' # each its own\n");
  server.without("/etc/default/rcS");
  CHECK(missing(server) == "/var");
  server.tree.write(image_path + "/etc/default/tmpfs", "RAMTMP=$(cat /etc/ramtmp)\n");  // cannot be evaluated
  CHECK(missing(server) == "/var");
  server.without("/etc/default/tmpfs");
  CHECK(missing(server) == both);
  CHECK(with_fstab(server, "10.0.0.2:/nfsroot/a / nfs ro\n") == "/var");
  CHECK(with_fstab(server, "none /tmp tmpfs ro\n10.0.0.2:/nfsroot/a / nfs ro\n") == both);
}

TEST_CASE("an init whose mounts are not known") {
  Served server;
  server.tree.program(image_path + "/bin/sh");
  CHECK(missing(server, "init=/bin/sh").empty());
  server.without("/sbin/init");
  server.tree.program(image_path + "/sbin/init");
  CHECK(missing(server).empty());
  server.tree.write(image_path + "/etc/inittab", "id:2:initdefault:\n");
  CHECK(missing(server) == both);
}
