// boot_files CLUSTER.YAML: prints every node of a cluster with its address, its boot entry and its boot file.

#include <iostream>

#include <krgboot/base/error.hpp>
#include <krgboot/config/load.hpp>
#include <krgboot/model/cluster.hpp>
#include <krgboot/services/services.hpp>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: boot_files CLUSTER.YAML\n";
    return 64;
  }
  try {
    const auto cluster = krgboot::load_cluster_file(argv[1]);
    for (const auto& node : cluster.nodes()) {
      const auto file =
          cluster.needs_own_boot_file(node) ? krgboot::boot_file_name(cluster, node) : "default";
      std::cout << node.name.to_string() << ' ' << node.address.to_string() << ' '
                << cluster.boot_of(node).name << ' ' << file << '\n';
    }
  } catch (const krgboot::Error& error) {
    // A ConfigError or ValidationError lists all findings, one per line.
    std::cerr << error.what() << '\n';
    return 1;
  }
}
