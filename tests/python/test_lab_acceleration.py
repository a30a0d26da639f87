"""A test guest decides whether kvm works; these tests prove under software emulation that the guest is correct."""

from __future__ import annotations

import errno
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import krgboot
import pytest
from krgboot.lab import acceleration
from krgboot.lab.acceleration import GUEST, PASSED, STEPS, Accelerator, Finding, find_accelerator, probe

SOURCE = Path(acceleration.__file__).with_name("acceleration.s")
LONG = 120.0  # seconds, for guests that must complete even on a busy machine
HALT = b"\xfa\xf4\xeb\xfd"  # cli; hlt; repeat

needs_qemu = pytest.mark.skipif(
    krgboot.find_program(acceleration.QEMU) is None,
    reason=f"SKIPPED: {acceleration.QEMU} (package qemu-system-x86) is not installed",
)
needs_binutils = pytest.mark.skipif(
    shutil.which("as") is None or shutil.which("objcopy") is None or platform.machine() != "x86_64",
    reason="SKIPPED: as and objcopy for x86-64 (package binutils) are not installed",
)


def sector(code: bytes) -> bytes:
    """A boot sector that begins with this code."""
    return code.ljust(510, b"\0") + b"\x55\xaa"


def says(text: str, exit_value: int | None) -> bytes:
    """A boot sector that writes a text and ends QEMU with a value, or halts."""
    code = b"".join(b"\xb0" + bytes([letter]) + b"\xe6\xe9" for letter in text.encode())
    return sector(code + (b"" if exit_value is None else b"\xb0" + bytes([exit_value]) + b"\xe6\xf4") + HALT)


def patched(old: str, new: str) -> bytes:
    """The guest with one changed instruction."""
    assert GUEST.count(bytes.fromhex(old)) == 1
    return GUEST.replace(bytes.fromhex(old), bytes.fromhex(new))


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Records every process that a probe starts."""
    processes: list[subprocess.Popen[bytes]] = []

    class Recorded(subprocess.Popen[bytes]):
        def __init__(self, *args: object, **kwargs: object) -> None:
            super().__init__(*args, **kwargs)  # type: ignore[call-overload]
            processes.append(self)

    monkeypatch.setattr(subprocess, "Popen", Recorded)
    return processes


def is_gone(process: subprocess.Popen[bytes]) -> bool:
    """Is the process reaped, and its process group empty?"""
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return process.returncode is not None
    return False


def hung(guest: bytes) -> str:
    """Return the step of a guest that never ends. On a busy machine a short limit may end it in the BIOS."""
    doing = ""
    for limit in (2, 10, 60):
        finding = probe("tcg", limit, guest)
        before, _, doing = finding.why.partition(", ")
        assert (before, finding.error) == (f"a guest hung for {limit} s", errno.ETIMEDOUT)
        if doing != STEPS[0][1]:
            break
    return doing


def never(accelerator: str, timeout: float, guest: bytes = GUEST) -> Finding:
    raise AssertionError("a guest was run")


# The guest


@needs_binutils
def test_the_guest_is_what_its_source_makes(tmp_path: Path) -> None:
    made, binary = tmp_path / "guest.o", tmp_path / "guest.bin"
    subprocess.run(["as", "--64", "-o", made, SOURCE], check=True)
    subprocess.run(["objcopy", "-O", "binary", "-j", ".text", made, binary], check=True)
    assert binary.read_bytes().hex(" ", 8) == GUEST.hex(" ", 8)


def test_the_guest_is_a_boot_sector_and_one_more() -> None:
    assert len(GUEST) == 1024
    assert GUEST[510:512] == b"\x55\xaa"


def test_steps_and_statuses_are_those_of_the_source() -> None:
    text = SOURCE.read_text(encoding="ascii")
    assert re.findall(r"\bstep '(.)'", text) == [letter for letter, _ in STEPS]
    values = {name: int(value, 16) for name, value in re.findall(r"\.equ (passed|failed), (0x\w+)", text)}
    assert (2 * values["passed"] + 1, 2 * values["failed"] + 1) == (PASSED, acceleration.FAILED)
    assert PASSED == 107


@needs_qemu
def test_the_guest_runs_in_software(started: list[subprocess.Popen[bytes]]) -> None:
    assert probe("tcg", LONG) == Finding("a guest ran", 0)
    assert [is_gone(process) for process in started] == [True]


# Each fault has its own message. The changes imitate faulty virtualisation.


@needs_qemu
@pytest.mark.parametrize(
    ("old", "new", "doing"),
    [
        # masks the timer's interrupt, so it never arrives
        ("b0fee621", "b0ffe621", "waiting for interrupts of the PIT"),
        # the same for the APIC's timer
        ("c7872003000021000200", "c7872003000021000300", "waiting for interrupts of the APIC's timer"),
        # requires the counter to advance more than it ever does
        ("3d00001000", "3dffffffff", "reading the time stamp counter"),
    ],
    ids=["PIT", "APIC", "TSC"],
)
def test_a_guest_that_waits_for_ever(old: str, new: str, doing: str, started: list[subprocess.Popen[bytes]]) -> None:
    assert hung(patched(old, new)) == doing
    assert all(is_gone(process) for process in started)


@needs_qemu
@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        # makes the page's second mapping equal to the first
        ("c704250040010007700100", "c704250040010007600100", "a guest found wrong values, handling a page fault"),
        # asks CPUID for a bit that no processor has
        ("0fbae21d", "0fbae20a", "a guest found wrong values, asking CPUID"),
        # no interrupt table, so the page fault becomes a triple fault
        ("ff0f0050010000000000", "00000050010000000000", "a guest reset itself, handling a page fault"),
        # paging without a page table
        ("b800000100", "b800000200", "a guest reset itself, entering long mode"),
    ],
    ids=["page", "CPUID", "IDT", "CR3"],
)
def test_a_guest_that_fails(old: str, new: str, why: str) -> None:
    assert probe("tcg", LONG, patched(old, new)) == Finding(why, errno.EIO)


@needs_qemu
def test_a_guest_that_halts_at_once(started: list[subprocess.Popen[bytes]]) -> None:
    finding = probe("tcg", 2.0, sector(HALT))
    assert finding == Finding("a guest hung for 2 s, loading its boot sector", errno.ETIMEDOUT)
    assert not finding.ran
    assert [is_gone(process) for process in started] == [True]


LETTERS = "".join(letter for letter, _ in STEPS)


@needs_qemu
@pytest.mark.parametrize(
    ("text", "value", "why"),
    [
        (LETTERS, 0x35, "a guest ran"),
        (LETTERS, 0x36, "qemu-system-x86_64 ended with status 109, its guest having said 'RPLCMTFXUIAW'"),
        (LETTERS, 0x3A, "a guest found wrong values, having said 'RPLCMTFXUIAW'"),
        (LETTERS[:-1], 0x35, "qemu-system-x86_64 ended with status 107, its guest doing plain work"),
        ("", 0x35, "qemu-system-x86_64 ended with status 107, its guest loading its boot sector"),
        ("RLP", 0x35, "qemu-system-x86_64 ended with status 107, its guest having said 'RLP'"),
    ],
)
def test_the_end_counts_only_with_all_steps_before_it(text: str, value: int, why: str) -> None:
    assert probe("tcg", LONG, says(text, value)).why == why


@needs_qemu
def test_all_steps_without_an_end_are_not_enough() -> None:
    assert hung(says(LETTERS, None)) == "having said 'RPLCMTFXUIAW'"


@needs_qemu
def test_qemu_speaks_for_itself(started: list[subprocess.Popen[bytes]]) -> None:
    finding = probe("abacus", LONG)
    assert finding.error == errno.EIO
    assert finding.why.startswith("qemu-system-x86_64: ")
    assert "invalid accelerator abacus" in finding.why
    assert [is_gone(process) for process in started] == [True]


def test_a_stopped_guest_is_told_from_one_that_goes_on() -> None:
    complaints = "qemu: warning: no pni\nKVM internal error. Suberror: 1\nemulation failure\nRAX=1\n"
    told = "a guest hung for 10 s, exchanging 16 bytes in one go"
    assert acceleration.judge(None, "RPLCMTF", "", 10.0) == Finding(told, errno.ETIMEDOUT)
    told += " (KVM internal error. Suberror: 1)"
    assert acceleration.judge(None, "RPLCMTF", complaints, 10.0) == Finding(told, errno.ETIMEDOUT)


@pytest.mark.parametrize(
    ("status", "complaints", "why"),
    [
        (1, "qemu: warning: no pni\nqemu: failed to initialize kvm\nmore\n", "qemu: failed to initialize kvm"),
        (1, "qemu: warning: no pni\n\n", "qemu-system-x86_64 ended with status 1, its guest entering protected mode"),
        (-6, "", "qemu-system-x86_64 died of signal 6, its guest entering protected mode"),
    ],
)
def test_qemus_first_error_is_told(status: int, complaints: str, why: str) -> None:
    assert acceleration.judge(status, "R", complaints, 10.0) == Finding(why, errno.EIO)


@needs_qemu
def test_an_interrupted_probe_leaves_nobody_behind(
    started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    original = subprocess.Popen.communicate
    calls = []

    def interrupted(self: subprocess.Popen[bytes], *args: object, **kwargs: object) -> object:
        calls.append(kwargs)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return original(self, *args, **kwargs)  # type: ignore[misc, arg-type]

    monkeypatch.setattr(subprocess.Popen, "communicate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        probe("tcg", LONG, sector(HALT))
    assert [is_gone(process) for process in started] == [True]


# The choice


def test_tcg_is_taken_without_trying(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acceleration, "probe", never)
    found = find_accelerator("tcg")
    assert found == Accelerator("tcg", "asked for")
    assert found.options == ("-accel", "tcg", "-cpu", "max")


@pytest.mark.parametrize("wanted", ["", "KVM", "kvm ", "hvf", "kvm:tcg"])
def test_other_accelerators_are_refused(wanted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acceleration, "probe", never)
    with pytest.raises(krgboot.ArgumentError) as caught:
        find_accelerator(wanted)
    assert (caught.value.code, caught.value.subject) == ("accelerator.unknown", wanted)


def test_no_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = tmp_path / "kvm"
    monkeypatch.setattr(acceleration, "DEVICE", device)
    monkeypatch.setattr(acceleration, "probe", never)
    assert find_accelerator() == Accelerator("tcg", f"no {device}")
    with pytest.raises(krgboot.IoError) as caught:
        find_accelerator("kvm")
    assert str(caught.value) == f"cannot run guests under kvm: no {device}"
    assert (caught.value.code, caught.value.errno, caught.value.filename) == ("io.kvm", errno.ENOENT, str(device))


def test_no_right_to_the_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = tmp_path / "kvm"
    device.touch()
    refuse: Callable[[Path, int], bool] = lambda path, mode: path != device or mode != os.R_OK | os.W_OK  # noqa: E731
    monkeypatch.setattr(acceleration, "DEVICE", device)
    monkeypatch.setattr(acceleration, "probe", never)
    monkeypatch.setattr(os, "access", refuse)
    assert find_accelerator() == Accelerator("tcg", f"no right to open {device}")
    with pytest.raises(krgboot.IoError, match=r"^cannot run guests under kvm: no right to open ") as caught:
        find_accelerator("kvm")
    assert caught.value.errno == errno.EACCES


@pytest.mark.parametrize("wanted", [None, "kvm"])
def test_the_guest_decides(wanted: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = tmp_path / "kvm"
    device.touch()
    finding = Finding("a guest ran", 0)
    asked: list[tuple[str, float]] = []

    def probed(accelerator: str, timeout: float, guest: bytes = GUEST) -> Finding:
        asked.append((accelerator, timeout))
        return finding

    monkeypatch.setattr(acceleration, "DEVICE", device)
    monkeypatch.setattr(acceleration, "probe", probed)
    found = find_accelerator(wanted, timeout=7.5)
    assert found == Accelerator("kvm", "a guest ran")
    assert found.options == ("-accel", "kvm", "-cpu", "max")
    finding = Finding("a guest hung for 7.5 s, doing plain work", errno.ETIMEDOUT)
    if wanted is None:
        assert find_accelerator(wanted, timeout=7.5) == Accelerator("tcg", finding.why)
    else:
        with pytest.raises(krgboot.IoError) as caught:
            find_accelerator(wanted, timeout=7.5)
        assert str(caught.value) == "cannot run guests under kvm: a guest hung for 7.5 s, doing plain work"
        assert caught.value.errno == errno.ETIMEDOUT
    assert asked == [("kvm", 7.5)] * 2


def test_without_qemu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = tmp_path / "kvm"
    device.touch()
    monkeypatch.setattr(acceleration, "DEVICE", device)
    monkeypatch.setattr(acceleration, "find_program", lambda name: None)
    with pytest.raises(krgboot.IoError, match="it is not installed") as caught:
        find_accelerator()
    assert caught.value.filename == "qemu-system-x86_64"


@needs_qemu
def test_this_machine(started: list[subprocess.Popen[bytes]]) -> None:
    found = find_accelerator()
    assert found.why
    assert "\n" not in found.why
    assert (found.name == "kvm") == (found.why == "a guest ran")
    assert all(is_gone(process) for process in started)
