#include "cluster_text.hpp"

using namespace krgboot;
using namespace krgboot::test;

namespace {

/// A network beside the server's; the nodes of the small cluster stay in the server's network.
ClusterText second(const std::string& fields) {
  return ClusterText().with("networks",
                            "networks:\n  - {subnet: 10.0.0.0/24, router: 10.0.0.1}\n  - {" + fields + "}");
}

/// The only network, which contains the server and the nodes.
ClusterText only(const std::string& fields) {
  return ClusterText().with("networks", "networks: [{" + fields + "}]");
}

ClusterText pool(const std::string& fields) {
  return only("subnet: 10.0.0.0/24, router: 10.0.0.1, dns: [10.0.0.4], pool: " + fields);
}

}  // namespace

TEST_CASE("networks do not overlap") {
  accepted(second("subnet: 10.0.1.0/24"));
  accepted(second("subnet: 9.255.255.0/24"));
  for (const auto& subnet : Texts{"10.0.0.0/24", "10.0.0.128/25", "10.0.0.255/32"}) {
    CAPTURE(subnet);
    auto finding = refused(second("subnet: ^" + subnet), "network.overlap", "networks[1].subnet");
    CHECK(contains(finding.message, subnet + " overlaps with 10.0.0.0/24 (cluster.yaml:5:14)"));
  }
}

TEST_CASE("a network that holds an earlier one overlaps with it, too") {
  for (const auto& subnet : Texts{"10.0.0.0/23", "8.0.0.0/5"}) {
    CAPTURE(subnet);
    refused(second("subnet: ^" + subnet + ", router: 10.0.0.1"), "network.overlap", "networks[1].subnet");
  }
}

TEST_CASE("every network that overlaps with another is named once") {
  auto text = ClusterText().with("networks",
                                 "networks:\n"
                                 "  - {subnet: 10.0.0.0/24, router: 10.0.0.1}\n"
                                 "  - {subnet: 10.1.1.0/24}\n"
                                 "  - {subnet: 10.1.0.0/16}\n"
                                 "  - {subnet: 10.1.2.0/24}\n"
                                 "  - {subnet: 10.2.0.0/16}\n");
  auto findings = judge(text.marked()).diagnostics;
  CHECK(codes(findings) == Texts{"network.overlap", "network.overlap"});
  CHECK(findings[0].key == "networks[2].subnet");
  CHECK(findings[1].key == "networks[3].subnet");
}

TEST_CASE("a network holds addresses of machines only") {
  for (const auto& subnet : Texts{"1.0.0.0/8", "126.0.0.0/8", "128.0.0.0/8", "192.0.0.0/4", "223.0.0.0/8"}) {
    CAPTURE(subnet);
    accepted(second("subnet: " + subnet));
  }
  for (const auto& subnet : Texts{"0.0.0.0/8", "127.0.0.0/8", "127.0.0.1/32", "64.0.0.0/2", "126.0.0.0/7",
                                  "224.0.0.0/4", "192.0.0.0/2", "255.255.255.255/32"}) {
    CAPTURE(subnet);
    refused(second("subnet: ^" + subnet), "network.not_unicast", "networks[1].subnet");
  }
}

TEST_CASE("a network of all addresses is refused with all that it swallows") {
  auto validation = judge(only("subnet: 0.0.0.0/0, router: 10.0.0.1").marked());
  CHECK(codes(validation.diagnostics) == Texts{"network.not_unicast"});
}

TEST_CASE("a router is a machine of its network") {
  accepted(second("subnet: 10.0.1.0/24, router: 10.0.1.1"));
  accepted(second("subnet: 10.0.1.0/24, router: 10.0.1.254"));
  accepted(second("subnet: 10.0.1.0/31, router: 10.0.1.0"));
  accepted(second("subnet: 10.0.1.0/31, router: 10.0.1.1"));
  accepted(second("subnet: 10.0.1.7/32, router: 10.0.1.7"));
  refused(second("subnet: 10.0.1.0/24, router: ^10.0.2.0"), "network.router_outside", "networks[1].router");
  refused(second("subnet: 10.0.1.0/24, router: ^10.0.0.255"), "network.router_outside", "networks[1].router");
  refused(second("subnet: 10.0.1.0/24, router: ^10.0.1.0"), "network.router_reserved", "networks[1].router");
  refused(second("subnet: 10.0.1.0/24, router: ^10.0.1.255"), "network.router_reserved",
          "networks[1].router");
  refused(second("subnet: 10.0.1.0/30, router: ^10.0.1.3"), "network.router_reserved", "networks[1].router");
}

TEST_CASE("name and time servers are machines") {
  accepted(second(
      "subnet: 10.0.1.0/24, dns: [10.0.0.2, 9.9.9.9], ntp: [ntp.lab.home, ntp, 10.0.0.2, 1.pool.home]"));
  refused(second("subnet: 10.0.1.0/24, dns: [9.9.9.9, ^0.0.0.0]"), "network.dns_not_host",
          "networks[1].dns[1]");
  refused(second("subnet: 10.0.1.0/24, dns: [^255.255.255.255]"), "network.dns_not_host",
          "networks[1].dns[0]");
  for (const auto& server : Texts{"127.0.0.1", "10.0.0.256", "10.0.0", "ntp_1", "ntp.home.", "'a b'", "'a;b'",
                                  "'\"'", "'2001:db8::1'"}) {
    CAPTURE(server);
    refused(second("subnet: 10.0.1.0/24, ntp: [ntp, ^" + server + "]"), "network.ntp_syntax",
            "networks[1].ntp[1]");
  }
}

TEST_CASE("a pool is a part of its network without its special addresses") {
  accepted(pool("{first: 10.0.0.200, last: 10.0.0.200}"));
  accepted(pool("{first: 10.0.0.14, last: 10.0.0.254}"));
  refused(pool("{first: ^10.0.0.201, last: 10.0.0.200}"), "pool.reversed", "networks[0].pool.first");
  refused(pool("{first: 10.0.0.200, last: ^10.0.1.0}"), "pool.outside_network", "networks[0].pool.last");
  refused(pool("{first: 10.0.0.200, last: ^10.0.0.255}"), "pool.reserved_address", "networks[0].pool.last");
  refused(second("subnet: 10.0.1.0/24, router: 10.0.1.9, pool: {first: ^10.0.0.255, last: 10.0.1.5}"),
          "pool.outside_network", "networks[1].pool.first");
  refused(second("subnet: 10.0.1.0/24, router: 10.0.1.9, pool: {first: ^10.0.1.0, last: 10.0.1.5}"),
          "pool.reserved_address", "networks[1].pool.first");
  accepted(second("subnet: 10.0.1.2/31, router: 10.0.1.3, pool: {first: 10.0.1.2, last: 10.0.1.2}"));
}

TEST_CASE("a pool leaves out the server, the router and the nodes") {
  accepted(pool("{first: 10.0.0.5, last: 10.0.0.10}"));
  auto finding = refused(pool("{first: ^10.0.0.2, last: 10.0.0.3}"), "pool.holds_server", "networks[0].pool");
  CHECK(contains(finding.message,
                 "10.0.0.2 to 10.0.0.3 holds the server's address 10.0.0.2 (cluster.yaml:3:33)"));
  refused(only("subnet: 10.0.0.0/24, router: 10.0.0.100, pool: {first: ^10.0.0.99, last: 10.0.0.100}"),
          "pool.holds_router", "networks[0].pool");
  accepted(only("subnet: 10.0.0.0/24, router: 10.0.0.100, pool: {first: 10.0.0.101, last: 10.0.0.102}"));
  warned(pool("{first: ^10.0.0.4, last: 10.0.0.5}"), "pool.holds_dns", "networks[0].pool");
  auto nodes =
      only("subnet: 10.0.0.0/24, router: 10.0.0.1, pool: {first: 10.0.0.13, last: 10.0.0.20}")
          .with("nodes",
                "nodes: [{name: 'n[1-3]', address: ^'10.0.0.[11-13]', mac: '52:54:00:00:00:[01-03]'}]");
  finding = refused(nodes, "node.address_in_pool", "nodes[0].address");
  CHECK(contains(finding.message, "10.0.0.13 of n3"));
}

TEST_CASE("a pool's addresses are a machine's for a time") {
  auto with_lease = [](const std::string& lease) {
    return pool("{first: 10.0.0.200, last: 10.0.0.201, lease: " + lease + "}");
  };
  for (const auto* lease : {"7d", "1d", "24h", "1440m", "86400s", "3550w"}) {
    CAPTURE(lease);
    accepted(with_lease(lease));
  }
  warned(with_lease("^23h"), "pool.short_lease", "networks[0].pool.lease");
  warned(with_lease("^1s"), "pool.short_lease", "networks[0].pool.lease");
  refused(with_lease("^3551w"), "pool.lease", "networks[0].pool.lease");
  refused(with_lease("^999999d"), "pool.lease", "networks[0].pool.lease");
}

TEST_CASE("a pool whose machines are denied is of no use") {
  accepted(pool("{first: 10.0.0.200, last: 10.0.0.201}, unknown_clients: allow"));
  warned(only("subnet: 10.0.0.0/24, router: 10.0.0.1, ^pool: {first: 10.0.0.200, last: 10.0.0.201}, "
              "unknown_clients: deny"),
         "pool.denied", "networks[0].pool");
}

TEST_CASE("a pool's machines have something to boot") {
  auto text = [](const std::string& networks) {
    return ClusterText()
        .with("networks", networks)
        .with("default_boot", "")
        .with("nodes", "nodes: [{name: n1, address: 10.0.0.11, mac: '52:54:00:00:00:01', boot: debian}]");
  };
  accepted(text("networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1}]"));
  warned(text("networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1, ^pool: {first: 10.0.0.200, last: "
              "10.0.0.201}}]"),
         "pool.nothing_to_boot", "networks[0].pool");
}

TEST_CASE("a pool's host names are names") {
  auto prefix = [](const std::string& name) {
    return pool("{first: 10.0.0.200, last: 10.0.0.201, host_prefix: " + name + "}");
  };
  accepted(prefix("guest"));
  accepted(prefix(std::string(60, 'g')));
  refused(prefix("^" + std::string(61, 'g')), "pool.host_prefix_too_long", "networks[0].pool.host_prefix");
  // 60 + 3 + 1 + 189 characters are 253.
  const std::string label(47, 'd');
  auto domain = [&](std::size_t last) {
    return "cluster: {name: lab, domain: " + label + "." + label + "." + label + "." +
           std::string(last, 'd') + "}";
  };
  accepted(prefix(std::string(60, 'g')).with("cluster", domain(45)));
  refused(prefix("^" + std::string(60, 'g')).with("cluster", domain(46)), "name.too_long",
          "networks[0].pool.host_prefix");
}

TEST_CASE("no machine of a pool has the name of another machine") {
  auto text = [](const std::string& server, const std::string& node) {
    return ClusterText()
        .with("server", "server: {name: " + server + ", address: 10.0.0.2, release: bookworm}")
        .with("networks",
              "networks:\n"
              "  - {subnet: 10.0.0.0/24, router: 10.0.0.1, pool: {first: 10.0.0.150, last: 10.0.0.199, "
              "host_prefix: krgnode}}")
        .with("nodes", "nodes: [{name: " + node + ", address: 10.0.0.11, mac: '52:54:00:00:00:01'}]");
  };
  for (const auto& name : Texts{"krgnode149", "krgnode200", "krgnode0150", "krgnode", "krgnode1500",
                                "krgnod150", "xkrgnode150"}) {
    CAPTURE(name);
    accepted(text("server", name));
    accepted(text(name, "n1"));
  }
  for (const auto& name : Texts{"krgnode150", "krgnode199", "KrgNode160"}) {
    CAPTURE(name);
    auto finding = refused(text("server", "^" + name), "node.name_in_pool", "nodes[0].name");
    CHECK(contains(finding.message, "(cluster.yaml:5:"));
    refused(text("^" + name, "n1"), "server.name_in_pool", "server.name");
  }
}

TEST_CASE("the names of a pool's machines differ") {
  auto large = [](const std::string& last, const std::string& prefix) {
    return ClusterText().with(
        "networks", "networks: [{subnet: 10.0.0.0/16, router: 10.0.0.1, pool: {first: 10.0.1.0, last: " +
                        last + ", host_prefix: " + prefix + "}}]");
  };
  accepted(large("10.0.1.255", "guest"));
  refused(large("10.0.2.0", "^guest"), "pool.host_names_clash", "networks[0].pool.host_prefix");

  auto two = [](const std::string& first, const std::string& last, const std::string& prefix) {
    return ClusterText().with("networks",
                              "networks:\n"
                              "  - {subnet: 10.0.0.0/24, router: 10.0.0.1, pool: {first: 10.0.0.200, last: "
                              "10.0.0.209, host_prefix: guest}}\n"
                              "  - {subnet: 10.0.1.0/24, router: 10.0.1.1, pool: {first: " +
                                  first + ", last: " + last + ", host_prefix: " + prefix + "}}");
  };
  accepted(two("10.0.1.210", "10.0.1.220", "guest"));
  accepted(two("10.0.1.200", "10.0.1.209", "visitor"));
  auto finding = refused(two("10.0.1.209", "10.0.1.220", "^Guest"), "pool.host_names_clash",
                         "networks[1].pool.host_prefix");
  CHECK(contains(finding.message, "10.0.0.0/24"));
  CHECK(contains(finding.message, "Guest209"));
  // "guest" with octet 209 and "guest20" with octet 9 give the same name.
  accepted(two("10.0.1.10", "10.0.1.20", "guest20"));
  refused(two("10.0.1.9", "10.0.1.20", "^guest20"), "pool.host_names_clash", "networks[1].pool.host_prefix");
}

TEST_CASE("a network whose machines have no router is only a warning") {
  auto near = warned(only("subnet: ^10.0.0.0/24"), "network.no_router", "networks[0]");
  CHECK_FALSE(contains(near.message, "server"));
  auto far = warned(second("subnet: ^10.0.1.0/24, pool: {first: 10.0.1.5, last: 10.0.1.6}"),
                    "network.no_router", "networks[1]");
  CHECK(contains(far.message, "not even the server 10.0.0.2"));
  accepted(second("subnet: 10.0.1.0/24"));  // no machines
}

TEST_CASE("raw lines of a network stay within themselves") {
  accepted(second("subnet: 10.0.1.0/24, extra: ['max-lease-time 7200;']"));
  refused(second("subnet: 10.0.1.0/24, extra: [^'}']"), "dhcpd.stray_brace", "networks[1].extra[0]");
}
