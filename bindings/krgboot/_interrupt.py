"""Ctrl-C in krgbootctl prints one line and exits with status 130, at any time.

This module has few imports, so that its handler is installed before the slow imports start.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn

STATUS = 128 + signal.SIGINT

happened = False
"""Whether ``raise_it`` was called."""


def is_command() -> bool:
    """Return whether this process is krgbootctl, not another program that imports krgboot."""
    if sys.argv[:1] == ["-m"]:  # Python's value while it locates the module of -m
        return ("-m", "krgboot") in zip(sys.orig_argv, sys.orig_argv[1:], strict=False)
    return os.path.basename(sys.argv[0] if sys.argv else "") == "krgbootctl"  # noqa: PTH119 (importing pathlib is slow)


def install(handler: object) -> None:
    """Set one of the functions below as handler of SIGINT, unless SIGINT is ignored, as in a shell's background job.

    Then unblock SIGINT, which bindings/launcher/krgbootctl.cpp blocked.
    """
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, handler)  # type: ignore[arg-type]
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT,))


def at_once(*_: object) -> NoReturn:
    """Exit immediately: no work has started, or all is done."""
    os.write(2, b"interrupted\n")
    os._exit(STATUS)


def put_off() -> None:
    """Block SIGINT: the command has finished, and Python's shutdown takes a moment."""
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))


def raise_it(*_: object) -> NoReturn:
    """Raise KeyboardInterrupt, so that running work is cleaned up."""
    global happened
    happened = True
    sys.unraisablehook = raise_again
    raise KeyboardInterrupt


def raise_again(ignored: sys.UnraisableHookArgs) -> None:
    """Raise KeyboardInterrupt again a moment later, after C code that called Python has swallowed it."""
    if issubclass(ignored.exc_type, KeyboardInterrupt):
        signal.signal(signal.SIGALRM, raise_it)
        signal.setitimer(signal.ITIMER_REAL, 0.001)
    else:
        sys.__unraisablehook__(ignored)
