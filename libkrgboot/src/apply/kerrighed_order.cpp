#include "kerrighed_order.hpp"

#include "krgboot/apply/trace.hpp"
#include "krgboot/services/services.hpp"

#include <algorithm>
#include <optional>
#include <unordered_set>

#include <fmt/format.h>

namespace krgboot {

namespace {

class OrderCheck {
 public:
  OrderCheck(const Cluster& cluster, const Root& root) : cluster_(cluster), root_(root) {}

  Diagnostics result(const Changes& changes) {
    const auto& tftp_root = cluster_.server().tftp_root;
    std::unordered_set<std::string_view> changed;  // paths relative to the TFTP root
    for (const auto& change : changes.changes) {
      const auto* file = std::get_if<WriteFile>(&change.item);
      if (file != nullptr && file->role == Role::boot_file && change.writes)
        changed.insert(std::string_view(file->path).substr(tftp_root.size() + 1));
    }
    for (const auto& node : cluster_.nodes()) {
      if (cluster_.needs_own_boot_file(node) && changed.count(boot_file_path(cluster_, node)) != 0)
        check(cluster_.boot_of(node), machine_of(node), fmt::format("nodes[{}]", node.entry));
    }
    if (cluster_.default_boot() && changed.count(default_boot_file_path(cluster_)) != 0) {
      if (auto machine = who_reads_default())
        check(cluster_.boot()[*cluster_.default_boot()], *machine, "default_boot");
    }
    return std::move(findings_);
  }

 private:
  static Machine machine_of(const Node& node) {
    return {node.name.to_string(), node.mac, node.uuid, node.address};
  }

  std::optional<Machine> who_reads_default() const {
    for (const auto& node : cluster_.nodes()) {
      if (!cluster_.needs_own_boot_file(node)) return machine_of(node);
    }
    for (const auto& network : cluster_.networks()) {
      if (network.pool)
        return Machine{network.pool->range.first.to_string(), {}, {}, network.pool->range.first};
    }
    return std::nullopt;
  }

  const BootEntry* entry_named(const std::string& name) const {
    const auto& entries = cluster_.boot();
    auto found = std::find_if(entries.begin(), entries.end(),
                              [&](const BootEntry& entry) { return entry.name == name; });
    return found == entries.end() ? nullptr : &*found;
  }

  void check(const BootEntry& wanted, const Machine& machine, const std::string& origin) {
    if (!wanted.kerrighed) return;
    if (!tracer_) tracer_.emplace(cluster_, root_);
    auto trace = tracer_->trace(machine);
    const auto* now = entry_named(trace.label);
    if (now != nullptr && now->image == wanted.image && (now->kerrighed || trace.boots())) return;
    const auto& entries = cluster_.boot();
    auto plain = std::find_if(entries.begin(), entries.end(), [&](const BootEntry& entry) {
      return entry.image == wanted.image && !entry.kerrighed;
    });
    auto hint =
        plain == entries.end()
            ? fmt::format("describe an entry for {} without kerrighed:, and let machines boot that first",
                          cluster_.image_of(wanted).name)
            : fmt::format("let it boot {} first, apply that, and look at a trace", plain->name);
    findings_.push_back(
        {Severity::error,
         "kerrighed.plain_first",
         fmt::format("{} would boot Kerrighed's kernel ({}), and {}", machine.name, wanted.name,
                     now == nullptr || now->image != wanted.image
                         ? "has not booted its image without Kerrighed"
                         : fmt::format("does not boot its image without Kerrighed ({})", now->name)),
         std::move(hint),
         origin,
         {}});
  }

  const Cluster& cluster_;
  const Root& root_;
  std::optional<Tracer> tracer_;
  Diagnostics findings_;
};

}  // namespace

Diagnostics check_kerrighed_order(const Cluster& cluster, const Root& root, const Changes& changes) {
  auto has_kerrighed = std::any_of(cluster.boot().begin(), cluster.boot().end(),
                                   [](const BootEntry& entry) { return entry.kerrighed.has_value(); });
  return has_kerrighed ? OrderCheck(cluster, root).result(changes) : Diagnostics{};
}

}  // namespace krgboot
