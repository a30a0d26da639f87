"""A lab's name: who holds it, and what other processes can learn through it."""

from __future__ import annotations

import contextlib
import os
import pwd
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from krgboot.errors import ArgumentError, ConflictError
from krgboot.lab import claim

if TYPE_CHECKING:
    from collections.abc import Iterator

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="a lab answers root alone, and nobody but root is nobody")

# Foreign labs may run on this machine; these are ours.
ONE, OTHER = f"test-{os.getpid()}.one", f"test-{os.getpid()}.other"


@pytest.fixture(autouse=True)
def ours(monkeypatch: pytest.MonkeyPatch) -> None:
    names = claim.running
    monkeypatch.setattr(claim, "running", lambda: [name for name in names() if name in (ONE, OTHER)])


@contextmanager
def lab(name: str, times: int = 1) -> Iterator[list[str]]:
    """A lab that answers this many requests; yields the requests."""
    requests: list[str] = []
    listening = claim.take(name)
    listening.settimeout(10)

    def serve() -> None:
        for _ in range(times):
            connection, _ = listening.accept()
            with connection:
                requests.append(claim.answer(connection, {"lab": name, "pid": 7, "nodes": []}))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield requests
        thread.join(10)
        assert not thread.is_alive(), f"{name} was asked less often than expected"
    finally:
        listening.close()


@contextmanager
def as_nobody(script: str) -> Iterator[subprocess.Popen[str]]:
    """A started script of the user nobody. (It may be unable to import modules.)"""
    nobody = pwd.getpwnam("nobody")
    become = f"import json, os, socket, sys; sys.path[:0] = {sys.path!r}; from krgboot.lab import claim\n"
    become += f"os.setgroups([]); os.setgid({nobody.pw_gid}); os.setuid({nobody.pw_uid})\n"
    with subprocess.Popen([sys.executable, "-c", become + script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.kill()


IMPOSTOR = """
listening = socket.socket(socket.AF_UNIX)
listening.bind({address!r})
listening.listen()
print("ready", flush=True)
while True:
    connection, _ = listening.accept()
    connection.sendall(json.dumps({{"lab": "trust me", "pid": 1, "nodes": []}}).encode())
    connection.close()
"""


CURIOUS = """
print("ready", flush=True)
try:
    claim.ask({name!r}, "stop")
except claim.ArgumentError as error:
    print(error.code, flush=True)
"""


def code(name: str | None, request: str = "state") -> str:
    with pytest.raises(ArgumentError) as caught:
        claim.ask(name, request)
    return caught.value.code


@pytest.mark.parametrize("name", ["a", "lab-", "debian-1", "A.b_c-9", "0", "x" * 64])
def test_good_names(name: str) -> None:
    claim.take(f"{name}").close()


@pytest.mark.parametrize("name", ["", ".", "-a", "_a", "a b", "a/b", "a\n", "ä", "a\0", "x" * 65, "@a", "a;b"])
def test_bad_names(name: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        claim.take(name)
    assert (caught.value.code, caught.value.subject) == ("lab.name", name)


def test_a_name_is_taken_as_long_as_its_lab_runs() -> None:
    with claim.take(ONE):
        with pytest.raises(ConflictError, match=f"krgbootctl lab stop {ONE}") as caught:
            claim.take(ONE)
        assert caught.value.code == "lab.name_taken"
        assert claim.running() == [ONE]
        with claim.take(OTHER):
            assert claim.running() == [ONE, OTHER]
    assert claim.running() == []
    claim.take(ONE).close()


def test_children_do_not_keep_a_name() -> None:
    listening = claim.take(ONE)
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, close_fds=False) as child:
        listening.close()
        assert claim.running() == []
        assert child.stdin is not None
        child.stdin.close()


@needs_root
def test_asked() -> None:
    with lab(ONE) as requests:
        assert claim.ask(ONE) == {"lab": ONE, "pid": 7, "nodes": []}
    assert requests == ["state"]
    with lab(ONE) as requests:
        claim.ask(ONE, "stop")
    assert requests == ["stop"]


@needs_root
def test_the_only_one() -> None:
    assert code(None) == "lab.none"
    with lab(ONE, times=2):
        assert claim.ask(None)["lab"] == ONE
    with lab(ONE), lab(OTHER):
        with pytest.raises(ArgumentError, match=f"name one of {ONE}, {OTHER}") as caught:
            claim.ask(None)
        assert caught.value.code == "lab.which"
    with lab(ONE), lab(OTHER):
        assert [state["lab"] for state in claim.states()] == [ONE, OTHER]
    assert claim.states() == []


def test_not_running() -> None:
    assert code(ONE) == "lab.not_running"
    assert code(ONE, "stop") == "lab.not_running"


@needs_root
def test_an_impostor() -> None:
    with as_nobody(IMPOSTOR.format(address=f"\0krgboot-lab/{ONE}")):
        assert claim.running() == [ONE]
        assert code(ONE) == "lab.not_running"
        assert code(ONE, "stop") == "lab.not_running"
        assert code(None) == "lab.none"
        assert claim.states() == []
        with lab(OTHER, times=2):
            assert claim.ask(None)["lab"] == OTHER


@needs_root
def test_nobody_is_told_nothing() -> None:
    with lab(ONE) as requests, as_nobody(CURIOUS.format(name=ONE)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "lab.privilege\n"
    assert requests == [""]


@needs_root
def test_who_asks_and_leaves() -> None:
    with lab(ONE, times=2) as requests:
        with socket.socket(socket.AF_UNIX) as early:
            early.connect(f"\0krgboot-lab/{ONE}")
        with socket.socket(socket.AF_UNIX) as late:
            late.connect(f"\0krgboot-lab/{ONE}")
            late.sendall(b"x" * 1000)
    assert requests[0] == ""
    assert "stop" not in requests


@needs_root
def test_a_lab_that_ends_meanwhile() -> None:
    listening = claim.take(ONE)

    def serve() -> None:
        connection, _ = listening.accept()
        connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert code(ONE) == "lab.not_running"
    thread.join(10)
    listening.close()


@needs_root
def test_a_large_state() -> None:
    state: dict[str, Any] = {"nodes": [{"name": f"node{number}", "booted": True} for number in range(10_000)]}
    listening = claim.take(ONE)

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            claim.answer(connection, state)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert claim.ask(ONE) == state
    thread.join(10)
    listening.close()


@needs_root
def test_names_that_are_none_of_ours() -> None:
    """Any user may take a socket name of this form."""
    with claim.take(ONE), contextlib.ExitStack() as others:
        for name in (b"\xff", f"{ONE}\xff".encode("latin-1"), f"{ONE}\n".encode(), b"x" * 90, b"a b", b"", b"\x1b[2J"):
            other = others.enter_context(socket.socket(socket.AF_UNIX))
            other.bind(b"\0krgboot-lab/" + name)
            other.listen()
        assert claim.running() == [ONE]
    for name in ("x" * 200, "a b", "\udcff", "a\0b"):
        assert code(name) == "lab.not_running"


@needs_root
def test_a_lab_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim, "_ANSWER_LIMIT", 0.2)
    with claim.take(ONE) as listening:
        assert code(ONE) == "lab.busy"
        assert code(ONE, "stop") == "lab.busy"
        with contextlib.ExitStack() as waiting:
            with contextlib.suppress(BlockingIOError):
                for _ in range(10_000):  # until the queue of connections is full
                    one = waiting.enter_context(socket.socket(socket.AF_UNIX))
                    one.setblocking(False)
                    one.connect(listening.getsockname())
            assert code(ONE) == "lab.busy"


@needs_root
def test_a_lab_that_ends_while_it_answers() -> None:
    listening = claim.take(ONE)

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.sendall(b'{"lab": "' + ONE.encode())

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert code(ONE) == "lab.not_running"
    thread.join(10)
    listening.close()
