#include "krgboot/config/load.hpp"
#include "krgboot/formats/block.hpp"
#include "krgboot/formats/root_tree/hosts.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "catch.hpp"

using namespace krgboot;

namespace {

Cluster cluster_on(const std::string& networks, const std::string& names = "ssi[1-2]") {
  return load_cluster(fmt::format(R"(
version: 1
cluster: {{name: mycluster, domain: mycluster.home}}
server: {{name: server, address: 192.168.0.2, release: bookworm}}
networks: {}
images: {{i: {{path: /i, release: bookworm, root: ro}}}}
boot: {{e: {{image: i, kernel: k}}}}
default_boot: e
nodes: [{{name: "{}", address: "192.168.0.[101-102]", mac: "52:54:00:00:00:[01-02]"}}]
)",
                                  networks, names));
}

}  // namespace

TEST_CASE("hosts of a cluster") {
  CHECK(hosts::render_block(cluster_on("[{subnet: 192.168.0.0/24, router: 192.168.0.1}]")) ==
        "192.168.0.2\tserver.mycluster.home server\n"
        "192.168.0.101\tssi1.mycluster.home ssi1\n"
        "192.168.0.102\tssi2.mycluster.home ssi2\n");
}

TEST_CASE("machines of a pool have the names that DHCP gives them") {
  auto cluster = cluster_on(
      "[{subnet: 192.168.0.0/24, router: 192.168.0.1, "
      "pool: {first: 192.168.0.150, last: 192.168.0.152, host_prefix: krgnode}}]");
  CHECK(hosts::render_block(cluster) ==
        "192.168.0.2\tserver.mycluster.home server\n"
        "192.168.0.101\tssi1.mycluster.home ssi1\n"
        "192.168.0.102\tssi2.mycluster.home ssi2\n"
        "# pool 192.168.0.150 - 192.168.0.152\n"
        "192.168.0.150\tkrgnode150.mycluster.home krgnode150\n"
        "192.168.0.151\tkrgnode151.mycluster.home krgnode151\n"
        "192.168.0.152\tkrgnode152.mycluster.home krgnode152\n");
  const auto& pool = *cluster.networks()[0].pool;
  auto file = hosts::HostsFile::parse(hosts::render_block(cluster));
  CHECK(file.diagnostics().empty());
  for (auto bits = pool.range.first.bits(); bits <= pool.range.last.bits(); ++bits) {
    CHECK(file.address_of(*pool.host_name(Ipv4Address(bits))) == Ipv4Address(bits));
  }

  SECTION("a pool without prefix has none") {
    CHECK(hosts::render_block(cluster_on("[{subnet: 192.168.0.0/24, router: 192.168.0.1, "
                                         "pool: {first: 192.168.0.150, last: 192.168.0.152}}]"))
              .find("pool") == std::string::npos);
  }
}

TEST_CASE("what the block says is read back") {
  auto cluster = cluster_on("[{subnet: 192.168.0.0/24, router: 192.168.0.1}]");
  auto text = set_block("127.0.0.1\tlocalhost\n", "hosts", hosts::render_block(cluster));
  auto file = hosts::HostsFile::parse(text);
  CHECK(file.diagnostics().empty());
  CHECK(file.address_of("localhost") == Ipv4Address::from_string("127.0.0.1"));
  CHECK(file.address_of("server") == cluster.server().address);
  for (const auto& node : cluster.nodes()) {
    CHECK(file.address_of(node.name.to_string()) == node.address);
    CHECK(file.names_of(node.address).front() == node.name.to_string() + ".mycluster.home");
  }
}

TEST_CASE("a pool over two networks of 256") {
  auto block = hosts::render_block(
      cluster_on("[{subnet: 192.168.0.0/16, router: 192.168.0.1, "
                 "pool: {first: 192.168.1.254, last: 192.168.2.1, host_prefix: krgnode}}]"));
  auto file = hosts::HostsFile::parse(block);
  CHECK(file.entries().size() == 3 + 4);
  for (const auto& entry : file.entries()) {
    CHECK(file.address_of(entry.names.back()) == entry.ipv4);
    CHECK(entry.names ==
          std::vector<std::string>{entry.names.back() + ".mycluster.home", entry.names.back()});
  }
}
