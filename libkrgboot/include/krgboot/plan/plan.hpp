#pragma once

#include "krgboot/export.hpp"
#include "krgboot/model/image_step.hpp"
#include "krgboot/net/ipv4.hpp"
#include "krgboot/services/item.hpp"
#include "krgboot/services/reload.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// The owner of a plan. `apply` removes only what an earlier plan of the same scope has made, so several
/// clusters, and other programs with items of their own, can share a server.
struct Scope {
  std::string name;                        ///< of the cluster or the program
  std::string source = {};                 ///< file from which the plan was made, for messages; may be empty
  std::vector<Ipv4Network> networks = {};  ///< networks of its machines; no other scope may serve them
  std::vector<std::string> exports = {};   ///< directories that it exports; no other scope may export them
  friend bool operator==(const Scope&, const Scope&) = default;
};

/// The desired state of a server as data.
struct Plan {
  Scope scope = {};
  std::vector<PlanItem> items = {};  ///< in the order of creation: a directory before its files
  std::vector<Reload> reloads = {};  ///< in the order of execution, after all items
  /// What programs inside images have to do. `configure_image` runs them; `apply` does not, because it cannot
  /// undo what a program has done.
  std::vector<ImageStep> steps = {};
  friend bool operator==(const Plan&, const Plan&) = default;
};

/// The plan of a program with items of its own: these items, the directories that they lie in, and reloads of
/// the services that read the files, on a server of that release.
KRGBOOT_EXPORT Plan plan_items(Scope scope, std::vector<PlanItem> items, const Release& release);

/// Throws ArgumentError if `apply` must not carry out the plan: "item.path" for a path that is not absolute
/// and normalized or lies outside its `within`, "item.twice" for a path of two items, "scope.name" for a
/// scope without a name or with a control character in its name.
KRGBOOT_EXPORT void check_plan(const Plan& plan);

/// One line for each item, such as "write /etc/dhcp/krgboot.conf 0644 1234 bytes (networks, nodes)".
KRGBOOT_EXPORT std::string to_string(const Plan& plan);
/// `{"scope": …, "items": [{"do": "write", "path": …, "content": …}, …], "reloads": […], "steps": [{"image",
/// "origin", "step", "what"}]}`. Password hashes are left out.
KRGBOOT_EXPORT std::string to_json(const Plan& plan);

}  // namespace krgboot
