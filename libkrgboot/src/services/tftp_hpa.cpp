#include "services/tftp_hpa.hpp"

#include "krgboot/base/text.hpp"
#include "krgboot/formats/tftp/hpa/defaults.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace krgboot {

namespace {

constexpr const char* defaults_file = "/etc/default/tftpd-hpa";

struct Listening {
  std::string address;
  std::string port;
};

/// "[address][:port]", as in.tftpd(8) reads it: an IPv6 address is in brackets.
Listening listening(const std::string& text) {
  auto colon = text.rfind(':');
  auto in_brackets = text.rfind(']');
  bool has_port = colon != std::string::npos && (in_brackets == std::string::npos || colon > in_brackets);
  Listening found{text.substr(0, has_port ? colon : text.size()), has_port ? text.substr(colon + 1) : ""};
  if (found.port.empty() || found.port == "tftp") found.port = TftpSettings{}.port;
  return found;
}

bool has_option(const std::vector<std::string>& options, std::string_view letter, std::string_view name) {
  return std::any_of(options.begin(), options.end(),
                     [&](const auto& option) { return option == letter || option == name; });
}

/// The map file of in.tftpd's option -m, which rewrites requested names; empty if there is none.
std::string map_file(const std::vector<std::string>& options) {
  for (std::size_t i = 0; i + 1 < options.size(); ++i)
    if (options[i] == "-m" || options[i] == "--map-file") return options[i + 1];
  return "";
}

TftpSettings settings_of(tftpd_hpa::Parsing parsing) {
  const auto& read = parsing.settings;
  TftpSettings settings;
  settings.file = defaults_file;
  settings.diagnostics = std::move(parsing.diagnostics);
  if (read.run_daemon == false)
    settings.off = fmt::format("{} keeps the TFTP daemon from starting", defaults_file);
  if (!read.directories.empty()) settings.root = read.directories.front();
  if (!read.secure) settings.unconfined = fmt::format("{} lacks --secure", defaults_file);
  auto [address, port] = listening(read.address);
  auto in_brackets = !address.empty() && address.front() == '[';
  // Observed with tftp-hpa 5.2: "[::]" also accepts IPv4 unless --ipv6 is set.
  auto both = address == "[::]" && !has_option(read.options, "-4", "--ipv4");
  settings.ipv4 = (!in_brackets || both) && !has_option(read.options, "-6", "--ipv6");
  settings.address = both ? "" : address;
  settings.port = port;
  if (auto map = map_file(read.options); !map.empty())
    settings.renames = fmt::format("in.tftpd rewrites file names by its map file {}", in_quotes(map));
  settings.access = {has_option(read.options, "-p", "--permissive"), read.username == "root", "in.tftpd"};
  return settings;
}

class TftpHpa : public TftpService {
 public:
  std::string_view name() const noexcept override { return "tftpd-hpa"; }

  std::vector<PlanItem> items(const ServerView& view, const ServerState& /*state*/) const override {
    return {EditFile{{Role::tftp, defaults_file, "server.tftp_root"},
                     TftpdDefaults{tftpd_hpa::style_of(view.server.release), view.server.tftp_root}}};
  }

  /// The defaults file is edited and never removed.
  bool owns(Role /*role*/, std::string_view /*path*/) const noexcept override { return false; }

  /// in.tftpd reads its defaults at start only.
  Argv reload(const Release& release) const override {
    if (release.init == InitSystem::sysvinit) return {"/etc/init.d/tftpd-hpa", "restart"};
    return {"systemctl", "restart", "tftpd-hpa.service"};
  }
  std::string config_file(const Release& /*release*/) const override { return defaults_file; }

  std::optional<TftpSettings> settings(const Release& release, const FileReader& read) const override {
    auto text = read(defaults_file);
    if (!text) return std::nullopt;
    return settings_of(tftpd_hpa::parse(*text, tftpd_hpa::style_of(release.name), defaults_file));
  }
};

}  // namespace

const TftpService& tftp_hpa() {
  static const TftpHpa service;
  return service;
}

}  // namespace krgboot
