#!/usr/bin/env python3
"""The parts of krgboot that need no cluster: names, ranges, the exports table, the kernel's command line."""

from __future__ import annotations

import krgboot

# pxelinux asks for a file named by the address in hex, and then by shorter and shorter prefixes of it.
print(krgboot.pxelinux_name("10.11.12.101"))
print(*krgboot.pxelinux_names("192.168.0.0/26"))
print(*krgboot.expand_range("ssi[1-4]"))

# The exports table keeps every byte that it does not change.
table = krgboot.ExportsTable.parse("/srv/data\t10.0.0.0/8(ro,no_subtree_check)   # the archive\n")
table.add("/srv/data", "10.1.2.3", "rw,no_subtree_check")
print(table, end="")
print(table.would_allow(krgboot.Ipv4Address("10.1.2.3"), "/srv/data").explain())

# One root over NFS, in the form that each consumer reads.
root = krgboot.NfsRoot("/NFSROOT/kerrighed", krgboot.Ipv4Address("192.168.0.2"))
for consumer in krgboot.Initramfs:
    print(f"{consumer.name}: {root.parameters(consumer)}")
