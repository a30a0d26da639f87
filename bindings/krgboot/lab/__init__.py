"""Boots a cluster's nodes in virtual machines, from the real daemons and the real files, as a test.

    >>> import krgboot.lab
    >>> cluster = krgboot.load("cluster.yaml")                           # doctest: +SKIP
    >>> with krgboot.lab.Lab(cluster, ["node1"], root="staging") as lab:  # doctest: +SKIP
    ...     report = lab.boot()
    ...     print(report.node("node1").stage, lab.run("node1", ["uname", "-r"]).stdout)

A lab is a network namespace with the cluster's networks. In it the spec's DHCP, TFTP and NFS servers run on exactly the
files that krgboot applied, and QEMU machines with the nodes' MAC addresses and UUIDs boot from them.
"""

from __future__ import annotations

from krgboot.lab.lab import Lab
from krgboot.lab.report import Difference, Failure, LabReport, LogLine, NodeReport, Sighting

__all__ = ["Difference", "Failure", "Lab", "LabReport", "LogLine", "NodeReport", "Sighting"]
