#include "krgboot/base/error.hpp"
#include "krgboot/formats/kernel/boot_command_line.hpp"
#include "krgboot/formats/loader/pxelinux/render.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "entry.hpp"
#include "limits.hpp"

namespace krgboot::pxelinux {

namespace {

class Checker {
 public:
  explicit Checker(const ServerView& view)
      : view_(view), cluster_(view.cluster), lengths_(cluster_.boot().size()) {}

  Diagnostics result() {
    for (std::size_t i = 0; i < cluster_.boot().size(); ++i) check_entry(cluster_.boot()[i], lengths_[i]);
    for (const auto& node : view_.nodes) {
      if (cluster_.needs_own_boot_file(node)) check_node(node);
    }
    return std::move(diagnostics_);
  }

 private:
  void check_entry(const BootEntry& entry, std::size_t& length) {
    auto key = "boot." + entry.name;
    if (auto problem = problem_with(nfs_root_of(view_, entry), entry.initramfs)) {
      report(Severity::error, "nfs_root.syntax", key + ".image", *problem, "");
      return;
    }
    length = length_of(entry, nullptr);
    // pxelinux.cfg/default contains every entry.
    if (cluster_.default_boot()) check_length("boot", entry.name, length, key + ".append");
    for (const auto& line : entry.extra) {
      if (line.size() <= max_extra_line) continue;
      report(Severity::error, "pxelinux.line_too_long", key + ".extra",
             fmt::format("a line has {} characters, and syslinux reads {} at a time", line.size(),
                         max_extra_line),
             "");
    }
    auto has_initrd_word = [](const std::string& word) { return word.find("initrd=") != std::string::npos; };
    if (!entry.initrd && std::any_of(entry.append.begin(), entry.append.end(), has_initrd_word)) {
      report(Severity::warning, "pxelinux.initrd_word", key + ".append",
             "pxelinux takes \"initrd=\", wherever it stands in the line, for the initrd to load",
             "name the initrd in the boot entry");
    }
  }

  // Nodes of one entry of `nodes:` have the same words, so one finding per entry is enough.
  void check_node(const Node& node) {
    const auto& entry = cluster_.boot_of(node);
    auto shared = lengths_.at(node.boot);
    if (shared == 0 || reported_.count({node.entry, node.boot}) != 0) return;
    auto length =
        has_parameters_of_each_node(entry) ? length_of(entry, &node) : shared + node_words(node).size();
    if (!check_length("node", node.name.to_string(), length, fmt::format("nodes[{}].append", node.entry))) {
      reported_.emplace(node.entry, node.boot);
    }
  }

  /// 0 if the entry cannot be rendered, which is reported elsewhere.
  std::size_t length_of(const BootEntry& entry, const Node* node) const {
    try {
      return render_entry(view_, entry, node).loaded_length;
    } catch (const ArgumentError&) {
      return 0;
    }
  }

  bool check_length(std::string_view whose, std::string_view name, std::size_t length, std::string key) {
    if (length <= max_loaded_line) return true;
    report(Severity::error, fmt::format("{}.command_line_too_long", whose), std::move(key),
           fmt::format("the command line of {} has {} characters with what pxelinux adds, {} are the most",
                       name, length, max_loaded_line),
           "shorten append");
    return false;
  }

  void report(Severity severity, std::string code, std::string key, std::string message, std::string hint) {
    diagnostics_.push_back(
        {severity, std::move(code), std::move(message), std::move(hint), std::move(key), {}});
  }

  const ServerView view_;
  const Cluster& cluster_;
  std::vector<std::size_t> lengths_;  // of each boot entry's line; 0 if it cannot be rendered
  std::set<std::pair<std::size_t, std::size_t>> reported_;
  Diagnostics diagnostics_;
};

}  // namespace

Diagnostics check(const ServerView& view) {
  return Checker(view).result();
}

}  // namespace krgboot::pxelinux
