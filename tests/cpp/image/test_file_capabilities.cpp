#include "krgboot/image/file_capabilities.hpp"
#include "krgboot/system/process.hpp"

#include <string>
#include <vector>

#include <sys/stat.h>

#include "catch.hpp"
#include "image/capable_file.hpp"
#include "not_tested.hpp"
#include "system/scratch.hpp"

using namespace krgboot;

namespace {

using Paths = std::vector<std::string>;

void add_program(const Scratch& scratch, const std::string& path, mode_t mode = 0755) {
  scratch.write(path, "program");
  REQUIRE(chmod(scratch.host(path).c_str(), mode) == 0);
  check_run({"setcap", "cap_net_raw+ep", scratch.host(path)});
}

}  // namespace

TEST_CASE("programs with capabilities in all directories of packages") {
  if (!is_root("only root can give files capabilities")) return;
  Scratch scratch;
  Paths paths = {"/opt/vendor/bin/tool", "/usr/bin/ping", "/usr/games/game",
                 "/usr/lib/x86_64-linux-gnu/gstreamer1.0/gstreamer-1.0/gst-ptp-helper", "/usr/local/bin/own"};
  for (const auto& path : paths) add_program(scratch, path);
  scratch.link("usr/bin", "/bin");
  scratch.link("ping", "/usr/bin/other");
  scratch.write("/usr/bin/plain", "program");
  add_program(scratch, "/usr/share/no-program");
  add_program(scratch, "/usr/bin/no-program", 0644);
  add_program(scratch, "/opt/1/2/3/4/5/6/7/8/9/too-deep");
  CHECK(programs_with_capabilities(scratch.root()) == paths);
}

TEST_CASE("a program that vanishes has no capabilities, and blocks nothing") {
  Scratch scratch;
  scratch.write("/usr/bin/here", "program");
  auto directory = scratch.root().directory("/usr/bin");
  REQUIRE(directory.has_value());
  CHECK_FALSE(has_capabilities(directory->descriptor(), "gone", "/usr/bin/gone"));
  CHECK_FALSE(has_capabilities(directory->descriptor(), "here", "/usr/bin/here"));
}

TEST_CASE("the warning of capabilities names some programs") {
  CHECK_FALSE(capabilities_finding({}).has_value());
  auto finding = capabilities_finding({"/usr/bin/ping"});
  REQUIRE(finding.has_value());
  CHECK(finding->message == "NFS does not carry file capabilities: on nodes only root can use /usr/bin/ping");
  CHECK(finding->hint ==
        "set the set-user-ID bit (chmod u+s); for ping, net.ipv4.ping_group_range is enough");
  auto many = capabilities_finding({"/a", "/b", "/c", "/d", "/e", "/f", "/g"});
  REQUIRE(many.has_value());
  CHECK(many->message.find("/a, /b, /c, /d, /e and 2 more") != std::string::npos);
}
