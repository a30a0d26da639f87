"""Images and edited files lose no metadata silently, and a kill leaves no files behind."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import krgboot
import pytest
from faults import UNDER_STRACE, counted, injecting, was_killed
from staging import EXAMPLES, below, in_own_mounts, krgbootctl, make_root, needs, needs_root, tree_of

SPEC = EXAMPLES["debian"]
KRGBOOTCTL = f"{sys.executable} -m krgboot"


def on_an_overlay(script: str, scratch: Path) -> subprocess.CompletedProcess[str]:
    """Run a shell script in which memory/tree is an overlay of two file systems."""
    command = in_own_mounts(OVERLAY + script, scratch)
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode == 99:
        pytest.skip(f"NOT TESTED: no overlay can be mounted here: {result.stderr}")
    return result


OVERLAY = f"""
cd "$1" && mkdir -p lower/sub memory && echo content >lower/sub/file && echo top >lower/top
mount -t tmpfs none memory && mkdir memory/upper memory/work memory/tree
mount -t overlay o -o lowerdir=lower,upperdir=memory/upper,workdir=memory/work memory/tree || exit 99
krgbootctl() {{ {KRGBOOTCTL} "$@"; }}
"""


@needs_root
def test_an_overlay_of_two_file_systems_is_archived_whole(tmp_path: Path) -> None:
    script = """
    krgbootctl image archive memory/tree tree.tar
    tar tf tree.tar | sort | tr '\\n' ' '
    krgbootctl image verify memory/tree tree.tar.manifest
    krgbootctl image clone memory/tree copy
    krgbootctl image diff memory/tree copy
    cat copy/sub/file
    """
    done = on_an_overlay(script, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "./ ./sub/ ./sub/file ./top" in done.stdout
    assert done.stdout.endswith("\ncontent\n")
    assert "mount point" not in done.stdout + done.stderr


@needs_root
def test_a_mounted_file_is_no_silent_loss(tmp_path: Path) -> None:
    script = """
    mount --bind /etc/hostname memory/tree/sub/file
    for what in archive clone; do
        krgbootctl image $what memory/tree made-$what.tar && exit 1
        echo "$? $(ls -A)"
    done
    krgbootctl image archive memory/tree a.tar --allow-loss --json
    krgbootctl image clone memory/tree copy --allow-loss
    ls copy/sub
    """
    done = on_an_overlay(script, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr.count("memory/tree/sub/file is a mount point\n") == 2
    assert done.stderr.count("[tree.left_out]") == 2
    assert "--allow-loss" in done.stderr
    assert done.stdout.startswith("1 lower\nmemory\n1 lower\nmemory\n")
    data = json.JSONDecoder().raw_decode(done.stdout[done.stdout.index("{") :])[0]
    assert [(w["code"], w["key"]) for w in data["warnings"]] == [("tree.mount_point", "sub/file")]


def test_an_archive_is_its_owners_unless_told(tmp_path: Path) -> None:
    (tmp_path / "tree" / "etc").mkdir(parents=True)
    (tmp_path / "tree" / "etc" / "shadow").write_text("root:secret")

    def modes(*options: str, umask: int) -> set[str]:
        file = tmp_path / "a.tar.zst"
        places = [str(tmp_path / "tree"), str(file)]
        command = [sys.executable, "-m", "krgboot", "image", "archive", *places, "--replace", *options]
        subprocess.run(command, check=True, capture_output=True, umask=umask)
        return {oct(stat.S_IMODE(path.stat().st_mode)) for path in (file, Path(f"{file}.manifest"))}

    for umask in (0o000, 0o022, 0o077):
        assert modes(umask=umask) == {"0o600"}
        assert modes("--output-mode", "0640", umask=umask) == {"0o640"}
    assert modes("--output-mode", "644", umask=0o077) == {"0o644"}

    for mode, status, text in (("0666", 1, "[archive.mode]"), ("0755", 1, "[archive.mode]"), ("u=rw", 64, "0640")):
        shown = krgbootctl(
            *("image", "archive", tmp_path / "tree", tmp_path / "b.tar", "--output-mode", mode), status=status
        )
        assert text in shown.stderr
    with pytest.raises(krgboot.ArgumentError):
        krgboot.Image(tmp_path / "tree").archive(tmp_path / "b.tar", output_mode=0o602)
    krgboot.Image(tmp_path / "tree").archive(tmp_path / "b.tar", output_mode=0o660, allow_loss=True)
    assert stat.S_IMODE((tmp_path / "b.tar").stat().st_mode) == 0o660


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = make_root(tmp_path / "root", krgboot.load(SPEC))
    for path, text in (("/etc/dhcp/dhcpd.conf", "authoritative;\n"), ("/srv/nfs/debian/etc/hosts", "127.0.0.1 me\n")):
        below(root, path).parent.mkdir(parents=True, exist_ok=True)
        below(root, path).write_text(text)
    return root


EDITED = ("/etc/dhcp/dhcpd.conf", "/srv/nfs/debian/etc/hosts")


def all_of(path: Path) -> tuple[object, ...]:
    status = path.stat()
    names = sorted(os.listxattr(path))
    return (status.st_mode, status.st_uid, status.st_gid, [(name, os.getxattr(path, name)) for name in names])


@needs_root
@needs("setfacl")
def test_edits_keep_what_a_file_has(root: Path) -> None:
    files = [below(root, path) for path in EDITED]
    for file in files:
        file.chmod(0o640)
        os.chown(file, 12, 34)
        subprocess.run(["setfacl", "-m", "u:1000:r", file], check=True)
        os.setxattr(file, "user.note", b"keep")
        os.setxattr(file, "trusted.mark", b"keep")
        os.setxattr(file, "security.selinux", b"system_u:object_r:dhcp_etc_t:s0\0")
        subprocess.run(["setfacl", "-m", "d:u:1000:rwx", file.parent], check=True)
    before = [all_of(file) for file in files]
    directories = [all_of(file.parent) for file in files]
    assert all(len(what[3]) == 4 for what in before)  # type: ignore[arg-type]
    krgbootctl("apply", SPEC, "--root", root)
    assert 'include "/etc/dhcp/krgboot.conf"' in files[0].read_text()
    assert [all_of(file) for file in files] == before
    assert [all_of(file.parent) for file in files] == directories
    # A new file beside it does not get an ACL.
    assert os.listxattr(below(root, "/etc/dhcp/krgboot.conf")) == []
    krgbootctl("verify", SPEC, "--root", root)


@pytest.mark.parametrize("path", EDITED)
def test_edits_part_no_names_of_a_file(root: Path, path: str) -> None:
    file = below(root, path)
    backup = root / "backup" / "of it"
    backup.parent.mkdir()
    backup.hardlink_to(file)
    before = tree_of(root)
    refused = krgbootctl("apply", SPEC, "--root", root, status=1)
    assert "[file.hard_links]" in refused.stderr
    assert f"{path} has 2 hard links, and a new file would separate them: /backup/of it" in refused.stderr
    left = {name: what for name, what in tree_of(root).items() if name in before}
    assert left == before
    assert set(tree_of(root)) - set(before) <= {"/var", "/var/lib", "/var/lib/krgboot"}
    assert file.samefile(backup)

    subprocess.run(["cp", "-a", file, f"{file}.own"], check=True)
    Path(f"{file}.own").rename(file)
    krgbootctl("apply", SPEC, "--root", root)
    assert backup.read_bytes() == before[path][2]


class Scratch:
    """A separate directory for temporary files, to see what is left in it."""

    def __init__(self, place: Path) -> None:
        self.place = place
        place.mkdir()
        self.environment = {**UNDER_STRACE, "TMPDIR": str(place)}

    def apply(
        self, root: Path, *tracer: str | Path, path: str | None = None, check: bool = False
    ) -> subprocess.CompletedProcess[str]:
        environment = self.environment | ({"PATH": path} if path else {})
        command = [
            *map(str, tracer),
            sys.executable,
            "-m",
            "krgboot",
            "apply",
            str(SPEC),
            "--root",
            str(root),
            "--json",
        ]
        return subprocess.run(command, capture_output=True, text=True, check=check, env=environment)

    def left(self) -> list[Path]:
        return list(self.place.iterdir())


@needs("dhcpd")
def test_checks_need_no_place_on_the_disk(root: Path, tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "scratch")
    scratch.place.rmdir()
    done = scratch.apply(root, check=True)
    assert {check["daemon"] for check in json.loads(done.stdout)["checks"] if check["ran"]} >= {"dhcpd"}


NO_NAMESPACES = """
echo 0 >/proc/sys/user/max_mnt_namespaces && echo 0 >/proc/sys/user/max_user_namespaces || exit 99
exec "$@"
"""


@needs("dhcpd")
@needs_root
def test_checks_where_nothing_may_be_mounted(root: Path, tmp_path: Path) -> None:
    """Then dhcpd checks only krgboot's own file, which is also in memory."""
    scratch = Scratch(tmp_path / "scratch")
    tracer = ("unshare", "--user", "--map-root-user", "sh", "-c", NO_NAMESPACES, "sh")
    done = scratch.apply(root, *tracer)
    if done.returncode == 99:
        pytest.skip(f"NOT TESTED: namespaces cannot be forbidden here: {done.stderr}")
    assert done.returncode == 0, done.stderr
    dhcpd = next(check for check in json.loads(done.stdout)["checks"] if check["daemon"] == "dhcpd")
    assert dhcpd["ran"]
    assert "by itself" in dhcpd["detail"]
    assert scratch.left() == []


def test_killed_while_a_check_runs(root: Path, tmp_path: Path) -> None:
    """The checker kills krgboot, after it has printed the files that it got."""
    scratch = Scratch(tmp_path / "scratch")
    programs = tmp_path / "programs"
    programs.mkdir()
    told = tmp_path / "told"
    (programs / "dhcpd").write_text(f'#!/bin/sh\ncat "$3" >{told}\nls -A "$TMPDIR" >>{told}\nkill -9 $PPID\n')
    (programs / "dhcpd").chmod(0o755)
    killed = scratch.apply(root, path=f"{programs}:{os.environ['PATH']}")
    assert was_killed(killed), killed.stderr
    assert told.read_text().startswith("authoritative;\n")
    assert 'include "/etc/dhcp/krgboot.conf"' in told.read_text()
    assert scratch.left() == []
    before = tree_of(root)
    krgbootctl("plan", SPEC, "--root", root, status=2)
    after = tree_of(root)
    assert not [path for path in after if "/.krgboot." in path or path.endswith("/journal")]
    assert [path for path in before if "/.krgboot." in path], "it was killed too late"


@needs("strace")
def test_killed_at_any_call_that_makes_something(root: Path, tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "scratch")
    calls = ("mkdir", "mkdirat", "memfd_create", "socketpair", "recvmsg", "symlink", "rename", "unlink", "rmdir")

    def fresh(name: str) -> Path:
        return Path(shutil.copytree(root, tmp_path / name, symlinks=True))

    log = tmp_path / "log"
    scratch.apply(fresh("counted"), "strace", "-f", "-o", log, "-e", f"trace={','.join(calls)}", check=True)
    counts = counted(log)
    assert counts
    killed = 0
    for call, most in counts.items():
        for when in sorted({1, 2, most} & set(range(1, most + 1))):
            place = fresh(f"{call}{when}")
            result = scratch.apply(place, *injecting(f"inject={call}:signal=SIGKILL:when={when}"))
            killed += was_killed(result)
            assert scratch.left() == [], (call, when)
            shutil.rmtree(place)
    assert killed
