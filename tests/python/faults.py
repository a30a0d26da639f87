"""Counts system calls, makes them fail, or kills the program at them, by strace(1)."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Container, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

Fault = TypeVar("Fault")

# Calls of the dynamic linker and the C library; they change no file.
MEMORY_CALLS = {
    *("mmap", "munmap", "mprotect", "brk", "execve", "exit_group", "arch_prctl", "set_tid_address", "madvise"),
    *("set_robust_list", "rseq", "prlimit64", "access", "pread64", "getpid", "sigaltstack", "rt_sigaction"),
    *(
        "rt_sigprocmask",
        "futex",
        "getrandom",
        "gettid",
        "sched_yield",
        "sysinfo",
        "readlink",
        "prctl",
        "sched_getaffinity",
    ),
}

UNDER_STRACE = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}  # LeakSanitizer does not work under ptrace


def injecting(*options: str) -> list[str]:
    """Return the start of a command line whose program meets these faults: "inject=CALL:error=EIO:when=3"."""
    calls = ",".join(sorted({option.split("=")[1].split(":")[0] for option in options}))
    tracer = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}"]
    if not any(":signal=" in option for option in options):
        # Stops only at the traced calls, which is faster; but strace 6.1 sends no signals then.
        tracer.append("--seccomp-bpf")
    for option in options:
        tracer += ["-e", option]
    return tracer


def counted(log: Path, also: Container[str] = ()) -> dict[str, int]:
    """Return how often a strace -f log has each file system call: the maximum over the threads, since strace counts
    per thread. Omits MEMORY_CALLS except those in `also`."""
    counts: dict[tuple[str, str], int] = {}
    for line in log.read_text().splitlines():
        found = re.match(r"(\d+) +(\w+)\(", line)
        if found and (found[2] not in MEMORY_CALLS or found[2] in also):
            key = (found[2], found[1])
            counts[key] = counts.get(key, 0) + 1
    most: dict[str, int] = {}
    for (call, _), count in counts.items():
        most[call] = max(most.get(call, 0), count)
    return most


def was_killed(result: subprocess.CompletedProcess[str]) -> bool:
    return result.returncode in (-9, 137)


def in_parallel(work: Callable[[Path, Fault], str], faults: Sequence[Fault], folder: Path) -> list[str]:
    """Return the complaints of `work`, each with its fault. `work` gets a new place each time."""
    numbers = itertools.count()

    def one(fault: Fault) -> str:
        place = folder / f"place{next(numbers)}"
        complaint = work(place, fault)
        shutil.rmtree(place)
        return f"{fault}: {complaint}" if complaint else ""

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return [complaint for complaint in pool.map(one, faults) if complaint]
