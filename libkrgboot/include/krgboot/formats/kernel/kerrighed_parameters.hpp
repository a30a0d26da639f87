#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/export.hpp"
#include "krgboot/formats/kernel/command_line.hpp"

#include <optional>
#include <vector>

namespace krgboot {

/// Parameters of a Kerrighed kernel on its command line. The kernel panics without a session id. It also
/// panics without a node id, unless autonodeid derives it from the last octet of the address that the kernel
/// itself got.
struct KerrighedParameters {
  std::optional<int> session_id;  ///< 1 to 9999
  std::optional<bool> autonodeid;
  std::optional<int> node_id;       ///< 0 to 255
  std::optional<int> nb_nodes_min;  ///< 1 to 256: number of nodes at which the cluster starts
  friend bool operator==(const KerrighedParameters&, const KerrighedParameters&) = default;
};

/// The set parameters as words of a command line, in the order of the fields. Throws ArgumentError
/// "kerrighed.range" for a number outside its range.
KRGBOOT_EXPORT std::vector<KernelParameter> kerrighed_parameters(const KerrighedParameters& parameters);

/// Result of find_kerrighed_parameters().
struct KerrighedReading {
  KerrighedParameters parameters;
  Diagnostics diagnostics;  ///< errors "kerrighed.value": not a number, or out of range
};

/// Reads the Kerrighed parameters of a command line. Missing and invalid parameters are nullopt.
KRGBOOT_EXPORT KerrighedReading find_kerrighed_parameters(const KernelCommandLine& line);

}  // namespace krgboot
