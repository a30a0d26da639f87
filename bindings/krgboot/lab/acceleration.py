"""Tests whether hardware virtualisation works here, with a guest that does the first steps of a kernel.

The existence of /dev/kvm is not enough: inside a virtual machine a guest under it may hang, die, or run a thousand
times slower than in software. That SeaBIOS starts is not enough either, so the guest is a miniature kernel.
"""

from __future__ import annotations

import contextlib
import errno
import math
import os
import resource
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from krgboot import ArgumentError, IoError
from krgboot.system import find_program

__all__ = ["Accelerator", "find_accelerator"]

QEMU: Final = "qemu-system-x86_64"
DEVICE = Path("/dev/kvm")

STEPS: Final = (
    ("R", "loading its boot sector"),
    ("P", "entering protected mode"),
    ("L", "entering long mode"),
    ("C", "asking CPUID"),
    ("M", "writing model-specific registers"),
    ("T", "reading the time stamp counter"),
    ("F", "handling a page fault"),
    ("X", "exchanging 16 bytes in one go"),
    ("U", "going to user mode and back"),
    ("I", "waiting for interrupts of the PIT"),
    ("A", "waiting for interrupts of the APIC's timer"),
    ("W", "doing plain work"),
)
"""The guest's steps, in order; it writes the letter when the step is done."""

PASSED: Final = 2 * 0x35 + 1
FAILED: Final = 2 * 0x3A + 1
"""QEMU's exit status for the values that the guest writes to isa-debug-exit."""

GUEST: Final = bytes.fromhex(
    """
    fafcea077c000031c08ec08ed0bc007cb80102b9020030f6bb007ecd13fab052e6e9b800108ed88ec06631c031ffb9004066f3ab66c70600
    000710010066c70600100720010066c70618100730010066c70600208700000066c70608200740010066c706b83f9b00e0fe66c706e050a8
    7c100066c7060052b97c100066c7061052b97c1000b8008ea3e450a30452a314522e660f0116f87c0f20c00c010f22c066ea007e00000800
    c7042500400100076001004883c40848cfffcbb020e6208987b000000048cf900000000000000000ffff0000009acf00ffff0000009aaf00
    ffff00000092cf00ffff000000f2cf00ffff000000faaf002f00c87c0000ff0f005001000000000000000000000000000000000000000000
    0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
    0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
    0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
    0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
    00000000000055aab050e6e9b8180000008ed88ec08ed0bc007c00000f20e00c200f22e0b8000001000f22d8b9800000c00f320d01010000
    0f300f20c00d000001800f22c0ea447e00001000b04ce6e9bee8030000b8010000800fa20fbae21d0f835c010000ffce75ebb043e6e9b981
    0000c0ba1000180031c00f30ffc131d2b8297f00000f3031c00f32663d297f0f852d010000b04de6e90f3189c60f3129f03d0000100072f5
    b054e6e9bf0000e0fe0f011c25fe7c0000b85a5a5a5a89042500002000390425006001000f85f0000000f6042500400100400f84e2000000
    c7042500400100077001000f013c2500002000390425000020000f84c2000000b046e6e98b04250060010031d2f0480fc70c25006001000f
    85a5000000b058e6e9b9277f000041bb02000000480f070f05b055e6e966ba201188f0e62088d0e621b004e621b001e621b0fee621b034e6
    43b0a9e640b004e640bb0a000000fbf485db7ffbfab0ffe621b049e6e9c787f0000000ff010000c787e00300000b000000c7872003000021
    000200c7878003000040420f00bb0a000000fbf485db7ffbfab041e6e9b900e1f505890c250060010003042500600100e2f0b057e6e9b035
    eb02b03ae6f4f4ebfd0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
    00000000000000000000000000000000
    """
)
"""acceleration.s, assembled as described there."""


@dataclass(frozen=True)
class Accelerator:
    """How QEMU runs a node: "kvm", by hardware, or "tcg", by software. ``why``: the reason for the choice."""

    name: Literal["kvm", "tcg"]
    why: str

    @property
    def options(self) -> tuple[str, ...]:
        """QEMU's options for it, the same as for the test guest."""
        return options(self.name)


@dataclass(frozen=True)
class Finding:
    """Result of a test guest. ``error``: the closest errno; 0 if the guest completed."""

    why: str
    error: int

    @property
    def ran(self) -> bool:
        """Whether the guest completed all steps."""
        return self.error == 0


def find_accelerator(wanted: str | None = None, *, timeout: float = 10.0) -> Accelerator:
    """Choose the accelerator: kvm if a guest completes under it within ``timeout`` seconds, else tcg.

    ``wanted``: "kvm" raises IoError if it does not work; "tcg" is not tested. Raises IoError also if QEMU is not
    installed.
    """
    if wanted == "tcg":
        return Accelerator("tcg", "asked for")
    if wanted not in (None, "kvm"):
        raise ArgumentError(f"there is no accelerator {wanted!r}: kvm, tcg", "accelerator.unknown", str(wanted))
    finding = probe_kvm(timeout)
    if finding.ran:
        return Accelerator("kvm", finding.why)
    if wanted == "kvm":
        message = f"cannot run guests under kvm: {finding.why}"
        raise IoError(message, "io.kvm", "run guests with", str(DEVICE), finding.error)
    return Accelerator("tcg", finding.why)


def probe_kvm(timeout: float) -> Finding:
    """Run the guest under kvm, if /dev/kvm can be opened."""
    if not DEVICE.exists():
        return Finding(f"no {DEVICE}", errno.ENOENT)
    if not os.access(DEVICE, os.R_OK | os.W_OK):
        return Finding(f"no right to open {DEVICE}", errno.EACCES)
    return probe("kvm", timeout)


def probe(accelerator: str, timeout: float, guest: bytes = GUEST) -> Finding:
    """Run a guest from a disk with these bytes, and return its result. QEMU has ended when this returns."""
    program = find_program(QEMU)
    if program is None:
        message = f"cannot run {QEMU}: it is not installed (package qemu-system-x86)"
        raise IoError(message, "io.run", "run", QEMU, errno.ENOENT)
    with memory_file(guest) as disk:
        argv = [
            *(program, "-nodefaults", "-no-user-config", "-display", "none", "-net", "none", "-no-reboot"),
            *("-machine", "pc", "-m", "16", *options(accelerator)),
            # A hard disk: the BIOS polls it. For a floppy disk it waits for an interrupt, which the guest's own steps
            # test with a better diagnosis.
            *("-drive", f"file=/proc/self/fd/{disk},format=raw,if=ide"),
            *("-device", "isa-debug-exit,iobase=0xf4,iosize=4"),
            *("-chardev", "stdio,id=said,signal=off", "-device", "isa-debugcon,iobase=0xe9,chardev=said"),
        ]
        return judge(*run(argv, timeout, disk), timeout)


def options(accelerator: str) -> tuple[str, ...]:
    """QEMU's options for an accelerator, with all its processor features."""
    return ("-accel", accelerator, "-cpu", "max")


@contextlib.contextmanager
def memory_file(content: bytes) -> Iterator[int]:
    """Yield the descriptor of an anonymous file with this content."""
    descriptor = os.memfd_create("krgboot-probe")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        yield descriptor


def run(argv: list[str], timeout: float, descriptor: int) -> tuple[int | None, str, str]:
    """Return a program's status, None after a timeout, and its output. The program has always ended on return."""
    process = subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=(descriptor,),
        start_new_session=True,  # a process group, to kill it as a whole
    )
    try:
        with contextlib.suppress(OSError):
            # QEMU may abort under a faulty kvm: write no core file. The CPU limit ends a looping guest even if this
            # process is killed.
            resource.prlimit(process.pid, resource.RLIMIT_CORE, (0, 0))
            seconds = math.ceil(timeout) * 4 + 10  # of all its threads
            resource.prlimit(process.pid, resource.RLIMIT_CPU, (seconds, seconds))
        try:
            out, err = process.communicate(timeout=timeout)
            status: int | None = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            status = None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
        process.wait()
    return status, out.decode("ascii", "replace"), err.decode("utf-8", "replace")


def judge(status: int | None, said: str, complaints: str, timeout: float) -> Finding:
    """Return a guest's result from QEMU's status, the guest's letters, and QEMU's error output."""
    letters = "".join(letter for letter, _ in STEPS)
    if status == PASSED and said == letters:
        return Finding("a guest ran", 0)
    known = letters.startswith(said) and said != letters
    doing = STEPS[len(said)][1] if known else f"having said {said!r}"
    # QEMU's first error. Its warnings, such as missing processor features, are harmless.
    error = next((line.strip() for line in complaints.splitlines() if line.strip() and "warning:" not in line), "")
    if status is None:
        # QEMU may have stopped the guest and keep running: "KVM internal error. Suberror: 1".
        stopped = f" ({error})" if error else ""
        return Finding(f"a guest hung for {timeout:g} s, {doing}{stopped}", errno.ETIMEDOUT)
    if status == FAILED:
        return Finding(f"a guest found wrong values, {doing}", errno.EIO)
    if status == 0:
        return Finding(f"a guest reset itself, {doing}", errno.EIO)
    if error:
        return Finding(error, errno.EIO)
    ending = f"died of signal {-status}" if status < 0 else f"ended with status {status}"
    return Finding(f"{QEMU} {ending}, its guest {doing}", errno.EIO)
