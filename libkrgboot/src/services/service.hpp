#pragma once

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

/// Reads files of the server's, symlinks followed beneath its root.
struct FileReader {
  /// The text of a file; nullopt: there is none.
  std::function<std::optional<std::string>(const std::string& path)> read;
  /// The names in a directory, in no order; empty: there is none.
  std::function<std::vector<std::string>(const std::string& directory)> list;

  std::optional<std::string> operator()(const std::string& path) const { return read(path); }
};

/// A part of the boot server, as krgboot knows it: a program that runs there, or a loader that machines load
/// from it. Every one is pure: data and functions of values. Who adds one writes one file in this folder, and
/// a line in services.cpp.
class ServerPart {
 public:
  ServerPart() = default;
  virtual ~ServerPart() = default;
  ServerPart(const ServerPart&) = delete;
  ServerPart& operator=(const ServerPart&) = delete;

  /// The word of the spec: "isc".
  virtual std::string_view name() const noexcept = 0;
  /// A stage of validation: reports what this part cannot do of what the spec asks for.
  virtual void check(ClusterBuilder& /*cluster*/) const {}
  /// What it needs on the server, in the order in which it is made; directories are made by the plan.
  virtual std::vector<PlanItem> items(const ServerView& view, const ServerState& state) const = 0;
  /// Is this a name that it gives to a file of that role?
  virtual bool owns(Role role, std::string_view path) const noexcept = 0;
};

/// A program that runs on the server.
class Service : public ServerPart {
 public:
  virtual ServiceKind kind() const noexcept = 0;
  /// The command by which it takes up its files; empty: none is needed.
  virtual Argv reload(const Release& release) const = 0;
  /// The main configuration file on a server of that release.
  virtual std::string config_file(const Release& release) const = 0;
  /// nullopt: it has no test of its own, or one that apply knows.
  virtual std::optional<ConfigCheck> config_check(const Release& /*release*/) const { return std::nullopt; }
  /// Every file that the program would read.
  virtual ConfigTexts config_texts(const Release& /*release*/, const FileReader& /*read*/) const {
    return {};
  }

  ServiceName service_name() const { return {kind(), std::string(name())}; }
};

/// The configuration of a DHCP server as it lies on a server, read once and asked often.
class DhcpConfiguration {
 public:
  virtual ~DhcpConfiguration() = default;

  /// Does the server start with it?
  struct Verdict {
    std::vector<TraceStep> steps;  ///< of the stage dhcp
    bool answers = true;           ///< false: nobody gets an offer, or none that can be told
  };
  /// `refusal`: what the program installed here says against it, "" where it takes it; nullopt: it was not
  /// asked.
  virtual Verdict verdict(const std::optional<std::string>& refusal) const = 0;
  virtual Offer offer(const DhcpRequest& request) const = 0;
};

class DhcpService : public Service {
 public:
  ServiceKind kind() const noexcept final { return ServiceKind::dhcp; }
  /// nullptr: there is no configuration. Keeps nothing of `read`.
  virtual std::unique_ptr<DhcpConfiguration> configuration(const Release& release,
                                                           const FileReader& read) const = 0;
};

class TftpService : public Service {
 public:
  ServiceKind kind() const noexcept final { return ServiceKind::tftp; }
  /// nullopt: there is no configuration.
  virtual std::optional<TftpSettings> settings(const Release& release, const FileReader& read) const = 0;
};

class NfsService : public Service {
 public:
  ServiceKind kind() const noexcept final { return ServiceKind::nfs; }
  /// Where its exports tables lie; empty: it reads none of the kind, or not on that release.
  virtual std::string exports_table(const Release& release) const = 0;
  virtual std::string exports_directory(const Release& release) const = 0;
};

class Loader : public ServerPart {
 public:
  /// How people call it.
  virtual std::string_view title() const noexcept = 0;
  /// The boot program that machines load first, below the TFTP root.
  virtual std::string_view boot_program() const noexcept = 0;
  /// The boot file of machines that have none of their own, and that of a node, below the TFTP root.
  virtual std::string default_boot_file() const = 0;
  virtual std::string boot_file(const Node& node) const = 0;
  /// Steps of the stage dhcp: what of an offer this loader does not get, or not as meant.
  virtual std::vector<TraceStep> check_offer(const Offer& offer) const = 0;
  /// Is it this loader that a file holds? `head`: its first bytes.
  virtual bool is(const std::string& file, std::string_view head) const = 0;
  /// What it does on a machine.
  virtual Loaded load(const LoadRequest& request) const = 0;
};

}  // namespace krgboot
