#include "krgboot/services/edit.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/block.hpp"
#include "krgboot/formats/dhcp/isc/edit.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "base/overloaded.hpp"

namespace krgboot {

using nlohmann::ordered_json;

namespace {

std::vector<std::string> names_of(const AccountLines& lines) {
  std::vector<std::string> names;
  for (const auto& account : lines.accounts) names.push_back(account.name);
  return names;
}

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
  throw ArgumentError("edit.syntax", std::string(text),
                      fmt::format("{} describes no edit: {}", in_quotes(text), why));
}

AccountLines accounts_from(const ordered_json& json, std::string_view text) {
  auto database = accounts::parse_database(json.at("database").get<std::string>());
  if (!database) refuse(text, "unknown accounts");
  AccountLines lines{*database, {}};
  for (const auto& name : json.at("names")) {
    lines.accounts.emplace_back();
    lines.accounts.back().name = name;
  }
  return lines;
}

TftpdDefaults tftpd_defaults_from(const ordered_json& json) {
  auto style =
      json.at("style") == "run_daemon" ? TftpdDefaultsStyle::run_daemon : TftpdDefaultsStyle::tftp_directory;
  return {style, json.at("tftp_root")};
}

}  // namespace

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

std::string edit_to_json(const Edit& edit) {
  auto json = std::visit(
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
  return json.dump();
}

Edit edit_from_json(std::string_view text) {
  try {
    auto json = ordered_json::parse(text);
    auto kind = json.at("kind").get<std::string>();
    if (kind == "include") return IncludeLine{json.at("path")};
    if (kind == "block") return MarkedBlock{json.at("name"), json.at("body")};
    if (kind == "accounts") return accounts_from(json, text);
    if (kind == "tftpd_defaults") return tftpd_defaults_from(json);
    refuse(text, "unknown kind " + in_quotes(kind));
  } catch (const nlohmann::json::exception& error) {
    refuse(text, error.what());
  }
}

}  // namespace krgboot
