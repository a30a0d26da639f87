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
  explicit Checker(const Cluster& cluster) : cluster_(cluster), lengths_(cluster.boot().size()) {}

  Diagnostics result() {
    for (std::size_t i = 0; i < cluster_.boot().size(); ++i) check_entry(cluster_.boot()[i], lengths_[i]);
    for (const auto& node : cluster_.nodes()) {
      if (cluster_.needs_own_boot_file(node)) check_node(node);
    }
    return std::move(diagnostics_);
  }

 private:
  void check_entry(const BootEntry& entry, std::size_t& length) {
    auto key = "boot." + entry.name;
    if (auto problem = problem_with(nfs_root_of(cluster_, entry), entry.initramfs)) {
      report(Severity::error, "nfs_root.syntax", key + ".image", *problem, "");
      return;
    }
    length = render_entry(cluster_, entry, nullptr).loaded_length;
    // pxelinux.cfg/default holds every entry.
    if (cluster_.default_boot()) check_length(length, key + ".append");
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

  // Nodes of one entry of `nodes:` have the same words: one finding serves them all.
  void check_node(const Node& node) {
    const auto& entry = cluster_.boot_of(node);
    auto shared = lengths_.at(node.boot);
    if (shared == 0 || reported_.count({node.entry, node.boot}) != 0) return;
    auto length = has_parameters_of_each_node(entry) ? render_entry(cluster_, entry, &node).loaded_length
                                                     : shared + node_words(node).size();
    if (!check_length(length, fmt::format("nodes[{}].append", node.entry))) {
      reported_.emplace(node.entry, node.boot);
    }
  }

  bool check_length(std::size_t length, std::string key) {
    if (length <= max_loaded_line) return true;
    report(Severity::error, "pxelinux.command_line_too_long", std::move(key),
           fmt::format("the command line has {} characters with what pxelinux adds, {} are the most", length,
                       max_loaded_line),
           "shorten append");
    return false;
  }

  void report(Severity severity, const char* code, std::string key, std::string message, std::string hint) {
    diagnostics_.push_back({severity, code, std::move(message), std::move(hint), std::move(key), {}});
  }

  const Cluster& cluster_;
  std::vector<std::size_t> lengths_;  // of each boot entry's line; 0 where it cannot be rendered
  std::set<std::pair<std::size_t, std::size_t>> reported_;
  Diagnostics diagnostics_;
};

}  // namespace

Diagnostics check(const Cluster& cluster) {
  return Checker(cluster).result();
}

}  // namespace krgboot::pxelinux
