"""The Ansible collection krgboot.cluster: its modules and filters in real playbooks, on staged trees."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import krgboot
import pytest
import yaml
from ansible_site import COLLECTION, SPEC, Site, documentation, examples_of, expect
from staging import EXAMPLES, SOURCE, in_own_mounts, make_root, needs, needs_root

# test_ansible_images.py runs the examples of the modules for images.
MODULES = sorted(path.stem for path in (COLLECTION / "plugins" / "modules").glob("*.py") if "image" not in path.stem)

pytestmark = needs("ansible-playbook")


def cluster(**options: Any) -> dict[str, Any]:
    return {"krgboot.cluster.cluster": {"allow_missing": True, **options}}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def files_of(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_cluster_is_applied_once(site: Site) -> None:
    task = cluster(src=str(EXAMPLES["debian"]))
    planned = site.play(task, options=("--check", "--diff"))
    assert planned.count("changed") == 1
    assert "+++ b/etc/dhcp/krgboot.conf" in planned.stdout
    assert not (site.root / "etc").exists()
    site.play(task | {"register": "it"}, expect("it.changes | length > 20 and it.checks | length > 0"))
    written = files_of(site.root)
    assert b"10.20.0.101" in written["etc/dhcp/krgboot.conf"]
    for options in ((), ("--check", "--diff")):
        assert site.play(task, options=options).count("changed") == 0
    assert files_of(site.root) == written


def test_a_spec_as_data_and_on_the_server(site: Site) -> None:
    site.play(cluster(spec=SPEC))
    (site.root / "cluster.yaml").write_text(json.dumps(SPEC))
    again = cluster(src=str(site.root / "cluster.yaml"), remote_src=True)
    assert site.play(again).count("changed") == 0


def test_what_is_missing_stops_it_but_not_check_mode(site: Site) -> None:
    task = cluster(spec=SPEC, allow_missing=False)
    planned = site.play(task, options=("--check",))
    assert "[loader.missing]" in planned.said
    refused = site.play(task, status=2)
    assert "[loader.missing]" in refused.said
    assert "is not there" in refused.said
    assert not (site.root / "etc").exists()


def test_mistakes_in_a_spec_have_key_paths(site: Site) -> None:
    nodes = [
        {"name": "node1", "address": "10.99.0.1", "mac": "52:54:00:20:00:01"},
        {"name": "node2", "address": "10.20.0.102", "mac": "52:54:00:20:00:02", "boot": "nothing"},
    ]
    refused = site.play(
        cluster(spec=SPEC | {"nodes": nodes}) | {"register": "it", "ignore_errors": True},
        expect("it.diagnostics | map(attribute='key') | list == ['nodes[0].address', 'nodes[1].boot']"),
    )
    assert refused.count("failed") == 0
    assert "nodes[0].address: address 10.99.0.1 of node1 is in none of the networks" in refused.said
    (site.directory / "cluster.yaml").write_text(yaml.safe_dump(SPEC | {"nodes": nodes}))
    refused = site.play(cluster(src="cluster.yaml"), status=2)
    assert "cluster.yaml:" in refused.said
    assert ": error: address 10.99.0.1 of node1" in refused.said


def test_a_daemon_that_refuses_changes_nothing(site: Site) -> None:
    network = SPEC["networks"][0] | {"extra": ["option no-such-option 1;"]}
    task = cluster(spec=SPEC | {"networks": [network]})
    main = site.root / "etc" / "dhcp" / "dhcpd.conf"
    main.parent.mkdir(parents=True)
    main.write_text("authoritative;\n")
    for options in (("--check",), ()):
        refused = site.play(task, options=options, status=0 if options else 2)
        assert "no-such-option" in refused.said
    assert [path.name for path in main.parent.iterdir()] == ["dhcpd.conf"]
    assert main.read_text() == "authoritative;\n"


def test_two_clusters_on_one_server(site: Site) -> None:
    other = json.loads(json.dumps(SPEC).replace("10.20.", "10.30.").replace("lab", "hall").replace("debian", "hall"))
    del other["default_boot"]
    other["nodes"][0] |= {"name": "hall1", "boot": "hall", "mac": "52:54:00:30:00:01"}
    site.play(cluster(spec=SPEC))
    mine = files_of(site.root)
    site.play(cluster(spec=other))
    both = files_of(site.root)
    assert b"10.30.0.101" in b"".join(both.values())
    assert mine.keys() <= both.keys()
    assert site.play(cluster(spec=SPEC), cluster(spec=other)).count("changed") == 0


def test_hashes_of_passwords_are_shown_nowhere(site: Site) -> None:
    secret = "$6$salt$" + "x" * 86
    (site.directory / "password").write_text("vault password")
    encrypted = subprocess.run(
        ["ansible-vault", "encrypt_string", "--vault-password-file", site.directory / "password", secret],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"ANSIBLE_HOME": str(site.directory / "home")},
    ).stdout
    image = SPEC["images"]["debian"] | {"users": [{"name": "krg", "password_hash": "HASH"}]}
    text = yaml.safe_dump(SPEC | {"images": {"debian": image}}, width=1000)
    lines = "\n".join(" " * 10 + line.strip() for line in encrypted.splitlines()[1:])
    (site.directory / "cluster.yaml").write_text(text.replace("HASH", f"!vault |\n{lines}"))
    make_root(site.root, krgboot.cluster.from_dict(SPEC))
    accounts = site.root / "srv" / "nfs" / "debian" / "etc"
    for name in ("passwd", "shadow", "group", "gshadow"):
        (accounts / name).write_text("root:x:0:0:root:/root:/bin/sh\n" if name == "passwd" else "root:*:1::::::\n")
    vault = ("--vault-password-file", "password")
    done = site.play(cluster(src="cluster.yaml", adopt=True), options=(*vault, "-vvv", "--diff"))
    assert secret in (accounts / "shadow").read_text()
    assert done.count("changed") == 1
    assert "x" * 40 not in done.stdout + done.stderr
    assert "$6$" not in done.stdout + done.stderr


def test_a_large_spec(site: Site) -> None:
    nodes = [{"name": "n[1-4000]", "address": "10.20.[16-31].[1-250]", "mac": "52:54:00:[00-0f]:[01-fa]:00"}]
    many = [
        {"name": f"m{number}", "address": f"10.20.{32 + number // 250}.{1 + number % 250}", "boot": "debian"}
        for number in range(4000)
    ]
    assert len(json.dumps(many)) > 1 << 17
    site.play(cluster(spec=SPEC | {"nodes": nodes + many}))
    assert b"10.20.47.250" in (site.root / "etc" / "dhcp" / "krgboot.conf").read_bytes()


def test_a_host_without_krgboot(site: Site) -> None:
    if Path("/opt/krgboot").exists() or shutil.which("python3", path="/usr/bin") is None:
        pytest.skip("NOT TESTED: this machine has krgboot of its own, or no /usr/bin/python3")
    refused = site.play(cluster(spec=SPEC), status=2, python="/usr/bin/python3")
    assert "Failed to import the required Python library (krgboot)" in refused.said


def test_a_host_with_another_version_of_krgboot(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    data = yaml.safe_load((COLLECTION / "galaxy.yml").read_text())
    assert data["version"] == krgboot.__version__
    (site.directory / "later" / "krgboot").mkdir(parents=True)
    (site.directory / "later" / "krgboot" / "__init__.py").write_text('__version__ = "0.2.7"\n')
    (site.directory / "later" / "krgboot" / "inventory.py").write_text("inventory_of = None\n")
    for name in ("net", "pxelinux"):
        (site.directory / "later" / "krgboot" / f"{name}.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(site.directory / "later"))
    wanted = "krgboot 0.2.7 is installed here, but this collection krgboot.cluster needs krgboot 0.1"
    assert wanted in site.play(cluster(spec=SPEC), status=2).said
    named = {"ansible.builtin.debug": {"msg": "{{ '10.0.0.1' | krgboot.cluster.pxelinux_name }}"}}
    assert wanted in site.play(named, status=2).said
    (site.directory / "lab.krgboot.yml").write_text("plugin: krgboot.cluster.nodes\nspec: [lab.yaml]\n")
    assert wanted in site.run(["ansible-inventory", "-i", "lab.krgboot.yml", "--list"]).said


@needs_root
def test_another_interpreter_of_the_host_has_krgboot(site: Site) -> None:
    """The module runs again under /opt/krgboot; a module with large arguments would hang then."""
    script = 'mount -t tmpfs none /opt; ln -s "$1" /opt/krgboot; shift; exec "$@"'
    within = tuple(in_own_mounts(script, sys.prefix))
    nodes = [
        {"name": f"n{number}", "address": f"10.20.{number // 250}.{3 + number % 250}", "boot": "debian"}
        for number in range(4000)
    ]
    assert len(json.dumps(nodes)) > 1 << 17
    task = cluster(spec=SPEC | {"nodes": nodes})
    assert site.play(task, python="/usr/bin/python3", within=within).count("changed") == 1
    assert site.play(task).count("changed") == 0


def test_exports(site: Site) -> None:
    def export(*clients: tuple[str, str], **more: Any) -> dict[str, Any]:
        named = [{"client": client, "options": options.split(",")} for client, options in clients]
        task = {"path": "/srv/data", "dest": "/etc/exports.d/data.exports", "clients": named} | more
        return {"krgboot.cluster.nfs_export": task, "register": "it"}

    table = site.root / "etc" / "exports.d" / "data.exports"
    network = ("10.20.0.0/24", "rw,no_subtree_check")
    assert site.play(export(network), options=("--check",)).count("changed") == 1
    assert not table.exists()
    site.play(export(network))
    table.write_text("# kept\n" + table.read_text() + "/srv/other *(ro)\n")
    same = ("10.20.0.0/255.255.255.0", "no_subtree_check,rw,sync,hide")
    assert site.play(export(same)).count("changed") == 0
    node = ("10.21.0.1", "ro,no_subtree_check")
    site.play(export(node), expect("it.entries | map(attribute='client') | list == ['10.20.0.0/24', '10.21.0.1', '*']"))
    info = {"path": "/srv/data", "addresses": ["10.20.0.7", "10.22.0.1"]}
    site.play(
        {"krgboot.cluster.nfs_export_info": info, "register": "it"},
        expect("it.verdicts['10.20.0.7'].admission == 'allowed' and it.verdicts['10.22.0.1'].admission == 'refused'"),
    )
    assert site.play(export(node, exclusive=True)).count("changed") == 1
    assert "10.20.0.0" not in table.read_text()
    assert site.play(export(node, state="absent"), export(node, state="absent")).count("changed") == 1
    assert table.read_text() == "# kept\n/srv/other *(ro)\n"
    refused = site.play(export(("10.20.0.1", "rw,no_such_option")), status=2)
    assert "no_such_option" in refused.said
    assert table.read_text() == "# kept\n/srv/other *(ro)\n"


def test_a_single_host(site: Site) -> None:
    def host(**options: Any) -> dict[str, Any]:
        values = {"name": "web1", "mac": "52:54:00:00:00:0A", "address": "10.20.0.60"} | options
        return {"krgboot.cluster.dhcp_host": values, "register": "it"}

    conf = site.root / "etc" / "dhcp" / "dhcpd.conf"
    hosts = conf.with_name("krgboot_hosts.conf")
    conf.parent.mkdir(parents=True, exist_ok=True)
    conf.write_text("subnet 10.20.0.0 netmask 255.255.255.0 { }\n")
    assert site.play(host(), options=("--check", "--diff")).count("changed") == 1
    assert not hosts.exists()
    ran = expect("it.checks | map(attribute='ran') | list == [true] and it.warnings is not defined")
    site.play(host(), ran, expect("it.changes | map(attribute='path') | last == '/etc/dhcp/dhcpd.conf'"))
    assert "fixed-address 10.20.0.60;" in hosts.read_text()
    assert site.play(host()).count("changed") == 0
    assert "would get no address" in site.play(host(address="10.21.0.60")).said
    refused = site.play(host(extra=["no-such-statement 1;"]), status=2)
    assert "no-such-statement" in refused.said
    assert "fixed-address 10.21.0.60;" in hosts.read_text()
    wrong = site.play(host(mac="nonsense"), status=2)
    assert "nonsense" in wrong.said
    assert site.play(host(state="absent"), host(state="absent")).count("changed") == 1
    assert conf.read_text() == "subnet 10.20.0.0 netmask 255.255.255.0 { }\n"
    assert not hosts.exists()


def test_a_boot_file(site: Site) -> None:
    def config(**options: Any) -> dict[str, Any]:
        return {"krgboot.cluster.pxelinux_config": {"machines": "10.20.0.0/25"} | options, "register": "it"}

    folder = site.root / "srv" / "tftp" / "pxelinux.cfg"
    labels = [{"name": "rescue", "kernel": "rescue/vmlinuz", "initrds": ["a", "b"], "append": "console=ttyS0"}]
    assert site.play(config(labels=labels), options=("--check",)).count("changed") == 1
    assert not folder.exists()
    site.play(config(labels=labels))
    assert sorted(path.name for path in folder.iterdir()) == [f"0A1400{digit}" for digit in range(8)]
    assert "  APPEND initrd=a,b console=ttyS0\n" in (folder / "0A14000").read_text()
    assert site.play(config(labels=labels)).count("changed") == 0
    assert "UNKNOWN_WORD" in site.play(config(content="UNKNOWN_WORD\n")).said
    refused = site.play(config(labels=[labels[0] | {"append": "x" * 3000}]), status=2)
    assert "are the most" in refused.said
    assert (folder / "0A14007").read_text() == "UNKNOWN_WORD\n"
    assert "names no machines" in site.play(config(machines="node1", content=""), status=2).said
    assert site.play(config(state="absent"), config(state="absent")).count("changed") == 1
    assert not folder.exists()


def test_the_firmwares_are_those_of_krgboot() -> None:
    options = documentation("module", "boot_trace_info")["doc"]["options"]
    assert options["firmware"]["choices"] == list(krgboot.tracing.FIRMWARES)


def test_the_boot_of_a_node_is_followed(site: Site) -> None:
    make_root(site.root, krgboot.cluster.from_dict(SPEC))
    site.play(
        cluster(spec=SPEC, adopt=True),
        {"krgboot.cluster.boot_trace_info": {"spec": SPEC}, "register": "it"},
        expect("it.traces | map(attribute='machine.name') | list == ['node1']"),
        expect("it.traces[0].boot_file == 'default' and it.traces[0].kernel == 'boot/debian/vmlinuz'"),
        {"krgboot.cluster.cluster_info": {"spec": SPEC}, "register": "it"},
        expect("it.clean and it.cluster.nodes[0].address == '10.20.0.101'"),
    )
    uefi = {"spec": SPEC, "firmware": "uefi"}
    site.play({"krgboot.cluster.boot_trace_info": uefi, "register": "it"}, expect("not it.boots"))
    (site.root / "srv" / "tftp" / "pxelinux.cfg" / "default").unlink()
    site.play(
        {"krgboot.cluster.boot_trace_info": {"spec": SPEC, "machines": ["10.20.0.101"]}, "register": "it"},
        expect("not it.boots"),
        {"krgboot.cluster.cluster_info": {"spec": SPEC}, "register": "it"},
        expect("not it.clean and it.changes | map(attribute='path') | list == ['/srv/tftp/pxelinux.cfg/default']"),
    )


def test_filters(site: Site) -> None:
    machine = "{'mac': '52:54:00:12:34:0a', 'address': '10.11.12.101'}"
    conditions = {
        "'10.11.12.101' | krgboot.cluster.pxelinux_name": "0A0B0C65",
        "'192.168.0.0/26' | krgboot.cluster.pxelinux_names": ["C0A8000", "C0A8001", "C0A8002", "C0A8003"],
        "'192.168.0.1-192.168.0.2' | krgboot.cluster.pxelinux_names": ["C0A80001", "C0A80002"],
        f"({machine} | krgboot.cluster.pxelinux_search_order)[:2]": ["01-52-54-00-12-34-0a", "0A0B0C65"],
        "'ssi[1-4,7]' | krgboot.cluster.expand_nodes": ["ssi1", "ssi2", "ssi3", "ssi4", "ssi7"],
        "['n1', 'n2', 'n3'] | krgboot.cluster.compress_nodes": ["n[1-3]"],
        "'10.0.0.8-10.0.0.10' | krgboot.cluster.minimal_networks": ["10.0.0.8/31", "10.0.0.10/32"],
    }
    site.play(*(expect(f"({expression}) == {value!r}") for expression, value in conditions.items()))
    wrong = site.play({"ansible.builtin.debug": {"msg": "{{ '300.1.1.1' | krgboot.cluster.pxelinux_name }}"}}, status=2)
    assert "does not name one machine" in wrong.said


@pytest.mark.parametrize("name", MODULES)
def test_each_module_is_documented_and_its_examples_run(site: Site, name: str) -> None:
    tasks = examples_of(name, site)
    shutil.copy(EXAMPLES["debian"], site.directory / "cluster.yaml")
    if name != "cluster":
        make_root(site.root, krgboot.load(EXAMPLES["debian"]))
        site.play(cluster(src="cluster.yaml", adopt=True))
    for options in (value for task in tasks for value in task.values() if isinstance(value, dict)):
        if name == "cluster":
            options.setdefault("allow_missing", True)  # a staged tree has neither loader nor image
        if "root" in options:
            Path(options["root"]).mkdir(parents=True, exist_ok=True)
    site.play(*tasks)


@pytest.mark.parametrize("role", sorted((COLLECTION / "roles").iterdir()), ids=lambda role: role.name)
def test_the_defaults_of_a_role_are_those_of_its_page(role: Path) -> None:
    options = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    documented = {name: option["default"] for name, option in options.items() if not option.get("required")}
    assert yaml.safe_load((role / "defaults" / "main.yml").read_text()) == documented


def test_the_example(site: Site) -> None:
    """examples/ansible: its inventory, its playbook, and its server as a staged tree."""
    shutil.copytree(SOURCE / "examples" / "ansible", site.directory, dirs_exist_ok=True)
    graph = site.run(["ansible-inventory", "--graph"]).stdout
    assert all(host in graph for host in ("--server", "--debian.images.lab", "--node4"))
    site.run(["ansible-playbook", "site.yml", "--syntax-check"])
    make_root(site.root, krgboot.cluster.from_dict(SPEC))  # its image has the same place and the same kernel
    accounts = site.root / "srv" / "nfs" / "debian" / "etc"
    (accounts / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (accounts / "shadow").write_text("root:*:1::::::\n")
    (accounts / "group").write_text("root:x:0:\nsudo:x:27:\n")
    (accounts / "gshadow").write_text("root:*::\nsudo:*::\n")
    variables = {
        "ansible_connection": "local",
        "ansible_become": False,
        "ansible_python_interpreter": sys.executable,
        "krgboot_root": str(site.root),
    }
    play = ["ansible-playbook", "krgboot.cluster.add_node", "-e", json.dumps(variables)]
    assert site.run(play).count("changed", "server") == 1
    assert "$6$examplesalt$" in (accounts / "shadow").read_text()
    assert site.run([*play, "--check", "--diff"]).count("changed", "server") == 0


@pytest.mark.parametrize("path", sorted((COLLECTION / "plugins" / "filter").glob("*.yml")), ids=lambda path: path.stem)
def test_each_filter_is_documented(path: Path) -> None:
    data = documentation("filter", path.stem)
    assert data["doc"]["short_description"]
    assert data["examples"]
    assert data["return"]


def test_the_guide() -> None:
    """Its files are those of examples/ansible, and it uses no playbook that does not exist."""
    guide = (COLLECTION / "docs" / "docsite" / "rst" / "guide_bare_debian.rst").read_text()
    example = SOURCE / "examples" / "ansible"
    files = [path.read_text() for path in example.rglob("*.y*ml")]
    blocks = re.findall(r"\.\. code-block:: (\w+)\n\n((?:    .*\n|\n)+)", guide)
    assert [kind for kind, _ in blocks].count("yaml") >= 4
    for kind, block in blocks:
        text = textwrap.dedent(block).strip() + "\n"
        if kind == "yaml":
            assert any(text in file for file in files), text
            continue
        for line in text.splitlines():
            assert line.startswith("$ ")
            if line.startswith("$ ansible-playbook "):
                name = line.split()[2]
                playbook = example / name if name.endswith(".yml") else COLLECTION / "playbooks" / f"{name[16:]}.yml"
                assert playbook.is_file()
