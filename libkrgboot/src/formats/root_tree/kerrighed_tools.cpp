#include "krgboot/formats/root_tree/kerrighed_tools.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace krgboot::kerrighed_tools {

namespace {

std::optional<std::string> unless_empty(std::string text) {
  if (text.empty()) return std::nullopt;
  return text;
}

std::string lines(const std::vector<std::string>& list) {
  std::string text;
  for (const auto& line : list) text += line + '\n';
  return text;
}

}  // namespace

std::optional<std::string> render_host(const KerrighedTools& tools) {
  std::string text;
  if (tools.boot_id) text += fmt::format("BOOT_ID={}\n", *tools.boot_id);
  if (!tools.net_devices.empty())
    text += fmt::format("NET_DEVICES=\"{}\"\n", fmt::join(tools.net_devices, " "));
  return unless_empty(text + lines(tools.host_extra));
}

std::optional<std::string> render_cluster(const KerrighedTools& tools) {
  std::string text;
  if (!tools.add_opts.empty()) text += fmt::format("ADD_OPTS=\"{}\"\n", fmt::join(tools.add_opts, " "));
  if (tools.legacy_sched) text += fmt::format("LEGACY_SCHED={}\n", *tools.legacy_sched ? "true" : "false");
  return unless_empty(std::move(text));
}

std::optional<std::string> render_init_helper(const KerrighedTools& tools) {
  return unless_empty(lines(tools.init_helper));
}

}  // namespace krgboot::kerrighed_tools
