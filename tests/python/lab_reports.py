"""Made-up reports of lab runs: a good boot, a failed one, and one with every problem."""

from __future__ import annotations

from krgboot import Stage
from krgboot.lab.report import Difference, Failure, LabReport, LogLine, NodeReport, Sighting

HOSTILE = 'it\'s <script>alert("1 & 2")</script> ]]> \x1b[31mred\x07 \x00\x7f\x85\udc80\ufffe\u202e\tend'
SEEN = r"""it's <script>alert("1 & 2")</script> ]]> \x1b[31mred\x07 \x00\x7f\u0085\x80\ufffe\u202e\tend"""
"""HOSTILE in its escaped form."""

# Values of one node under emulation: seconds, source, result, line.
_BOOT = (
    (Stage.dhcp, 4.213, "dhcpd", "10.20.0.{n}", "DHCPACK on 10.20.0.{n} to 52:54:00:20:00:{h:02x} via lab0"),
    (Stage.loader, 5.480, "tftpd", "pxelinux.0", "RRQ from 10.20.0.{n} filename pxelinux.cfg/0A140065"),
    (Stage.boot_file, 5.931, "tftpd", "default", "RRQ from 10.20.0.{n} filename boot/debian/vmlinuz"),
    (Stage.kernel, 7.404, "tftpd", "boot/debian/vmlinuz", "RRQ from 10.20.0.{n} filename boot/debian/initrd.img"),
    (Stage.initrd, 11.862, "console", "boot/debian/initrd.img", "Linux version 6.1.0-37-cloud-amd64"),
    (Stage.command_line, 11.862, "console", "6.1.0-37-cloud-amd64", "Linux version 6.1.0-37-cloud-amd64"),
    (Stage.root, 21.350, "console", "10.20.0.2:/srv/nfs/debian", "Begin: Running /scripts/nfs-bottom ... done."),
    (Stage.init, 24.905, "console", "systemd 252", "systemd[1]: systemd 252 running in system mode"),
    (Stage.mounts, 33.118, "console", "remote-fs.target", "[  OK  ] Reached target remote-fs.target"),
    (Stage.login, 41.770, "console", "login:", "node{i} login:"),
)
_IMPLIED = {Stage.initrd}


def node(number: int, stretch: float = 1.0, last: Stage = Stage.login) -> NodeReport:
    """A node that completed all stages up to `last`, `stretch` times slower than others."""
    names = {"i": number, "n": 100 + number, "h": number}
    report = NodeReport(f"node{number}", f"52:54:00:20:00:{number:02x}", f"4c4c4544-0000-4000-8000-{number:012x}")
    report.address, report.logs = f"10.20.0.{100 + number}", f"lab-logs/node{number}"
    for stage, at, source, what, text in _BOOT:
        proof = LogLine(at * stretch, source, text.format(**names))
        report.sightings.append(Sighting(stage, at * stretch, what.format(**names), proof, stage in _IMPLIED))
        if stage is last:
            break
    if report.sighting(Stage.login):
        report.host_name, report.boot_file, report.kernel = f"node{number}", "default", "boot/debian/vmlinuz"
        report.initrds, report.root = ["boot/debian/initrd.img"], "10.20.0.2:/srv/nfs/debian ro"
        report.command_line = "BOOT_IMAGE=boot/debian/vmlinuz ip=dhcp boot=nfs root=/dev/nfs ro quiet"
        report.mounts = {"/home": "10.20.0.2:/srv/nfs/debian/home rw"}
    return report


def good() -> LabReport:
    """One node, which booted as trace predicts."""
    return LabReport("debian-1", "debian", "kvm", "the kernel's nfsd", [node(1)])


def mixed() -> LabReport:
    """Five nodes: one fails at its root, one never gets an address, one boots differently from its trace."""
    report = LabReport("debian-7", "debian", "tcg", "NFS-Ganesha 4.3", [node(1), node(2, 1.13)])
    third = node(3, 1.05, Stage.command_line)
    third.failure = Failure(
        Stage.root,
        31.5,
        "the root was not mounted",
        "look at the export, the address of the NFS server and the network driver in the initrd",
        (
            LogLine(12.46, "console", "Linux version 6.1.0-37-cloud-amd64"),
            LogLine(14.02, "console", "Begin: Retrying nfs mount ..."),
            LogLine(31.5, "console", "mount call failed - server replied: Permission denied."),
        ),
    )
    fourth = node(4, 1.21)
    fourth.host_name = "krgnode104"
    fourth.differences = [Difference(Stage.boot_file, "boot file", "0A140068", "default")]
    fourth.failed_units = ["home.mount", "ssh.service"]
    fifth = NodeReport("node5", "52:54:00:20:00:05", "4c4c4544-0000-4000-8000-000000000005")
    fifth.failure = Failure(Stage.dhcp, 45.0, "nobody answered the node's DHCP request", "", ())
    report.nodes += [third, fourth, fifth]
    report.changed_images = ["debian"]
    return report


def hostile() -> LabReport:
    """A report with a hostile text in every field."""
    evil = NodeReport(HOSTILE, HOSTILE, HOSTILE)
    line = LogLine(1.0, HOSTILE, HOSTILE)
    evil.sightings = [Sighting(Stage.dhcp, 1.0, HOSTILE, line)]
    evil.failure = Failure(Stage.loader, 2.0, HOSTILE, HOSTILE, (line, line))
    evil.differences = [Difference(Stage.dhcp, HOSTILE, HOSTILE, HOSTILE)]
    evil.address = evil.host_name = evil.boot_file = evil.kernel = evil.command_line = evil.root = evil.logs = HOSTILE
    evil.initrds, evil.failed_units, evil.mounts = [HOSTILE], [HOSTILE], {HOSTILE: HOSTILE}
    return LabReport(HOSTILE, HOSTILE, HOSTILE, HOSTILE, [evil], [HOSTILE])


def many(count: int) -> LabReport:
    """A large cluster; every ninth node finds no root."""
    report = LabReport("big", "big", "kvm", "NFS-Ganesha 4.3")
    for number in range(1, count + 1):
        fails = number % 9 == 0
        one = node(number, 1 + (number * 7 % 13) / 20, Stage.command_line if fails else Stage.login)
        if fails:
            one.failure = Failure(Stage.root, 60.0, "no root", "is it exported?", ())
        report.nodes.append(one)
    return report
