// Operations on whole images, for tests/python/test_image_faults.py, which kills it at system calls and makes
// them fail:
//
//     image_driver archive TREE FILE     replaces FILE and FILE.manifest
//     image_driver restore FILE ROOT     restores to /target in ROOT, replacing it
//     image_driver clone TREE ROOT       clones to /target in ROOT, replacing it
//     image_driver verify TREE MANIFEST  exit status 2 if there are differences
//
// Exit status 1 and one line on stderr after an error.

#include "krgboot/base/error.hpp"
#include "krgboot/tree/archive.hpp"
#include "krgboot/tree/clone.hpp"
#include "krgboot/tree/restore.hpp"
#include "krgboot/tree/verify.hpp"

#include <cstdio>
#include <string>

namespace {

// One thread, where the options allow that: the same calls in the same order each time.
template <class Options>
Options one_at_a_time() {
  Options options;
  options.threads = 1;
  return options;
}

template <class Options>
Options replacing() {
  auto options = one_at_a_time<Options>();
  options.replace = true;
  return options;
}

int run(const std::string& action, const std::string& from, const std::string& to) {
  if (action == "archive") {
    krgboot::archive(krgboot::Root(from), to, replacing<krgboot::ArchiveOptions>());
  } else if (action == "restore") {
    auto options = replacing<krgboot::RestoreOptions>();
    options.devices = krgboot::Devices::all;
    krgboot::restore(from, krgboot::Root(to), "/target", options);
  } else if (action == "clone") {
    krgboot::clone(krgboot::Root(from), krgboot::Root(to), "/target", replacing<krgboot::CloneOptions>());
  } else if (action == "verify") {
    auto report = krgboot::verify_tree(krgboot::Root(from), to, one_at_a_time<krgboot::VerifyOptions>());
    for (const auto& difference : report.differences) std::puts(to_string(difference).c_str());
    return report.same() ? 0 : 2;
  } else {
    return 64;
  }
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    std::fprintf(stderr, "usage: image_driver archive|restore|clone|verify FROM TO\n");
    return 64;
  }
  try {
    return run(arguments[1], arguments[2], arguments[3]);
  } catch (const krgboot::Error& error) {
    std::fprintf(stderr, "%s: %s\n", error.code().c_str(), error.what());
    return 1;
  }
}
