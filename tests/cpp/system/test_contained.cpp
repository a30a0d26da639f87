#include "krgboot/base/error.hpp"
#include "krgboot/system/contained.hpp"

#include <unistd.h>

#include "catch.hpp"
#include "error_of.hpp"
#include "not_tested.hpp"
#include "scratch.hpp"

using namespace krgboot;

namespace {

bool may_contain() {
  return is_root("only root may make these namespaces");
}

std::string said(const std::string& script, const ContainOptions& contain = {}) {
  return run_contained({"sh", "-c", script}, {}, contain).output;
}

}  // namespace

TEST_CASE("a contained program sees its own processes, and leaves nothing behind") {
  if (!may_contain()) return;
  Scratch scratch;
  CHECK(said("echo $$; mount -t tmpfs none " + scratch.path() + " && touch " + scratch.host("/inside")) ==
        "2\n");
  CHECK_FALSE(scratch.exists("/inside"));
}

TEST_CASE("only the writable paths can be written") {
  if (!may_contain()) return;
  Scratch ours;
  Scratch other;
  ours.make_directory("/below");
  ContainOptions contain;
  contain.only_writable = {ours.path()};
  auto script = "cd " + ours.path() + " && echo x > below/file; echo x > " + other.host("/file") +
                "; mkdir /krgboot-was-here; echo x > /dev/null && echo done";
  auto output = said(script, contain);
  CHECK(output.find("done\n") != std::string::npos);
  CHECK(output.find(other.host("/file")) != std::string::npos);  // the shell's error message
  CHECK(ours.read("/below/file") == "x\n");
  CHECK_FALSE(other.exists("/file"));
  CHECK(access("/krgboot-was-here", F_OK) != 0);
  // The host's file is unchanged.
  other.write("/file", "y");
  CHECK(other.read("/file") == "y");
}

TEST_CASE("the working directory is the writable one") {
  if (!may_contain()) return;
  Scratch ours;
  ContainOptions contain;
  contain.only_writable = {ours.path()};
  RunOptions options;
  options.working_directory = ours.path();
  CHECK(run_contained({"touch", "made"}, options, contain).status == 0);
  CHECK(ours.exists("/made"));
}

TEST_CASE("without the host's network there is a loopback and nothing else") {
  if (!may_contain()) return;
  ContainOptions contain;
  contain.network = false;
  auto output = said("tail -n +3 /proc/net/dev | cut -d: -f1", contain);
  CHECK(output.find("lo") != std::string::npos);
  CHECK(output.find('\n') == output.size() - 1);
}

TEST_CASE("a writable directory must exist") {
  if (!may_contain()) return;
  ContainOptions contain;
  contain.only_writable = {"/no/such/directory"};
  auto thrown = error_of<IoError>([&] { return said("true", contain); });
  CHECK(thrown.code == "io.contain");
  CHECK(thrown.message.find("/no/such/directory") != std::string::npos);
}
