"""krgbootctl image archive, restore, verify, diff and run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import krgboot
import pytest
from busybox_image import SPEC, make_busybox_image
from staging import krgbootctl, needs
from terminals import Terminal


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    tree = tmp_path / "tree"
    (tree / "etc").mkdir(parents=True)
    (tree / "etc" / "hosts").write_text("127.0.0.1 localhost\n")
    (tree / "etc" / "passwd").hardlink_to(tree / "etc" / "hosts")
    (tree / "lib").symlink_to("usr/lib")
    os.mkfifo(tree / "fifo")
    (tree / os.fsdecode(b"caf\xe9")).write_bytes(b"a name that is not UTF-8")
    os.setxattr(tree / "etc" / "hosts", "user.note", b"\x00\xff")
    with (tree / "sparse").open("wb") as file:
        file.truncate(1 << 30)
    return tree


def test_an_archive_comes_back_as_it_was(tmp_path: Path, tree: Path) -> None:
    archive, again, back = tmp_path / "a.tar.zst", tmp_path / "b.tar.zst", tmp_path / "back"
    made = json.loads(krgbootctl("image", "archive", str(tree), str(archive), "--json").stdout)
    assert made["entries"] == 8
    assert made["archive_size"] == archive.stat().st_size < 100_000
    krgbootctl("image", "archive", str(tree), str(again))
    assert archive.read_bytes() == again.read_bytes()

    restored = krgbootctl("image", "restore", str(archive), str(back))
    assert restored.stdout.endswith("as the manifest says\n")
    assert krgbootctl("image", "diff", str(tree), str(back)).stdout == ""
    assert (back / "sparse").stat().st_blocks < 100
    assert os.getxattr(back / "etc" / "passwd", "user.note") == b"\x00\xff"
    assert krgbootctl("image", "verify", str(back), f"{archive}.manifest").stdout == ""


def test_every_difference_is_told(tmp_path: Path, tree: Path) -> None:
    archive = tmp_path / "a.tar"
    krgbootctl("image", "archive", str(tree), str(archive))
    before = tree.stat()
    (tree / "fifo").unlink()
    (tree / "new").mkdir()
    (tree / "etc" / "hosts").chmod(0o600)
    os.utime(tree, ns=(before.st_atime_ns, before.st_mtime_ns))
    shown = krgbootctl("image", "verify", str(tree), f"{archive}.manifest", status=2).stdout.splitlines()
    assert [line for line in shown if "etc" not in line] == ["- fifo", "+ new"]
    assert any(line.startswith("! etc/hosts: mode 0644 -> 0600") for line in shown)
    data = json.loads(krgbootctl("image", "diff", str(archive), str(tree), "--json", status=2).stdout)
    assert not data["same"]
    assert {difference["path"] for difference in data["differences"]} >= {"fifo", "new", "etc/hosts"}


def test_nothing_is_replaced_unasked(tmp_path: Path, tree: Path) -> None:
    archive, back = tmp_path / "a.tar", tmp_path / "back"
    krgbootctl("image", "archive", str(tree), str(archive))
    refused = krgbootctl("image", "archive", str(tree), str(archive), status=1)
    assert "[staging.exists]" in refused.stderr
    krgbootctl("image", "restore", str(archive), str(back))
    (back / "mine").touch()
    refused = krgbootctl("image", "restore", str(archive), str(back), status=1)
    assert "[staging.exists]" in refused.stderr
    assert (back / "mine").exists()
    krgbootctl("image", "restore", str(archive), str(back), "--replace")
    assert not (back / "mine").exists()


def test_a_hostile_archive_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("mine")
    archive = tmp_path / "hostile.tar"
    subprocess.run(["tar", "-cPf", archive, "--transform", "s,^,inside/../../,", "outside"], cwd=tmp_path, check=True)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(krgboot.ArchiveError) as refused:
        krgboot.restore_image(archive, tmp_path / "back")
    assert refused.value.code == "archive.path"
    assert refused.value.entry == "inside/../../outside"
    assert [path for path in sorted(tmp_path.iterdir()) if path not in before and path.name[0] != "."] == []


def test_a_mistake_is_one_line(tmp_path: Path, tree: Path) -> None:
    for arguments, status, text in (
        (("archive", str(tree), str(tmp_path / "a.zip")), 1, "[archive.name]"),
        (("archive", str(tmp_path / "none"), str(tmp_path / "a.tar")), 1, "[io.open]"),
        (("restore", str(tmp_path / "none.tar"), str(tmp_path / "back")), 1, "none.tar"),
        (("restore", str(tmp_path), str(tmp_path / "back"), "--devices", "some"), 64, "none, standard or all"),
    ):
        shown = krgbootctl("image", *arguments, status=status)
        assert text in shown.stderr
        assert "Traceback" not in shown.stderr


def test_the_callback_sees_progress_and_may_end_it(tmp_path: Path, tree: Path) -> None:
    seen: list[krgboot.Progress] = []
    krgboot.Image(tree).archive(tmp_path / "a.tar", progress=seen.append)
    assert seen
    assert seen[-1].entries <= 8

    def stop(progress: krgboot.Progress) -> None:
        raise RuntimeError(progress.path)

    with pytest.raises(RuntimeError):
        krgboot.Image(tree).archive(tmp_path / "b.tar", progress=stop)
    assert not (tmp_path / "b.tar").exists()


@pytest.fixture
def small(tmp_path: Path) -> tuple[str, ...]:
    return make_busybox_image(tmp_path)


def test_a_command_runs_inside(tmp_path: Path, small: tuple[str, ...]) -> None:
    script = "echo $LC_ALL; busybox hostname; busybox cat /proc/1/comm; echo $$; exit 5"
    shown = krgbootctl(*small, "--", "sh", "-c", script, status=5)
    assert shown.stdout.splitlines()[:3] == ["C", "small", "init"]
    assert int(shown.stdout.splitlines()[3]) < 20
    assert str(tmp_path) not in Path("/proc/self/mountinfo").read_text()
    assert sorted(path.name for path in (tmp_path / "srv/small/etc").iterdir()) == []


@pytest.mark.parametrize(
    ("asked", "seen"),
    [((), ["lo"]), pytest.param(("--network", "outbound"), ["lo", "tap0"], marks=needs("slirp4netns"))],
)
def test_no_network_is_the_hosts_unasked(small: tuple[str, ...], asked: tuple[str, ...], seen: list[str]) -> None:
    shown = krgbootctl(*small, *asked, "--", "busybox", "cat", "/proc/net/dev")
    assert [line.split(":")[0].strip() for line in shown.stdout.splitlines()[2:]] == seen


def test_a_network_that_is_none_is_wrong_usage(small: tuple[str, ...]) -> None:
    assert "none, outbound or host" in krgbootctl(*small, "--network", "some", "--", "sh", status=64).stderr


def test_a_login_shell_takes_a_script_where_nobody_types(small: tuple[str, ...]) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "krgboot", *small], input="busybox id -u; exit 4\n", capture_output=True, text=True
    )
    assert (shown.stdout, shown.returncode) == ("0\n", 4)


def test_what_takes_too_long_is_ended(small: tuple[str, ...]) -> None:
    shown = krgbootctl(*small, "--timeout", "0.5", "--", "busybox", "sleep", "1000", status=128 + signal.SIGTERM)
    assert shown.stderr.strip() == "ended after 0.5 seconds"


def test_a_program_that_is_not_there_is_one_line(small: tuple[str, ...]) -> None:
    shown = krgbootctl(*small, "--", "no-such-program", status=1)
    assert len(shown.stderr.splitlines()) == 1
    assert "no-such-program" in shown.stderr


def test_a_shell_has_the_terminal(tmp_path: Path, small: tuple[str, ...]) -> None:
    """Typed input reaches the program inside, Ctrl-C ends only it, and krgbootctl exits with its status."""
    script = "import sys, krgboot; sys.exit(krgboot.Image('/srv/small', sys.argv[1]).run_terminal(sys.argv[2:]))"
    # Short sleeps: a sleep that starts at the moment of Ctrl-C may miss the signal.
    loop = "while :; do busybox sleep 0.1; done"
    inside = ("sh", "-c", f"trap 'echo interrupted; exit 7' INT; busybox tty; read word; echo $word; {loop}")
    terminal = Terminal(sys.executable, "-c", script, str(tmp_path), *inside)
    terminal.wait_for("/dev/pts/0")
    terminal.type("hello\n")
    terminal.wait_for("hello\r\nhello\r\n")
    terminal.type("\x03")
    terminal.wait_for("interrupted")
    assert terminal.status() == 7
    terminal.close()
    assert str(tmp_path) not in Path("/proc/self/mountinfo").read_text()


def test_of_two_bootstraps_at_once_one_makes_the_image(tmp_path: Path) -> None:
    """Bootstrap from a directory, so that no mirror is needed; it has the files that a root tree must have."""
    base = tmp_path / "base"
    for name in ("bin", "dev", "etc", "proc", "sys", "tmp", "usr/bin", "var/lib/dpkg"):
        (base / name).mkdir(parents=True)
    for name in ("bin/sh", "usr/bin/dpkg", "var/lib/dpkg/status", "etc/passwd"):
        (base / name).write_text("x")
    for number in range(2000):
        (base / "usr" / f"file{number}").write_text(str(number))
    spec = tmp_path / "cluster.yaml"
    spec.write_text(SPEC.replace("shares_file_system: a test}}", f"shares_file_system: a test, source: {base}}}}}"))
    command = [sys.executable, "-m", "krgboot", "image", "bootstrap", str(spec), "small", "--root", str(tmp_path)]
    both = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    ends = [(process.communicate()[1], process.returncode) for process in both]
    assert sorted(status for _, status in ends) == [0, 1]
    assert all(status == 0 or "[staging.exists]" in error for error, status in ends), ends
    made = tmp_path / "srv" / "small"
    assert krgbootctl("image", "diff", str(base), str(made)).stdout == ""
    assert [path.name for path in made.parent.iterdir()] == ["small"]


def acl_of(path: Path) -> list[str]:
    shown = subprocess.run(["getfacl", "--omit-header", "--numeric", path], capture_output=True, text=True, check=True)
    return shown.stdout.split()


def test_no_file_inherits_an_acl_that_it_did_not_have(tmp_path: Path) -> None:
    """Default ACLs of the target's parent, or of a restored directory, are not inherited."""
    source = tmp_path / "source"
    (source / "shared" / "below").mkdir(parents=True)
    for name in ("other", "shared/late", "shared/below/late"):
        (source / name).write_text(name)
    subprocess.run(["setfacl", "--default", "--modify", "g:99:rwx", source / "shared"], check=True)
    archive = tmp_path / "a.tar"
    names = ("shared", "other", "shared/below", "shared/late", "shared/below/late")
    subprocess.run(["tar", "--acls", "--no-recursion", "-cf", archive, *names], cwd=source, check=True)
    place = tmp_path / "place"
    place.mkdir()
    subprocess.run(["setfacl", "--default", "--modify", "u:1234:rwx", place], check=True)
    krgbootctl("image", "restore", archive, place / "restored")
    krgbootctl("image", "clone", source, place / "cloned")
    for tree in (place / "restored", place / "cloned"):
        for name in ("shared", *names):
            assert acl_of(tree / name) == acl_of(source / name), name
        assert not any("1234" in line for line in acl_of(tree))
    assert "default:group:99:rwx" in acl_of(place / "restored" / "shared")


def test_an_archive_of_too_much_is_refused(tmp_path: Path, tree: Path) -> None:
    archive, back = tmp_path / "a.tar", tmp_path / "back"
    krgbootctl("image", "archive", tree, archive)
    refused = krgbootctl("image", "restore", archive, back, "--max-entries", "3", status=1).stderr
    assert "[archive.too_many]" in refused
    refused = krgbootctl("image", "restore", archive, back, "--max-bytes", str((1 << 30) - 1), status=1).stderr
    assert "sparse" in refused
    assert "[archive.too_large]" in refused
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith((".krgboot", "back"))] == []
    krgbootctl("image", "restore", archive, back, "--max-entries", "8", "--max-bytes", str((1 << 30) + 100))
