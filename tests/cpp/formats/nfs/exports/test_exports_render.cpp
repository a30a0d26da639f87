#include "krgboot/config/load.hpp"
#include "krgboot/formats/nfs/exports/match.hpp"
#include "krgboot/formats/nfs/exports/options.hpp"
#include "krgboot/formats/nfs/exports/render.hpp"
#include "krgboot/formats/nfs/exports/table.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "error_of.hpp"

using namespace krgboot;

namespace {

/// A cluster of one image and one boot entry; `image` and `nodes` are YAML lines.
Cluster exporting_cluster(const std::string& image, const std::string& nodes, const std::string& pool = "") {
  return load_cluster(fmt::format(R"(
version: 1
cluster: {{name: mycluster, domain: mycluster.home}}
server: {{name: server, address: 192.168.0.2, release: bookworm}}
networks:
  - subnet: 192.168.0.0/24
    router: 192.168.0.1
    {}
images:
  kerrighed:
    path: /NFSROOT/kerrighed
    release: bookworm
    {}
  spare:
    path: /NFSROOT/spare
    release: bookworm
boot:
  kerrighed: {{image: kerrighed, kernel: vmlinuz}}
default_boot: kerrighed
nodes:
{}
)",
                                  pool, image, nodes));
}

constexpr auto four_nodes = "  - {name: 'ssi[1-4]', address: '192.168.0.[101-104]'}";

std::string rendered_exports(const Cluster& cluster) {
  auto text = exports::render(cluster, cluster.images()[0]);
  REQUIRE(text);
  CHECK(exports::ExportsTable::parse(*text).diagnostics().empty());
  return *text;
}

}  // namespace

TEST_CASE("a read-only root with writable directories, to the nodes that boot it") {
  // exportfs has read exactly this text.
  std::ifstream file(KRGBOOT_SOURCE_DIR "/tests/golden/exports/oracle.json");
  auto files = nlohmann::json::parse(file)["files"];
  auto golden = std::find_if(files.begin(), files.end(),
                             [](const auto& example) { return example["name"] == "rendered by krgboot"; });
  REQUIRE(golden != files.end());
  auto text = rendered_exports(exporting_cluster("root: ro\n    writable: [/var, /tmp]", four_nodes));
  CHECK(text == (*golden)["exports"].get<std::string>());
  CHECK(text.substr(0, text.find("/NFSROOT/kerrighed/var")) ==
        R"(# images.kerrighed: written by krgboot from cluster.yaml; what is changed here is overwritten.
/NFSROOT/kerrighed \
    192.168.0.101(ro,sync,no_root_squash,no_subtree_check) \
    192.168.0.102/31(ro,sync,no_root_squash,no_subtree_check) \
    192.168.0.104(ro,sync,no_root_squash,no_subtree_check)
)");
}

TEST_CASE("a read-write root") {
  CHECK(rendered_exports(exporting_cluster("root: rw", "  - {name: ssi1, address: 192.168.0.101}")) ==
        R"(# images.kerrighed: written by krgboot from cluster.yaml; what is changed here is overwritten.
/NFSROOT/kerrighed 192.168.0.101(rw,sync,no_root_squash,no_subtree_check)
)");
}

TEST_CASE("clients that the spec lists count instead") {
  CHECK(
      rendered_exports(exporting_cluster("root: rw\n    clients: [192.168.0.0/24, '@nodes']", four_nodes)) ==
      R"(# images.kerrighed: written by krgboot from cluster.yaml; what is changed here is overwritten.
/NFSROOT/kerrighed \
    192.168.0.0/24(rw,sync,no_root_squash,no_subtree_check) \
    @nodes(rw,sync,no_root_squash,no_subtree_check)
)");
}

TEST_CASE("a pool that boots an image is among its clients") {
  auto with_pool = exporting_cluster("root: rw", four_nodes,
                                     "pool: {first: 192.168.0.160, last: 192.168.0.191, writable: true}");
  CHECK(exports::clients(with_pool, with_pool.images()[0]) ==
        std::vector<std::string>{"192.168.0.101", "192.168.0.102/31", "192.168.0.104", "192.168.0.160/27"});
}

TEST_CASE("machines of a pool get no writable export unless the spec says so") {
  auto guests = exporting_cluster("root: ro\n    writable: [/home]", four_nodes,
                                  "pool: {first: 192.168.0.160, last: 192.168.0.191}");
  const auto& image = guests.images()[0];
  CHECK(exports::writing_clients(guests, image) ==
        std::vector<std::string>{"192.168.0.101", "192.168.0.102/31", "192.168.0.104"});
  auto table = exports::ExportsTable::parse(rendered_exports(guests));
  auto home = [&](const char* address) {
    return exports::would_allow(table, Ipv4Address::from_string(address), "/NFSROOT/kerrighed/home");
  };
  CHECK_FALSE(home("192.168.0.101").read_only);
  // The export of the image admits the client, so the mount succeeds, but it is read-only.
  CHECK(home("192.168.0.170").admission == exports::Admission::allowed);
  CHECK(home("192.168.0.170").read_only);
  CHECK(home("192.168.0.170").exported_path == "/NFSROOT/kerrighed");

  auto writers = exporting_cluster("root: ro\n    writable: [/home]", four_nodes,
                                   "pool: {first: 192.168.0.160, last: 192.168.0.191, writable: true}");
  CHECK(exports::writing_clients(writers, writers.images()[0]) ==
        exports::clients(writers, writers.images()[0]));
}

TEST_CASE("squash, sec, secure and a mount point, in the words of exports(5)") {
  auto text = rendered_exports(exporting_cluster(
      "root: ro\n    secure: false\n    sec: [sys, krb5p]\n    filesystem: {size: 8G}\n"
      "    writable: [/scratch, {path: /home, squash: root_squash, sec: [krb5i], secure: true}, "
      "{path: /pub, squash: all_squash, sec: [sys]}]",
      "  - {name: node1, address: 192.168.0.101}"));
  CHECK(text ==
        R"(# images.kerrighed: written by krgboot from cluster.yaml; what is changed here is overwritten.
/NFSROOT/kerrighed 192.168.0.101(ro,sync,no_root_squash,no_subtree_check,mountpoint=/NFSROOT/kerrighed,insecure,sec=sys:krb5p)
/NFSROOT/kerrighed/scratch 192.168.0.101(rw,sync,no_root_squash,no_subtree_check,mountpoint=/NFSROOT/kerrighed,insecure,sec=sys:krb5p)
/NFSROOT/kerrighed/home 192.168.0.101(rw,sync,root_squash,no_subtree_check,mountpoint=/NFSROOT/kerrighed,sec=krb5i)
/NFSROOT/kerrighed/pub 192.168.0.101(rw,sync,all_squash,no_subtree_check,mountpoint=/NFSROOT/kerrighed,insecure)
)");
  auto table = exports::ExportsTable::parse(text);
  REQUIRE(table.list().size() == 4);
  auto root = table.list()[0].effective;
  CHECK_FALSE(root.secure());
  CHECK(root.mountpoint() == "/NFSROOT/kerrighed");
  for (auto flavor : {exports::Flavor::sys, exports::Flavor::krb5p}) {
    REQUIRE(root.access(flavor));
    CHECK(root.access(flavor)->read_only);
    CHECK_FALSE(root.access(flavor)->root_squash);
  }
  auto home = table.list()[2].effective;
  CHECK_FALSE(home.access(exports::Flavor::sys));
  REQUIRE(home.access(exports::Flavor::krb5i));
  CHECK_FALSE(home.access(exports::Flavor::krb5i)->read_only);
  CHECK(home.access(exports::Flavor::krb5i)->root_squash);
  CHECK(table.list()[3].effective.access(exports::Flavor::sys)->all_squash);
}

TEST_CASE("an image that nobody boots is not exported") {
  auto loaded = exporting_cluster("root: ro", four_nodes);
  CHECK_FALSE(exports::render(loaded, loaded.images()[1]));
}

TEST_CASE("exactly the addresses that boot an image are admitted") {
  auto loaded = exporting_cluster("root: ro\n    writable: [/var]", four_nodes);
  auto table = exports::ExportsTable::parse(rendered_exports(loaded));
  for (unsigned last = 0; last < 256; ++last) {
    Ipv4Address address(0xc0a80000U + last);
    auto boots = last >= 101 && last <= 104;
    CAPTURE(address.to_string());
    auto root = exports::would_allow(table, address, "/NFSROOT/kerrighed");
    CHECK((root.admission == exports::Admission::allowed) == boots);
    auto var = exports::would_allow(table, address, "/NFSROOT/kerrighed/var");
    CHECK((var.admission == exports::Admission::allowed) == boots);
    if (!boots) continue;
    CHECK(root.read_only);
    CHECK_FALSE(root.root_squash);
    CHECK_FALSE(var.read_only);
    CHECK(var.certain);
  }
}

TEST_CASE("many clients that no network gathers") {
  std::string nodes;
  for (int i = 0; i < 120; ++i)
    nodes += fmt::format("  - {{name: n{}, address: 192.168.0.{}}}\n", i, 3 + 2 * i);
  auto loaded = exporting_cluster("root: ro\n    writable: [/var]", nodes);
  auto table = exports::ExportsTable::parse(rendered_exports(loaded));
  CHECK(table.list().size() == 240);
}

TEST_CASE("drop-in names and their inverse") {
  CHECK(exports::drop_in_name("kerrighed") == "krgboot-kerrighed.exports");
  auto loaded = exporting_cluster("root: ro", four_nodes);
  CHECK(exports::drop_in_name(loaded.images()[1]) == "krgboot-spare.exports");
  for (std::string image : {"kerrighed", "a", "Debian-12.5_x+y", "x.exports", "krgboot-"}) {
    CHECK(exports::parse_drop_in_name(exports::drop_in_name(image)) == image);
    CHECK(exports::is_drop_in(exports::drop_in_name(image)));
  }
  for (std::string image : {"", ".", "-a", "a/b", "a b", "a\nb", "ä"}) {
    CAPTURE(image);
    CHECK(error_of([&] { return exports::drop_in_name(image); }).code == "exports.image_name");
  }
  CHECK(error_of([] { return exports::drop_in_name(std::string(201, 'a')); }).code == "exports.image_name");
  for (std::string name :
       {"", "krgboot-.exports", "krgboot.exports", "krgboot-a", "krgboot-a.export", "a.exports",
        "xkrgboot-a.exports", "krgboot-a.exports~", "krgboot-a b.exports", "krgboot-.a.exports",
        "Krgboot-a.exports", "krgboot-a/b.exports", "krgboot-exports"}) {
    CAPTURE(name);
    CHECK_FALSE(exports::parse_drop_in_name(name));
  }
}

TEST_CASE("each path has a file system number of its own where its file system has none") {
  auto loaded = exporting_cluster("root: ro\n    writable: [/var, /home]", four_nodes);
  auto text = exports::render(loaded, loaded.images()[0], true);
  REQUIRE(text);
  auto table = exports::ExportsTable::parse(*text);
  CHECK(table.diagnostics().empty());
  std::map<std::string, std::string> numbers;
  for (const auto& entry : table.list()) {
    auto number = exports::Options::from_string(entry.options).fsid_uuid();
    REQUIRE(number);
    CHECK(numbers.emplace(entry.path, *number).first->second == *number);
  }
  std::set<std::string> distinct;
  for (const auto& [path, number] : numbers) distinct.insert(number);
  CHECK(distinct.size() == 3);
  // The fsid must never change: running nodes identify files by it.
  CHECK(exports::fsid_of("/srv/nfs/debian") == exports::fsid_of("/srv/nfs/debian"));
  CHECK(text->find(",fsid=" + exports::fsid_of("/NFSROOT/kerrighed/var") + ")") != std::string::npos);
}
