# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the hosts of an inventory from cluster.yaml files."""

DOCUMENTATION = r"""
name: nodes
short_description: Nodes, boot servers and images of C(cluster.yaml) files
description:
  - Reads one or several C(cluster.yaml) files of krgboot. Their nodes and boot servers become hosts, and each image a
    host of its own, C(IMAGE.images.CLUSTER), which the connection plugin P(krgboot.cluster.image#connection) reaches.
  - The configuration is a YAML file whose name is C(krgboot.yml) or ends with C(.krgboot.yml). A C(cluster.yaml) itself
    is read only if this plugin is enabled before Ansible's own, since Ansible takes it for an inventory in YAML.
  - The groups are C(nodes), C(boot_servers) and C(images), C(cluster_NAME) for each cluster, and for the nodes of each
    network, image and boot entry C(network_10_20_0_0_24), C(image_NAME) and C(boot_NAME). Expressions in O(groups) and
    O(keyed_groups) give the same, but take much longer for thousands of nodes.
  - Boot servers have the variable C(krgboot_specs), the paths of their C(cluster.yaml) files on the controller.
author:
  - The krgboot authors (@krgboot)
requirements:
  - krgboot (Python package, on the controller)
extends_documentation_fragment:
  - constructed
options:
  plugin:
    description: The name of this plugin.
    type: str
    required: true
    choices: [krgboot.cluster.nodes]
  spec:
    description:
      - The C(cluster.yaml) files, relative to the file with this configuration. They may be encrypted by Ansible Vault.
      - Two clusters must not have a host of one name, except that they may share a boot server.
    type: list
    elements: str
    required: true
  include:
    description: The kinds of hosts.
    type: list
    elements: str
    choices: [nodes, server, images]
    default: [nodes, server, images]
  hostname:
    description: Are nodes and boot servers called by their short name, or with the domain of the cluster?
    type: str
    choices: [short, fqdn]
    default: short
"""

EXAMPLES = r"""
# lab.krgboot.yml
plugin: krgboot.cluster.nodes
spec: cluster.yaml

# halls.krgboot.yml, for two clusters
# plugin: krgboot.cluster.nodes
# spec:
#   - hall1/cluster.yaml
#   - hall2/cluster.yaml
# hostname: fqdn
"""

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.module_utils.basic import missing_required_lib
from ansible.plugins.inventory import BaseInventoryPlugin, Constructable
from ansible_collections.krgboot.cluster.plugins.module_utils._version import version_fault
from ansible_collections.krgboot.cluster.plugins.plugin_utils._spec_text import spec_text

try:
    import krgboot
    from krgboot.inventory import inventory_of
except ImportError as error:
    IMPORT_ERROR: ImportError | None = error
else:
    IMPORT_ERROR = None


class InventoryModule(BaseInventoryPlugin, Constructable):
    """The inventory plugin."""

    NAME = "krgboot.cluster.nodes"

    def verify_file(self, path: str) -> bool:
        """Return whether a file is a configuration of this plugin, or a cluster.yaml."""
        name = Path(path).name
        is_configuration = any(f".{name}".endswith(f".krgboot.{end}") for end in ("yml", "yaml"))
        return bool(super().verify_file(path)) and (is_configuration or name in {"cluster.yml", "cluster.yaml"})

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Read the specs and enter their hosts."""
        super().parse(inventory, loader, path, cache)
        if IMPORT_ERROR is not None:
            raise AnsibleParserError(missing_required_lib("krgboot")) from IMPORT_ERROR
        if fault := version_fault(krgboot):
            raise AnsibleParserError(fault)
        if Path(path).name.startswith("cluster."):  # a spec instead of a configuration
            self.set_options(direct={"plugin": self.NAME, "spec": [path]})
        else:
            self._read_config_data(path)
        self._clusters: dict[str, str] = {}  # by name: the spec
        self._hosts: dict[str, str] = {}
        for spec in self.get_option("spec"):
            self._enter(str((Path(path).parent / spec).resolve()))
        self._construct()

    def _enter(self, spec: str) -> None:
        try:
            cluster = krgboot.loads(spec_text(self.loader, spec), spec)
        except (krgboot.Error, AnsibleError, OSError) as error:
            raise AnsibleParserError(f"cannot read the spec {spec}: {error}") from error
        self._claim(self._clusters, "cluster", cluster.name, spec)
        data = inventory_of(cluster, self.get_option("include"), fqdn=self.get_option("hostname") == "fqdn")
        for host, variables in data.pop("_meta")["hostvars"].items():
            self._enter_host(host, variables, spec, is_server=host in data.get("boot_servers", {"hosts": []})["hosts"])
        for group in data.pop("all")["children"]:
            self.inventory.add_group(group)
        for group, content in data.items():
            for name, value in content["vars"].items():
                self.inventory.set_variable(group, name, value)
            for host in content["hosts"]:
                self.inventory.add_child(group, host)

    def _enter_host(self, host: str, variables: dict[str, Any], spec: str, *, is_server: bool) -> None:
        known = self.inventory.get_host(host) if is_server else None
        specs = list(known.vars.get("krgboot_specs", [])) if known else []
        is_shared = specs and known.vars.get("ansible_host") == variables["ansible_host"]
        if not is_shared:
            self._claim(self._hosts, "host", host, spec)
        self.inventory.add_host(host)
        for name, value in variables.items():
            self.inventory.set_variable(host, name, value)
        if is_server:
            self.inventory.set_variable(host, "krgboot_specs", [*specs, spec])

    @staticmethod
    def _claim(claimed: dict[str, str], kind: str, name: str, spec: str) -> None:
        """Note which spec has the name, which no other spec may have."""
        if name in claimed:
            raise AnsibleParserError(f"both {claimed[name]} and {spec} have the {kind} {name}")
        claimed[name] = spec

    def _construct(self) -> None:
        """Apply the options of constructed, if there are any: they take longer than everything else."""
        compose, groups, keyed = (self.get_option(name) for name in ("compose", "groups", "keyed_groups"))
        if not (compose or groups or keyed):
            return
        strict = self.get_option("strict")
        for host in self._hosts:
            variables = self.inventory.get_host(host).get_vars()
            self._set_composite_vars(compose, variables, host, strict=strict)
            self._add_host_to_composed_groups(groups, variables, host, strict=strict)
            self._add_host_to_keyed_groups(keyed, variables, host, strict=strict)
