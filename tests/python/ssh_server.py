"""An ssh server of a test's own, on loopback, with keys of its own."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Any

from staging import in_own_mounts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def running_ssh_server(place: Path) -> Iterator[dict[str, Any]]:
    """Run it in a mount namespace; return the variables of Ansible that reach it. place: for its files."""
    for name in ("host", "user"):
        key = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", place / f"{name}_key"]
        subprocess.run(key, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (place / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {place}/host_key\nPidFile none\nUsePAM no\nStrictModes no\n"
        f"AuthorizedKeysFile {place}/user_key.pub\nPasswordAuthentication no\n"
    )
    host_key = (place / "host_key.pub").read_text()
    (place / "known_hosts").write_text(f"[127.0.0.1]:{port} {host_key}")
    script = 'mount -t tmpfs none /run; mkdir -m 755 /run/sshd; exec /usr/sbin/sshd -D -e -f "$1"'
    log = (place / "sshd.log").open("wb")
    with log, subprocess.Popen(in_own_mounts(script, place / "sshd_config"), stderr=log) as process:
        try:
            deadline = time.monotonic() + 30
            while b"Server listening" not in (place / "sshd.log").read_bytes():
                assert process.poll() is None, (place / "sshd.log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield {
                "ansible_host": "127.0.0.1",
                "ansible_port": port,
                "ansible_user": "root",
                "ansible_ssh_private_key_file": str(place / "user_key"),
                "ansible_ssh_common_args": f"-F none -o UserKnownHostsFile={place}/known_hosts -o ControlPath=none",
            }
        finally:
            process.send_signal(signal.SIGTERM)
