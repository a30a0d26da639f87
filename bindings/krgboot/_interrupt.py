"""Ctrl-C in krgbootctl, from its first line on: one line and exit status 130, whatever it is doing.

This module imports next to nothing, so that it is in place before all that takes time to import.
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
    """Whether this process is krgbootctl, and not somebody else's that imports krgboot."""
    if sys.argv[:1] == ["-m"]:  # so it is while Python looks for what -m names
        return ("-m", "krgboot") in zip(sys.orig_argv, sys.orig_argv[1:], strict=False)
    return os.path.basename(sys.argv[0] if sys.argv else "") == "krgbootctl"  # noqa: PTH119 (pathlib takes time)


def install(handler: object) -> None:
    """Have Ctrl-C call one of the functions below; not where it is ignored, as in a job of a shell's background.

    It is let through, if it was put off till now (by bindings/launcher/krgbootctl.cpp).
    """
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, handler)  # type: ignore[arg-type]
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT,))


def at_once(*_: object) -> NoReturn:
    """End here and now: nothing has begun, or all is done."""
    os.write(2, b"interrupted\n")
    os._exit(STATUS)


def put_off() -> None:
    """Let nothing come any more: the command has said all, and Python's own end takes a moment."""
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))


def raise_it(*_: object) -> NoReturn:
    """Raise KeyboardInterrupt, so that what has begun is ended in order."""
    global happened
    happened = True
    sys.unraisablehook = raise_again
    raise KeyboardInterrupt


def raise_again(ignored: sys.UnraisableHookArgs) -> None:
    """Raise KeyboardInterrupt a moment later, where code in C had called us and could not pass it on."""
    if issubclass(ignored.exc_type, KeyboardInterrupt):
        signal.signal(signal.SIGALRM, raise_it)
        signal.setitimer(signal.ITIMER_REAL, 0.001)
    else:
        sys.__unraisablehook__(ignored)
