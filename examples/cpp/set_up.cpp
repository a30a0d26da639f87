// set_up CLUSTER.YAML ROOT [--apply]: shows what would change beneath ROOT to make it the boot server of the
// cluster, and with --apply writes it, all or nothing. ROOT is "/" or a staged tree.

#include <iostream>
#include <string_view>

#include <krgboot/krgboot.hpp>

int main(int argc, char** argv) {
  const bool writes = argc == 4 && std::string_view(argv[3]) == "--apply";
  if (argc != 3 && !writes) {
    std::cerr << "usage: set_up CLUSTER.YAML ROOT [--apply]\n";
    return 64;
  }
  try {
    const auto cluster = krgboot::load_cluster_file(argv[1]);
    const auto proposal = krgboot::propose(cluster, krgboot::Root(argv[2]));
    std::cout << to_string(proposal.changes);
    if (!writes) return 0;

    krgboot::ApplyOptions options;
    options.allow_missing = true;  // the image may be made later
    const auto report = krgboot::apply(proposal, options);
    std::cout << report.changes.changes.size() << " changes written under krgboot " << KRGBOOT_VERSION
              << '\n';
    std::cout << (krgboot::propose(cluster, krgboot::Root(argv[2])).changes.empty()
                      ? "nothing is left to change"
                      : "changes are left")
              << '\n';
  } catch (const krgboot::ConflictError& error) {
    std::cerr << error.what() << '\n';
    if (!error.overridden_by().empty())
      std::cerr << "ApplyOptions::" << error.overridden_by() << " writes it\n";
    return 1;
  } catch (const krgboot::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
