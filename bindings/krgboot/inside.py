"""Run a command inside an image: ``python3 -m krgboot.inside DIR -- COMMAND…``.

Replaces ``chroot DIR COMMAND…``, for example in a connection plugin of Ansible. The command runs in the sandbox of
``krgboot.Image.run``; standard input, output and error are separate and pass unchanged. Standard input is read ahead,
as ssh(1) does.

Exit status: the command's, or 128 + the signal that killed it. 129 if the caller hung up (standard output has no
reader, or SIGHUP arrived), 130 and 143 after SIGINT and SIGTERM; each of these also kills the command. 127: the image
has no such command; 125: it cannot be run; 64: wrong usage.
"""

from __future__ import annotations

import argparse
import errno
import os
import select
import signal
import sys
import threading
from typing import NoReturn

import krgboot
from krgboot.image import InsideNetwork

USAGE, CANNOT_RUN, NO_SUCH_COMMAND = 64, 125, 127
_CHUNK = 65536


class _EndedBySignal(BaseException):
    """A signal that ends this process. A BaseException, since it is not an error of the command."""

    def __init__(self, number: int) -> None:
        self.status = 128 + number


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(words: list[str] | None = None) -> int:
    """Run the command in ``words`` (default: the process's arguments); return the exit status."""
    arguments = _arguments(sys.argv[1:] if words is None else words)
    try:
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _end)
        return _run(arguments)
    except _EndedBySignal as ended:
        return ended.status
    except BrokenPipeError:
        return 128 + signal.SIGHUP
    except krgboot.Error as error:
        _write_all(2, f"krgboot.inside: {krgboot.visible(str(error), lines=True)}\n".encode())
        missing = isinstance(error, krgboot.IoError) and error.operation == "run" and error.errno == errno.ENOENT
        return NO_SUCH_COMMAND if missing else CANNOT_RUN


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = _Parser(
        prog="python3 -m krgboot.inside",
        usage="%(prog)s [--network WHICH] [--locale LOCALE] DIR -- COMMAND...",
        description="Run a command inside an image, as chroot does.",
    )
    parser.add_argument("directory", metavar="DIR", help="the image's directory")
    parser.add_argument(
        "--network",
        metavar="WHICH",
        choices=list(InsideNetwork.__members__),
        default="none",
        help="none; outbound: what this machine can reach (through slirp4netns); host: this machine's network",
    )
    parser.add_argument("--locale", default="C", help="LC_ALL; empty: the image's own")
    end = words.index("--") if "--" in words else len(words)
    found = parser.parse_args(words[:end])
    found.command = words[end + 1 :]  # everything after it, including options and another "--"
    if not found.command:
        parser.error("no command after --")
    return found


def _run(arguments: argparse.Namespace) -> int:
    _open_standard_descriptors()
    source, typed = os.pipe()
    threading.Thread(target=_pass_input, args=(typed,), daemon=True).start()
    threading.Thread(target=_watch_output, daemon=True).start()
    result = krgboot.Image(arguments.directory).run(
        arguments.command,
        network=InsideNetwork[arguments.network],
        locale=arguments.locale,
        stdin=source,
        merge_stderr=False,
        output_limit=0,
        on_stdout=lambda data: _write_all(1, data),
        on_stderr=lambda data: _write_all(2, data),
    )
    return result.status


def _open_standard_descriptors() -> None:
    """Open descriptors 0 to 2 if the caller closed them, so that no pipe of this process gets one of these numbers."""
    while (descriptor := os.open("/dev/null", os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)


def _end(number: int, _: object) -> NoReturn:
    raise _EndedBySignal(number)


def _pass_input(to: int) -> None:
    try:
        while data := os.read(0, _CHUNK):
            _write_all(to, data)
    except OSError:
        pass  # end of input, or the command has closed its standard input
    finally:
        os.close(to)


def _watch_output() -> None:
    """Wait until standard output has no reader, then send SIGHUP to this process."""
    poll = select.poll()
    poll.register(1, 0)  # POLLERR and POLLHUP are always reported
    poll.poll()
    os.kill(os.getpid(), signal.SIGHUP)


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        try:
            data = data[os.write(descriptor, data) :]
        except BlockingIOError:  # the caller made the descriptor non-blocking
            select.select([], [descriptor], [])


if __name__ == "__main__":
    sys.exit(main())
