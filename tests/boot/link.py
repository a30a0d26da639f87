"""Virtual machines on one link, without a lab: a server that boots from a disk, and nodes that boot from it."""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import subprocess
import threading
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import labs
from krgboot.lab import machine, network
from krgboot.lab.acceleration import find_accelerator
from krgboot.lab.rack import Rack

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

ADDRESS = "10.20.0.1"
"""The test's address on the link: of the networks in examples/debian, the router's."""

UUID = "6f2d1a4c-52e1-4b0f-9a3c-0123456789ab"
_PORT = 8000
URL = f"http://{ADDRESS}:{_PORT}"
"""Where `serving` serves."""
_APT_SOURCES = labs.SOURCE / "tests" / "apt-sources"
_NO_MONITOR = 0  # a number that is not used
_BOOT_LIMIT = 900.0  # seconds, under emulation on a busy machine


class Link:
    """A network namespace with a bridge. Machines on it reach each other and ``ADDRESS``, and nothing else.

    ``root``: a directory whose ``etc`` and ``shown`` directories the programs inside see. Use `on_one_link`.
    """

    def __init__(self, root: Path, shown: Sequence[str], logs: Path) -> None:
        self.logs = logs
        self.accelerator = find_accelerator()
        self.rack = Rack(root, shown, [])
        commands = ["link set lo up", "link add link0 type bridge forward_delay 0 stp_state 0"]
        commands += [f"address add {ADDRESS}/24 dev link0", "link set link0 up"]
        self.rack.run(["ip", "-batch", "-"], text="\n".join(commands) + "\n")

    def within(self, *command: str) -> tuple[str, ...]:
        """Return the command in the network of the link, with the files of this machine."""
        return ("nsenter", f"--net={self.rack.proc}/ns/net", *command)

    @contextmanager
    def machine(
        self, name: str, mac: str, *, memory: int, options: Sequence[str] = (), disk: Path | None = None
    ) -> Iterator[VirtualMachine]:
        """Run a machine until the end of the block. ``options``: of QEMU, in addition."""
        tap = f"tap-{name}"
        commands = [f"tuntap add dev {tap} mode tap", f"link set {tap} master link0 up"]
        self.rack.run(["ip", "-batch", "-"], text="\n".join(commands) + "\n")
        descriptors = [network.open_tap(self.rack, tap)]
        try:
            given = {"tap": descriptors[0], "monitor": _NO_MONITOR}
            argv = machine.arguments(name, mac, UUID, **given, accelerator=self.accelerator, memory=memory)
            argv[argv.index(f"socket,id=monitor,fd={_NO_MONITOR}")] = "null,id=monitor"
            if disk is not None:
                descriptors.append(os.open(disk, os.O_RDWR))
                # It lasts for one test: nothing has to be on the host's disk.
                argv += ["-drive", f"file=/proc/self/fd/{descriptors[-1]},format=raw,if=virtio,cache=unsafe"]
            console = self.logs / f"{name}.log"
            with console.open("wb") as log:
                process = subprocess.Popen(
                    self.rack.enter([*argv, *options]),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    pass_fds=descriptors,
                )
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        try:
            yield VirtualMachine(console, process)
        finally:
            self.rack.kill(process)
            self.rack.run(["ip", "link", "delete", tap])


class VirtualMachine:
    """A running machine, and the log of its serial line."""

    def __init__(self, console: Path, process: subprocess.Popen[bytes]) -> None:
        self.console = console
        self._process = process

    def wait_for(self, words: str, times: int = 1) -> str:
        """Wait until the machine has written the words so many times; return all that it has written."""

        def written() -> str:
            return self.console.read_text(errors="replace")

        labs.wait_until(lambda: self._process.poll() is not None or written().count(words) >= times, _BOOT_LIMIT)
        assert self._process.poll() is None, written()[-2000:]
        return written()


@contextmanager
def on_one_link(root: Path, shown: Sequence[str], logs: Path) -> Iterator[Link]:
    """Make a link until the end of the block: then everything on it ends."""
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir(parents=True)
    link = Link(root, shown, logs)
    try:
        yield link
    finally:
        link.rack.close()


class _Files(SimpleHTTPRequestHandler):
    """Serves a directory, and says nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(link: Link, directory: Path) -> Iterator[None]:
    """Serve a directory at `URL`, on the link only, until the end of the block."""
    handler = functools.partial(_Files, directory=str(directory))
    server = network.inside(link.rack, lambda: ThreadingHTTPServer((ADDRESS, _PORT), handler))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def make_repository(directory: Path, tree: Path, release: str, packages: Sequence[str]) -> None:
    """Make a repository of the packages, and of what they need, for a Debian tree.

    This machine's apt downloads them as if the tree were this machine: only it knows proxies and passwords.
    """
    for needed in ("partial", "state/lists/partial", "cache"):
        (directory / needed).mkdir(parents=True, exist_ok=True)
    sources = subprocess.run([_APT_SOURCES, release], check=True, capture_output=True, text=True).stdout
    (directory / "sources.list").write_text(sources)
    settings = {
        "Dir::State": directory / "state",
        "Dir::State::status": tree / "var/lib/dpkg/status",
        "Dir::Cache": directory / "cache",
        "Dir::Cache::archives": directory,
        "Dir::Etc::sourcelist": directory / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "APT::Sandbox::User": "root",
        "APT::Install-Recommends": "false",
        "Acquire::Languages": "none",
    }
    apt = ["apt-get", "-q", "--assume-yes", *(f"-o{name}={value}" for name, value in settings.items())]
    subprocess.run([*apt, "update"], check=True, capture_output=True)
    subprocess.run([*apt, "install", "--download-only", *packages], check=True, capture_output=True)
    entries = [_entry(file) for file in sorted(directory.glob("*.deb"))]
    (directory / "Packages").write_text("\n".join(entries))


def _entry(file: Path) -> str:
    """Return the paragraph of a package in the file Packages."""
    control = subprocess.run(["dpkg-deb", "--field", file], check=True, capture_output=True, text=True).stdout
    checksum = hashlib.sha256(file.read_bytes()).hexdigest()
    return f"{control}Filename: ./{file.name}\nSize: {file.stat().st_size}\nSHA256: {checksum}\n"
