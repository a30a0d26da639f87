"""Programs inside an image, run by other programs: unchanged streams, exit status, and the end with the caller."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import krgboot
import pytest
from busybox_image import make_busybox_image
from staging import krgbootctl, needs

pytestmark = needs("busybox")
ALL_BYTES = bytes(range(256)) * 1000


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    make_busybox_image(tmp_path)
    return tmp_path / "srv" / "small"


def command(tree: Path, *argv: str) -> list[str]:
    return [sys.executable, "-m", "krgboot.inside", str(tree), "--", *argv]


def inside(tree: Path, *argv: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command(tree, *argv), input=given, capture_output=True, check=False, timeout=60)


def shell(script: str) -> tuple[str, ...]:
    return ("sh", "-c", script)


def processes_in(tree: Path) -> list[str]:
    """Return the command lines of processes that still have this image as their root."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "root").samefile(tree):
                found.append((entry / "cmdline").read_text())
        except OSError:
            continue
    return found


def test_streams_pass_byte_for_byte(tree: Path) -> None:
    shown = inside(tree, *shell("busybox cat; echo told >&2; exit 3"), given=ALL_BYTES)
    assert shown.stdout == ALL_BYTES
    assert shown.stderr == b"told\n"
    assert shown.returncode == 3


def test_arguments_pass_as_they_are(tree: Path) -> None:
    shown = inside(tree, *shell('printf "%s\\n" "$@"'), "sh", "--", "-x", "a b", "")
    assert shown.stdout == b"--\n-x\na b\n\n"


def test_input_that_nobody_reads_holds_nothing_up(tree: Path) -> None:
    assert inside(tree, *shell("exit 0"), given=ALL_BYTES * 10).returncode == 0


def test_it_is_a_conversation(tree: Path) -> None:
    """Output arrives before the input ends, as a connection plugin needs it."""
    process = subprocess.Popen(
        command(tree, *shell("while read word; do echo got $word; done")), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    for word in (b"one\n", b"two\n"):
        process.stdin.write(word)
        process.stdin.flush()
        assert process.stdout.readline() == b"got " + word
    process.stdin.close()
    assert process.wait(30) == 0
    process.stdout.close()


@pytest.mark.parametrize(
    ("words", "status"),
    [(("no-such-program",), 127), (shell("kill -TERM $$"), 128 + signal.SIGTERM), (("sh", "-c", "exit 255"), 255)],
)
def test_the_status_is_the_commands(tree: Path, words: tuple[str, ...], status: int) -> None:
    assert inside(tree, *words).returncode == status


def test_what_is_no_image_is_one_line(tmp_path: Path) -> None:
    shown = inside(tmp_path / "none", "sh")
    assert shown.returncode == 125
    assert len(shown.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "words", [(), ("DIR",), ("DIR", "--"), ("DIR", "sh"), ("--network", "some", "DIR", "--", "sh")]
)
def test_wrong_usage(words: tuple[str, ...]) -> None:
    shown = subprocess.run([sys.executable, "-m", "krgboot.inside", *words], capture_output=True, check=False)
    assert shown.returncode == 64
    assert b"usage: python3 -m krgboot.inside" in shown.stderr


def running(tree: Path) -> subprocess.Popen[bytes]:
    """Return a started program that would run for long."""
    process = subprocess.Popen(
        command(tree, *shell("echo begun; busybox sleep 1000")),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_command(tree: Path, number: signal.Signals) -> None:
    process = running(tree)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (128 + number, b"", b"")
    assert processes_in(tree) == []


def test_it_ends_when_its_caller_hangs_up(tree: Path) -> None:
    process = running(tree)
    for stream in (process.stdin, process.stdout, process.stderr):
        assert stream is not None
        stream.close()
    assert process.wait(30) == 128 + signal.SIGHUP
    assert processes_in(tree) == []


def test_it_ends_with_us(tree: Path) -> None:
    process = running(tree)
    process.kill()
    process.communicate(timeout=30)
    end = time.monotonic() + 30
    while processes_in(tree) and time.monotonic() < end:
        time.sleep(0.05)
    assert processes_in(tree) == []


def test_closed_descriptors_are_no_trap(tree: Path) -> None:
    words = " ".join(f"'{word}'" for word in command(tree, *shell("busybox cat; exit 4")))
    assert subprocess.run(["sh", "-c", f"exec {words} <&- >&- 2>&-"], check=False, timeout=60).returncode == 4


# The same through the Python API.


def test_standard_output_and_error_are_apart(tree: Path) -> None:
    image = krgboot.Image(tree)
    result = image.run([*shell("busybox cat; echo told >&2")], input=b"\xff\x00\n", merge_stderr=False)
    assert (result.stdout, result.stderr, result.status) == (b"\xff\x00\n", b"told\n", 0)
    merged = image.run([*shell("echo out; echo told >&2")])
    assert (merged.stdout, merged.stderr) == (b"out\ntold\n", b"")


def test_input_from_a_descriptor_and_output_as_it_comes(tree: Path) -> None:
    source, typed = os.pipe()
    seen: list[bytes] = []

    def answer(data: bytes) -> None:
        seen.append(data)
        if data.startswith(b"ready"):
            os.write(typed, b"word\n")
            os.close(typed)

    result = krgboot.Image(tree).run(
        [*shell("echo ready; busybox cat; echo end >&2")],
        stdin=source,
        merge_stderr=False,
        output_limit=4,
        on_stdout=answer,
        on_stderr=seen.append,
    )
    os.close(source)
    assert b"".join(seen) == b"ready\nword\nend\n"
    assert result.stderr == b"end\n"
    assert len(result.stdout) <= 4


def test_many_run_side_by_side(tree: Path) -> None:
    results: list[int] = []
    threads = [
        threading.Thread(target=lambda n=n: results.append(krgboot.Image(tree).run([*shell(f"exit {n}")]).status))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == list(range(8))


# The command, by the image's path.


def test_the_command_takes_a_directory(tree: Path, tmp_path: Path) -> None:
    assert krgbootctl("image", "run", tree, "--", "sh", "-c", "echo $0; exit 5", status=5).stdout == "sh\n"
    assert krgbootctl("image", "run", "/srv/small", "--root", tmp_path, "--", "busybox", "echo", "a").stdout == "a\n"
    assert krgbootctl("image", "run", tmp_path / "cluster.yaml", status=64).stderr
    first = krgbootctl("image", "run", tree, "--", "busybox", "cat", "/proc/1/comm").stdout
    assert first == "init\n"
