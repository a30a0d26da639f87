#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/formats/kernel/command_line.hpp"

#include <optional>
#include <vector>

namespace krgboot {

/// What a Kerrighed kernel reads from its command line. It panics without a session id, and without a node id
/// unless autonodeid gives it one: the last octet of the address that the kernel itself got.
struct KerrighedParameters {
  std::optional<int> session_id;  ///< 1 to 9999
  std::optional<bool> autonodeid;
  std::optional<int> node_id;       ///< 0 to 255
  std::optional<int> nb_nodes_min;  ///< 1 to 256: the cluster starts when so many nodes are there
  friend bool operator==(const KerrighedParameters&, const KerrighedParameters&) = default;
};

/// Those that are given, in the order above. Throws ArgumentError "kerrighed.range".
KRGBOOT_EXPORT std::vector<KernelParameter> kerrighed_parameters(const KerrighedParameters& parameters);

struct KerrighedReading {
  KerrighedParameters parameters;
  Diagnostics diagnostics;  ///< "kerrighed.value": not a number, or out of range
};

/// The inverse. Parameters that are not there, or not readable, are nullopt.
KRGBOOT_EXPORT KerrighedReading find_kerrighed_parameters(const KernelCommandLine& line);

}  // namespace krgboot
