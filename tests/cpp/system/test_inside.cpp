#include "krgboot/system/inside.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catch.hpp"
#include "error_of.hpp"
#include "forked.hpp"
#include "leftovers.hpp"
#include "not_tested.hpp"
#include "small_image.hpp"

using krgboot::InsideOptions;

namespace {

/// Root may normally make namespaces here; if even that is forbidden (a container), the reason is shown and
/// these tests are skipped.
bool can_enter(const SmallImage& image) {
  if (!is_root("only root may enter an image here")) return false;
  auto thrown = error_of<krgboot::IoError>([&] {
    return krgboot::run_inside(image.root(), {"sh", "-c", ":"});
  });
  if (thrown.code != "io.enter") return true;
  not_tested(thrown.message);
  return false;
}

std::string output_inside(const SmallImage& image, const std::string& script,
                          const InsideOptions& options = {}) {
  return krgboot::run_inside(image.root(), {"sh", "-c", script}, options).output;
}

/// Everything that an archive of the tree would contain: names, types, modes, owners, times, symlink targets,
/// content.
std::string listing(const std::string& directory) {
  return krgboot::check_run({"find", directory, "-printf", "%P %y %m %U:%G %T@ %s %l %n\\n"}).output;
}

}  // namespace

TEST_CASE("a program inside an image sees the image and its own namespaces") {
  SmallImage image;
  if (!can_enter(image)) return;
  image.write("/etc/only-here", "content\n");
  auto before = mounts();
  auto tree = listing(image.path());
  InsideOptions options;
  options.host_name = "ssi1";
  CHECK(output_inside(image, "cat /etc/only-here; uname -n; echo $$; id -u; id -G; cat /proc/1/comm",
                      options) == "content\nssi1\n2\n0\n0\ninit\n");
  CHECK(output_inside(image, "ls /dev") ==
        "fd\nfull\nnull\nptmx\npts\nrandom\nshm\nstderr\nstdin\nstdout\ntty\nurandom\nzero\n");
  CHECK(output_inside(image,
                      "echo lost > /dev/null; stat -c %t:%T /dev/null /dev/urandom; echo x >/dev/shm/x;"
                      "stat -L -c %t:%T /dev/ptmx; echo err >/dev/stderr; ls /run") ==
        "1:3\n1:9\n5:2\nerr\nlock\n");
  // The shell expands the pattern before it starts cat.
  CHECK(output_inside(image, "cat /proc/[0-9]*/comm") == "init\nsh\n");
  CHECK(output_inside(image, "ls /proc/1") == "cmdline\ncomm\nroot\nstat\nstatm\nstatus\n");
  CHECK(output_inside(image, "tty; cat < /dev/tty") ==
        "not a tty\nsh: 1: cannot open /dev/tty: No such device or address\n");
  CHECK(mounts() == before);
  CHECK(listing(image.path()) == tree);
}

TEST_CASE("the program cannot leave its root") {
  SmallImage image;
  if (!can_enter(image)) return;
  // As ischroot(1) and systemctl(1) do.
  CHECK(output_inside(image, "ls /proc/1/root; test / -ef /proc/1/root/. || echo differs") == "differs\n");
  CHECK(output_inside(image,
                      "touch /proc/1/root/new 2>&1; mount -t tmpfs none /tmp 2>&1; echo; echo 1 > "
                      "/proc/sys/kernel/printk; touch /sys/x")
            .find("Read-only file system") != std::string::npos);
  auto refused = output_inside(image, "mount -t tmpfs none /tmp && echo mounted");
  CHECK(refused.find("mounted") == std::string::npos);
  CHECK(output_inside(image, "mknod /tmp/null c 1 3") == "mknod: /tmp/null: Operation not permitted\n");
  // A device node that root of a node has made cannot be opened either.
  krgboot::check_run({"mknod", "-m", "666", image.host("/tmp/null"), "c", "1", "3"});
  CHECK(output_inside(image, "cat /tmp/null && echo read") == "cat: /tmp/null: Permission denied\n");
  // The host's device nodes can be used, but their attributes cannot be changed.
  CHECK(output_inside(image,
                      "for node in /dev/null /dev/tty; do chmod 600 $node || echo kept; done 2>/dev/null") ==
        "kept\nkept\n");
}

TEST_CASE("the environment is clean") {
  SmallImage image;
  if (!can_enter(image)) return;
  setenv("KRGBOOT_TEST_SECRET", "secret", 1);
  auto lines = [&](const InsideOptions& options) {
    std::vector<std::string> result;
    auto output = krgboot::run_inside(image.root(), {"env"}, options).output;
    for (auto line : krgboot::split_lines(output)) result.emplace_back(krgboot::trim(line));
    std::sort(result.begin(), result.end());
    return result;
  };
  CHECK(lines({}) ==
        std::vector<std::string>{"DEBIAN_FRONTEND=noninteractive", "HOME=/root", "LC_ALL=C", "LOGNAME=root",
                                 "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                 "SHELL=/bin/sh", "SYSTEMD_OFFLINE=1", "TERM=dumb", "USER=root"});
  image.write("/etc/default/locale", "#  comment\nLANG=\"de_DE.UTF-8\"\nLC_TIME='C'\nPATH=/evil\n");
  InsideOptions options;
  options.locale = "";
  options.noninteractive = false;
  options.run.environment = {{"HOME", "/tmp"}, {"NEW", "1"}};
  CHECK(lines(options) ==
        std::vector<std::string>{"HOME=/tmp", "LANG=de_DE.UTF-8", "LC_TIME=C", "LOGNAME=root", "NEW=1",
                                 "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                 "SHELL=/bin/sh", "SYSTEMD_OFFLINE=1", "TERM=dumb", "USER=root"});
  unsetenv("KRGBOOT_TEST_SECRET");
}

TEST_CASE("the host's name servers and a policy that forbids services replace the image's files") {
  SmallImage image;
  if (!can_enter(image)) return;
  InsideOptions options;
  options.network = krgboot::InsideNetwork::host;
  options.resolv_conf = "nameserver 192.0.2.1\n";
  std::string look = "cat /etc/resolv.conf; /usr/sbin/policy-rc.d; echo $?; echo x > /etc/resolv.conf";
  auto refused = "nameserver 192.0.2.1\n101\nsh: 1: cannot create /etc/resolv.conf: Read-only file system\n";
  SECTION("nothing") {}
  SECTION("files") {
    image.write("/etc/resolv.conf", "old\n");
    image.write("/usr/sbin/policy-rc.d", "old\n");
  }
  SECTION("a symlink that dangles") {
    image.link("../run/systemd/resolve/stub-resolv.conf", "/etc/resolv.conf");
  }
  SECTION("a symlink to a file of the host") {
    image.link("/etc/hostname", "/etc/resolv.conf");
    image.link("/etc/passwd", "/usr/sbin/policy-rc.d");
  }
  SECTION("left over from a power cut") {
    auto file = open(image.host("/usr/sbin/policy-rc.d").c_str(), O_CREAT | O_WRONLY, 0);
    REQUIRE(file >= 0);
    close(file);
    CHECK(output_inside(image, look, options) == refused);
    CHECK_FALSE(image.exists("/usr/sbin/policy-rc.d"));
    return;
  }
  auto tree = listing(image.path());
  CHECK(output_inside(image, look, options) == refused);
  CHECK(listing(image.path()) == tree);
}

TEST_CASE("a hostile image makes nothing of the host readable, writable or mounted upon") {
  SmallImage image;
  if (!can_enter(image)) return;
  Scratch host;
  host.write("/etc/resolv.conf", "host\n");
  host.write("/sbin/policy-rc.d", "host\n");
  host.make_directory("/dev");
  auto host_tree = listing(host.path());
  auto before = mounts();
  InsideOptions options;
  options.network = krgboot::InsideNetwork::host;
  options.resolv_conf = "nameserver 192.0.2.1\n";
  auto thrown = [&] {
    return error_of<krgboot::IoError>([&] { return output_inside(image, "echo ran", options); });
  };
  SECTION("/etc") {
    std::filesystem::rename(image.host("/etc"), image.host("/etc.real"));
    image.link(host.host("/etc"), "/etc");
    CHECK(output_inside(image, "cat /etc/resolv.conf; echo x > /etc/resolv.conf", options).find("host\n") ==
          std::string::npos);
  }
  SECTION("/usr/sbin") {
    std::filesystem::remove(image.host("/usr/sbin"));
    image.link("../../../../../.." + host.host("/sbin"), "/usr/sbin");
    CHECK(output_inside(image, "cat /usr/sbin/policy-rc.d", options).find("host\n") == std::string::npos);
  }
  SECTION("/dev, /proc, /sys, /run") {
    std::string name = GENERATE("/dev", "/proc", "/sys", "/run");
    std::filesystem::remove(image.host(name));
    image.link(host.host("/dev"), name);
    auto error = thrown();
    CHECK(error.code == "io.enter");
    CHECK(error.message.find(name + " inside is no directory of its own") != std::string::npos);
  }
  SECTION("a directory in the place of a file") {
    image.make_directory("/etc/resolv.conf");
    CHECK(thrown().message.find("/etc/resolv.conf inside is a directory") != std::string::npos);
  }
  SECTION("/etc/default/locale") {
    image.link(host.host("/etc/resolv.conf"), "/etc/default/locale");
    options.locale = "";
    CHECK(output_inside(image, "echo ran", options) == "ran\n");
  }
  CHECK(listing(host.path()) == host_tree);
  CHECK(mounts() == before);
}

TEST_CASE("a missing mount point exists while it is used") {
  SmallImage image;
  if (!can_enter(image)) return;
  for (const auto* name : {"/proc", "/sys", "/dev", "/run"}) std::filesystem::remove(image.host(name));
  auto tree = listing(image.path());
  CHECK(output_inside(image, "cat /proc/1/comm; ls -d /run; echo x > /dev/null") ==
        "init\nls: cannot access '/run': No such file or directory\n");
  CHECK(listing(image.path()) == tree);
}

TEST_CASE("two runs in one image do not remove each other's files") {
  SmallImage image;
  if (!can_enter(image)) return;
  auto tree = listing(image.path());
  bool has_run = false;
  InsideOptions outer;
  outer.run.on_line = [&](std::string_view line) {
    if (line != "ready" || has_run) return;
    has_run = true;
    CHECK(output_inside(image, "/usr/sbin/policy-rc.d; echo $?") == "101\n");
    std::ofstream(image.host("/tmp/go")) << "go";
  };
  CHECK(output_inside(image,
                      "echo ready; while ! test -e /tmp/go; do sleep 0.01; done; rm /tmp/go; "
                      "/usr/sbin/policy-rc.d; echo $?",
                      outer) == "ready\n101\n");
  CHECK(has_run);
  CHECK_FALSE(image.exists("/usr/sbin/policy-rc.d"));
  CHECK_FALSE(image.exists("/etc/resolv.conf"));
}

TEST_CASE("two runs in one image do not remove each other's directories") {
  SmallImage image;
  if (!can_enter(image)) return;
  std::filesystem::remove(image.host("/run"));
  Scratch host;
  host.write("/shown/file", "of the host\n");
  bool has_run = false;
  InsideOptions outer;
  outer.run.on_line = [&](std::string_view line) {
    if (line != "ready" || has_run) return;
    has_run = true;
    CHECK(output_inside(image, "ls -d /proc/self >/dev/null && echo in") == "in\n");
    std::ofstream(image.host("/tmp/go")) << "go";
  };
  std::filesystem::remove(image.host("/proc"));
  CHECK(
      output_inside(
          image,
          "echo ready; while ! test -e /tmp/go; do sleep 0.01; done; rm /tmp/go; cat /proc/sys/kernel/ostype",
          outer) == "ready\nLinux\n");
  CHECK(has_run);
  CHECK_FALSE(image.exists("/proc"));
}

TEST_CASE("the standard input of a program inside is no file of the host's") {
  SmallImage image;
  if (!can_enter(image)) return;
  struct stat before {};
  struct stat after {};
  REQUIRE(stat("/dev/null", &before) == 0);
  CHECK(output_inside(image, "cat; chmod 600 /proc/self/fd/0; chown 1:1 /proc/self/fd/0; echo tried") ==
        "tried\n");
  REQUIRE(stat("/dev/null", &after) == 0);
  if (after.st_mode != before.st_mode) chmod("/dev/null", before.st_mode & 07777U);
  if (after.st_uid != before.st_uid) CHECK(chown("/dev/null", before.st_uid, before.st_gid) == 0);
  CHECK(after.st_mode == before.st_mode);
  CHECK(after.st_uid == before.st_uid);
}

TEST_CASE("files shown from the host can be used inside") {
  SmallImage image;
  if (!can_enter(image)) return;
  Scratch host;
  host.write("/packages/one.deb", "one\n");
  InsideOptions options;
  options.binds = {{host.host("/packages"), "/tmp/packages", true},
                   {host.host("/packages/one.deb"), "/root/one.deb"}};
  CHECK(output_inside(image, "cat /tmp/packages/one.deb; echo changed > /root/one.deb; touch /tmp/packages/x",
                      options) == "one\ntouch: cannot touch '/tmp/packages/x': Read-only file system\n");
  CHECK(host.read("/packages/one.deb") == "changed\n");
  CHECK_FALSE(image.exists("/tmp/packages"));
  CHECK_FALSE(image.exists("/root/one.deb"));
  options.binds = {{host.host("/missing"), "/tmp/packages"}};
  CHECK(error_of([&] { return output_inside(image, ":", options); }).code == "sandbox.bind");
  options.binds = {{host.host("/packages"), "/nowhere/in/here"}};
  CHECK(error_of<krgboot::IoError>([&] {
          return output_inside(image, ":", options);
        }).message.find("/nowhere/in/here is missing inside") != std::string::npos);
}

TEST_CASE("there is only a loopback network, unless another is requested") {
  SmallImage image;
  if (!can_enter(image)) return;
  auto interfaces = output_inside(image, "cat /proc/net/dev");
  CHECK(std::count(interfaces.begin(), interfaces.end(), ':') == 1);
  CHECK(interfaces.find("lo:") != std::string::npos);
  CHECK_FALSE(image.exists("/etc/resolv.conf"));
  InsideOptions options;
  options.network = krgboot::InsideNetwork::host;
  auto own = std::filesystem::read_symlink("/proc/self/ns/net").string() + "\n";
  CHECK(output_inside(image, "readlink /proc/self/ns/net") != own);
  CHECK(output_inside(image, "readlink /proc/self/ns/net", options) == own);
}

TEST_CASE("an outbound network has no interface, no loopback and no abstract socket of the host") {
  SmallImage image;
  if (!can_enter(image)) return;
  if (!krgboot::has_outbound_network()) {
    not_tested("slirp4netns is not installed");
    return;
  }
  InsideOptions options;
  options.network = krgboot::InsideNetwork::outbound;
  auto interfaces = output_inside(image, "cat /proc/net/dev", options);
  CHECK(std::count(interfaces.begin(), interfaces.end(), ':') == 2);
  CHECK(interfaces.find("tap0:") != std::string::npos);
  CHECK(output_inside(image, "cat /etc/resolv.conf", options).find("nameserver 198.18.67.3\n") == 0);
  CHECK(output_inside(image, "cat /proc/net/unix", options).find('@') == std::string::npos);
  // Nothing is left, no matter which process ends first.
  auto driver = forked([&] {
    options.run.on_line = [](std::string_view) { raise(SIGKILL); };
    output_inside(image, "echo ready; sleep 987005", options);
  });
  CHECK(status_of(driver) == 128 + SIGKILL);
  CHECK(comes_true([] { return !is_running("987005") && !is_running("198.18.67.0/24"); }));
}

TEST_CASE("the program inside is run as any other") {
  SmallImage image;
  if (!can_enter(image)) return;
  InsideOptions options;
  std::vector<std::string> lines;
  options.run.input = "input\n";
  options.run.working_directory = "/usr/bin";
  options.run.on_line = [&](std::string_view line) { lines.emplace_back(line); };
  auto result = krgboot::run_inside(image.root(), {"sh", "-c", "cat; pwd; exit 3"}, options);
  CHECK(result.status == 3);
  CHECK(lines == std::vector<std::string>{"input", "/usr/bin"});
  CHECK(krgboot::run_inside(image.root(), {"sh", "-c", "kill -KILL $$"}).status == 137);
  CHECK(krgboot::run_inside(image.root(), {"/usr/bin/sh", "-c", "exit 4"}).status == 4);
  CHECK(error_of<krgboot::CommandError>([&] {
          return krgboot::check_run_inside(image.root(), {"sh", "-c", "echo why; exit 4"});
        }).message == "sh -c echo why; exit 4 failed with status 4: why");
  auto missing = error_of<krgboot::IoError>([&] { return krgboot::run_inside(image.root(), {"find"}); });
  CHECK(missing.code == "io.run");
  CHECK(missing.message.find("has no such program") != std::string::npos);
  options.run.working_directory = "/missing";
  CHECK(error_of<krgboot::IoError>([&] { return krgboot::run_inside(image.root(), {"ls"}, options); }).code ==
        "io.change to");
  CHECK(error_of([&] { return krgboot::run_inside(image.root(), {}); }).code == "command.empty");
  CHECK(error_of([&] { return krgboot::run_inside(krgboot::Root("/"), {"ls"}); }).code == "inside.root");
  options.host_name = "two\nlines";
  CHECK(error_of([&] { return krgboot::run_inside(image.root(), {"ls"}, options); }).code ==
        "inside.host_name");
}

TEST_CASE("a background process ends with the program") {
  SmallImage image;
  if (!can_enter(image)) return;
  CHECK(output_inside(image, "setsid sleep 987001 & echo started") == "started\n");
  CHECK_FALSE(is_running("987001"));
}

TEST_CASE("time limit and cancelling end everything inside") {
  SmallImage image;
  if (!can_enter(image)) return;
  InsideOptions options;
  SECTION("a program that heeds SIGTERM") {
    options.run.timeout = std::chrono::milliseconds(300);
    auto result = krgboot::run_inside(image.root(), {"sleep", "987002"}, options);
    CHECK(result.timed_out);
    CHECK(result.status == 128 + SIGTERM);
  }
  SECTION("one that does not, with children") {
    bool is_ready = false;
    options.run.on_line = [&](std::string_view) { is_ready = true; };
    options.run.keep_running = [&] { return !is_ready; };
    auto result = krgboot::run_inside(
        image.root(),
        {"sh", "-c",
         "trap '' TERM; setsid sleep 987002 & sleep 987002 & echo ready; while :; do sleep 987002; done"},
        options);
    CHECK(result.cancelled);
    CHECK(result.status == 128 + SIGKILL);
  }
  CHECK_FALSE(is_running("987002"));
  CHECK_FALSE(image.exists("/usr/sbin/policy-rc.d"));
}

TEST_CASE("nothing is left when the caller is killed") {
  SmallImage image;
  if (!can_enter(image)) return;
  auto tree = listing(image.path());
  auto before = mounts();
  auto killed_when = [&](bool in_program) {
    auto driver = forked([&] {
      krgboot::run_inside(
          image.root(),
          {"sh", "-c", "trap '' TERM HUP; setsid sleep 987003 & while :; do sleep 987003; done"});
    });
    if (in_program) REQUIRE(comes_true([] { return is_running("987003"); }));
    kill(driver, SIGKILL);
    CHECK(status_of(driver) == 128 + SIGKILL);
    CHECK(comes_true([&] { return !is_running("987003") && listing(image.path()) == tree; }));
    CHECK(mounts() == before);
  };
  killed_when(true);
  killed_when(false);
  // If the keeper dies, everything below it dies as well.
  auto driver = forked([&] { krgboot::run_inside(image.root(), {"sleep", "987004"}); });
  REQUIRE(comes_true([] { return is_running("987004"); }));
  auto children = krgboot::check_run({"pgrep", "-P", std::to_string(driver)}).output;
  kill(std::stoi(children), SIGKILL);
  CHECK(status_of(driver) == 0);
  CHECK(comes_true([] { return !is_running("987004"); }));
  CHECK(listing(image.path()) == tree);
  CHECK(mounts() == before);
}

TEST_CASE("an unprivileged user gets a user namespace, or an error that names the cause") {
  SmallImage image;
  if (!can_enter(image)) return;
  auto nobody = 65534U;
  krgboot::check_run({"chown", "-hR", "65534:65534", image.path()});
  auto network = GENERATE(krgboot::InsideNetwork::host, krgboot::InsideNetwork::none);
  auto child = forked([&] {
    if (setgroups(0, nullptr) != 0 || setresgid(nobody, nobody, nobody) != 0 ||
        setresuid(nobody, nobody, nobody) != 0)
      _exit(2);
    InsideOptions options;
    options.network = network;
    try {
      auto output = output_inside(
          image,
          "id -u; cat /proc/1/comm; /usr/sbin/policy-rc.d; echo $?; echo x > /dev/null; "
          "test -d /sys/kernel && echo sys; touch /tmp/made; stat -c %u /tmp/made; rm /tmp/made",
          options);
      if (output != "0\ninit\n101\nsys\n0\n") {
        fprintf(stderr, "%s\n", output.c_str());
        _exit(3);
      }
    } catch (const krgboot::IoError& error) {
      fprintf(stderr, "%s\n", error.what());
      _exit(std::string(error.what()).find("user.max_user_namespaces") == std::string::npos ? 4 : 5);
    }
  });
  auto status = status_of(child);
  if (status == 5) not_tested("no user namespaces on this system");
  CHECK((status == 0 || status == 5));
  CHECK_FALSE(image.exists("/usr/sbin/policy-rc.d"));
}
