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

/// Whose a plan is. Apply removes only what an earlier plan of the same scope made, so that several clusters,
/// and programs with items of their own, can share a server.
struct Scope {
  std::string name;         ///< of the cluster, or of the program
  std::string source = {};  ///< the file that the plan was made from, for messages; may be empty
  std::vector<Ipv4Network> networks = {};  ///< whose machines it serves: no other scope may serve these
  std::vector<std::string> exports = {};   ///< directories that it exports: no other scope may export these
  friend bool operator==(const Scope&, const Scope&) = default;
};

/// The desired state of a server as data.
struct Plan {
  Scope scope = {};
  std::vector<PlanItem> items = {};  ///< in the order in which they are made: a directory before its files
  std::vector<Reload> reloads = {};  ///< in the order in which they are done, after all items
  /// What programs inside of images have to bring about. No apply undoes what a program has done, so these
  /// are not apply's: configure_image carries them out.
  std::vector<ImageStep> steps = {};
  friend bool operator==(const Plan&, const Plan&) = default;
};

/// Throws ArgumentError for a plan that no apply may carry out: "item.path" for a path that is not absolute
/// and normal or that lies outside its `within`, "item.twice" for a path that two items have, "scope.name"
/// for a scope without a name or with a control character in it.
KRGBOOT_EXPORT void check_plan(const Plan& plan);

/// One line an item: "write /etc/dhcp/krgboot.conf 0644 1234 bytes (networks, nodes)".
KRGBOOT_EXPORT std::string to_string(const Plan& plan);
/// {"scope": …, "items": [{"do": "write", "path": …, "content": …}, …], "reloads": […], "steps": [{"image",
/// "origin", "step", "what"}]}
KRGBOOT_EXPORT std::string to_json(const Plan& plan);

}  // namespace krgboot
