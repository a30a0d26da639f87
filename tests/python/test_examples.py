"""The examples work as described."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import krgboot
import pytest
from staging import EXAMPLES, SOURCE, krgbootctl, make_root


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_provision(name: str, tmp_path: Path) -> None:
    make_root(tmp_path, krgboot.load(EXAMPLES[name]))
    script = SOURCE / "examples" / "python" / "provision.py"
    command = [sys.executable, str(script), str(EXAMPLES[name]), str(tmp_path)]
    if name == "kerrighed-lenny":
        # In the guide's order: machines boot without Kerrighed before they boot with it.
        refused = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (refused.returncode, "[kerrighed.plain_first]" in refused.stderr) == (1, True)
        plain = tmp_path / "plain.yaml"
        plain.write_text(EXAMPLES[name].read_text().replace("default_boot: kerrighed", "default_boot: plain"))
        subprocess.run([*command[:2], str(plain), str(tmp_path)], capture_output=True, check=True)
        assert ": ok" in subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return
    first = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "create  /srv/tftp/pxelinux.cfg/default" in first.stdout
    assert ": ok" in first.stdout
    second = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "create" not in second.stdout


def test_provision_of_a_spec_with_mistakes(tmp_path: Path) -> None:
    script = SOURCE / "examples" / "python" / "provision.py"
    spec = SOURCE / "examples" / "mistakes" / "cluster.yaml"
    result = subprocess.run(
        [sys.executable, str(script), str(spec), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert "spec.unknown_key" in result.stderr
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_parts() -> None:
    script = SOURCE / "examples" / "python" / "parts.py"
    result = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines() == [
        "0A0B0C65",
        "C0A8000 C0A8001 C0A8002 C0A8003",
        "ssi1 ssi2 ssi3 ssi4",
        "/srv/data\t10.0.0.0/8(ro,no_subtree_check) 10.1.2.3(rw,no_subtree_check)   # the archive",
        *result.stdout.splitlines()[4:-3],
        "none: root=/dev/nfs nfsroot=192.168.0.2:/NFSROOT/kerrighed",
        "initramfs_tools: boot=nfs root=/dev/nfs nfsroot=192.168.0.2:/NFSROOT/kerrighed",
        "dracut: root=nfs:192.168.0.2:/NFSROOT/kerrighed",
    ]


def test_all_mistakes_are_told_at_once() -> None:
    spec = SOURCE / "examples" / "mistakes" / "cluster.yaml"
    result = krgbootctl("check", spec, status=1)
    for code in (
        "spec.missing_key",
        "spec.unknown_key",
        "image.open_to_world",
        "boot.unknown_image",
        "append.control",
        "node.count_mismatch",
        "node.address_in_pool",
        "node.address_is_server",
        "node.mac_not_a_machine",
    ):
        assert f"[{code}]" in result.stderr
