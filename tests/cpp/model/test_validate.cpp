#include <algorithm>

#include "cluster_text.hpp"

using namespace krgboot;
using namespace krgboot::test;

TEST_CASE("all mistakes in one file are told at once, in the order of the file") {
  const std::string text = R"(version: 1
cluster: {name: "my lab", domain: lab.home}
server: {name: server, address: 10.0.0.20, release: bookworm, tftp_root: srv/tftp}
networks:
  - {subnet: 10.0.0.0/24, router: 10.0.5.1, pool: {first: 10.0.0.10, last: 10.0.0.30, host_prefix: "n"}}
  - {subnet: 10.0.0.0/16, router: 10.0.0.1, ntp: ["time server"]}
images:
  debian: {path: /srv/nfs/debian/, release: bookworm, clients: ["*"], users: [{name: krg, password_hash: secret}]}
  other: {path: /etc, release: bookworm, writable: [/proc], locale: none}
boot:
  debian: {image: debain, kernel: /vmlinuz, append: ["root=/dev/sda", "a b"]}
  krg: {image: other, kernel: k, kerrighed: {session_id: 1}, extra: ["LABEL x"]}
default_boot: debian
nodes:
  - name: [n1, SERVER, n15]
    address: [10.0.0.100, 10.9.0.1, 10.0.0.100]
    mac: ["52:54:00:00:00:01", "01:00:5e:00:00:01", "52:54:00:00:00:01"]
    boot: krgg
  - {name: x_1, address: 10.0.0.256, mac: "52:54:00:00:00:01", boot: krg, node_id: 1}
)";
  auto findings = judge(text).diagnostics;
  INFO(to_string(findings));
  std::vector<std::pair<std::uint32_t, std::string>> found;
  for (const auto& finding : findings) found.emplace_back(finding.where.position.line, finding.code);
  const std::vector<std::pair<std::uint32_t, std::string>> expected = {
      {2, "cluster.name_syntax"},
      {3, "path.relative"},
      {5, "network.router_outside"},
      {5, "pool.holds_server"},
      {6, "network.overlap"},
      {6, "network.ntp_syntax"},
      {8, "path.not_normal"},
      {8, "image.open_to_world"},
      {8, "image.password_not_hashed"},
      {9, "path.system_directory"},
      {9, "image.writable_system"},
      {9, "image.locale_syntax"},
      {11, "boot.unknown_image"},
      {11, "path.absolute"},
      {11, "append.set_by_krgboot"},
      {11, "append.blank"},
      {12, "extra.keyword"},
      {15, "node.name_is_server"},
      {15, "node.name_in_pool"},
      {16, "node.address_outside_networks"},
      {16, "node.duplicate_address"},
      {17, "node.mac_not_a_machine"},
      {17, "node.duplicate_mac"},
      {18, "boot.unknown"},
      {19, "node.name_syntax"},
      {19, "node.address_syntax"},
      {19, "node.duplicate_mac"},
      {19, "node.node_id_unused"},
  };
  CHECK(found == expected);
  CHECK(std::is_sorted(findings.begin(), findings.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return a.where.position < b.where.position;
  }));
  CHECK_FALSE(contains(to_string(findings), "secret"));
}

TEST_CASE("a spec that lacks what it must have gives no cluster") {
  auto good = read_spec(ClusterText().marked(), "cluster.yaml").spec;
  REQUIRE(validate(good).cluster);
  struct Row {
    const char* missing;
    void (*remove)(Spec&);
  };
  for (const auto& [missing, remove] : std::vector<Row>{
           {"version", [](Spec& spec) { spec.version = {}; }},
           {"cluster.name", [](Spec& spec) { spec.name = {}; }},
           {"cluster.domain", [](Spec& spec) { spec.domain = {}; }},
           {"server.name", [](Spec& spec) { spec.server.name = {}; }},
           {"server.address", [](Spec& spec) { spec.server.address = {}; }},
           {"server.release", [](Spec& spec) { spec.server.release = {}; }},
           {"networks[0].pool.first", [](Spec& spec) { spec.networks[0].pool.value->first = {}; }},
           {"networks[0].pool.last", [](Spec& spec) { spec.networks[0].pool.value->last = {}; }},
           {"images.debian.path", [](Spec& spec) { spec.images[0].path = {}; }},
           {"images.debian.release", [](Spec& spec) { spec.images[0].release = {}; }},
           {"boot.debian.image", [](Spec& spec) { spec.boot[0].image = {}; }},
           {"boot.debian.kernel", [](Spec& spec) { spec.boot[0].kernel = {}; }},
           {"nodes[0].name", [](Spec& spec) { spec.nodes[0].name = {}; }},
           {"nodes[0].address", [](Spec& spec) { spec.nodes[0].address = {}; }},
           {"nodes[0].boot", [](Spec& spec) { spec.default_boot.value.reset(); }},  // given, but unreadable
       }) {
    CAPTURE(missing);
    auto spec = good;
    remove(spec);
    auto validation = validate(spec);
    CHECK_FALSE(validation.cluster);
    REQUIRE(codes(validation.diagnostics) == Texts{"spec.incomplete"});
    CHECK(validation.diagnostics[0].key == missing);
  }
}

TEST_CASE("what the reader could not read is not told a second time") {
  auto text = ClusterText()
                  .with("server", "server: {name: server, address: 10.0.0.300, release: bookwurm}")
                  .with("images", "images: {debian: {path: [], release: bookworm}}")
                  .with("boot",
                        "boot: {debian: {image: debian, kernel: k, initrd: [i], initramfs: dracut}, "
                        "krg: {image: debian, kernel: k, kerrighed: 1}}")
                  .with("nodes",
                        "nodes: [{name: n1, address: 10.0.0.11, mac: [[]], boot_file: mac}, "
                        "{name: n2, address: 10.0.0.12, mac: '52:54:00:00:00:02', boot: [debian]}, "
                        "{name: n3, address: 10.0.0.13, mac: '52:54:00:00:00:03', boot: krg, node_id: 3}]");
  auto reading = read_spec(text.marked(), "cluster.yaml");
  CHECK(reading.diagnostics.size() == 7);
  auto validation = validate(reading.spec);
  CHECK_FALSE(validation.cluster);
  CHECK(codes(validation.diagnostics) == Texts{"spec.incomplete"});
}

TEST_CASE("names that stand twice are refused where a program builds the spec itself") {
  auto spec = read_spec(ClusterText().marked(), "cluster.yaml").spec;
  SECTION("images") {
    spec.images.push_back(spec.images[0]);
    spec.images[1].path.value = "/srv/nfs/other";
    CHECK(codes(validate(spec).diagnostics) == Texts{"image.duplicate_name"});
  }
  SECTION("boot entries") {
    spec.boot.push_back(spec.boot[0]);
    CHECK(codes(validate(spec).diagnostics) == Texts{"boot.duplicate_name"});
  }
}

TEST_CASE("no text of a spec can forge a line of a message") {
  const std::string hostile = "x\n\x1b[2Jcluster.yaml:1:1: all is fine";
  auto spec = read_spec(ClusterText().marked(), "cluster.yaml").spec;
  spec.name.value = hostile;
  spec.server.tftp_root.value = "/srv/nfs/" + hostile;
  spec.networks[0].ntp.value = {{hostile, {1, 1}}};
  spec.networks[0].extra.value = {{hostile, {1, 1}}};
  spec.images[0].name = hostile;
  spec.images[0].path.value = "/srv/nfs/" + hostile + "/x";
  spec.images[0].locale.value = hostile;
  spec.images[0].mirror.value = hostile;
  WritableSpec writable;
  writable.path = {"/" + hostile, {1, 1}};
  spec.images[0].writable.value = {{writable, {1, 1}}};
  spec.images[0].components.value = {{hostile, {1, 1}}};
  spec.images[0].packages.value = {{hostile, {1, 1}}};
  spec.images[0].clients.value = {{hostile, {1, 1}}};
  spec.images.push_back(spec.images[0]);
  spec.boot[0].name = hostile;
  spec.boot[0].kernel.value = hostile;
  spec.boot[0].append.value = {{hostile, {1, 1}}};
  spec.boot[0].extra.value = {{hostile, {1, 1}}};
  spec.boot.push_back(spec.boot[0]);
  spec.default_boot.value = hostile + hostile;
  spec.nodes[0].name.value = {{hostile, {1, 1}}};
  spec.nodes[0].address.value = {{hostile, {1, 1}}};
  spec.nodes[0].mac.value = {{hostile, {1, 1}}};
  spec.nodes[0].uuid.value = {{hostile, {1, 1}}};
  spec.nodes[0].node_id.value = {{hostile, {1, 1}}};
  spec.nodes[0].boot.value = hostile + hostile;
  auto findings = validate(spec).diagnostics;
  CHECK(findings.size() > 20);
  for (const auto& finding : findings) {
    CAPTURE(finding.code);
    CHECK_FALSE(has_control(finding.to_string()));
    CHECK_FALSE(has_control(finding.key));
  }
}
