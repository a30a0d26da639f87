#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/firmware.hpp"
#include "krgboot/model/server_view.hpp"
#include "krgboot/net/ipv4.hpp"
#include "krgboot/net/mac.hpp"
#include "krgboot/net/uuid.hpp"
#include "krgboot/services/boot_file_candidate.hpp"
#include "krgboot/services/step.hpp"
#include "krgboot/system/root.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// A machine that boots. Unknown fields are empty; a machine that is not in the spec has at least one of the
/// optional fields.
struct Machine {
  std::string name;  ///< of the node, or the text given by the caller
  std::optional<MacAddress> mac;
  std::optional<Uuid> uuid;
  std::optional<Ipv4Address> address;
  Firmware firmware = Firmware::bios;
};

/// The simulated boot of a machine with the files of a root.
struct KRGBOOT_EXPORT Trace {
  Machine machine;        ///< with the addresses learned on the way
  std::string host_name;  ///< assigned by DHCP; empty: none
  std::vector<TraceStep> steps;
  std::vector<BootFileCandidate> boot_files;  ///< in the order of the loader's requests
  std::string boot_file;                      ///< the one that is loaded; empty: none
  std::string label;                          ///< of the boot entry
  std::string kernel;
  std::vector<std::string> initrds;
  std::string command_line;
  std::string root_path;  ///< of the image, as in the export

  StepStatus status() const noexcept;  ///< the worst status of all steps
  /// Does the machine boot?
  bool boots() const noexcept { return status() < StepStatus::unknown; }
  /// "boots", "would not boot" or "cannot be followed to the end".
  std::string verdict() const;
};

/// Finds a machine by the name of a node, or by a MAC address, UUID or IPv4 address, which may belong to no
/// node. Throws ArgumentError "trace.unknown_machine" for any other text; the message suggests a similar node
/// name.
KRGBOOT_EXPORT Machine find_machine(const Cluster& cluster, std::string_view text);

/// Simulates boots as machines perform them: the answer of DHCP; the boot files that the loader asks for,
/// which one it loads and which ones this hides; whether loader, kernel and initrd exist, are readable by
/// others and lie below the TFTP root; the kernel command line; whether the export admits the address, with
/// rw and root access as the root mode requires; which init the image has, or init= and rdinit= name; whether
/// each NFS mount of its fstab is exported; whether sshd or a getty starts.
///
/// It reads the files in `root`. The cluster only tells where the server is, which files belong to its
/// daemons, and the wanted state. A fault in a file becomes a step, and so does a file in an image that
/// cannot be read: the stage ends there.
class KRGBOOT_EXPORT Tracer {
 public:
  /// Reads the daemons' files, once for all traces. Throws IoError.
  Tracer(const ServerView& view, const Root& root);
  ~Tracer();
  Tracer(const Tracer&) = delete;
  Tracer(Tracer&&) noexcept;
  Tracer& operator=(const Tracer&) = delete;
  Tracer& operator=(Tracer&&) = delete;

  /// Simulates the boot of one machine.
  Trace trace(const Machine& machine) const;

 private:
  std::unique_ptr<const struct ServerFiles> files_;
};

/// Simulates the boot of one machine. Throws as the constructor of Tracer does.
KRGBOOT_EXPORT Trace trace(const ServerView& view, const Machine& machine, const Root& root);

/// One line for each step, without colours and without control characters (`harmless`).
KRGBOOT_EXPORT std::string to_string(const Trace& trace);
/// `{"machine", "boots", "status", "steps": [{"stage", "status", "what", "why", "hint"}], "boot_files":
/// [{"name", "state"}], "boot_file", "host_name", "label", "kernel", "initrds", "command_line", "root_path"}`
KRGBOOT_EXPORT std::string to_json(const Trace& trace);

}  // namespace krgboot
