// Applies a cluster.yaml to a root, for tests that kill it at every system call. It replaces krgbootctl,
// because Python itself makes many system calls. The daemons' checks are left out: they run in other
// processes.
//
//   apply_driver apply SPEC ROOT     exit status 1 and one line on stderr if apply throws
//   apply_driver plan SPEC ROOT      the first work of every reading command: recovers from a killed one

#include "krgboot/apply/apply.hpp"
#include "krgboot/base/error.hpp"
#include "krgboot/config/load.hpp"

#include <cstdio>
#include <string>

int main(int argc, char** argv) {
  if (argc != 4) return 64;
  try {
    auto cluster = krgboot::load_cluster_file(argv[2]);
    krgboot::Root root(argv[3]);
    if (std::string(argv[1]) == "plan") {
      auto proposal = krgboot::propose(cluster, root);
      std::printf("%zu changes\n", proposal.changes.changes.size());
      return 0;
    }
    krgboot::ApplyOptions options;
    options.check = false;
    auto report = krgboot::apply(cluster, root, options);
    std::printf("%zu changes\n", report.changes.changes.size());
    return 0;
  } catch (const krgboot::Error& error) {
    std::fprintf(stderr, "%s: %s\n", error.code().c_str(), error.what());
    return 1;
  }
}
