"""Runs the real exportfs on exports files, without touching the host.

Each call runs exportfs in new namespaces, where /etc and /var/lib/nfs are scratch directories and the kernel cache of
the host's NFS server is not reachable. It needs root (or user namespaces) and the package nfs-kernel-server, but no NFS
server in the kernel.

Run as a program, it updates the answers in tests/golden/exports/oracle.json. The C++ tests compare the parser and the
matcher with the same file.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GOLDEN = Path(__file__).parents[1] / "golden" / "exports" / "oracle.json"

_SCRIPT = """
mount --bind "$1/etc" /etc && mount --bind "$1/nfs" /var/lib/nfs || exit 99
shift
exec exportfs "$@"
"""

# Only some kernels keep these flags by flavor; the golden file omits them.
_AFTER_SEC = re.compile(r"(?<=,)(sec=[^,]*)((?:,[^,=]*)*)")
# No kernel implements these, and krgboot drops them.
_SQUASH_LISTS = re.compile(r"squash_[ug]ids=(?:-?\d+(?:--?\d+)?,)*")


@dataclass
class Answer:
    status: int
    output: str
    errors: str
    etab: bytes


def unavailable() -> str | None:
    """Return why exportfs cannot run here; None if it can."""
    for program in ("unshare", "exportfs"):
        if _which(program) is None:
            return f"{program} is not installed"
    try:
        ask("")
    except (OSError, RuntimeError) as error:
        return f"no private namespaces: {error}"
    return None


def ask(
    exports: str | bytes,
    *arguments: str,
    drop_ins: dict[str, str] | None = None,
    hosts: str = "",
    etab: bytes = b"",
) -> Answer:
    """Run exportfs on these files; by default `exportfs -ra`."""
    with tempfile.TemporaryDirectory(prefix="krgboot-exportfs-") as scratch:
        etc, nfs = Path(scratch, "etc"), Path(scratch, "nfs")
        Path(etc, "exports.d").mkdir(parents=True)
        nfs.mkdir()
        Path(etc, "exports").write_bytes(exports if isinstance(exports, bytes) else exports.encode())
        Path(etc, "nsswitch.conf").write_text("hosts: files\n")
        Path(etc, "hosts").write_text(hosts)
        for name, text in (drop_ins or {}).items():
            Path(etc, "exports.d", name).write_text(text)
        Path(nfs, "etab").write_bytes(etab)
        Path(nfs, "rmtab").touch()
        ids = [] if os.geteuid() == 0 else ["--map-root-user"]
        run = subprocess.run(
            [_which("unshare"), *ids, "--mount", "--net", "sh", "-c", _SCRIPT, "sh", scratch, *(arguments or ("-ra",))],
            capture_output=True,
            check=False,
            timeout=60,
            env={"PATH": os.environ["PATH"] + ":/usr/sbin:/sbin", "LC_ALL": "C"},
        )
        errors = run.stderr.decode(errors="replace")
        if run.returncode == 99:
            raise RuntimeError(errors)
        return Answer(run.returncode, run.stdout.decode(errors="replace"), errors, Path(nfs, "etab").read_bytes())


def etab_of(exports: str | bytes, **rest: Any) -> list[str]:
    """Return the entries of exportfs's table, sorted; their order has no meaning."""
    table = ask(exports, **rest).etab.decode("latin-1")
    return sorted(_AFTER_SEC.sub(_only_old_flags, _SQUASH_LISTS.sub("", line)) for line in table.splitlines())


def seen_by_mountd(exports: str | bytes, **rest: Any) -> int:
    """Return how many entries of that table exportfs reads back, as mountd does."""
    etab = ask(exports, **rest).etab
    # Without a path exportfs only reads and lists its table.
    return len(ask("", "-s", etab=etab, **rest).output.splitlines())


def winner(exports: str | bytes, address: str, path: str, **rest: Any) -> int | None:
    """Return the anonuid of the entry that exportfs finds for this address at exactly this path; None for none.

    `exportfs ADDRESS:PATH` looks the entry up with the function that mountd uses. Each entry must have a
    different anonuid, other than 65534.
    """
    line = ask(exports, f"{address}:{path}", **rest).etab.decode("latin-1")
    found = re.search(r"anonuid=(-?\d+)", line)
    if found is None:
        raise RuntimeError(f"exportfs exported nothing to {address}: {line!r}")
    return None if found[1] == "65534" else int(found[1])


def reading_order(names: list[str]) -> list[str]:
    """Return these files in /etc/exports.d in the order in which exportfs reads them."""
    order: list[str] = []
    while True:
        files = {
            name: f"/krgboot-oracle/a 10.0.0.1(anonuid={number})\n"
            for number, name in enumerate(names)
            if name not in order
        }
        first = winner("", "10.0.0.1", "/krgboot-oracle/a", drop_ins=files)
        if first is None:
            return order
        order.append(names[first])


def unescaped(path: str) -> bytes:
    """Return a path of exportfs's table, decoded once."""
    return re.sub(rb"\\([0-7]{3})", lambda octal: bytes([int(octal[1], 8)]), path.encode("latin-1"))


def _only_old_flags(match: re.Match[str]) -> str:
    flags = [flag for flag in match[2].split(",") if flag not in ("secure", "insecure")]
    return match[1] + ",".join(flags)


def _which(program: str) -> Any:
    return shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin")


def answered(golden: dict[str, Any]) -> dict[str, Any]:
    """Return the golden file with all answers of exportfs."""
    hosts = golden["hosts"]
    return {
        "about": golden["about"],
        "hosts": hosts,
        "quoting": golden["quoting"],
        "drop_ins": {
            "names": golden["drop_ins"]["names"],
            "read": reading_order(golden["drop_ins"]["names"]),
        },
        "files": [
            {
                "name": case["name"],
                "exports": case["exports"],
                "etab": etab_of(case["exports"], hosts=hosts),
                "seen_by_mountd": seen_by_mountd(case["exports"], hosts=hosts),
            }
            for case in golden["files"]
        ],
        "lookups": [
            {
                "exports": case["exports"],
                "queries": [
                    {
                        "address": query["address"],
                        "path": query["path"],
                        "anonuid": winner(case["exports"], query["address"], query["path"], hosts=hosts),
                    }
                    for query in case["queries"]
                ],
            }
            for case in golden["lookups"]
        ],
    }


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(answered(json.loads(GOLDEN.read_text())), indent=1) + "\n")
