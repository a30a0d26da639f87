// boot_files CLUSTER.YAML: every node of a cluster with its address, its boot entry and the boot file it will
// load.

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
    // A ConfigError or ValidationError lists everything that is wrong, one finding a line.
    std::cerr << error.what() << '\n';
    return 1;
  }
}
