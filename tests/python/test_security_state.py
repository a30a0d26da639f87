"""Journal, manifest and lock are data of their owner: nothing in them is executed, and foreign ones are refused."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import krgboot
import pytest
from own_directories import Machine, own_directories
from staging import EXAMPLES, in_own_mounts, kernel_bytes, krgbootctl, make_root, needs, needs_root, tree_of

SPEC = EXAMPLES["debian"]
STATE = "var/lib/krgboot"
SOMEBODY = 12345

# All commands that read the state directory of a root.
COMMANDS: dict[str, Callable[[Path], subprocess.CompletedProcess[str]]] = {
    "plan": lambda root: krgbootctl("plan", "--root", root, SPEC, status=None),
    "verify": lambda root: krgbootctl("verify", "--root", root, SPEC, status=None),
    "apply": lambda root: krgbootctl("apply", "--root", root, SPEC, status=None),
    "configure": lambda root: krgbootctl("image", "configure", "--root", root, SPEC, "debian", status=None),
    "exports": lambda root: krgbootctl(
        "exports", "add", "--root", root, "/srv/nfs/debian", "10.0.0.9", "ro", status=None
    ),
}


def python_calls(root: Path) -> dict[str, Callable[[], object]]:
    cluster = krgboot.load(SPEC)
    return {
        "plan": lambda: krgboot.plan(cluster, root),
        "verify": lambda: krgboot.verify(cluster, root),
        "apply": lambda: krgboot.apply(cluster, root, check=False),
        "edit_exports_table": lambda: krgboot.edit_exports_table(lambda table: None, "/etc/exports", root),
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A staged boot server with the spec applied."""
    made = make_root(tmp_path / "root", krgboot.load(SPEC))
    krgboot.apply(krgboot.load(SPEC), made, check=False)
    return made


def checksum(text: str) -> str:
    number = 0xCBF29CE484222325
    for byte in text.encode():
        number = ((number ^ byte) * 0x100000001B3) & ((1 << 64) - 1)
    return f"{number:016x}"


def leave_journal(state: Path, payload: object, phase: str = "undone") -> Path:
    """A journal of a killed apply, in krgboot's format."""
    text = json.dumps(payload) if payload is not None else ""
    escaped = "".join(c if " " < c < "\x7f" and c != "%" else f"%{ord(c):02X}" for c in text)
    head = f"id 0123456789abcdef\npayload {escaped}\n"
    journal = state / "journal"
    journal.write_text(f"krgboot journal 1 {phase:<9}\n{head}begun {checksum(head)}\nend {checksum('')}\n")
    journal.chmod(0o600)
    return journal


@pytest.mark.parametrize("phase", ["committed", "undoing", "undone"])
@pytest.mark.parametrize("command", ["plan", "verify", "apply", "configure"])
def test_a_journal_beneath_a_staged_root_runs_nothing(root: Path, tmp_path: Path, command: str, phase: str) -> None:
    mark = tmp_path / "mark"
    old_form = [{"service": "dhcp", "argv": ["touch", str(mark)]}]
    journal = leave_journal(root / STATE, old_form, phase)
    ended = COMMANDS[command](root)
    assert not mark.exists()
    assert not journal.exists(), ended.stderr
    # The staged image is no Debian tree, which only configure looks at.
    assert ended.returncode == (1 if command == "configure" else 0), ended.stderr


@needs_root
@pytest.mark.parametrize("what", [STATE, f"{STATE}/journal", f"{STATE}/manifest"])
@pytest.mark.parametrize("fault", ["owner", "group", "others"])
def test_a_state_that_is_not_ours_is_refused_by_every_command(
    root: Path, tmp_path: Path, what: str, fault: str
) -> None:
    leave_journal(root / STATE, [{"service": "dhcp", "argv": ["touch", str(tmp_path / "mark")]}])
    path = root / what
    if fault == "owner":
        os.chown(path, SOMEBODY, 0)
        code = "state.foreign"
    else:
        path.chmod(stat.S_IMODE(path.stat().st_mode) | (0o020 if fault == "group" else 0o002))
        code = "state.writable"
    if what.endswith("manifest"):
        (root / STATE / "journal").unlink()
    before = tree_of(root)
    commands = {"plan", "verify", "apply", "configure"}
    if not what.endswith("manifest"):
        commands.add("exports")  # these read none
    for name in commands:
        refused = COMMANDS[name](root)
        assert refused.returncode == 1, f"{name}: {refused.stdout}"
        assert f"[{code}]" in refused.stderr, name
        assert str(path) in refused.stderr
        assert refused.stderr.count("\n") == 1, refused.stderr
    for name, call in python_calls(root).items():
        if what.endswith("manifest") and name == "edit_exports_table":
            continue
        with pytest.raises(krgboot.ConflictError) as raised:
            call()
        assert raised.value.code == code, name
        assert raised.value.subject == str(path)
    assert tree_of(root) == before
    assert not (tmp_path / "mark").exists()


AS_SOMEBODY = f"""
import os, sys, krgboot
cluster = krgboot.load(sys.argv[1])
os.setegid({SOMEBODY}); os.seteuid({SOMEBODY})
krgboot.apply(cluster, sys.argv[2], check=False)
sys.exit(not krgboot.verify(cluster, sys.argv[2]).clean)
"""


@needs_root
def test_a_user_works_on_a_tree_of_his_own() -> None:
    with tempfile.TemporaryDirectory() as place:  # pytest's own directory is closed to other users
        Path(place).chmod(0o755)
        root = make_root(Path(place) / "root", krgboot.load(SPEC))
        for folder, _, files in os.walk(root):
            for name in (".", *files):
                os.chown(Path(folder, name), SOMEBODY, SOMEBODY, follow_symlinks=False)
        ended = subprocess.run(
            [sys.executable, "-c", AS_SOMEBODY, str(SPEC), str(root)], capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr
        # To root it is a foreign file.
        refused = krgbootctl("verify", "--root", root, SPEC, status=1)
        assert f"belongs to user {SOMEBODY}, not to root" in refused.stderr


def test_what_a_newer_krgboot_wrote_is_called_newer(root: Path) -> None:
    journal = root / STATE / "journal"
    journal.write_text("krgboot journal 2 committed\nsomething\n")
    journal.chmod(0o600)
    for name in ("plan", "verify", "apply"):
        refused = COMMANDS[name](root)
        assert refused.returncode == 1
        assert "[journal.newer]" in refused.stderr
        assert str(journal) in refused.stderr
    assert journal.exists()
    journal.unlink()

    manifest = root / STATE / "manifest"
    manifest.write_text(manifest.read_text().replace("krgboot manifest 2", "krgboot manifest 3"))
    for name in ("plan", "verify", "apply"):
        refused = COMMANDS[name](root)
        assert refused.returncode == 1
        assert "[manifest.newer]" in refused.stderr


@needs_root
@needs("strace")
@pytest.mark.parametrize("command", ["configure", "apply"])
def test_a_device_in_the_place_of_a_lock_is_never_opened(root: Path, tmp_path: Path, command: str) -> None:
    """Opening it would call its driver on the host: opening a watchdog starts it."""
    image = root / "srv" / "nfs" / "debian"
    if command == "configure":
        state = image / STATE
        (image / "var/lib/dpkg").mkdir(parents=True)
        (image / "var/lib/dpkg/status").write_text("")
        (image / "boot/vmlinuz").write_bytes(kernel_bytes("vmlinuz", "6.1.0"))
        state.mkdir(parents=True, exist_ok=True)
        state.chmod(0o755)
    else:
        state = root / STATE
    lock = state / "lock"
    lock.unlink(missing_ok=True)
    os.mknod(lock, 0o600 | stat.S_IFCHR, os.makedev(1, 5))
    log = tmp_path / "calls"
    arguments = ["image", "configure", "--root", str(root), str(SPEC), "debian"]
    if command == "apply":
        arguments = ["apply", "--root", str(root), str(SPEC)]
    ended = subprocess.run(
        [
            *("strace", "-f", "-y", "-o", str(log), "-e", "trace=openat,openat2,open"),
            *(sys.executable, "-m", "krgboot", *arguments),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1, ended.stdout
    assert str(lock) in ended.stderr
    # It is opened only with O_PATH, which does not call the driver.
    calls = [line for line in log.read_text().splitlines() if '"lock"' in line or f"<{lock}" in line]
    assert calls, "the lock was not looked at"
    assert all("O_PATH" in line for line in calls), calls


@needs_root
@needs("unshare")
class TestOnThisMachine:
    """With scratch directories over all paths that krgboot writes, and stand-ins for systemctl and exportfs."""

    @pytest.fixture
    def machine(self, tmp_path: Path) -> Iterator[Machine]:
        with own_directories(tmp_path) as made:
            made.stand_in("systemctl")
            made.stand_in("exportfs")
            yield made

    def test_services_are_reloaded_by_the_commands_of_the_table(self, machine: Machine) -> None:
        leave_journal(machine.scratch / STATE, {"release": "bookworm", "reload": ["dhcp", "nfs"]})
        ended = machine.krgbootctl("verify", SPEC)
        assert ended.returncode == 2, ended.stderr
        assert machine.called() == ["systemctl restart isc-dhcp-server.service", "exportfs -ra"]
        assert not (machine.scratch / STATE / "journal").exists()

    def test_a_journal_of_an_older_krgboot_is_taken_where_its_command_is_the_tables(self, machine: Machine) -> None:
        argv = ["systemctl", "restart", "isc-dhcp-server.service"]
        leave_journal(machine.scratch / STATE, [{"service": "dhcp", "argv": argv}])
        ended = machine.krgbootctl("verify", SPEC)
        assert ended.returncode == 2, ended.stderr
        assert machine.called() == ["systemctl restart isc-dhcp-server.service"]

    @pytest.mark.parametrize(
        "argv", [["systemctl", "reboot"], ["systemctl", "restart", "ssh.service"], ["/bin/sh", "-c", "touch {mark}"]]
    )
    def test_no_other_command_is_run(self, machine: Machine, argv: list[str]) -> None:
        mark = machine.scratch / "mark"
        journal = leave_journal(
            machine.scratch / STATE, [{"service": "dhcp", "argv": [word.format(mark=mark) for word in argv]}]
        )
        ended = machine.krgbootctl("verify", SPEC)
        assert ended.returncode == 1
        assert "[journal.foreign]" in ended.stderr
        assert "/var/lib/krgboot/journal" in ended.stderr
        assert not mark.exists()
        assert machine.called() == []
        assert journal.exists()


@needs_root
def test_a_part_that_is_read_only_leaves_verify_and_plan_working(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(SPEC.read_text().replace("10.20.0.199", "10.20.0.189"))
    assert other.read_text() != SPEC.read_text()
    (root / "srv/tftp/pxelinux.cfg/default").write_text("changed\n")
    script = """
    mount --bind "$1/srv/tftp" "$1/srv/tftp" && mount -o remount,bind,ro "$1/srv/tftp"
    set +e
    krgbootctl() { "$PYTHON" -m krgboot "$@"; }
    krgbootctl apply --root "$1" "$3"; echo "apply $?"
    krgbootctl verify --root "$1" "$2" --json >"$4/verify"; echo "verify $?"
    krgbootctl plan --root "$1" "$2" --json >"$4/plan"; echo "plan $?"
    """
    ended = subprocess.run(
        in_own_mounts(script, root, SPEC, other, tmp_path),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHON": sys.executable},
    )
    assert ended.stdout.splitlines()[-3:] == ["apply 1", "verify 2", "plan 2"], ended.stdout + ended.stderr
    assert ended.stderr.count("Read-only file system") == 1, ended.stderr
    assert "cannot remove" not in ended.stderr
    assert not (root / STATE / "journal").exists()
    for command in ("verify", "plan"):
        changes = json.loads((tmp_path / command).read_text())["changes"]
        assert [change["path"] for change in changes] == ["/srv/tftp/pxelinux.cfg/default"]
