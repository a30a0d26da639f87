#include "krgboot/formats/kernel/boot_command_line.hpp"

#include "krgboot/formats/kernel/ip_config.hpp"
#include "krgboot/formats/kernel/kerrighed_parameters.hpp"
#include "krgboot/model/root_scheme.hpp"

namespace krgboot {

namespace {

KerrighedParameters kerrighed_of(const Kerrighed& kerrighed, const Node* node) {
  KerrighedParameters parameters;
  parameters.session_id = kerrighed.session_id;
  parameters.autonodeid = kerrighed.autonodeid;
  if (!kerrighed.autonodeid && node != nullptr) parameters.node_id = node->node_id;
  parameters.nb_nodes_min = kerrighed.nb_nodes_min;
  return parameters;
}

void append(KernelCommandLine& line, const std::vector<std::string>& items) {
  for (const auto& item : items) line.add(KernelParameter::from_item(item));
}

}  // namespace

NfsRoot nfs_root_of(const ServerView& view, const BootEntry& entry) {
  NfsRoot root{view.server.address, view.cluster.image_of(entry).path, {}};
  if (entry.initramfs == Initramfs::none) root.options = {"nfsvers=3", "tcp"};
  return root;
}

KernelCommandLine render_command_line(const ServerView& view, const BootEntry& entry, const Node* node) {
  KernelCommandLine line;
  IpConfig dhcp;
  dhcp.autoconf = IpAutoconf::dhcp;
  line.add(KernelParameter::assignment("ip", dhcp.to_string()));
  line.add(nfs_root_parameters(nfs_root_of(view, entry), entry.initramfs));
  line.add(KernelParameter::flag(root_scheme(view.cluster.image_of(entry).root).kernel_word));
  if (entry.kerrighed) line.add(kerrighed_parameters(kerrighed_of(*entry.kerrighed, node)));
  append(line, entry.append);
  if (node != nullptr) append(line, node->append);
  return line;
}

}  // namespace krgboot
