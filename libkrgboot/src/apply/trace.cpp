#include "krgboot/apply/trace.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apply/trace/stages.hpp"
#include "base/json_text.hpp"

namespace krgboot {

StepStatus Trace::status() const noexcept {
  auto worst = std::max_element(steps.begin(), steps.end(),
                                [](const TraceStep& a, const TraceStep& b) { return a.status < b.status; });
  return worst == steps.end() ? StepStatus::broken : worst->status;
}

std::string Trace::verdict() const {
  if (boots()) return "boots";
  return status() == StepStatus::unknown ? "cannot be followed to the end" : "would not boot";
}

namespace {

/// Follows the stages from the kernel's command line on.
void follow_kernel(const ServerFiles& files, const tracing::DhcpResult& dhcp, const Loaded& loaded,
                   Trace& trace, tracing::Steps& steps) {
  using namespace tracing;
  auto line = steps.follow(BootStage::command_line, StepStatus::broken,
                           [&] { return follow_command_line(files, dhcp, loaded, steps); });
  if (!line) return;
  trace.root_path = line->root.path;
  if (!root_is_on_boot_server(files, *line, steps)) return;
  follow_kernel_support(files, loaded, *line, steps);
  auto root = steps.follow(BootStage::root, StepStatus::broken,
                           [&] { return follow_root(files, dhcp, *line, steps); });
  if (!root) return;
  auto init = steps.follow(BootStage::init, StepStatus::broken,
                           [&] { return follow_init(files, loaded, *line, *root, steps); });
  if (!init) return;
  steps.follow(BootStage::mounts, StepStatus::broken,
               [&] { follow_mounts(files, dhcp, loaded, *line, *root, *init, steps); });
  steps.follow(BootStage::login, StepStatus::warning,
               [&] { follow_login(files, *line, *root, *init, steps); });
}

}  // namespace

Machine find_machine(const Cluster& cluster, std::string_view text) {
  const auto& nodes = cluster.nodes();
  auto of_node = [](const Node& node) {
    return Machine{node.name.to_string(), node.mac, node.uuid, node.address, Firmware::bios};
  };
  auto listed = [&](auto matches) {
    auto found = std::find_if(nodes.begin(), nodes.end(), matches);
    return found == nodes.end() ? nullptr : &*found;
  };
  Machine stranger{std::string(text), std::nullopt, std::nullopt, std::nullopt, Firmware::bios};
  const Node* node = nullptr;
  if (auto address = Ipv4Address::parse(text)) {
    node = listed([&](const Node& n) { return n.address == *address; });
    stranger.address = address;
  } else if (auto mac = MacAddress::parse(text)) {
    node = listed([&](const Node& n) { return n.mac == *mac; });
    stranger.mac = mac;
  } else if (auto uuid = Uuid::parse(text)) {
    node = listed([&](const Node& n) { return n.uuid == *uuid; });
    stranger.uuid = uuid;
  } else {
    auto name = HostName::parse(text);
    node = name ? cluster.find_node(*name) : nullptr;
    if (node == nullptr) {
      std::vector<std::string> names;
      names.reserve(nodes.size());
      for (const auto& n : nodes) names.push_back(n.name.to_string());
      auto near = did_you_mean(text, names);
      throw ArgumentError("trace.unknown_machine", std::string(text),
                          fmt::format("{} is no node of this cluster, and no MAC address, UUID or address{}",
                                      in_quotes(text), near ? "; did you mean " + *near + "?" : ""));
    }
  }
  return node == nullptr ? stranger : of_node(*node);
}

namespace {

void take(Loaded loaded, Trace& trace) {
  trace.boot_files = std::move(loaded.boot_files);
  trace.boot_file = loaded.boot_file;
  trace.label = loaded.label;
  trace.kernel = loaded.kernel.name;
  for (const auto& initrd : loaded.initrds) trace.initrds.push_back(initrd.name);
  trace.command_line = loaded.command_line;
}

/// Follows all stages, and fills in the other fields of the trace.
void follow_boot(const ServerFiles& files, Trace& trace, tracing::Steps& steps) {
  using namespace tracing;
  auto dhcp = steps.follow(BootStage::dhcp, StepStatus::broken,
                           [&] { return follow_dhcp(files, trace.machine, steps); });
  if (!dhcp) return;
  trace.machine = dhcp->machine;
  trace.host_name = dhcp->host_name;
  if (!dhcp->goes_on) return;
  auto loaded =
      steps.follow(BootStage::loader, StepStatus::broken, [&] { return follow_loader(files, *dhcp, steps); });
  if (!loaded) return;
  take(*loaded, trace);
  if (loaded->starts_kernel) follow_kernel(files, *dhcp, *loaded, trace, steps);
}

}  // namespace

Tracer::Tracer(const ServerView& view, const Root& root)
    : files_(std::make_unique<ServerFiles>(view, root)) {}
Tracer::~Tracer() = default;
Tracer::Tracer(Tracer&&) noexcept = default;

Trace Tracer::trace(const Machine& machine) const {
  Trace trace;
  trace.machine = machine;
  tracing::Steps steps;
  follow_boot(*files_, trace, steps);
  trace.steps = steps.take();
  return trace;
}

Trace trace(const ServerView& view, const Machine& machine, const Root& root) {
  return Tracer(view, root).trace(machine);
}

std::string to_string(const Trace& trace) {
  const auto& machine = trace.machine;
  auto by = machine.firmware == Firmware::bios ? "" : fmt::format(" by {}", to_string(machine.firmware));
  auto text = fmt::format("{}{} {}\n", machine.name, by, trace.verdict());
  for (const auto& step : trace.steps) {
    auto line = fmt::format("  {:<8} {:<12} {}", to_string(step.status), to_string(step.stage), step.what);
    if (!step.why.empty()) line += fmt::format("  [{}]", step.why);
    if (!step.hint.empty()) line += fmt::format(" ({})", step.hint);
    text += harmless(line, LineCount::one) + '\n';
  }
  return text;
}

std::string to_json(const Trace& trace) {
  using nlohmann::ordered_json;
  auto text_or_null = [](const auto& value) {
    return value ? ordered_json(value->to_string()) : ordered_json(nullptr);
  };
  const auto& machine = trace.machine;
  ordered_json object{{"machine",
                       {{"name", machine.name},
                        {"mac", text_or_null(machine.mac)},
                        {"uuid", text_or_null(machine.uuid)},
                        {"address", text_or_null(machine.address)},
                        {"firmware", to_string(machine.firmware)}}},
                      {"boots", trace.boots()},
                      {"status", to_string(trace.status())}};
  object["steps"] = ordered_json::array();
  for (const auto& step : trace.steps) {
    object["steps"].push_back({{"stage", to_string(step.stage)},
                               {"status", to_string(step.status)},
                               {"what", step.what},
                               {"why", step.why},
                               {"hint", step.hint}});
  }
  object["boot_files"] = ordered_json::array();
  for (const auto& candidate : trace.boot_files) {
    object["boot_files"].push_back({{"name", candidate.name}, {"state", to_string(candidate.state)}});
  }
  object["boot_file"] = trace.boot_file;
  object["host_name"] = trace.host_name;
  object["label"] = trace.label;
  object["kernel"] = trace.kernel;
  object["initrds"] = trace.initrds;
  object["command_line"] = trace.command_line;
  object["root_path"] = trace.root_path;
  return dumped(object);
}

}  // namespace krgboot
