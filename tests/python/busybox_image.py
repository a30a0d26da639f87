"""An image with one static program, busybox: enough to run a program in it."""

from __future__ import annotations

import shutil
from pathlib import Path

SPEC = """
version: 1
cluster: {name: lab, domain: lab.example.org}
server: {name: server, address: 10.0.0.2, release: bookworm}
networks: [{subnet: 10.0.0.0/24, router: 10.0.0.1}]
images: {small: {path: /srv/small, release: bookworm, shares_file_system: a test}}
boot: {a: {image: small, kernel: vmlinuz}}
default_boot: a
nodes: [{name: n1, address: 10.0.0.3}]
"""


def make_busybox_image(root: Path) -> tuple[str, ...]:
    """Make it below ``root``; return the arguments of krgbootctl that run a program in it."""
    image = root / "srv" / "small"
    for name in ("bin", "dev", "etc", "proc", "run", "sys", "tmp", "usr/sbin"):
        (image / name).mkdir(parents=True)
    busybox = shutil.which("busybox")
    assert busybox is not None
    shutil.copy(busybox, image / "bin" / "busybox")
    (image / "bin" / "sh").symlink_to("busybox")
    (image / "bin" / "bash").write_text("#!/bin/sh\nexec sh -l\n")
    (image / "bin" / "bash").chmod(0o755)
    spec = root / "cluster.yaml"
    spec.write_text(SPEC)
    return ("image", "run", str(spec), "small", "--root", str(root))
