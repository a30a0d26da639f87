"""Runs on a boot server with the kernel's nfsd: starts labs there, and tests what their NFS clients can access.

server.py lab SPEC ROOT NAME   a lab until SIGTERM; prints its rack's first process and its NFS server
server.py look SPEC ROOT       all that is to be seen, as JSON; ROOT is copied to a disk first
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import krgboot
from krgboot.lab import Lab

SERVER = "10.25.0.2"
STILL, HOME, OPEN = "/srv/nfs/still", "/srv/nfs/still/home", "/srv/nfs/open"
SQUASHED = f"{OPEN}/squashed"
ADDRESSES = {"reader": "10.25.0.11", "writer": "10.25.0.12", "stranger": "10.25.0.13"}
PROGRAMS = ("rpcbind", "rpc.mountd", "dhcpd", "in.tftpd", "bwrap", "nsenter", "unshare")
THREADS = Path("/proc/fs/nfsd/threads")


def lab(spec: str, root: str, name: str) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    with Lab(krgboot.load(spec), root=root, name=name, accelerator="tcg", logs=f"/run/logs/{name}") as running:
        print(json.dumps({"pid": running.rack.pid, "nfs_server": running.report().nfs_server}), flush=True)
        try:
            running.serve()
        except KeyboardInterrupt:
            print("ending", flush=True)


def run(*argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def sure(*argv: str) -> str:
    done = run(*argv)
    if done.returncode != 0:
        raise RuntimeError(f"{argv}: {done.stdout}{done.stderr}")
    return done.stdout


class Client:
    """A machine on the rack's network: its own network and mount namespaces, and a veth pair to the rack's bridge."""

    def __init__(self, name: str, rack: int) -> None:
        self.process = subprocess.Popen(["unshare", "--net", "--mount", "sleep", "infinity"])
        here = Path("/proc/self/ns/net").readlink()
        while Path(f"/proc/{self.process.pid}/ns/net").readlink() == here:
            time.sleep(0.05)
        plug = f"{name}-plug"
        sure(*f"ip link add {name} netns {self.process.pid} type veth peer name {plug} netns {rack}".split())
        sure(*f"nsenter --target={rack} --net ip link set {plug} master lab0 up".split())
        sure(*self.enter("ip", "link", "set", "lo", "up"))
        sure(*self.enter("ip", "address", "add", f"{ADDRESSES[name]}/24", "dev", name))
        sure(*self.enter("ip", "link", "set", name, "up"))

    def enter(self, *argv: str) -> list[str]:
        return ["nsenter", f"--target={self.process.pid}", "--net", "--mount", *argv]

    def mount(self, path: str, at: str, version: str) -> str:
        """Mount, and return the error output of mount(8)."""
        Path(at).mkdir(exist_ok=True)
        options = f"vers={version},nolock,soft,timeo=100,retrans=1,retry=0"
        done = run(*self.enter("mount", "-t", "nfs", "-o", options, f"{SERVER}:{path}", at))
        return done.stderr.strip() if done.returncode else ""

    def shell(self, script: str) -> str:
        """Run a script; return its standard output and error."""
        done = run(*self.enter("sh", "-c", script))
        return (done.stdout + done.stderr).strip()

    def is_plugged_in(self) -> bool:
        """Whether the other end of the veth pair still exists: it disappears with the rack's network."""
        return run(*self.enter("ip", "link", "show", "type", "veth")).stdout != ""


def nfsd_threads() -> int:
    """Return the kernel's NFS threads in all networks."""
    names = (_read(entry / "comm") for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return sum(name == "nfsd\n" for name in names)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def left() -> dict[str, Any]:
    """Return everything that a lab could leave behind on this machine."""
    commands = [_read(entry / "cmdline").split("\0") for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    programs = [Path(words[0]).name for words in commands]
    return {
        "nfsd threads": nfsd_threads(),
        "its own nfsd threads": int(THREADS.read_text()),
        "its own exports": Path("/var/lib/nfs/etab").read_text(),
        "mounts": Path("/proc/self/mounts").read_text(),
        "links": sure("ip", "-oneline", "link"),
        "processes": {name: programs.count(name) for name in PROGRAMS},
        "keepers": sum(words[0] == "sh" and "nfsd/threads" in words[-2] for words in commands if len(words) > 2),
    }


def begin(name: str, spec: str, root: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    process = subprocess.Popen([sys.executable, __file__, "lab", spec, root, name], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"the lab {name} ended with {process.wait()}")
    return process, json.loads(line)


def see(client: Client, path: str, version: str, script: str) -> list[str]:
    """Return what a client sees of an export: mount's error, or the output lines of a script there."""
    at = f"/run/mounted-{version}{path.replace('/', '-')}"
    complaint = client.mount(path, at, version)
    return [complaint] if complaint else client.shell(f"cd {at}; {script}").splitlines()


def seen_by(clients: dict[str, Client], version: str) -> dict[str, list[str]]:
    write = f"echo {version} >new-{version} && cat new-{version} && stat -c %u:%g new-{version}"
    return {
        "reader: still": see(clients["reader"], STILL, version, f"cat what; {write}"),
        "reader: home": see(clients["reader"], HOME, version, f"cat what; {write}"),
        "reader: open": see(clients["reader"], OPEN, version, "cat what"),
        "writer: open": see(clients["writer"], OPEN, version, f"cat what; {write}"),
        "writer: /etc": see(clients["writer"], "/etc", version, "ls"),
        "stranger: squashed": see(clients["stranger"], SQUASHED, version, write),
        "stranger: still": see(clients["stranger"], STILL, version, "cat what"),
    }


def end(process: subprocess.Popen[str], how: signal.Signals, clients: dict[str, Client]) -> dict[str, Any]:
    """End a lab while a client has a file open on its NFS server; return what is left after half a minute."""
    using, keepers = clients["writer"], left()["keepers"] - 1
    complaint = using.mount(OPEN, "/run/held", "4.2")
    script = "exec 9>/run/held/held; echo held; exec sleep infinity"
    holder = subprocess.Popen(using.enter("sh", "-c", script), stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    held = holder.stdout.readline()
    process.send_signal(how)
    status = process.wait(60)
    deadline = time.monotonic() + 30
    while left()["keepers"] > keepers or any(client.is_plugged_in() for client in clients.values()):
        if time.monotonic() > deadline:
            break
        time.sleep(0.2)
    plugged_in = [name for name, client in clients.items() if client.is_plugged_in()]
    # (The client now waits for a server that never returns; this script does not wait for the client.)
    for abandoned in (holder, *(client.process for client in clients.values())):
        abandoned.kill()
    return {"in use": complaint or held, "status": status, "still plugged in": plugged_in, "left": left()}


def disk(content: str) -> str:
    """Make an ext4 file system with a directory's content, as a boot server has for its images."""
    image, mounted = Path("/run/disk"), Path("/run/disk-root")
    with image.open("wb") as file:
        file.truncate(64 << 20)
    mounted.mkdir()
    sure("mkfs.ext4", "-q", str(image))
    sure("mount", "-o", "loop", str(image), str(mounted))
    sure("cp", "--archive", "--", f"{content}/.", str(mounted))
    return str(mounted)


def look(spec: str, staged: str) -> dict[str, Any]:
    root = disk(staged)
    seen: dict[str, Any] = {"before": left()}
    one, state = begin("one", spec, root)
    two, state_of_two = begin("two", spec, root)
    inside = Path(f"/proc/{state['pid']}/root")
    seen["nfs_server"] = state["nfs_server"]
    seen["while two run"] = left()
    seen["etab"] = (inside / "var/lib/nfs/etab").read_text().splitlines()
    clients = {name: Client(name, state["pid"]) for name in ADDRESSES}
    for version in ("3", "4.2"):
        seen[version] = seen_by(clients, version)
    for name, base in (("in the rack", inside), ("in the image", Path(root))):
        tree = base / "srv/nfs"
        seen[name] = sorted(str(path.relative_to(tree)) for path in tree.rglob("new-*"))
    seen["said"] = Path("/run/logs/one/nfs.log").read_text()
    seen["closed"] = end(one, signal.SIGTERM, clients)
    seen["killed"] = end(two, signal.SIGKILL, {"writer": Client("writer", state_of_two["pid"])})
    return seen


if __name__ == "__main__":
    if sys.argv[1] == "lab":
        lab(*sys.argv[2:])
    else:
        print(json.dumps(look(*sys.argv[2:]), indent=2))
