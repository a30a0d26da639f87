"""The boot server's real daemons in a rack: how they show that they serve, and errors if they do not."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import krgboot
import pytest
from krgboot.errors import CommandError
from krgboot.lab import daemons, nfs
from krgboot.lab import servers as lab_programs
from krgboot.lab.servers import dhcp_isc
from lab_racks import IMAGE, applied, lacking
from lab_servers import PROGRAMS, Server, ganesha
from staging import EXAMPLES, below

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONF = "/etc/dhcp/dhcpd.conf"
real = pytest.mark.skipif(bool(lacking(*PROGRAMS)), reason=lacking(*PROGRAMS))


@pytest.fixture
def cluster() -> krgboot.Cluster:
    return krgboot.load(EXAMPLES["debian"])


@pytest.fixture
def root(tmp_path: Path, cluster: krgboot.Cluster) -> Path:
    return applied(cluster, tmp_path / "root")


@pytest.fixture
def servers(cluster: krgboot.Cluster, root: Path) -> Iterator[list[Server]]:
    """Factory for servers, which are closed after the test."""
    made: list[Server] = []
    yield made
    for server in made:
        server.close()


@pytest.fixture
def server(cluster: krgboot.Cluster, root: Path, servers: list[Server]) -> Server:
    servers.append(Server(cluster, root, [IMAGE]))
    return servers[-1]


@real
def test_dhcpd_and_tftpd(server: Server, root: Path) -> None:
    server.serve(*(each.command(server.cluster, root) for each in lab_programs.of(server.cluster)))
    assert all(daemon.serves for daemon in server.daemons)
    assert any(source == "dhcpd" and "Listening on LPF/lab0/" in text for source, text in server.said)
    assert (server.rack.proc / "net/udp").read_text().count(":0045 ") == 1, "port 69"
    # Through syslog too, which has the lines of both daemons in order.
    server.streams.poll(0)
    assert any(source == "syslog" and text.startswith("dhcpd[") for source, text in server.said)
    server.rack.kill(server.daemons[0].process)
    with pytest.raises(CommandError, match="ended in the lab") as caught:
        server.daemons[0].check()
    assert caught.value.code == "lab.daemon"
    server.daemons[1].check()


@real
def test_a_mistake_in_dhcpd_conf(cluster: krgboot.Cluster, root: Path, servers: list[Server]) -> None:
    conf = below(root, CONF)
    lines = conf.read_text().splitlines()
    conf.write_text("\n".join([*lines, "subnett 10.9.0.0 netmask 255.255.0.0 { }", ""]))
    servers.append(Server(cluster, root, [IMAGE]))
    with pytest.raises(CommandError) as caught:
        servers[0].serve(dhcp_isc.command(cluster, root))
    assert caught.value.code == "lab.daemon"
    assert caught.value.status == 1
    assert f"ended in the lab: {CONF} line {len(lines) + 1}: semicolon expected." in str(caught.value)
    assert "Configuration file errors encountered -- exiting" in caught.value.output
    assert caught.value.argv[-1] == "lab0"
    ours = f"/proc/{servers[0].rack.pid}"
    servers[0].rack.close()
    assert not os.path.lexists(ours)


@real
def test_dhcpd_without_a_network(cluster: krgboot.Cluster, root: Path, servers: list[Server]) -> None:
    below(root, CONF).write_text("subnet 10.9.0.0 netmask 255.255.0.0 { }\n")
    servers.append(Server(cluster, root, [IMAGE]))
    with pytest.raises(CommandError, match="ended in the lab: Not configured to listen on any interfaces!"):
        servers[0].serve(dhcp_isc.command(cluster, root))


@real
def test_one_that_is_no_daemon(server: Server) -> None:
    with pytest.raises(CommandError, match=r"ended in the lab: it said nothing"):
        server.serve(daemons.Command("none", ("false",), "ready"))
    with pytest.raises(CommandError, match=r"ended in the lab: line 399"):
        server.serve(daemons.Command("many", ("sh", "-c", "seq -f 'line %.0f' 0 399; exit 3"), "ready"))


@real
def test_one_that_never_serves(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemons, "_START_LIMIT", 0.5)
    with pytest.raises(CommandError, match="sleep does not serve after 0 s"):
        server.serve(daemons.Command("sleep", ("sleep", "600"), "ready"))


@real
def test_exports(server: Server, root: Path) -> None:
    command, text = ganesha(server, root, [IMAGE])
    assert IMAGE in text
    server.serve(command)
    assert daemons.nfs_clients(server.rack) == set()
    # A client's idle connection counts; a connection to another port does not.
    address = str(server.cluster.server.address)
    for port, clients in ((111, set()), (2049, {address})):
        script = f"exec 3<>/dev/tcp/{address}/{port}; echo connected; sleep 600"
        client = server.start(daemons.Command(f"client of {port}", ("bash", "-c", script), "connected"))
        daemons.wait_until_serving([client], server.rack, server.streams)
        assert daemons.nfs_clients(server.rack) == clients


@real
def test_an_export_that_is_not_there(server: Server, root: Path) -> None:
    # Missing images are not exported,
    _, text = ganesha(server, root, [])
    assert IMAGE not in text
    # and what NFS-Ganesha cannot do is reported.
    command, _ = ganesha(server, root, [IMAGE])
    server.rack.run(["umount", f"{nfs.GANESHA_ROOT}{IMAGE}"])
    server.rack.run(["rmdir", f"{nfs.GANESHA_ROOT}{IMAGE}"])
    started = time.monotonic()
    with pytest.raises(CommandError, match="does not serve all exports") as caught:
        server.serve(command)
    assert caught.value.code == "lab.daemon"
    assert time.monotonic() - started < daemons._START_LIMIT


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([], "it said nothing"),
        (["", " "], "it said nothing"),
        (["one", "two", ""], "two"),
        (["a line 12: expecting a declaration", "later", "b line 13: x"], "a line 12: expecting a declaration"),
        (["why", "", "If you think you have received this message due to a bug rather", "exiting."], "why"),
        (["If you think you have received this message due to a bug rather", "exiting."], "it said nothing"),
        (["outline 12: is a word"], "outline 12: is a word"),
    ],
)
def test_reasons(lines: list[str], reason: str) -> None:
    assert daemons._reason(lines) == reason
    assert daemons._reason(lines, -signal.SIGSEGV) == reason
    # A daemon that was killed from outside printed no reason.
    assert daemons._reason(lines, -signal.SIGKILL) == "SIGKILL came from outside (is there too little memory?)"
    assert daemons._reason(lines, -signal.SIGTERM) == "SIGTERM came from outside"


@real
def test_one_that_is_killed(server: Server) -> None:
    daemon = server.start(daemons.Command("killed", ("sh", "-c", "echo all is well; kill -9 $$"), "well"))
    daemon.process.wait()
    with pytest.raises(CommandError, match="sh ended in the lab: SIGKILL came from outside") as caught:
        daemon.check()
    assert (caught.value.status, caught.value.output) == (-9, "all is well")
