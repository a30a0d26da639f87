#include "krgboot/formats/loader/pxelinux/render.hpp"

#include "krgboot/base/error.hpp"

#include <fmt/format.h>

#include "entry.hpp"
#include "limits.hpp"

namespace krgboot::pxelinux {

namespace {

void require_length(std::size_t loaded_length, const BootEntry& entry) {
  if (loaded_length <= max_loaded_line) return;
  throw ArgumentError(
      "pxelinux.command_line_too_long", entry.name,
      fmt::format("the command line of boot entry {} has {} characters with what pxelinux adds, "
                  "{} are the most",
                  entry.name, loaded_length, max_loaded_line));
}

// `origin`: the part of the spec from which the file is rendered.
std::string header(std::string_view origin) {
  return fmt::format("# Written by krgboot from cluster.yaml: {}. Changes made here are lost.\n", origin);
}

std::string header(const Node& node) {
  return header(fmt::format("nodes[{}], {}", node.entry, node.name.to_string()));
}

std::string start(const BootEntry& entry) {
  return fmt::format("DEFAULT {}\nPROMPT 0\n\n", entry.name);
}

}  // namespace

std::string render(const ServerView& view) {
  const auto& cluster = view.cluster;
  if (!cluster.default_boot()) {
    throw ArgumentError(
        "pxelinux.no_default", cluster.name(),
        fmt::format("cluster {} has no default_boot, so that machines without a boot file of their "
                    "own have none",
                    cluster.name()));
  }
  const auto& first = cluster.boot().at(*cluster.default_boot());
  auto text = header("default_boot") + start(first);
  auto add = [&](const BootEntry& entry) {
    auto rendered = render_entry(view, entry, nullptr);
    require_length(rendered.loaded_length, entry);
    text += rendered.head + rendered.tail;
  };
  add(first);
  for (const auto& entry : cluster.boot()) {
    if (&entry == &first) continue;
    text += '\n';
    add(entry);
  }
  return text;
}

std::string render(const ServerView& view, const Node& node) {
  const auto& entry = view.cluster.boot_of(node);
  auto rendered = render_entry(view, entry, &node);
  require_length(rendered.loaded_length, entry);
  return header(node) + start(entry) + rendered.head + rendered.tail;
}

NodeMenus::NodeMenus(const ServerView& view) : view_(view), shared_(view.cluster.boot().size()) {
  const auto& cluster = view.cluster;
  std::vector<bool> is_used(shared_.size());
  for (const auto& node : view.nodes) is_used.at(node.boot) = true;
  for (std::size_t i = 0; i < shared_.size(); ++i) {
    const auto& entry = cluster.boot()[i];
    if (!is_used[i] || has_parameters_of_each_node(entry)) continue;
    auto rendered = render_entry(view, entry, nullptr);
    shared_[i] = {start(entry) + rendered.head, std::move(rendered.tail), rendered.loaded_length};
  }
}

std::string NodeMenus::render(const Node& node) const {
  const auto& entry = view_.cluster.boot_of(node);
  if (has_parameters_of_each_node(entry)) return pxelinux::render(view_, node);
  const auto& shared = shared_.at(node.boot);
  auto words = node_words(node);
  require_length(shared.loaded_length + words.size(), entry);
  auto text = header(node);
  text.reserve(text.size() + shared.head.size() + words.size() + shared.tail.size());
  text += shared.head;
  text += words;
  text += shared.tail;
  return text;
}

}  // namespace krgboot::pxelinux
