#!/usr/bin/env python3
"""Set up a boot server below a root, as your own script could: plan, show, apply, verify, trace.

provision.py SPEC ROOT
"""

from __future__ import annotations

import sys
from pathlib import Path

import krgboot


def main(spec: str, root: str) -> int:
    """Return an exit status: 0 if every node would boot."""
    try:
        cluster = krgboot.load(Path(spec))
        plan = krgboot.plan(cluster, root)
        for change in plan:
            print(f"{change.action.name:7} {change.path}")
        report = krgboot.apply(plan)
        for check in report.checks:
            print(f"{check.daemon}: {check.detail}")
    except krgboot.ValidationError as error:
        for finding in error.diagnostics:
            print(finding, file=sys.stderr)
        return 1
    except krgboot.Error as error:
        print(f"{error} [{error.code}]", file=sys.stderr)
        return 1
    assert krgboot.verify(cluster, root).clean

    traces = krgboot.tracing.trace_all(cluster, [str(node.name) for node in cluster.nodes], root)
    for trace in traces:
        loads = f"{trace.machine.address} loads {trace.boot_file}, boots {trace.label}"
        print(f"{trace.machine.name}: {loads}: {trace.status.name}")
    return 0 if all(trace.boots for trace in traces) else 2


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
