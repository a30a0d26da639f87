#include "model/kerrighed_tools.hpp"

#include "krgboot/base/text.hpp"
#include "krgboot/model/defaults.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "model/cluster_builder.hpp"
#include "model/image_texts.hpp"
#include "model/paths.hpp"

namespace krgboot::model {

namespace {

/// Is the text a single word for a shell, even if it is expanded without quotes?
bool is_option(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-_=.,:/+@").find(c) != std::string_view::npos;
  });
}

/// Reports each element that `is_fine` rejects.
template <class IsFine>
void check_list(Report& report, const ListField<std::string>& list, const std::string& key, IsFine is_fine,
                const char* code, const char* what) {
  if (!list) return;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto& [text, at] = (*list)[i];
    if (is_fine(text)) continue;
    report.error(at, fmt::format("{}[{}]", key, i), code, fmt::format("{} is not {}", in_quotes(text), what));
  }
}

bool is_line(std::string_view text) noexcept {
  return !has_control(text) && !text.empty() && text.back() != '\\' &&
         text.find("krgboot:") == std::string_view::npos;
}

}  // namespace

KerrighedTools check_kerrighed_tools(Report& report, const KerrighedSpec& spec, const std::string& key) {
  KerrighedTools tools;
  if (spec.install)
    check_absolute_path(report, *spec.install, spec.install.at, key + ".install", longest_image_path);
  tools.install = spec.install.value;
  if (spec.boot_id && (*spec.boot_id < limits::no_boot_id || *spec.boot_id > limits::node_id)) {
    report.error(spec.boot_id.at, key + ".boot_id", "kerrighed.boot_id",
                 fmt::format("boot_id is {}, but must be a node_id, 0 to {}, or {} for no node",
                             *spec.boot_id, limits::node_id, limits::no_boot_id));
  } else if (spec.boot_id) {
    tools.boot_id = static_cast<int>(*spec.boot_id);
  }
  check_list(report, spec.net_devices, key + ".net_devices", is_network_device, "kerrighed.net_device",
             "the name of a network device");
  tools.net_devices = values(spec.net_devices);
  check_list(report, spec.add_opts, key + ".add_opts", is_option, "kerrighed.add_opts",
             "one word of letters, digits and -_=.,:/+@");
  tools.add_opts = values(spec.add_opts);
  tools.legacy_sched = spec.legacy_sched.value;
  constexpr const char* line = "a line of its own that can stand in a marked block";
  check_list(report, spec.host_extra, key + ".host_extra", is_line, "kerrighed.line", line);
  tools.host_extra = values(spec.host_extra);
  check_list(report, spec.init_helper, key + ".init_helper", is_line, "kerrighed.line", line);
  tools.init_helper = values(spec.init_helper);
  return tools;
}

}  // namespace krgboot::model
