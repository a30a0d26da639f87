"""The script that names a node at boot, run by a real shell on test files."""

from __future__ import annotations

import subprocess
from pathlib import Path

import krgboot
import pytest
from staging import EXAMPLES

HOSTS = "127.0.0.1\tlocalhost\n192.168.0.2\tserver.mycluster.home server\n192.168.0.101\tssi1.mycluster.home ssi1\n"
# The kernel's format (Documentation/networking/fib_trie.rst).
FIB_TRIE = """Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
Local:
  +-- 0.0.0.0/0 2 0 2
     +-- 127.0.0.0/8 2 0 2
        |-- 127.0.0.1
           /32 host LOCAL
     +-- 192.168.0.0/24 2 0 2
        |-- 192.168.0.0
           /24 link UNICAST
        |-- 192.168.0.101
           /32 host LOCAL
        |-- 192.168.0.255
           /32 link BROADCAST
"""


def script_of(example: str) -> str:
    for item in krgboot.load(EXAMPLES[example]).render().items:
        if isinstance(item, krgboot.WriteFile) and item.path.endswith("/etc/init.d/krgboot-hostname"):
            assert item.mode == 0o755
            return item.content.decode()
    raise AssertionError("no script")


def named(tmp_path: Path, current: str, conf: str = "", fib_trie: str = "", action: str = "start") -> str:
    """Return the host name after the script has run."""
    files = {
        "/proc/sys/kernel/hostname": current + "\n",
        "/proc/net/fib_trie": fib_trie,
        "/etc/hosts": HOSTS,
        "/run/net-eth0.conf": conf,
    }
    text = script_of("kerrighed-lenny").replace("ip -4 -o addr show", "true")
    for path, content in files.items():
        target = tmp_path / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if content or path != "/run/net-eth0.conf":
            target.write_text(content)
        assert path.replace("eth0", "*") in text
        text = text.replace(path.replace("eth0", "*"), str(tmp_path) + path.replace("eth0", "*"))
    subprocess.run(["sh", "-c", text, "krgboot-hostname", action], check=True, timeout=60)
    return (tmp_path / "proc/sys/kernel/hostname").read_text().strip()


@pytest.mark.parametrize(
    ("current", "conf", "fib_trie", "name"),
    [
        # The name from DHCP in the initramfs comes first, with quotes (klibc 2.0) and without, with domain or not.
        ("(none)", "HOSTNAME='ssi3'\nIPV4ADDR='192.168.0.101'\n", FIB_TRIE, "ssi3"),
        ("debian", "HOSTNAME=ssi3\n", "", "ssi3"),
        ("(none)", "HOSTNAME='ssi3.mycluster.home'\n", "", "ssi3"),
        # Then the existing name.
        ("ssi4", "HOSTNAME=''\n", FIB_TRIE, "ssi4"),
        ("ssi4.mycluster.home", "", FIB_TRIE, "ssi4"),
        # Then the address, from the initramfs or from the kernel.
        ("(none)", "IPV4ADDR='192.168.0.2'\n", "", "server"),
        ("localhost", "", FIB_TRIE, "ssi1"),
        ("localhost.localdomain", "", FIB_TRIE, "ssi1"),
        # No name is made up, and no invalid one is used.
        ("localhost", "", "", "localhost"),
        ("localhost", "HOSTNAME='a;b'\n", FIB_TRIE, "ssi1"),
        ("localhost", "HOSTNAME='-x'\n", FIB_TRIE, "ssi1"),
    ],
)
def test_name(tmp_path: Path, current: str, conf: str, fib_trie: str, name: str) -> None:
    assert named(tmp_path, current, conf, fib_trie) == name


def test_stop_does_nothing(tmp_path: Path) -> None:
    assert named(tmp_path, "localhost", "HOSTNAME='ssi3'\n", action="stop") == "localhost"


def test_the_same_for_both_init_systems() -> None:
    assert script_of("kerrighed-lenny") == script_of("debian")
