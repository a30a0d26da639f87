#include "krgboot/plan/plan.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/formats/block.hpp"
#include "krgboot/formats/dhcp/isc/edit.hpp"
#include "krgboot/formats/tftp/hpa/defaults.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/overloaded.hpp"
#include "json_text.hpp"

namespace krgboot {

using nlohmann::ordered_json;

std::string to_string(Role role) {
  switch (role) {
    case Role::dhcpd_conf:
      return "dhcpd_conf";
    case Role::tftpd_conf:
      return "tftpd_conf";
    case Role::exports:
      return "exports";
    case Role::loader:
      return "loader";
    case Role::boot_file:
      return "boot_file";
    case Role::kernel:
      return "kernel";
    case Role::mount_unit:
      return "mount_unit";
    case Role::image_file:
      return "image_file";
    case Role::directory:
      return "directory";
  }
  throw InternalError("a role without a name");
}

namespace {

std::string_view service_name(Service service) noexcept {
  switch (service) {
    case Service::dhcp:
      return "dhcp";
    case Service::systemd:
      return "systemd";
    case Service::tftp:
      return "tftp";
    case Service::nfs:
      break;
  }
  return "nfs";
}

}  // namespace

std::string to_string(Service service) {
  return std::string(service_name(service));
}

std::optional<Service> parse_service(std::string_view name) noexcept {
  for (auto service : {Service::dhcp, Service::nfs, Service::systemd, Service::tftp}) {
    if (name == service_name(service)) return service;
  }
  return std::nullopt;
}

const Argv& reload_command(const Release& release, Service service) noexcept {
  switch (service) {
    case Service::dhcp:
      return release.dhcpd_restart;
    case Service::systemd:
      return release.units_reload;
    case Service::tftp:
      return release.tftpd_restart;
    case Service::nfs:
      break;
  }
  return release.exports_reload;
}

std::string apply_edit(const Edit& edit, std::string_view text) {
  return std::visit(
      Overloaded{
          [&](const IncludeLine& line) { return dhcpd::add_include(text, line.path); },
          [&](const TftpdDefaults& defaults) {
            return tftpd_hpa::set(text, defaults.style, defaults.tftp_root);
          },
          [&](const MarkedBlock& block) { return set_block(text, block.name, block.body); },
          [&](const AccountLines& lines) { return accounts::set(lines.database, text, lines.accounts); },
      },
      edit);
}

std::string revert_edit(const Edit& edit, std::string_view text) {
  return std::visit(Overloaded{
                        [&](const IncludeLine& line) { return dhcpd::remove_include(text, line.path); },
                        [&](const TftpdDefaults&) { return std::string(text); },
                        [&](const MarkedBlock& block) { return remove_block(text, block.name); },
                        [&](const AccountLines&) { return std::string(text); },
                    },
                    edit);
}

std::string_view path_of(const PlanItem& item) noexcept {
  return std::visit(
      [](const auto& i) -> std::string_view {
        if constexpr (std::is_same_v<std::decay_t<decltype(i)>, ReloadService>) {
          return service_name(i.service);
        } else {
          return i.path;
        }
      },
      item);
}

std::string_view origin_of(const PlanItem& item) noexcept {
  return std::visit(
      [](const auto& i) -> std::string_view {
        using T = std::decay_t<decltype(i)>;
        if constexpr (std::is_same_v<T, ReloadService>) {
          return {};
        } else {
          return i.origin;
        }
      },
      item);
}

std::string_view only_within_of(const PlanItem& item) noexcept {
  return std::visit(
      [](const auto& i) -> std::string_view {
        using T = std::decay_t<decltype(i)>;
        if constexpr (std::is_same_v<T, ReloadService> || std::is_same_v<T, CopyFile>) {
          return {};
        } else {
          return i.only_within;
        }
      },
      item);
}

std::string_view image_of(const PlanItem& item) noexcept {
  const auto* copy = std::get_if<CopyFile>(&item);
  return copy != nullptr ? std::string_view(copy->within) : only_within_of(item);
}

namespace {

std::vector<std::string> names_of(const AccountLines& lines) {
  std::vector<std::string> names;
  for (const auto& account : lines.accounts) names.push_back(account.name);
  return names;
}

std::string describe(const Edit& edit) {
  return std::visit(
      Overloaded{
          [](const IncludeLine& line) { return fmt::format("include \"{}\"", line.path); },
          [](const TftpdDefaults& defaults) { return fmt::format("serve {}", defaults.tftp_root); },
          [](const MarkedBlock& block) {
            return fmt::format("block {}, {} bytes", block.name, block.body.size());
          },
          [](const AccountLines& lines) {
            return fmt::format("accounts {}", fmt::join(names_of(lines), ", "));
          },
      },
      edit);
}

std::string line_of(const PlanItem& item) {
  return std::visit(
      Overloaded{
          [](const WriteFile& i) {
            return fmt::format("write {} {:04o} {} bytes ({})", i.path, i.mode, i.content.size(), i.origin);
          },
          [](const EditFile& i) {
            return fmt::format("edit {} {} ({})", i.path, describe(i.edit), i.origin);
          },
          [](const CopyFile& i) {
            return fmt::format("copy {} {:04o} from {} ({})", i.path, i.mode, i.source, i.origin);
          },
          [](const Link& i) { return fmt::format("link {} to {} ({})", i.path, i.target, i.origin); },
          [](const MakeDirectory& i) {
            return fmt::format("directory {} {:04o} ({})", i.path, i.mode, i.origin);
          },
          [](const Remove& i) {
            return i.origin.empty() ? fmt::format("remove {}", i.path)
                                    : fmt::format("remove {} ({})", i.path, i.origin);
          },
          [](const ReloadService& i) {
            return fmt::format("reload {} by {} when {} changes", to_string(i.service),
                               fmt::join(i.argv, " "), fmt::join(i.when, " or "));
          },
      },
      item);
}

}  // namespace

std::string mode_text(unsigned mode) {
  return fmt::format("{:04o}", mode);
}

ordered_json json_of(const Edit& edit) {
  return std::visit(
      Overloaded{
          [](const IncludeLine& line) {
            return ordered_json{{"kind", "include"}, {"path", line.path}};
          },
          [](const TftpdDefaults& defaults) {
            return ordered_json{
                {"kind", "tftpd_defaults"},
                {"style", defaults.style == TftpdDefaultsStyle::run_daemon ? "run_daemon" : "tftp_directory"},
                {"tftp_root", defaults.tftp_root}};
          },
          [](const MarkedBlock& block) {
            return ordered_json{{"kind", "block"}, {"name", block.name}, {"body", block.body}};
          },
          [](const AccountLines& lines) {
            return ordered_json{
                {"kind", "accounts"}, {"database", to_string(lines.database)}, {"names", names_of(lines)}};
          },
      },
      edit);
}

ordered_json json_of(const PlanItem& item) {
  return std::visit(
      Overloaded{
          [](const WriteFile& i) {
            ordered_json json{{"do", "write"},
                              {"role", to_string(i.role)},
                              {"path", i.path},
                              {"origin", i.origin},
                              {"mode", mode_text(i.mode)},
                              {"content", i.secret ? accounts::without_hashes(i.content) : i.content},
                              {"only_within", i.only_within}};
            if (i.replaces) json["replaces"] = true;
            return json;
          },
          [](const EditFile& i) {
            return ordered_json{
                {"do", "edit"},       {"role", to_string(i.role)}, {"path", i.path},
                {"origin", i.origin}, {"edit", json_of(i.edit)},   {"only_within", i.only_within}};
          },
          [](const CopyFile& i) {
            return ordered_json{{"do", "copy"},       {"role", to_string(i.role)}, {"path", i.path},
                                {"origin", i.origin}, {"mode", mode_text(i.mode)}, {"source", i.source}};
          },
          [](const Link& i) {
            ordered_json json{{"do", "link"},
                              {"path", i.path},
                              {"origin", i.origin},
                              {"target", i.target},
                              {"only_within", i.only_within}};
            if (i.replaces) json["replaces"] = true;
            return json;
          },
          [](const MakeDirectory& i) {
            ordered_json json{{"do", "directory"},
                              {"path", i.path},
                              {"origin", i.origin},
                              {"mode", mode_text(i.mode)},
                              {"only_within", i.only_within}};
            if (i.owner) json["owner"] = fmt::format("{}:{}", i.owner->user, i.owner->group);
            return json;
          },
          [](const Remove& i) {
            return ordered_json{
                {"do", "remove"}, {"path", i.path}, {"origin", i.origin}, {"only_within", i.only_within}};
          },
          [](const ReloadService& i) {
            return ordered_json{
                {"do", "reload"}, {"service", to_string(i.service)}, {"argv", i.argv}, {"when", i.when}};
          },
      },
      item);
}

ordered_json json_of(const ImageStep& step) {
  return {{"image", step.image},
          {"origin", step.origin},
          {"step", name_of(step.state)},
          {"what", to_string(step.state)}};
}

std::string to_string(const Plan& plan) {
  std::string text;
  for (const auto& item : plan.items) text += line_of(item) + '\n';
  for (const auto& step : plan.steps)
    text += fmt::format("configure {}: {} ({})\n", step.image, to_string(step.state), step.origin);
  return harmless(text);
}

std::string to_json(const Plan& plan) {
  ordered_json items = ordered_json::array();
  for (const auto& item : plan.items) items.push_back(json_of(item));
  ordered_json steps = ordered_json::array();
  for (const auto& step : plan.steps) steps.push_back(json_of(step));
  return dumped({{"items", std::move(items)}, {"steps", std::move(steps)}});
}

}  // namespace krgboot
