// cluster.yaml, from the text to the rendered files: validation accepts only what can be rendered, and the
// daemons read the rendered files with the meaning of the spec.
#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/config/load.hpp"
#include "krgboot/formats/dhcp/isc/answer.hpp"
#include "krgboot/formats/dhcp/isc/render.hpp"
#include "krgboot/formats/dhcp/isc/syntax.hpp"
#include "krgboot/formats/kernel/command_line.hpp"
#include "krgboot/formats/kernel/nfs_root.hpp"
#include "krgboot/formats/loader/pxelinux/menu.hpp"
#include "krgboot/formats/loader/pxelinux/name.hpp"
#include "krgboot/formats/loader/pxelinux/render.hpp"
#include "krgboot/formats/nfs/exports/match.hpp"
#include "krgboot/formats/root_tree/fstab_table.hpp"
#include "krgboot/formats/root_tree/hosts.hpp"
#include "krgboot/plan/changes.hpp"
#include "krgboot/plan/render.hpp"
#include "krgboot/services/services.hpp"

#include <map>
#include <string>

#include "fuzz.hpp"
#include "services/services.hpp"

using namespace krgboot;
using fuzz::require;

namespace {

std::optional<Cluster> load(std::string_view text) {
  auto judge = [&](const DiagnosticsError& error) {
    require(has_errors(error.diagnostics()), "a refusal names an error");
    auto lines = split_lines(text).size() + 1;
    for (const auto& diagnostic : error.diagnostics()) {
      require(!diagnostic.code.empty() && !diagnostic.message.empty(), "a finding has a code and a message");
      require(!has_control(diagnostic.to_string()), "a finding is one clean line");
      require(diagnostic.where.position.line <= lines, "a finding's line is in the file");
    }
  };
  try {
    return load_cluster(text, "cluster.yaml");
  } catch (const ConfigError& error) {
    judge(error);
  } catch (const ValidationError& error) {
    judge(error);
  }
  return std::nullopt;
}

/// The text of each file of the plan on an empty server.
std::map<std::string, std::string> files_of(const Plan& plan) {
  std::map<std::string, std::string> files;
  for (const auto& item : plan.items) {
    if (const auto* file = std::get_if<WriteFile>(&item)) files[file->path] = file->content;
    if (const auto* edit = std::get_if<EditFile>(&item)) {
      auto text = apply_edit(edit->edit, edit->initial);
      require(apply_edit(edit->edit, text) == text, "an edit made twice is made once");
      (void)revert_edit(edit->edit, text);
      files[edit->path] = text;
    }
  }
  return files;
}

bool has_own_words(const Cluster& cluster) {
  if (!cluster.server().extra.empty()) return true;
  for (const auto& network : cluster.networks()) {
    if (!network.extra.empty()) return true;
  }
  return false;
}

void check_dhcp(const Cluster& cluster, const std::map<std::string, std::string>& files) {
  if (cluster.server().dhcp != "isc") return;
  auto conf = dhcp_of(cluster.server())->config_file(cluster.server_release());
  auto read = [&](const std::string& path) -> std::optional<std::string> {
    auto found = files.find(path);
    if (found == files.end()) return std::nullopt;
    return found->second;
  };
  dhcpd::Configuration configuration(files.at(conf), conf, read);
  if (has_own_words(cluster)) return;  // text of the user's own, with any meaning
  require(!has_errors(configuration.diagnostics()), "dhcpd starts with what is rendered");
  auto checked = 0;
  for (const auto& node : cluster.nodes()) {
    if (!node.mac || ++checked > 20) continue;
    auto client = dhcpd::pxe_client(*node.mac, node.uuid);
    client.link = cluster.networks().at(node.network).subnet.network();
    auto answer = configuration.answer(client);
    require(answer.offered && answer.address == node.address, "a listed node gets its address");
    require(answer.next_server() == cluster.server().address, "and is sent to the boot server");
    require(answer.filename() == "pxelinux.0", "for pxelinux");
    require(answer.root_path() == cluster.image_of(cluster.boot_of(node)).path, "and told its image");
  }
}

void check_boot_files(const Cluster& cluster, const std::map<std::string, std::string>& files) {
  auto checked = 0;
  for (const auto& node : cluster.nodes()) {
    if (++checked > 20) break;
    auto name =
        cluster.needs_own_boot_file(node) ? boot_file_name(cluster, node) : std::string(pxelinux_default);
    require(parse_pxelinux_name(name).has_value(), "pxelinux asks for such a name");
    auto menu = pxelinux::Menu::parse(files.at(cluster.server().tftp_root + "/pxelinux.cfg/" + name));
    const auto* label = menu.which_label();
    const auto& entry = cluster.boot_of(node);
    if (!entry.extra.empty()) continue;  // text of the user's own, with any meaning
    require(label != nullptr && label->name == entry.name, "the node's boot entry boots by itself");
    auto loading = menu.load(*label);
    require(loading.problem.empty() && loading.kind == pxelinux::FileKind::linux_kernel,
            "and loads a kernel");
    const auto& image = cluster.image_of(entry);
    require(loading.file == pxelinux::fetched_path(image, entry.kernel), "the one that was copied");
    if (!entry.append.empty() || !node.append.empty()) continue;
    auto line = KernelCommandLine::from_string(loading.command_line);
    auto root = find_nfs_root(line);
    require(root && root->root && root->root->path == image.path, "whose root is the image");
  }
}

void check_exports(const Cluster& cluster, const Plan& plan,
                   const std::map<std::string, std::string>& files) {
  if (cluster.server().nfs == no_program) return;
  std::vector<exports::ExportsTable> tables;
  for (const auto& item : plan.items) {
    const auto* file = std::get_if<WriteFile>(&item);
    const auto* edit = std::get_if<EditFile>(&item);
    if ((file != nullptr && file->role == Role::exports) ||
        (edit != nullptr && edit->role == Role::exports)) {
      tables.push_back(exports::ExportsTable::parse(files.at(item_of(item).path)));
      require(!tables.back().ends_early() && !has_errors(tables.back().diagnostics()),
              "exportfs takes what is rendered");
    }
  }
  exports::ExportsView view(std::move(tables));
  auto checked = 0;
  for (const auto& node : cluster.nodes()) {
    const auto& image = cluster.image_of(cluster.boot_of(node));
    if (image.clients || ++checked > 20) continue;
    auto verdict = view.would_allow(node.address, image.path);
    require(verdict.admission == exports::Admission::allowed, "a node may mount its root");
    require(verdict.read_only == (image.root == RootMode::ro) && !verdict.root_squash,
            "as its root wants it");
  }
}

void check_image_files(const Cluster& cluster, const std::map<std::string, std::string>& files) {
  for (const auto& image : cluster.images()) {
    auto fstab = fstab::FstabTable::parse(files.at(image.path + "/etc/fstab"));
    require(!has_errors(fstab.diagnostics()), "mount takes what is rendered");
    auto hosts = hosts::HostsFile::parse(files.at(image.path + "/etc/hosts"));
    require(hosts.diagnostics().empty(), "the resolver takes what is rendered");
    auto checked = 0;
    for (const auto& node : cluster.nodes()) {
      if (++checked > 5) break;
      require(hosts.address_of(node.name.to_string()) == node.address, "a node's name leads to its address");
    }
  }
}

/// A first apply into an empty root, without writing files.
void check_changes(const Plan& plan) {
  Snapshot nothing;
  nothing.items.resize(plan.items.size());
  auto changes = diff(plan, nothing);
  require(parse_manifest(to_string(changes.manifest)) == changes.manifest, "the manifest reads back");
  for (const auto& owned : changes.manifest.entries) {
    // Items that replace a file that every image has, such as mtab, are never removed again.
    if (owned.kind == Owned::Kind::edit || owned.role == Role::image_file) continue;
    require(is_own_name(owned.role, owned.path, owned.within), "krgboot knows the names that it gives");
  }
  (void)to_string(plan);
  (void)to_json(changes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto cluster = load(fuzz::text_of(data, size));
  if (!cluster || cluster->nodes().size() > 2000) return 0;
  // Everything that validation accepts can be rendered.
  std::optional<Plan> plan = render(*cluster);
  require(render(*cluster) == *plan, "the same cluster gives the same plan");
  auto files = files_of(*plan);
  check_dhcp(*cluster, files);
  check_boot_files(*cluster, files);
  check_exports(*cluster, *plan, files);
  check_image_files(*cluster, files);
  check_changes(*plan);
  return 0;
}
