#pragma once

#include "krgboot/export.hpp"
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

/// Who boots. What is not known stays empty; a machine that nobody listed has at least one of them.
struct Machine {
  std::string name;  ///< of the node, or as the caller wrote it
  std::optional<MacAddress> mac;
  std::optional<Uuid> uuid;
  std::optional<Ipv4Address> address;
};

/// A node's boot, followed through the files as they lie under a root.
struct KRGBOOT_EXPORT Trace {
  Machine machine;        ///< as far as it became known on the way
  std::string host_name;  ///< that DHCP gives it; empty: none
  std::vector<TraceStep> steps;
  std::vector<BootFileCandidate> boot_files;  ///< in the order in which they are asked for
  std::string boot_file;                      ///< the one that is loaded; empty: none
  std::string label;
  std::string kernel;
  std::vector<std::string> initrds;
  std::string command_line;
  std::string root_path;  ///< of the image, as the export names it

  StepStatus status() const noexcept;  ///< the worst of the steps
  bool boots() const noexcept { return status() < StepStatus::unknown; }
  /// "boots", "would not boot", or "cannot be followed to the end".
  std::string verdict() const;
};

/// The node of that name; else what a MAC address, UUID or address tells of a machine, listed or not. Throws
/// ArgumentError "trace.unknown_machine" for anything else (its message suggests node names that are near).
KRGBOOT_EXPORT Machine find_machine(const Cluster& cluster, std::string_view text);

/// Follows boots as machines would: what DHCP answers; which boot files are asked for, which one wins and
/// which others that hides; whether loader, kernel and initrd are there, readable by others and below the
/// TFTP root; what the kernel is told; whether the export admits the address, with rw and root as the root
/// mode needs; which init the image has, by init= and rdinit= where they are given; whether each mount of its
/// fstab is exported; whether sshd or a getty starts, so that somebody can log in. Reads the files under
/// `root`, not the cluster: that says where the server is, which files are its daemons', and what was wanted.
/// The daemons' files are read once, by the constructor, which throws IoError. A fault in a file is a step,
/// and so is a file in an image that cannot be read: the stage ends there, and other machines are followed.
class KRGBOOT_EXPORT Tracer {
 public:
  Tracer(const ServerView& view, const Root& root);
  ~Tracer();
  Tracer(const Tracer&) = delete;
  Tracer(Tracer&&) noexcept;
  Tracer& operator=(const Tracer&) = delete;
  Tracer& operator=(Tracer&&) = delete;

  Trace trace(const Machine& machine) const;

 private:
  std::unique_ptr<const struct ServerFiles> files_;
};

/// The same for one machine.
KRGBOOT_EXPORT Trace trace(const ServerView& view, const Machine& machine, const Root& root);

/// One line a step, for a terminal without colours; nothing in it acts on one (`harmless`).
KRGBOOT_EXPORT std::string to_string(const Trace& trace);
/// {"machine", "boots", "status", "steps": [{"stage", "status", "what", "why", "hint"}], "boot_files", …}
KRGBOOT_EXPORT std::string to_json(const Trace& trace);

}  // namespace krgboot
