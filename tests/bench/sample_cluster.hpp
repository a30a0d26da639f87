#pragma once

#include <cstddef>
#include <string>

namespace bench {

enum class Form {
  explicit_entries,  ///< one entry of `nodes:` for each node
  ranges,            ///< one entry for a thousand nodes
};

/// A cluster.yaml with that many nodes, a multiple of 1 000 up to 250 000. Each node has its own boot file,
/// because its `append` differs from that of default_boot; a third of them by MAC address. `changed`: one
/// node in the middle has a different `append`; only with explicit entries.
std::string sample_cluster(std::size_t nodes, Form form, bool changed = false);

/// Makes the files below a root that the sample needs and krgboot does not make: the image with kernel and
/// initrd, pxelinux.
void make_surroundings(const std::string& root);

}  // namespace bench
