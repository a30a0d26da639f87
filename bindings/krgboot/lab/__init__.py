"""Boots a cluster's nodes before anybody walks to the rack: virtual machines, and the real daemons on the real files.

    >>> import krgboot.lab
    >>> cluster = krgboot.load("cluster.yaml")                           # doctest: +SKIP
    >>> with krgboot.lab.Lab(cluster, ["node1"], root="staging") as lab:  # doctest: +SKIP
    ...     report = lab.boot()
    ...     print(report.node("node1").stage, lab.run("node1", ["uname", "-r"]).stdout)

A lab is a network namespace with the cluster's networks, in which the spec's DHCP, TFTP and NFS servers run on exactly
the files that krgboot applied, and QEMU machines with the nodes' MAC addresses and UUIDs that boot from it.
"""

from __future__ import annotations

from krgboot.lab.lab import Lab
from krgboot.lab.report import Difference, Failure, LabReport, LogLine, NodeReport, Sighting

__all__ = ["Difference", "Failure", "Lab", "LabReport", "LogLine", "NodeReport", "Sighting"]
