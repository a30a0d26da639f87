// Applies a cluster.yaml to a root, for tests that kill it at every system call: krgbootctl apply without
// Python, whose own system calls are many and none of krgboot's. The daemons' checks are left out: they run
// in processes of their own.
//
//   apply_driver apply SPEC ROOT     exit status 1 and one line where apply throws
//   apply_driver plan SPEC ROOT      what any reading command does first: puts right what a killed one left

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
