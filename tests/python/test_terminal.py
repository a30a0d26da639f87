"""Foreign text cannot control a terminal: every command of krgbootctl gets control characters, and escapes them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import krgboot
import pytest
import typer
from acting import acting
from krgboot.cli.app import app
from matrix import WHOLE
from staging import EXAMPLES, QUICKSTART, below, in_own_mounts, make_root
from terminals import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from typer.core import TyperGroup

MARK = "MARK"
# A title, a bell, colours that krgboot never uses, a CR that overwrites the line, CSI as one character, bidirectional
# controls, a tag, invalid UTF-8, and rich's markup.
EVIL = b"".join(
    [
        b"\x1b]0;MARK\x07\x1b[38;5;201m\x1b[2J\rover\x08\x7f",
        "\x9b5m\x85\u202e\u2066\u200f\u061c\u2028\u200b\U000e0041".encode(),
        b"\xff\xc3[bold]b[link=file:a]l:boom:",
    ]
)
ARGUMENT = os.fsdecode(EVIL)
SHOWN = r"\x1b]0;MARK\x07\x1b[38;5;201m\x1b[2J\x0dover\x08\x7f\u009b5m\u0085\u202e\u2066\u200f\u061c"
LITERAL = "[bold]b[link=file:a]l:boom:"

# Control sequences of rich for krgboot itself: its colours, and the cursor movements of its progress bars.
OWN = re.compile(
    r"\x1b\[(?:(?:\d;)*(?:[0-2]|3[1-6])|38;5;(?!201m)\d+)m|\x1b\[\?25[lh]|\r?\x1b\[(?:1A|2K)|\r(?=\x1b\[2K)"
)

SPEC = EXAMPLES["debian"]
IMAGE = "/srv/nfs/debian"


@dataclass
class Place:
    """Working directories of a command: a root with the example's spec applied, and scratch files."""

    root: Path
    scratch: Path

    def tree(self) -> Path:
        """A tree with a hostile name, and a changed copy of it."""
        tree = self.scratch / "tree"
        if not tree.exists():
            (tree / "etc").mkdir(parents=True)
            (Path(os.fsdecode(os.fsencode(tree) + b"/" + EVIL))).write_text("evil\n")
            (tree / "etc" / "link").symlink_to(ARGUMENT)
            krgboot.Image(tree).archive(self.scratch / "tree.tar")
            shutil.copytree(tree, self.scratch / "other", symlinks=True)
            for name in (ARGUMENT, "etc/link"):
                (self.scratch / "other" / name).unlink()
        return tree

    def spec(self, old: str, new: bytes) -> Path:
        """The example's spec with additional content."""
        spec = self.scratch / "cluster.yaml"
        text = SPEC.read_bytes()
        assert old.encode() in text
        spec.write_bytes(text.replace(old.encode(), new, 1))
        return spec

    def append(self, path: str, text: bytes) -> Place:
        with below(self.root, path).open("ab") as file:
            file.write(text)
        return self


@dataclass(frozen=True)
class Case:
    """A call of a command. ``arguments``: its arguments. ``says``: whether the hostile text must appear."""

    arguments: Callable[[Place], list[object]]
    says: str = MARK
    json: bool = False
    environment: dict[str, str] = field(default_factory=dict)


def case(*arguments: object, says: str = MARK, json: bool = False) -> Case:
    return Case(lambda _: list(arguments), says, json)


def rooted(place: Place, *arguments: object) -> list[object]:
    return [*arguments, "--root", place.root]


def with_fstab(place: Place, *arguments: object) -> list[object]:
    """Make an fstab like a node's root user could: a hostile mount, and one in krgboot's block."""
    fstab = below(place.root, f"{IMAGE}/etc/fstab")
    word = EVIL.replace(b" ", b"").replace(b"\n", b"")
    lines = fstab.read_bytes().replace(b"10.20.0.2:/srv/nfs/debian/home", b"10.20.0.2:/srv/nfs/debian/home" + word)
    fstab.write_bytes(lines + b"10.20.0.2:/srv/nfs/debian/x /mnt" + word + b" nfs rw 0 0\n")
    return rooted(place, *arguments)


def with_exports(place: Place, *arguments: object) -> list[object]:
    quoted = EVIL.replace(b"[", b"\\133")
    return rooted(
        place.append("/etc/exports", b'"/srv/' + quoted + b'" 10.20.0.0/24(ro) *(no' + EVIL + b")\n"), *arguments
    )


def in_spec(old: str, new: bytes, *arguments: object) -> Callable[[Place], list[object]]:
    return lambda place: [place.spec(old, new), *arguments]


MESSAGE = (
    b'cluster: {name: "lab' + rb"\x1b]0;MARK\x07\u202e\x9b[bold]b[link=file:a]l:boom:" + b'", domain: lab.example.org}'
)
NAME = "cluster: {name: lab, domain: lab.example.org}"

CASES: dict[str, list[Case]] = {
    "check": [
        case(ARGUMENT),
        case(ARGUMENT, json=True),
        Case(in_spec(NAME, MESSAGE)),
        Case(in_spec(NAME, EVIL), says=""),
    ],
    "render": [case(SPEC, "--path", ARGUMENT), case(ARGUMENT)],
    "plan": [
        Case(lambda place: with_fstab(place, SPEC)),
        Case(lambda place: with_fstab(place, SPEC), json=True),
        case(SPEC, "--root", ARGUMENT),
    ],
    "apply": [Case(lambda place: with_fstab(place, SPEC), says=""), case(SPEC, "--root", ARGUMENT)],
    "verify": [
        Case(lambda place: with_fstab(place, SPEC)),
    ],
    "trace": [
        Case(lambda place: with_fstab(place, SPEC, "node1")),
        Case(lambda place: with_fstab(place, SPEC, "node1"), json=True),
        case(SPEC, ARGUMENT),
        Case(lambda place: with_fstab(place, SPEC, "node1", "--firmware", ARGUMENT)),
    ],
    "remove": [Case(lambda place: rooted(place, ARGUMENT)), Case(lambda place: rooted(place, ARGUMENT), json=True)],
    "inventory": [case(ARGUMENT)],
    "schema": [case(ARGUMENT)],
    "pxename": [case(ARGUMENT), case("--inverse", ARGUMENT), case("--inverse", ARGUMENT, json=True)],
    "exports list": [
        Case(lambda place: with_exports(place)),
        Case(lambda place: with_exports(place), json=True),
        case("--file", ARGUMENT),
    ],
    "exports add": [case("/srv/x", ARGUMENT, "rw"), case("/srv/x", "*", "rw", "--file", ARGUMENT)],
    "exports change": [case(ARGUMENT, "*", "ro", "--root", "/nonexistent" + ARGUMENT)],
    "exports remove": [case(ARGUMENT, "*", "--root", "/nonexistent" + ARGUMENT)],
    "exports check": [Case(lambda place: with_exports(place)), Case(lambda place: with_exports(place), json=True)],
    "exports explain": [
        Case(lambda place: with_exports(place, "10.20.0.7", "/srv/" + ARGUMENT)),
        case(ARGUMENT, "/srv"),
    ],
    "image kernels": [case(SPEC, ARGUMENT), case(SPEC, "--root", ARGUMENT)],
    "image archive": [
        case(ARGUMENT, "/nonexistent/a.tar"),
        Case(lambda place: [place.tree(), place.scratch / f"{ARGUMENT}.tar"]),
        Case(lambda place: [place.tree(), place.scratch / "a.zip" / ARGUMENT]),
    ],
    "image restore": [
        Case(lambda place: [place.tree().with_name("tree.tar"), place.scratch / ARGUMENT]),
        case(ARGUMENT, "/nonexistent"),
        case(ARGUMENT, "/nonexistent", "--devices", ARGUMENT),
    ],
    "image verify": [
        Case(lambda place: [place.tree().with_name("other"), place.scratch / "tree.tar.manifest"]),
        Case(lambda place: [place.tree().with_name("other"), place.scratch / "tree.tar.manifest"], json=True, says=""),
    ],
    "image diff": [
        Case(lambda place: [place.tree(), place.scratch / "other"]),
        Case(lambda place: [place.tree(), place.scratch / "other"], json=True, says=""),
        case(ARGUMENT, ARGUMENT),
    ],
    "image clone": [
        Case(lambda place: [place.tree(), place.scratch / f"clone{ARGUMENT}"]),
        case(ARGUMENT, "/nonexistent/clone"),
    ],
    "image bootstrap": [case(SPEC, ARGUMENT), case(ARGUMENT, "debian")],
    "image configure": [case(SPEC, ARGUMENT), case(SPEC, "debian", "--root", ARGUMENT, says="")],
    "image run": [
        case(SPEC, ARGUMENT, "--", "true"),
        case(SPEC, "debian", "--root", f"/nonexistent{ARGUMENT}", "--", ARGUMENT),
    ],
    "lab run": [
        case(ARGUMENT),
        case(SPEC, ARGUMENT, "--root", ARGUMENT, says=""),
        case(SPEC, "--nfs", ARGUMENT, says=""),
    ],
    "lab shell": [case(ARGUMENT, "--lab", ARGUMENT)],
    "lab exec": [case("--lab", ARGUMENT, "node1", "--", "true")],
    "lab list": [case(ARGUMENT)],
    "lab stop": [case(ARGUMENT)],
}


def commands() -> list[str]:
    """Return every command of krgbootctl."""

    def of(group: TyperGroup, name: str) -> Iterator[str]:
        for each, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from of(command, f"{name}{each} ")
            else:
                yield name + each

    top = typer.main.get_command(app)
    return list(of(top, ""))  # type: ignore[arg-type]


def test_every_command_has_a_case() -> None:
    assert sorted(commands()) == sorted(CASES)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    cluster = krgboot.load(SPEC)
    root = make_root(tmp_path / "root", cluster)
    krgboot.apply(cluster, root)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return Place(root, scratch)


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    return {**kept, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}


def on_a_pipe(argv: list[str]) -> str:
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, env=environment())
    return done.stdout.decode()  # all output is UTF-8


def on_a_terminal(argv: list[str]) -> str:
    terminal = Terminal(*argv, environment=environment(), raw=True)
    terminal.status()
    terminal.close()
    return terminal.seen.decode()


def krgbootctl(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "krgboot", *map(str, arguments)]


def check_harmless(text: str) -> str:
    """Check that only krgboot's own control sequences occur; return the text without them."""
    assert "Traceback" not in text, text
    assert "please report" not in text, text
    plain = OWN.sub("", text)
    assert acting(plain, lines=True) == [], text
    assert krgboot.harmless(plain, lines=True) == plain, text
    return plain


def ways_of(index: int) -> list[Callable[[list[str]], str]]:
    """Return both ways to run the case with this index, or one, a pipe and a terminal in turn."""
    both = [on_a_pipe, on_a_terminal]
    return both if WHOLE else [both[index % 2]]


@pytest.mark.parametrize(
    ("name", "number", "where"),
    [
        (name, number, where)
        for index, (name, number) in enumerate((name, n) for name, cases in CASES.items() for n in range(len(cases)))
        for where in ways_of(index)
    ],
)
def test_nothing_acts(name: str, number: int, where: Callable[[list[str]], str], place: Place) -> None:
    one = CASES[name][number]
    arguments = one.arguments(place)
    options = ["--json"] if one.json else []
    words = name.split()
    if "--" in map(str, arguments):
        text = where(krgbootctl(*words, *options, *arguments))
    else:
        text = where(krgbootctl(*words, *arguments, *options))
    plain = check_harmless(text)
    assert one.says in plain, text
    if one.json:
        assert plain.isascii()
        json.loads(plain)
    elif MARK in plain:
        # The text is escaped, and no markup in it is interpreted.
        assert r"\x1b]0;MARK" in plain, text
        assert LITERAL in plain or "over" not in plain, text


def test_what_is_shown_is_what_there_is(place: Place) -> None:
    text = on_a_pipe(krgbootctl(*with_fstab(place, "plan", SPEC)))
    assert f"+10.20.0.2:/srv/nfs/debian/home{SHOWN}" not in text, "it is krgboot's line that is put back"
    assert f"-10.20.0.2:/srv/nfs/debian/home{SHOWN}" in text
    assert LITERAL in text


# On an overlay of the quickstart's root, in a new mount namespace: a package that dpkg has not finished.
HALF_CONFIGURED = """
status=$1; root=$2; scratch=$3; shift 3
mkdir "$scratch"; mount -t tmpfs none "$scratch"
mkdir "$scratch/upper" "$scratch/work"
mount -t overlay -o "lowerdir=$root,upperdir=$scratch/upper,workdir=$scratch/work" none "$root"
cat "$status" >>"$root/srv/nfs/debian/var/lib/dpkg/status"
exec "$@" --root "$root"
"""


@pytest.mark.parametrize("where", [on_a_pipe, on_a_terminal])
@pytest.mark.parametrize("command", ["plan", "verify"])
def test_a_package_of_an_image_by_any_name(command: str, where: Callable[[list[str]], str], tmp_path: Path) -> None:
    if not QUICKSTART.is_dir() or os.geteuid() != 0:
        pytest.skip("NOT TESTED: examples/quickstart has not been run, or not by root")
    status = tmp_path / "status"
    status.write_bytes(b"\nPackage: " + EVIL + b"\nStatus: install ok half-configured\nVersion: 1\n\n")
    script = in_own_mounts(HALF_CONFIGURED, status, QUICKSTART, tmp_path / "layer")
    text = check_harmless(where([*script, *krgbootctl(command, SPEC)]))
    assert SHOWN in text


def test_a_carriage_return_at_the_end_of_a_line_is_seen(place: Place) -> None:
    conf = below(place.root, "/srv/tftp/pxelinux.cfg/default")
    conf.write_bytes(conf.read_bytes().replace(b"\n", b"\r\n"))
    lines = on_a_pipe(krgbootctl("verify", SPEC, "--root", place.root)).splitlines()
    assert any(line.startswith("-") and line.endswith("\\x0d") for line in lines)
    assert not any(line.startswith("+") and line.endswith("\\x0d") for line in lines)


def test_a_file_that_is_asked_for_is_itself_in_a_pipe_and_seen_on_a_terminal(place: Place) -> None:
    spec = place.spec(
        "    unknown_clients: allow", '    unknown_clients: allow\n    extra: ["# \u202e\u0085x"]'.encode()
    )
    argv = krgbootctl("render", spec, "--path", "/etc/dhcp/krgboot.conf")
    assert "# \u202e\u0085x" in on_a_pipe(argv)
    assert r"# \u202e\u0085x" in check_harmless(on_a_terminal(argv))


def test_a_program_in_an_image_is_itself_in_a_pipe_and_seen_on_a_terminal(tmp_path: Path) -> None:
    busybox = shutil.which("busybox")
    if busybox is None:
        pytest.skip("NOT TESTED: busybox is not installed")
    image = tmp_path / "srv/nfs/debian"
    for name in ("bin", "dev", "etc", "proc", "run", "sys", "tmp", "usr/sbin"):
        (image / name).mkdir(parents=True)
    shutil.copy(busybox, image / "bin/busybox")
    (image / "evil").write_bytes(EVIL + b"\n\tline\n")
    argv = krgbootctl("image", "run", SPEC, "debian", "--root", tmp_path, "--", "busybox", "cat", "/evil")
    done = subprocess.run(argv, capture_output=True, check=True)
    assert done.stdout == EVIL + b"\n\tline\n"
    text = check_harmless(on_a_terminal(argv))
    assert text.startswith(SHOWN)
    assert text.endswith(f"{LITERAL}\n\tline\n")


# A bug in krgboot: the exception's text is foreign too.
FAULT = """
import sys, krgboot, krgboot.cli.clusters
def fail(*_):
    raise RuntimeError(sys.argv[2])
krgboot.load = fail
from krgboot.cli import main
main()
"""


def test_a_fault_of_krgboots_own_is_shown_the_same_way() -> None:
    for where in (on_a_pipe, on_a_terminal):
        text = where([sys.executable, "-c", FAULT, "check", ARGUMENT])
        plain = OWN.sub("", text)
        assert plain.startswith("error: please report this: RuntimeError: " + SHOWN), text
        assert len(plain.splitlines()) == 1
