"""A site of the collection krgboot.cluster for tests: playbooks, and a staged tree as a boot server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from staging import SOURCE

COLLECTIONS = SOURCE / "ansible"
COLLECTION = COLLECTIONS / "ansible_collections" / "krgboot" / "cluster"
WHEELS = SOURCE / "build" / "wheels"  # tests/setup

SPEC: dict[str, Any] = {
    "version": 1,
    "cluster": {"name": "lab", "domain": "lab.example.org"},
    "server": {"name": "server", "address": "10.20.0.2", "release": "bookworm"},
    "networks": [{"subnet": "10.20.0.0/16", "router": "10.20.0.1"}],
    "images": {"debian": {"path": "/srv/nfs/debian", "release": "bookworm", "shares_file_system": "a test"}},
    "boot": {"debian": {"image": "debian", "kernel": "vmlinuz", "initrd": "initrd.img"}},
    "default_boot": "debian",
    "nodes": [{"name": "node1", "address": "10.20.0.101", "mac": "52:54:00:20:00:01"}],
}


class Site:
    """A directory for playbooks, and a staged tree as the boot server of the host localhost."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.root = directory / "root"
        self.root.mkdir()
        self.inventories: list[str] = []
        """Inventories in addition to localhost, relative to the directory."""

    def play(
        self,
        *tasks: dict[str, Any],
        hosts: str = "localhost",
        root: Path | str | None = None,
        options: tuple[str, ...] = (),
        status: int = 0,
        python: str = sys.executable,
        within: tuple[str, ...] = (),
        **more: Any,
    ) -> Results:
        """Run a play of these tasks.

        root: default root of krgboot's modules; None: the staged tree. python: the interpreter of the modules on
        localhost. within: a command that runs ansible-playbook. more: other keywords of the play.
        """
        play = {
            "hosts": hosts,
            "gather_facts": False,
            "module_defaults": {"group/krgboot.cluster.all": {"root": str(self.root if root is None else root)}},
            **more,
            "tasks": [{"name": f"Task {number}", **task} for number, task in enumerate(tasks)],
        }
        (self.directory / "play.json").write_text(json.dumps([play]))
        localhost = {"ansible_connection": "local", "ansible_python_interpreter": python}
        (self.directory / "localhost.json").write_text(json.dumps({"all": {"hosts": {"localhost": localhost}}}))
        inventories = [word for name in ("localhost.json", *self.inventories) for word in ("-i", name)]
        return self.run([*within, "ansible-playbook", *inventories, *options, "play.json"], status)

    def run(self, command: list[str], status: int = 0) -> Results:
        """Run one of Ansible's programs in the site's directory."""
        done = subprocess.run(
            command,
            cwd=self.directory,
            env=os.environ
            | {
                "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
                "ANSIBLE_HOME": str(self.directory / "home"),
                "ANSIBLE_LOCALHOST_WARNING": "false",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return Results(done.stdout, done.stderr)


class SpecSite(Site):
    """A site whose hosts come from cluster.yaml by the inventory plugin, with the wheels of this tree.

    variables: of groups, which replace or complete those of the plugin.
    """

    def __init__(self, directory: Path, spec: dict[str, Any], variables: dict[str, dict[str, Any]]) -> None:
        super().__init__(directory)
        self.spec = spec
        self.write()
        (directory / "lab.krgboot.yml").write_text("plugin: krgboot.cluster.nodes\nspec: [cluster.yaml]\n")
        (directory / "wheels").symlink_to(WHEELS)
        (directory / "group_vars").mkdir()
        for group, values in variables.items():
            (directory / "group_vars" / f"{group}.yml").write_text(yaml.safe_dump(values))

    def write(self, *more: dict[str, Any]) -> None:
        """Write the spec, with these nodes in addition."""
        nodes = [*self.spec["nodes"], *more]
        (self.directory / "cluster.yaml").write_text(yaml.safe_dump(self.spec | {"nodes": nodes}))

    def playbook(self, name: str, *options: str, status: int = 0, within: tuple[str, ...] = ()) -> Results:
        """Run a playbook, a file of the site or one of the collection. within: a command that runs it."""
        return self.run([*within, "ansible-playbook", "-i", "lab.krgboot.yml", *options, name], status)


class Results:
    """What ansible-playbook printed."""

    def __init__(self, stdout: str, stderr: str) -> None:
        self.stdout = stdout
        self.stderr = stderr

    @property
    def said(self) -> str:
        """All output in one line of single blanks: Ansible wraps warnings."""
        return " ".join((self.stdout + self.stderr).split())

    def count(self, what: str, host: str = "localhost") -> int:
        """Return the number of the host's tasks that ended like that: "ok", "changed", "failed"."""
        (line,) = [line for line in self.stdout.splitlines() if line.startswith(f"{host} ") and " ok=" in line]
        return int(line.partition(f"{what}=")[2].split()[0])


def expect(condition: str) -> dict[str, Any]:
    """Return a task that fails unless the condition is true."""
    return {"ansible.builtin.assert": {"that": condition}}


def documentation(kind: str, name: str) -> dict[str, Any]:
    shown = subprocess.run(
        ["ansible-doc", "-t", kind, "--json", f"krgboot.cluster.{name}"],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)},
    )
    data: dict[str, Any] = json.loads(shown.stdout)[f"krgboot.cluster.{name}"]
    return data


def examples_of(name: str, site: Site) -> list[dict[str, Any]]:
    """Return the tasks of a module's examples, after checks of its documentation; their roots are below the site's."""
    data = documentation("module", name)
    assert {"check_mode", "diff_mode", "platform"} <= data["doc"]["attributes"].keys()
    assert data["return"]
    tasks: list[dict[str, Any]] = yaml.safe_load(data["examples"].replace("root: /", f"root: {site.root}/"))
    assert all("." in next(key for key in task if key not in {"name", "register"}) for task in tasks)
    return tasks
