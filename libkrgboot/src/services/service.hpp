#pragma once

#include "krgboot/model/dhcp_host.hpp"
#include "krgboot/model/server_view.hpp"
#include "krgboot/services/item.hpp"
#include "krgboot/services/reload.hpp"
#include "krgboot/services/server_state.hpp"
#include "krgboot/services/step.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/config_check.hpp"
#include "services/loaded.hpp"
#include "services/offer.hpp"
#include "services/tftp_settings.hpp"

namespace krgboot {

class ClusterBuilder;

/// Reads files of the server. Symlinks are followed below the server's root.
struct FileReader {
  /// The text of a file; nullopt if it does not exist.
  std::function<std::optional<std::string>(const std::string& path)> read;
  /// The names in a directory, in no particular order; empty if it does not exist.
  std::function<std::vector<std::string>(const std::string& directory)> list;

  std::optional<std::string> operator()(const std::string& path) const { return read(path); }
};

/// A part of the boot server: a program that runs there, or a loader that machines load from it. Every part
/// is pure: data and functions of values. A new part needs one file in this directory and a line in
/// services.cpp.
class ServerPart {
 public:
  ServerPart() = default;
  virtual ~ServerPart() = default;
  ServerPart(const ServerPart&) = delete;
  ServerPart& operator=(const ServerPart&) = delete;

  /// Its name in the spec: "isc".
  virtual std::string_view name() const noexcept = 0;
  /// A stage of validation: reports what this part cannot do although the spec asks for it.
  virtual void check(ClusterBuilder& /*cluster*/) const {}
  /// The items that the part needs on the server, in the order in which they are created. The plan creates
  /// directories.
  virtual std::vector<PlanItem> items(const ServerView& view, const ServerState& state) const = 0;
  /// Does this part give this name to a file of that role?
  virtual bool owns(Role role, std::string_view path) const noexcept = 0;
};

/// A program that runs on the server.
class Service : public ServerPart {
 public:
  virtual ServiceKind kind() const noexcept = 0;
  /// The command that makes the program reload its files; empty if none is needed.
  virtual Argv reload(const Release& release) const = 0;
  /// The main configuration file on a server of this release.
  virtual std::string config_file(const Release& release) const = 0;
  /// nullopt if the program has no test of its configuration, or none that apply can run.
  virtual std::optional<ConfigCheck> config_check(const Release& /*release*/) const { return std::nullopt; }
  /// Every file that the program would read.
  virtual ConfigTexts config_texts(const Release& /*release*/, const FileReader& /*read*/) const {
    return {};
  }

  ServiceName service_name() const { return {kind(), std::string(name())}; }
};

/// The configuration of a DHCP server, read once and queried often.
class DhcpConfiguration {
 public:
  virtual ~DhcpConfiguration() = default;

  /// Does the server start with this configuration?
  struct Verdict {
    std::vector<TraceStep> steps;  ///< of the stage dhcp
    bool answers = true;  ///< false: no machine gets an offer, or krgboot cannot determine the offers
  };
  /// `refusal`: the error message of the installed program about the configuration, "" if it accepts it;
  /// nullopt if it was not run.
  virtual Verdict verdict(const std::optional<std::string>& refusal) const = 0;
  virtual Offer offer(const DhcpRequest& request) const = 0;
};

class DhcpService : public Service {
 public:
  ServiceKind kind() const noexcept final { return ServiceKind::dhcp; }

  /// The file of the hosts that are in no cluster, and its text with a host added, replaced or removed.
  virtual std::string hosts_file(const Release& release) const = 0;
  virtual std::string with_host(std::string_view text, const DhcpHost& host) const = 0;
  virtual std::string without_host(std::string_view text, const HostName& name) const = 0;
  /// What the server needs to know the hosts in this text; empty if there are none.
  virtual std::vector<PlanItem> hosts_items(const Release& release, std::string text) const = 0;

  /// nullptr if there is no configuration. Does not keep `read`.
  virtual std::unique_ptr<DhcpConfiguration> configuration(const Release& release,
                                                           const FileReader& read) const = 0;
};

class TftpService : public Service {
 public:
  ServiceKind kind() const noexcept final { return ServiceKind::tftp; }
  /// nullopt if there is no configuration.
  virtual std::optional<TftpSettings> settings(const Release& release, const FileReader& read) const = 0;
};

class NfsService : public Service {
 public:
  ServiceKind kind() const noexcept final { return ServiceKind::nfs; }
  /// Path of its exports table, and of the directory for drop-in files; empty if the program or the release
  /// does not use them.
  virtual std::string exports_table(const Release& release) const = 0;
  virtual std::string exports_directory(const Release& release) const = 0;
};

class Loader : public ServerPart {
 public:
  /// Its usual name.
  virtual std::string_view title() const noexcept = 0;
  /// The boot program that machines load first, below the TFTP root.
  virtual std::string_view boot_program() const noexcept = 0;
  /// The boot file for machines that have none of their own, and that of a node, below the TFTP root.
  virtual std::string default_boot_file() const = 0;
  virtual std::string boot_file(const Node& node) const = 0;
  /// The boot files that exactly these machines request, below the TFTP root: an IPv4 address, a network, a
  /// MAC address, a UUID, or "default". Throws ArgumentError "boot_file.machines" for another text.
  virtual std::vector<std::string> boot_files(std::string_view machines) const = 0;
  /// Faults of a boot file. After an error the loader would not boot what it says.
  virtual Diagnostics check_boot_file(std::string_view text) const = 0;
  /// Steps of the stage dhcp: parts of an offer that this loader does not get, or reads differently than
  /// intended.
  virtual std::vector<TraceStep> check_offer(const Offer& offer) const = 0;
  /// Does the file contain this loader? `head`: its first bytes.
  virtual bool is(const std::string& file, std::string_view head) const = 0;
  /// The actions of the loader on a machine.
  virtual Loaded load(const LoadRequest& request) const = 0;
};

}  // namespace krgboot
