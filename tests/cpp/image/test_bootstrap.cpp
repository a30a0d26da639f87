#include "krgboot/image/apt_mirrors.hpp"
#include "krgboot/image/bootstrap.hpp"
#include "krgboot/system/inside.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include <sys/stat.h>

#include "catch.hpp"
#include "error_of.hpp"
#include "not_tested.hpp"
#include "system/forked.hpp"
#include "system/leftovers.hpp"
#include "system/scratch.hpp"

using krgboot::BootstrapOptions;
using krgboot::BootstrapPhase;
using krgboot::BootstrapTool;

namespace {

using Argv = std::vector<std::string>;

/// A fake mmdebstrap that is found before the real one and runs a script. In the script, $tree is the
/// directory that the tool must fill.
class FakeTool {
 public:
  explicit FakeTool(const std::string& script) : path_(getenv("PATH")) {
    tools_.write(
        "/mmdebstrap",
        "#!/bin/sh\nfor word; do case $word in */.krgboot.image.*) tree=$word;; esac; done\n" + script);
    chmod(tools_.host("/mmdebstrap").c_str(), 0755);
    setenv("PATH", (tools_.path() + ":" + path_).c_str(), 1);
  }
  FakeTool(const FakeTool&) = delete;
  FakeTool& operator=(const FakeTool&) = delete;
  ~FakeTool() { setenv("PATH", path_.c_str(), 1); }

 private:
  std::string path_;
  Scratch tools_;
};

const std::string good_tree =
    "set -e; cd \"$tree\"; mkdir -p dev proc sys etc usr/bin var/lib/dpkg tmp; ln -s usr/bin bin\n"
    "echo x > usr/bin/sh; echo x > usr/bin/dpkg; echo x > var/lib/dpkg/status; echo x > etc/passwd\n"
    "echo buildhost > etc/hostname; ln -s /run/resolv.conf etc/resolv.conf\n";

bool may_make_image() {
  return is_root("only root may make an image");
}

BootstrapOptions with_mirror() {
  BootstrapOptions options;
  options.mirror = "http://mirror.example.org/debian";
  options.security_mirror = "";
  options.durable = false;
  options.tool = BootstrapTool::mmdebstrap;
  return options;
}

std::vector<std::string> names_in(const Scratch& place) {
  return place.root().list_directory("/").value();
}

}  // namespace

TEST_CASE("the arguments of mmdebstrap and debootstrap") {
  auto options = with_mirror();
  options.security_mirror = "http://mirror.example.org/debian-security";
  options.suites = {"bookworm", "bookworm-updates"};
  options.components = {"main", "contrib"};
  options.packages = {"nfs-common", "openssh-server"};
  options.architecture = "amd64";
  CHECK(krgboot::bootstrap_command(options, "/srv/x", BootstrapTool::mmdebstrap) ==
        Argv{"mmdebstrap", "--mode=root", "--format=directory", "--variant=minbase", "--architectures=amd64",
             "--include=nfs-common,openssh-server", "bookworm", "/srv/x",
             "deb http://mirror.example.org/debian bookworm main contrib",
             "deb http://mirror.example.org/debian bookworm-updates main contrib",
             "deb http://mirror.example.org/debian-security bookworm-security main contrib"});
  CHECK(krgboot::bootstrap_command(options, "/srv/x", BootstrapTool::debootstrap) ==
        Argv{"debootstrap", "--variant=minbase", "--arch=amd64", "--components=main,contrib",
             "--include=nfs-common,openssh-server", "bookworm", "/srv/x",
             "http://mirror.example.org/debian"});
}

TEST_CASE("an archived release needs explicit trust, and has its own mirror and tool") {
  BootstrapOptions options;
  options.release = krgboot::ReleaseName::lenny;
  Scratch place;
  auto refused = error_of([&] { return krgboot::bootstrap(place.root(), "/lenny", options); });
  CHECK(refused.code == "bootstrap.untrusted");
  CHECK(refused.message.find("explicitly trusted") != std::string::npos);
  CHECK(names_in(place).empty());
  options.trust_unsigned = true;
  CHECK(error_of([&] { return krgboot::bootstrap(place.root(), "/lenny", options); }).code ==
        "bootstrap.mirror");
  CHECK(names_in(place).empty());
  options.mirror = "http://archive.example.org/debian";
  options.security_mirror = "http://archive.example.org/debian-security";
  CHECK(krgboot::bootstrap_command(options, "/srv/x", BootstrapTool::automatic) ==
        Argv{"debootstrap", "--variant=minbase", "--components=main", "--no-check-gpg", "lenny", "/srv/x",
             "http://archive.example.org/debian"});
  CHECK(
      krgboot::bootstrap_command(options, "/srv/x", BootstrapTool::mmdebstrap) ==
      Argv{"mmdebstrap", "--mode=root", "--format=directory", "--variant=minbase", "lenny", "/srv/x",
           "deb [trusted=yes check-valid-until=no] http://archive.example.org/debian lenny main",
           "deb [trusted=yes check-valid-until=no] http://archive.example.org/debian-security lenny/updates "
           "main"});
}

TEST_CASE("options that no tool must be given") {
  auto refused = [](auto change) {
    auto options = with_mirror();
    change(options);
    return error_of([&] { return krgboot::bootstrap_command(options, "/x", BootstrapTool::mmdebstrap); });
  };
  using Options = BootstrapOptions;
  for (std::string mirror :
       {"", "mirror.example.org", "ftp://mirror.example.org/debian", "copy:/x", "http://a b/",
        "http://mirror.example.org/\nfoo", "http://x/[trusted=yes]", "http://x/#"}) {
    if (mirror.empty()) continue;
    CAPTURE(mirror);
    CHECK(refused([&](Options& o) { o.mirror = mirror; }).code == "bootstrap.mirror");
  }
  auto secret = refused([](Options& o) { o.mirror = "https://user:geheim@mirror.example.org/debian"; });
  CHECK(secret.code == "bootstrap.mirror");
  CHECK((secret.message + secret.subject).find("geheim") == std::string::npos);
  CHECK(refused([](Options& o) { o.mirror = "file:/"; }).code == "(nothing thrown)");
  CHECK(refused([](Options& o) { o.mirror = "https://mirror.example.org/~user@home/"; }).code ==
        "(nothing thrown)");
  for (std::string name : {"", "-o=x", "a b", "a,b", "a;b", "?essential", "!a", "a\nb"}) {
    CAPTURE(name);
    CHECK(refused([&](Options& o) { o.packages = {name}; }).code == "bootstrap.name");
    CHECK(refused([&](Options& o) { o.components = {name}; }).code == "bootstrap.name");
    CHECK(refused([&](Options& o) { o.suites = {name}; }).code == "bootstrap.name");
    if (!name.empty()) CHECK(refused([&](Options& o) { o.architecture = name; }).code == "bootstrap.name");
  }
  CHECK(refused([](Options& o) { o.components.clear(); }).code == "bootstrap.name");
  CHECK(refused([](Options& o) { o.variant = "apt"; }).code == "bootstrap.variant");
  CHECK(refused([](Options& o) {
          o.packages = {"libc6:i386", "g++", "vim=2:9.0"};
        }).code == "(nothing thrown)");
}

TEST_CASE("the tool's output shows the phase") {
  CHECK(krgboot::bootstrap_phase("I: running apt-get update...") == BootstrapPhase::lists);
  CHECK(krgboot::bootstrap_phase("I: installing remaining packages inside the chroot...") ==
        BootstrapPhase::packages);
  CHECK(krgboot::bootstrap_phase("I: Retrieving Packages ") == BootstrapPhase::lists);
  CHECK(krgboot::bootstrap_phase("I: Retrieving adduser 3.134") == BootstrapPhase::downloading);
  CHECK(krgboot::bootstrap_phase("I: Base system installed successfully.") == BootstrapPhase::cleaning);
  CHECK(krgboot::bootstrap_phase("W: running apt-get update...") == std::nullopt);
  CHECK(krgboot::bootstrap_phase("") == std::nullopt);
  CHECK(to_string(BootstrapPhase::publishing) == "publishing");
}

TEST_CASE("an image appears when it is complete, without files of the build host") {
  if (!may_make_image()) return;
  FakeTool tool(
      "echo 'I: running apt-get update...'; echo 'I: extracting archives...'; echo Unpacking;\n"
      "echo 'I: downloading packages with apt...' >&2\n" +
      good_tree);
  Scratch place;
  auto options = with_mirror();
  std::vector<std::string> seen;
  double last = -1;
  options.on_progress = [&](const krgboot::BootstrapProgress& progress) {
    seen.push_back(to_string(progress.phase) + "|" + progress.line);
    CHECK(progress.fraction >= last);
    CHECK(progress.fraction <= 1);
    CHECK_FALSE(place.exists("/image"));
    last = progress.fraction;
  };
  auto report = krgboot::bootstrap(place.root(), "/image", options);
  CHECK_FALSE(report.cancelled);
  CHECK(report.argv.at(4) == "bookworm");
  CHECK(seen == std::vector<std::string>{"lists|I: running apt-get update...",
                                         "extracting|I: extracting archives...", "extracting|Unpacking",
                                         "extracting|I: downloading packages with apt...", "publishing|"});
  CHECK(names_in(place) == std::vector<std::string>{"image"});
  CHECK(place.root().list_directory("/image/etc") == std::vector<std::string>{"passwd"});
  CHECK(place.root().status("/image")->mode == 0755);
  // An existing image is never replaced.
  auto again =
      error_of<krgboot::ConflictError>([&] { return krgboot::bootstrap(place.root(), "/image", options); });
  CHECK(again.code == "staging.exists");
  CHECK(names_in(place) == std::vector<std::string>{"image"});
}

TEST_CASE("a tool that fails, or makes no root tree, leaves nothing") {
  if (!may_make_image()) return;
  Scratch place;
  auto options = with_mirror();
  SECTION("fails") {
    FakeTool tool(good_tree + "echo 'E: the mirror is gone'; exit 25");
    auto error =
        error_of<krgboot::CommandError>([&] { return krgboot::bootstrap(place.root(), "/image", options); });
    CHECK(error.code == "command.failed");
    CHECK(error.message.find("E: the mirror is gone") != std::string::npos);
  }
  SECTION("no root tree") {
    std::string gone = GENERATE("usr/bin/dpkg", "etc/passwd", "proc", "var/lib/dpkg/status");
    FakeTool tool(good_tree + "rm -r " + gone);
    auto error =
        error_of<krgboot::IoError>([&] { return krgboot::bootstrap(place.root(), "/image", options); });
    CHECK(error.code == "io.bootstrap");
    CHECK(error.message.find("has no /" + gone) != std::string::npos);
  }
  SECTION("links of the tree to the host") {
    Scratch host;
    host.write("/hostname", "host\n");
    FakeTool tool(good_tree + "mv etc other; ln -s " + host.path() + " etc");
    CHECK(error_of<krgboot::IoError>([&] {
            return krgboot::bootstrap(place.root(), "/image", options);
          }).code == "io.bootstrap");
    CHECK(host.read("/hostname") == "host\n");
  }
  SECTION("time limit") {
    FakeTool tool(good_tree + "sleep 987101 & sleep 987101");
    options.timeout = std::chrono::milliseconds(500);
    CHECK(error_of<krgboot::CommandError>([&] {
            return krgboot::bootstrap(place.root(), "/image", options);
          }).code == "command.timed_out");
    CHECK_FALSE(is_running("987101"));
  }
  SECTION("cancelled") {
    FakeTool tool(good_tree + "echo ready; sleep 987101");
    bool is_ready = false;
    options.on_progress = [&](const krgboot::BootstrapProgress& progress) {
      is_ready = progress.line == "ready";
    };
    options.keep_running = [&] { return !is_ready; };
    CHECK(krgboot::bootstrap(place.root(), "/image", options).cancelled);
    CHECK_FALSE(is_running("987101"));
  }
  SECTION("a callback that throws") {
    FakeTool tool("echo line; sleep 987101");
    options.on_progress = [](const krgboot::BootstrapProgress&) { throw std::runtime_error("stop"); };
    CHECK_THROWS_AS(krgboot::bootstrap(place.root(), "/image", options), std::runtime_error);
    CHECK_FALSE(is_running("987101"));
  }
  CHECK(names_in(place).empty());
}

TEST_CASE("killed anywhere: no image, nothing runs on, nothing stays mounted, and the next run clears up") {
  if (!may_make_image()) return;
  Scratch place;
  auto before = mounts();
  auto options = with_mirror();
  std::string mount =
      "mount -t tmpfs none \"$tree/proc\"; touch \"$tree/proc/mounted\"; setsid sleep 987102 &\n";
  std::string wait = "echo > \"" + place.host("/ready") + "\"; sleep 987102\n";
  auto script = std::vector<std::string>{wait, good_tree + wait, good_tree + mount + wait}.at(
      static_cast<std::size_t>(GENERATE(0, 1, 2)));
  {
    FakeTool tool(script);
    auto driver = forked([&] { krgboot::bootstrap(place.root(), "/image", options); });
    REQUIRE(comes_true([&] { return place.exists("/ready"); }));
    kill(driver, SIGKILL);
    CHECK(status_of(driver) == 128 + SIGKILL);
  }
  CHECK(comes_true([] { return !is_running("987102"); }));
  CHECK(mounts() == before);
  CHECK_FALSE(place.exists("/image"));
  CHECK(names_in(place).size() == 2);  // "ready", and the remains of the tree
  FakeTool tool(good_tree);
  krgboot::bootstrap(place.root(), "/image", options);
  CHECK(names_in(place) == std::vector<std::string>{"image", "ready"});
}

TEST_CASE("an image can be made from a tarball or a directory") {
  if (!may_make_image()) return;
  Scratch place;
  place.make_directory("/base");
  krgboot::check_run({"sh", "-c", "tree=$1\n" + good_tree, "sh", place.host("/base")});
  krgboot::check_run({"tar", "-C", place.host("/base"), "-czf", place.host("/base.tar.gz"), "."});
  BootstrapOptions options;
  options.durable = false;
  options.source = place.host(GENERATE(as<std::string>(), "/base", "/base.tar.gz"));
  std::string last;
  options.on_progress = [&](const krgboot::BootstrapProgress& progress) { last = to_string(progress.phase); };
  SECTION("as it is") {
    CHECK(krgboot::bootstrap(place.root(), "/image", options).argv.empty());
    CHECK(last == "publishing");
    CHECK(place.read("/image/etc/hostname") == "buildhost\n");
    CHECK(place.root().status("/image")->mode == place.root().status("/base")->mode);
    CHECK(names_in(place) == std::vector<std::string>{"base", "base.tar.gz", "image"});
    CHECK(error_of<krgboot::ConflictError>([&] {
            return krgboot::bootstrap(place.root(), "/image", options);
          }).code == "staging.exists");
    return;
  }
  SECTION("cancelled") {
    options.keep_running = [] { return false; };
    CHECK(krgboot::bootstrap(place.root(), "/image", options).cancelled);
  }
  SECTION("time is up") {
    options.timeout = std::chrono::milliseconds(0);
    CHECK(error_of<krgboot::CommandError>([&] {
            return krgboot::bootstrap(place.root(), "/image", options);
          }).code == "command.timed_out");
  }
  SECTION("no root tree") {
    std::filesystem::remove(place.host("/base/etc/passwd"));
    krgboot::check_run({"tar", "-C", place.host("/base"), "-czf", place.host("/base.tar.gz"), "."});
    CHECK(error_of<krgboot::IoError>([&] {
            return krgboot::bootstrap(place.root(), "/image", options);
          }).message.find("has no /etc/passwd") != std::string::npos);
  }
  SECTION("none") {
    options.source = place.host("/missing.tar");
    CHECK(error_of<krgboot::Error>([&] {
            return krgboot::bootstrap(place.root(), "/image", options);
          }).code != "(nothing thrown)");
  }
  CHECK(names_in(place) == std::vector<std::string>{"base", "base.tar.gz"});
}

TEST_CASE("mmdebstrap really makes an image, in which programs run", "[all]") {
  if (!may_make_image()) return;
  if (!krgboot::find_program("mmdebstrap")) {
    not_tested("mmdebstrap is not installed");
    return;
  }
  Scratch place;
  BootstrapOptions options;
  options.tool = BootstrapTool::mmdebstrap;
  options.durable = false;
  options.timeout = std::chrono::minutes(8);
  std::vector<std::string> phases;
  options.on_progress = [&](const krgboot::BootstrapProgress& progress) {
    auto phase = to_string(progress.phase);
    if (phases.empty() || phases.back() != phase) phases.push_back(phase);
  };
  auto before = mounts();
  try {
    krgboot::bootstrap(place.root(), "/bookworm", options);
  } catch (const krgboot::CommandError& error) {
    // Without package lists the mirror cannot be reached; all other errors are failures.
    if (phases.size() > 2) throw;
    not_tested(std::string("no mirror can be reached: ") + error.what());
    return;
  }
  CHECK(phases == std::vector<std::string>{"starting", "lists", "downloading", "extracting", "configuring",
                                           "packages", "cleaning", "publishing"});
  CHECK(mounts() == before);
  CHECK(names_in(place) == std::vector<std::string>{"bookworm"});
  auto image = place.root().beneath("/bookworm");
  CHECK_FALSE(image.status("/etc/hostname"));
  CHECK_FALSE(image.status("/etc/resolv.conf"));

  auto output_of = [&](const Argv& argv) { return krgboot::check_run_inside(image, argv).output; };
  CHECK(output_of({"dpkg", "--version"}).find("Debian 'dpkg' package management program") == 0);
  CHECK(output_of({"id"}) == "uid=0(root) gid=0(root) groups=0(root)\n");
  CHECK(output_of({"cat", "/proc/1/comm"}) == "init\n");
  CHECK(output_of({"hostname"}) == "bookworm\n");
  CHECK(krgboot::run_inside(image, {"ischroot"}).status == 0);
  // A package with a service can be installed, and the service does not start: invoke-rc.d asks the policy.
  krgboot::check_run_inside(image, {"sh", "-euc",
                                    "echo '#!/bin/sh\ntouch /started' > /etc/init.d/test-service;"
                                    "chmod 755 /etc/init.d/test-service"});
  auto started = krgboot::run_inside(image, {"invoke-rc.d", "test-service", "start"});
  CHECK(started.output.find("policy-rc.d denied execution of start") != std::string::npos);
  CHECK_FALSE(image.status("/started"));
  CHECK_FALSE(image.status("/usr/sbin/policy-rc.d"));
  CHECK_FALSE(image.status("/etc/resolv.conf"));
  CHECK(mounts() == before);
}
