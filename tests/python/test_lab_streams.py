"""Lines from pipes and syslog, as consoles and daemons write them: whole, in pieces, and without end."""

from __future__ import annotations

import contextlib
import os
import socket
from typing import TYPE_CHECKING

import pytest
from krgboot.lab import streams
from krgboot.lab.streams import Streams

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# Line ends of SeaBIOS, iPXE, pxelinux, kernel, systemd and getty.
CONSOLE = (
    b"SeaBIOS (version 1.16.2-debian-1.16.2-1)\r\n"
    b"PXELINUX 6.04 PXE 20200816\r\r\n"
    b"\rLoading boot/debian/initrd.img...ok\r\n"
    b"Begin: Running /scripts/nfs-bottom ... done.\n"
    b"[  OK  ] Created slice system-modpr\xe2\x80\xa6lice - Slice /system/modprobe.\r\r\n"
    b"\xff\xfe is no UTF-8\n"
    b"50 %\r75 %\rdone\n"
    b"\r\n"
    b"the end"
)
LINES = [
    "SeaBIOS (version 1.16.2-debian-1.16.2-1)",
    "PXELINUX 6.04 PXE 20200816",
    "Loading boot/debian/initrd.img...ok",
    "Begin: Running /scripts/nfs-bottom ... done.",
    "[  OK  ] Created slice system-modpr…lice - Slice /system/modprobe.",
    r"\xff\xfe is no UTF-8",
    "50 %",
    "75 %",
    "done",
    "",
    "the end",
]


def heard(pieces: Iterable[bytes]) -> tuple[list[str], bytes]:
    """Return the lines of `pieces`, written one after the other, each read before the next."""
    reader, writer = os.pipe()
    lines: list[str] = []
    raw = bytearray()
    source = Streams()
    source.add_pipe(os.fdopen(reader, "rb"), lines.append, raw.extend)
    with os.fdopen(writer, "wb", buffering=0) as file:
        for piece in pieces:
            file.write(piece)
            source.poll(0)
    while not reader_is_closed(reader):
        source.poll(0)
    source.close()
    return lines, bytes(raw)


def reader_is_closed(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return True
    return False


def without_prompts(lines: list[str]) -> list[str]:
    """A line that looks like a prompt is reported as soon as it is complete, and again at its end of line."""
    return [
        line for line, following in zip(lines, [*lines[1:], ""], strict=True) if not following.startswith(line or "-")
    ]


def test_lines() -> None:
    assert heard([CONSOLE]) == (LINES, CONSOLE)


def test_cut_anywhere() -> None:
    for position in range(len(CONSOLE) + 1):
        lines, raw = heard([CONSOLE[:position], CONSOLE[position:]])
        assert raw == CONSOLE
        assert without_prompts(lines) == without_prompts(LINES), position
    lines, _ = heard(bytes([byte]) for byte in CONSOLE)
    assert without_prompts(lines) == without_prompts(LINES)


@pytest.mark.parametrize("prompt", ["spare login: ", "Password:", "root@node1:~# ", "(initramfs) ", "$ "])
def test_prompts_come_at_once(prompt: str) -> None:
    reader, writer = os.pipe()
    lines: list[str] = []
    source = Streams()
    source.add_pipe(os.fdopen(reader, "rb"), lines.append)
    os.write(writer, b"\r\n" + prompt.encode())
    source.poll(1)
    assert lines == ["", prompt]
    os.write(writer, b"root\n")
    source.poll(1)
    assert lines == ["", prompt, prompt + "root"]
    os.close(writer)
    source.close()


def test_no_prompt() -> None:
    reader, writer = os.pipe()
    lines: list[str] = []
    source = Streams()
    source.add_pipe(os.fdopen(reader, "rb"), lines.append)
    os.write(writer, b"Loading boot/debian/vmlinuz...")
    source.poll(1)
    assert lines == []
    os.close(writer)
    source.poll(1)
    assert lines == ["Loading boot/debian/vmlinuz..."]
    source.poll(0)
    source.close()


@pytest.mark.parametrize("filling", [b"x", b":", b"\r", b" ", b"\r\r:", b"\x1b[2J"])
def test_a_line_without_end_is_kept_in_pieces(filling: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    split = streams._split
    longest = 0
    worked_on = 0

    def counted(data: bytes) -> tuple[list[bytes], bytes]:
        nonlocal longest, worked_on
        lines, rest = split(data)
        longest, worked_on = max(longest, len(rest)), worked_on + len(data)
        return lines, rest

    monkeypatch.setattr(streams, "_split", counted)
    block = filling * (4096 // len(filling))
    total = 500 * len(block)
    lines, raw = heard([block] * 500)
    assert len(raw) == total
    assert longest <= streams._LONGEST_LINE
    assert worked_on <= total * (2 + streams._LONGEST_LINE // len(block)), (
        "what was there is gone through over and over"
    )
    # Only carriage returns are lost, and only possible prompts are repeated.
    assert set("".join(lines)) == set(filling.replace(b"\r", b"").decode())
    if filling == b"x":
        assert sum(map(len, lines)) == total


def test_syslog(tmp_path: Path) -> None:
    source = Streams()
    lines: list[str] = []
    source.add_syslog(tmp_path / "log", lines.append)
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o666
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        client.connect(str(tmp_path / "log"))
        for message in (
            b"<30>Nov 23 09:12:07 in.tftpd[43]: RRQ from 10.20.0.120 filename pxelinux.cfg/0A140078\0",
            b"<29>Nov  3 09:12:07 in.tftpd[43]: sending NAK (1, File not found) to 10.20.0.120\n",
            b"<30>dhcpd[7]: DHCPDISCOVER from 52:54:00:20:00:20 via lab0",
            b"in.tftpd[9]: caf\xe9",
            b"",
        ):
            client.send(message)
            source.poll(1)
    source.close()
    assert lines == [
        "in.tftpd[43]: RRQ from 10.20.0.120 filename pxelinux.cfg/0A140078",
        "in.tftpd[43]: sending NAK (1, File not found) to 10.20.0.120",
        "dhcpd[7]: DHCPDISCOVER from 52:54:00:20:00:20 via lab0",
        r"in.tftpd[9]: caf\xe9",
        "",
    ]


def test_syslog_comes_first_and_all_of_it(tmp_path: Path) -> None:
    heard_of: list[str] = []
    source = Streams()
    pipes = []
    for _ in range(3):
        reader, writer = os.pipe()
        source.add_pipe(os.fdopen(reader, "rb"), heard_of.append)
        os.write(writer, b"console\n")
        pipes.append(writer)
    source.add_syslog(tmp_path / "log", heard_of.append)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        client.connect(str(tmp_path / "log"))
        client.setblocking(False)
        sent = []
        with contextlib.suppress(BlockingIOError):  # until the queue is full
            for number in range(400):
                client.send(f"<30>in.tftpd[{number}]: RRQ".encode())
                sent.append(f"in.tftpd[{number}]: RRQ")
    assert len(sent) >= 5
    source.poll(1)
    assert heard_of == [*sent, "console", "console", "console"]
    source.close()
    for writer in pipes:
        os.close(writer)


def test_a_server_hands_over_connections_and_close_closes_all(tmp_path: Path) -> None:
    source = Streams()
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "socket"))
    listening.listen()
    source.add_server(listening, lambda connection: connection.sendall(b"hello"))
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(tmp_path / "socket"))
        source.poll(1)
        assert client.recv(100) == b"hello"
        assert client.recv(100) == b""
    reader, writer = os.pipe()
    pipe = os.fdopen(reader, "rb")
    source.add_pipe(pipe, print)
    source.close()
    assert listening.fileno() == -1
    assert pipe.closed
    os.close(writer)


def test_a_process_without_a_pipe() -> None:
    source = Streams()
    with pytest.raises(ValueError, match="no pipe"):
        source.add_pipe(None, print)
    source.close()


def test_no_place_for_syslog(tmp_path: Path) -> None:
    """The rack may have ended meanwhile; the new socket is closed."""
    source = Streams()
    with pytest.raises(FileNotFoundError):
        source.add_syslog(tmp_path / "gone" / "log", print)
    (tmp_path / "log").touch()
    with pytest.raises(OSError, match="Address already in use"):
        source.add_syslog(tmp_path / "log", print)
    source.close()
