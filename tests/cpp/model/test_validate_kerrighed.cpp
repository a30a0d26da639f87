#include "cluster_text.hpp"

using namespace krgboot;
using namespace krgboot::test;

namespace {

const std::string two_networks =
    "networks:\n"
    "  - {subnet: 10.0.0.0/24, router: 10.0.0.1}\n"
    "  - {subnet: 10.0.1.0/24, router: 10.0.1.1}";

/// A Kerrighed cluster in two networks; the test gives the boot entries.
ClusterText kerrighed_cluster(const std::string& boot, const std::string& nodes,
                              const std::string& networks = two_networks) {
  return ClusterText()
      .with("networks", networks)
      .with("boot", "boot:\n  debian: {image: debian, kernel: vmlinuz}\n" + boot)
      .with("nodes", "nodes:\n" + nodes);
}

const std::string by_address = "  krg: {image: debian, kernel: krg, kerrighed: {session_id: 1}}";
const std::string by_number =
    "  krg: {image: debian, kernel: krg, kerrighed: {session_id: 1, autonodeid: false}}";

std::string krg_node(const std::string& name, const std::string& address, const std::string& more = "") {
  static int number = 0;
  ++number;
  return fmt::format("  - {{name: {}, address: {}, mac: '52:54:00:01:{:02x}:{:02x}', boot: krg{}}}\n", name,
                     address, number / 256, number % 256, more);
}

}  // namespace

TEST_CASE("a session_id is 1 to 9999") {
  auto session = [](const std::string& id) {
    auto reading = read_spec(unmark(kerrighed_cluster(by_address, krg_node("n1", "10.0.0.11")).marked()).text,
                             "cluster.yaml");
    REQUIRE(reading.diagnostics.empty());
    reading.spec.boot[1].kerrighed.value->session_id.value = std::stoll(id);
    return validate(reading.spec);
  };
  for (const auto& id : Texts{"1", "9999"}) CHECK(session(id).cluster);
  for (const auto& id : Texts{"0", "10000", "-1"}) {
    CHECK(codes(session(id).diagnostics) == Texts{"kerrighed.session_id"});
  }
  // The same when read from a file.
  refused(kerrighed_cluster("  krg: {image: debian, kernel: krg, kerrighed: {session_id: ^10000}}",
                            krg_node("n1", "10.0.0.11")),
          "kerrighed.session_id", "boot.krg.kerrighed.session_id");
}

TEST_CASE("last octets are unique in all networks of a session") {
  accepted(kerrighed_cluster(by_address, krg_node("n1", "10.0.0.11") + krg_node("n2", "10.0.1.12")));
  auto finding =
      refused(kerrighed_cluster(by_address, krg_node("n1", "10.0.0.11") + krg_node("n2", "^10.0.1.11")),
              "kerrighed.duplicate_node_id", "nodes[1].address");
  CHECK(finding.message == "n2 and n1 (cluster.yaml:13:25) would both be node 11 of Kerrighed session 1");
  // Not reported if one of them boots something else.
  accepted(kerrighed_cluster(
      by_address, krg_node("n1", "10.0.0.11") +
                      "  - {name: n2, address: 10.0.1.11, mac: '52:54:00:00:00:01', boot: debian}\n"));
}

TEST_CASE("what makes two node ids one is told once") {
  refused(kerrighed_cluster(by_address, krg_node("n1", "10.0.0.11") + krg_node("n2", "^10.0.0.11")),
          "node.duplicate_address", "nodes[1].address");
  refused(
      kerrighed_cluster(
          by_address, krg_node("n1", "^10.0.0.11"),
          "networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1, pool: {first: 10.0.0.11, last: 10.0.0.12}}]")
          .with("default_boot", "default_boot: krg"),
      "node.address_in_pool", "nodes[0].address");
}

TEST_CASE("the entries of one session share its node ids") {
  const std::string entries =
      "  krg: {image: debian, kernel: krg, kerrighed: {session_id: 1}}\n"
      "  krg2: {image: debian, kernel: krg2, kerrighed: {session_id: 1, autonodeid: false}}";
  auto with_id = [&](const std::string& id) {
    return kerrighed_cluster(
        entries, krg_node("n1", "10.0.0.11") +
                     "  - {name: n2, address: 10.0.0.12, mac: '52:54:00:00:00:01', boot: krg2, node_id: " +
                     id + "}\n");
  };
  accepted(with_id("12"));
  accepted(with_id("10"));
  refused(with_id("^11"), "kerrighed.duplicate_node_id", "nodes[1].node_id");
}

TEST_CASE("without autonodeid every node has a node_id of its own") {
  accepted(kerrighed_cluster(
      by_number,
      "  - {name: 'n[1-3]', address: '10.0.0.[11-13]', mac: '52:54:00:02:00:[01-03]', boot: krg, "
      "node_id: [0, 255, 7]}\n"));
  auto finding = refused(kerrighed_cluster(by_number, krg_node("n1", "10.0.0.11", ", node_id: 1") +
                                                          krg_node("n2", "10.0.0.12", ", node_id: ^1")),
                         "kerrighed.duplicate_node_id", "nodes[1].node_id");
  CHECK(contains(finding.message, "n2 and n1"));
  accepted(kerrighed_cluster(
      by_number, krg_node("n1", "10.0.0.11", ", node_id: 1") + krg_node("n2", "10.0.1.11", ", node_id: 2")));
  refused(kerrighed_cluster(by_number, "  - ^" + krg_node("n1", "10.0.0.11").substr(4)),
          "node.node_id_missing", "nodes[0]");
  refused(kerrighed_cluster(by_number, krg_node("n1", "10.0.0.11", ", node_id: ^256")), "node.node_id_syntax",
          "nodes[0].node_id");
  refused(kerrighed_cluster(by_number, krg_node("n1", "10.0.0.11", ", node_id: ^'01'")),
          "node.node_id_syntax", "nodes[0].node_id");
  refused(kerrighed_cluster(by_address, krg_node("n1", "10.0.0.11", ", node_id: ^1")), "node.node_id_unused",
          "nodes[0].node_id");
}

TEST_CASE("a session holds 256 nodes, 128 without autonodeid") {
  auto many = [](const std::string& boot, int count, bool ids) {
    auto text = fmt::format(
        "  - {{name: 'n[1-{}]', address: '10.2.0.[1-{}]', mac: '52:54:00:00:00:[00-{:02x}]', boot: krg",
        count, count, count - 1);
    if (ids) text += fmt::format(", node_id: '[0-{}]'", count - 1);
    return kerrighed_cluster(boot, text + "}\n", "networks: [{subnet: 10.0.0.0/8, router: 10.0.0.1}]");
  };
  accepted(many(by_number, 128, true));
  refused(
      many("  krg: {image: debian, kernel: krg, ^kerrighed: {session_id: 1, autonodeid: false}}", 129, true),
      "kerrighed.too_many_nodes", "boot.krg.kerrighed.session_id");
  accepted(many(by_address, 255, false));
  auto large = [](const std::string& boot, const std::string& last) {
    return kerrighed_cluster(
        boot,
        "  - {name: 'n[0-255]', address: '10.2.0.[0-255]', mac: '52:54:00:00:00:[00-ff]', boot: krg}\n"
        "  - {name: m, address: " +
            last + ", mac: '52:54:00:00:01:00', boot: debian}\n",
        "networks: [{subnet: 10.0.0.0/8, router: 10.0.0.1}]");
  };
  // The octets 0 and 255 are valid node ids.
  accepted(large(by_address, "10.3.0.1"));
  auto text = large("  krg: {image: debian, kernel: krg, ^kerrighed: {session_id: 1}}", "10.3.0.1")
                  .with("default_boot", "default_boot: debian");
  auto over = unmark(text.marked()).text;
  over.replace(over.rfind("boot: debian}"), 13, "boot: krg}");
  auto findings = judge(over).diagnostics;
  // The 257th node must share a node_id, which is not reported separately.
  CHECK(codes(findings) == Texts{"kerrighed.too_many_nodes"});
}

TEST_CASE("machines of a pool are members of the session that they boot into") {
  auto pool = [](const std::string& boot, const std::string& pools, const std::string& node_address) {
    return kerrighed_cluster(boot, krg_node("n1", node_address), "networks:\n" + pools)
        .with("default_boot", "default_boot: krg");
  };
  auto one = [](const std::string& first, const std::string& last, const std::string& more = "") {
    return "  - {subnet: 10.0.0.0/24, router: 10.0.0.1}\n"
           "  - {subnet: 10.0.1.0/24, router: 10.0.1.1, ^pool: {first: " +
           first + ", last: " + last + "}" + more + "}";
  };
  accepted(pool(by_address, unmark(one("10.0.1.12", "10.0.1.20")).text, "10.0.0.11"));
  auto finding = refused(pool(by_address, one("10.0.1.11", "10.0.1.20"), "10.0.0.11"),
                         "kerrighed.pool_node_id", "networks[1].pool");
  CHECK(contains(finding.message, "could be node 11 of Kerrighed session 1, as n1 (cluster.yaml:"));
  // Not reported if unknown machines are denied (which makes the pool useless) or boot something else.
  warned(pool(by_address, one("10.0.1.11", "10.0.1.20", ", unknown_clients: deny"), "10.0.0.11"),
         "pool.denied", "networks[1].pool");
  accepted(pool(by_address, unmark(one("10.0.1.11", "10.0.1.20")).text, "10.0.0.11")
               .with("default_boot", "default_boot: debian"));
  // Without autonodeid they get no node_id.
  auto numbered = kerrighed_cluster(by_number, krg_node("n1", "10.0.0.11", ", node_id: 1"),
                                    "networks:\n" + one("10.0.1.12", "10.0.1.20"));
  refused(numbered.with("default_boot", "default_boot: krg"), "kerrighed.pool_without_node_id",
          "networks[1].pool");
}

TEST_CASE("pools of one session differ in their last octets") {
  auto two = [](const std::string& pool, const std::string& mark) {
    return kerrighed_cluster(
               by_address, "",
               "networks:\n"
               "  - {subnet: 10.0.0.0/24, router: 10.0.0.1, pool: {first: 10.0.0.100, last: 10.0.0.110}}\n"
               "  - {subnet: 10.0.4.0/22, router: 10.0.4.1, " +
                   mark + "pool: " + pool + "}")
        .with("default_boot", "default_boot: krg")
        .with("nodes", "");
  };
  accepted(two("{first: 10.0.4.111, last: 10.0.4.120}", ""));
  refused(two("{first: 10.0.4.110, last: 10.0.4.120}", "^"), "kerrighed.pool_node_id", "networks[1].pool");
  auto finding = refused(two("{first: 10.0.4.111, last: 10.0.5.111}", "^"), "kerrighed.pool_node_id",
                         "networks[1].pool");
  CHECK(contains(finding.message, "257 addresses"));
}

TEST_CASE("an initramfs gives the kernel no address to number its node by") {
  accepted(kerrighed_cluster(by_address, krg_node("n1", "10.0.0.11")));
  warned(kerrighed_cluster(
             "  krg: {image: debian, kernel: krg, initrd: i, kerrighed: {session_id: 1, autonodeid: ^true}}",
             krg_node("n1", "10.0.0.11")),
         "kerrighed.initramfs_address", "boot.krg.kerrighed.autonodeid");
  warned(kerrighed_cluster("  krg: {image: debian, kernel: krg, initrd: i, ^kerrighed: {session_id: 1}}",
                           krg_node("n1", "10.0.0.11")),
         "kerrighed.initramfs_address", "boot.krg.kerrighed.autonodeid");
  accepted(kerrighed_cluster(
      "  krg: {image: debian, kernel: krg, initrd: i, kerrighed: {session_id: 1, autonodeid: false}}",
      krg_node("n1", "10.0.0.11", ", node_id: 1")));
}

TEST_CASE("two sessions in one network are probably one") {
  auto two = [](const std::string& id, const std::string& address) {
    return kerrighed_cluster(
        by_address + "\n  krg2: {image: debian, kernel: krg, kerrighed: {session_id: " + id + "}}",
        krg_node("'n[1-1]'", "10.0.0.11") + "  - {name: n2, address: " + address +
            ", mac: '52:54:00:00:00:01', boot: krg2}\n");
  };
  accepted(two("1", "10.0.0.12"));
  accepted(two("2", "10.0.1.12"));
  auto finding = warned(two("^2", "10.0.0.12"), "kerrighed.two_sessions", "boot.krg2.kerrighed.session_id");
  CHECK(contains(finding.message, "session 2 by krg2 and into session 1 by krg (cluster.yaml:"));
  // Each session has its own node ids.
  warned(two("^2", "10.0.0.11")
             .with("networks", "networks: [{subnet: 10.0.0.0/23, router: 10.0.0.1}]")
             .with("nodes", "nodes:\n" + krg_node("n1", "10.0.0.11") +
                                "  - {name: n2, address: 10.0.1.11, mac: '52:54:00:00:00:01', boot: krg2}\n"),
         "kerrighed.two_sessions", "boot.krg2.kerrighed.session_id");
}

TEST_CASE("a cluster does not wait for more nodes than there can be") {
  auto minimum = [](const std::string& count) {
    return kerrighed_cluster(
        "  krg: {image: debian, kernel: krg, kerrighed: {session_id: 1, nb_nodes_min: " + count + "}}",
        krg_node("n1", "10.0.0.11") + krg_node("n2", "10.0.0.12"));
  };
  accepted(minimum("1"));
  accepted(minimum("2"));
  warned(minimum("^3"), "kerrighed.nb_nodes_min_unreachable", "boot.krg.kerrighed.nb_nodes_min");
  accepted(minimum("3")
               .with("networks",
                     "networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1, pool: {first: 10.0.0.100, last: "
                     "10.0.0.100}}]")
               .with("default_boot", "default_boot: krg"));
  refused(minimum("^0"), "kerrighed.nb_nodes_min", "boot.krg.kerrighed.nb_nodes_min");
  refused(minimum("^257"), "kerrighed.nb_nodes_min", "boot.krg.kerrighed.nb_nodes_min");
}
