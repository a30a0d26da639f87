#!/usr/bin/env python3
"""How long Ansible takes to give nodes their boot files: krgboot.cluster.cluster, and the module template in a loop.

tests/bench/bench_ansible.py [--nodes N...] [--servers N]: prints one table. Run it with the Python that has krgboot and
ansible-core. All plays run over the local connection, on roots in a temporary directory.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parents[2]

MENU = """DEFAULT other
PROMPT 0

LABEL other
  KERNEL boot/debian/vmlinuz
  APPEND initrd=boot/debian/initrd.img root=/dev/nfs ip=dhcp nfsroot=10.0.0.2:/srv/nfs/debian node={{ item }}
"""


def spec(nodes: int, number: int = 0) -> dict[str, Any]:
    """Return a cluster in which every node has a boot file of its own."""
    entry = {"image": "debian", "kernel": "vmlinuz", "initrd": "initrd.img"}
    first = 10 + number
    return {
        "version": 1,
        "cluster": {"name": f"lab{number}", "domain": "lab.example.org"},
        "server": {"name": f"server{number}", "address": f"{first}.0.0.2", "release": "bookworm"},
        "networks": [{"subnet": f"{first}.0.0.0/16"}],
        "images": {"debian": {"path": "/srv/nfs/debian", "release": "bookworm", "shares_file_system": "a benchmark"}},
        "boot": {"debian": entry, "other": {**entry, "append": ["quiet"]}},
        "default_boot": "debian",
        "nodes": [
            {"name": f"s{number}n{each}", "address": f"{first}.0.{1 + each // 250}.{1 + each % 250}", "boot": "other"}
            for each in range(nodes)
        ],
    }


class Place:
    """A directory with playbooks."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def play(self, tasks: list[dict[str, Any]], *options: str, hosts: str = "localhost") -> float:
        """Run the tasks; return the seconds that it took."""
        play = {"hosts": hosts, "gather_facts": False, "connection": "local", "tasks": tasks}
        play["vars"] = {"ansible_python_interpreter": sys.executable}
        (self.directory / "play.json").write_text(json.dumps([play]))
        environment = os.environ | {
            "ANSIBLE_COLLECTIONS_PATH": str(SOURCE / "ansible"),
            "ANSIBLE_HOME": str(self.directory / "home"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_PIPELINING": "true",
        }
        start = time.monotonic()
        subprocess.run(
            [Path(sys.executable).with_name("ansible-playbook"), *options, "play.json"],
            cwd=self.directory,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return time.monotonic() - start


def cluster(source: str, root: str) -> dict[str, Any]:
    """Return the task that sets up a server's tree."""
    options = {"src": source, "root": root, "allow_missing": True, "validate": False}
    return {"krgboot.cluster.cluster": options}


def show(what: str, seconds: float, nodes: int | None = None) -> None:
    """Print one row."""
    each = f" {seconds / nodes * 1000:10.3f} ms a node" if nodes else ""
    print(f"{what:52} {seconds:9.2f} s{each}", flush=True)


def main() -> None:
    """Run all plays, and print how long they took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, nargs="+", default=[1000, 10000])
    parser.add_argument("--templated", type=int, default=200, help="nodes of the loop; 0: none")
    parser.add_argument("--servers", type=int, default=100)
    parser.add_argument("--nodes-of-a-server", type=int, default=1000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="krgboot-bench-") as scratch:
        place = Place(Path(scratch))
        (place.directory / "menu.j2").write_text(MENU)
        (place.directory / "files").mkdir()
        loop = {
            "ansible.builtin.template": {"src": "menu.j2", "dest": f"{scratch}/files/{{{{ item }}}}", "mode": "0644"},
            "loop": [f"{number:08X}" for number in range(arguments.templated)],
        }
        show("an empty play", place.play([]))
        for run in ("first run", "no change") if arguments.templated else ():
            show(f"template in a loop, {arguments.templated} nodes, {run}", place.play([loop]), arguments.templated)
        for nodes in arguments.nodes:
            (place.directory / f"{nodes}.yaml").write_text(json.dumps(spec(nodes)))
            root = place.directory / f"root{nodes}"
            root.mkdir()
            task = cluster(f"{nodes}.yaml", str(root))
            show(f"krgboot.cluster.cluster, {nodes} nodes, first run", place.play([task]), nodes)
            show(f"krgboot.cluster.cluster, {nodes} nodes, no change", place.play([task]), nodes)
        many_servers(place, arguments.servers, arguments.nodes_of_a_server)
        unchanged_image(place)


def unchanged_image(place: Place) -> None:
    """Compare the module image with krgbootctl verify for an image that is as its spec says.

    The module image_info, which only finds the image, shows what Ansible takes to run any module.
    """
    root = SOURCE / "build/quickstart/root"
    if not root.is_dir():
        print("image and verify: not measured; run examples/quickstart first", flush=True)
        return
    source = SOURCE / "examples/debian/cluster.yaml"
    options = {"src": str(source), "name": "debian", "root": str(root)}
    for module in ("image_info", "image"):
        show(f"krgboot.cluster.{module}, no change", place.play([{f"krgboot.cluster.{module}": options}]))
    start = time.monotonic()
    command = [Path(sys.executable).with_name("krgbootctl"), "verify", "--root", root, source]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    show("krgbootctl verify of the same server and image", time.monotonic() - start)


def many_servers(place: Place, servers: int, nodes: int) -> None:
    """Set up servers side by side, each with a spec and a root of its own."""
    names = []
    for number in range(servers):
        names.append(f"server{number}.yaml")
        (place.directory / names[-1]).write_text(json.dumps(spec(nodes, number)))
    (place.directory / "all.krgboot.yml").write_text(
        json.dumps({"plugin": "krgboot.cluster.nodes", "spec": names, "include": ["server"]})
    )
    for forks in (2, 10):
        for number in range(servers):
            (place.directory / f"forks{forks}" / f"lab{number}").mkdir(parents=True)
        task = cluster("{{ krgboot_specs[0] }}", f"{place.directory}/forks{forks}/{{{{ krgboot_cluster }}}}")
        options = ("-i", "all.krgboot.yml", "--forks", str(forks))
        what = f"{servers} servers with {nodes} nodes, forks {forks}"
        show(f"{what}, first run", place.play([task], *options, hosts="boot_servers"), servers * nodes)
        show(f"{what}, no change", place.play([task], *options, hosts="boot_servers"), servers * nodes)


if __name__ == "__main__":
    main()
