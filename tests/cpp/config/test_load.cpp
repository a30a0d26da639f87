#include "krgboot/base/error.hpp"
#include "krgboot/config/load.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

#include "catch.hpp"
#include "spec_texts.hpp"

using namespace krgboot;
using namespace krgboot::test;
namespace fs = std::filesystem;

namespace {

/// A directory that is removed at the end of the object's life.
class Scratch {
 public:
  Scratch() {
    auto name = (fs::temp_directory_path() / "krgboot-config-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  ~Scratch() { fs::remove_all(path_); }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

template <class Exception>
Exception caught(const std::string& text) {
  try {
    load_cluster(text, "cluster.yaml");
  } catch (const Exception& error) {
    return error;
  }
  FAIL("no such exception");
  throw;
}

}  // namespace

TEST_CASE("load_cluster gives the cluster that the spec means") {
  auto cluster = load_cluster(smallest);
  CHECK(cluster.name() == "c");
  CHECK(cluster.domain().to_string() == "example.org");
  CHECK(cluster.server().address.to_string() == "10.0.0.1");
  REQUIRE(cluster.networks().size() == 1);
}

TEST_CASE("a spec that can be read but cannot be is a ValidationError") {
  auto text = smallest + "nodes:\n  - {name: a, address: 10.0.0.1}\n";
  auto error = caught<ValidationError>(text);
  CHECK(has_errors(error.diagnostics()));
  CHECK(error.diagnostics()[0].where.file == "cluster.yaml");
}

TEST_CASE("a spec that cannot be read is a ConfigError, which tells what validation found, too") {
  auto text = smallest + R"(default_boot: nowhere
nodes:
  - {name: a, address: 10.0.0.2, boot: yes}
)";
  auto error = caught<ConfigError>(text);
  const auto& all = error.diagnostics();
  auto reading =
      std::find_if(all.begin(), all.end(), [](const Diagnostic& d) { return d.code == "spec.wrong_type"; });
  auto validation =
      std::find_if(all.begin(), all.end(), [](const Diagnostic& d) { return d.key == "default_boot"; });
  REQUIRE(reading != all.end());
  REQUIRE(validation != all.end());
  CHECK(reading->key == "nodes[0].boot");
  CHECK(validation->code.substr(0, 5) != "spec.");
  CHECK(std::is_sorted(all.begin(), all.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return a.where.position < b.where.position;
  }));
  CHECK(error.where().to_string() == "cluster.yaml:5:15");
}

TEST_CASE("what could not be read is not reported as missing, too") {
  auto text = smallest;
  text.replace(text.find("release: bookworm"), 17, "release: etch");
  auto error = caught<ConfigError>(text);
  CHECK(summary(error.diagnostics()) == Lines{"spec.bad_value 3:52 server.release"});
  CHECK(error.code() == "spec.bad_value");
  CHECK(error.subject() == "server.release");
}

TEST_CASE("load_cluster_file reads a file and names it") {
  Scratch scratch;
  auto path = scratch / "cluster.yaml";
  std::ofstream(path) << smallest;
  CHECK(load_cluster_file(path).name() == "c");
  fs::create_symlink(path, scratch / "link.yaml");
  CHECK(load_cluster_file(scratch / "link.yaml").name() == "c");

  std::ofstream(path) << "a: [\n";
  try {
    load_cluster_file(path);
    FAIL("no exception");
  } catch (const ConfigError& error) {
    CHECK(error.where().file == path);
    CHECK(error.where().to_string() == path + ":2:1");
  }
}

TEST_CASE("what is no readable file is an error and not a wait") {
  Scratch scratch;
  auto error_number = [](const std::string& path) {
    try {
      load_cluster_file(path);
    } catch (const IoError& error) {
      CHECK(error.path() == path);
      return error.error_number();
    }
    return 0;
  };
  CHECK(error_number(scratch / "nothing") == ENOENT);
  CHECK(error_number(scratch / "") == EISDIR);

  auto fifo = scratch / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  CHECK(error_number(fifo) == ENOTSUP);
  CHECK(error_number("/dev/zero") == ENOTSUP);
}

TEST_CASE("a file that is too large is refused, though it takes no room on the disk") {
  Scratch scratch;
  auto path = scratch / "large.yaml";
  std::ofstream(path) << smallest;
  fs::resize_file(path, std::uintmax_t{200} << 20U);
  try {
    load_cluster_file(path);
    FAIL("no exception");
  } catch (const ConfigError& error) {
    CHECK(error.code() == "yaml.too_large");
    CHECK(error.where().file == path);
  }
}
