"""Tables of exports(5), with or without a cluster; access checks; the equivalent NFS-Ganesha configuration."""

from __future__ import annotations

from krgboot._core import (
    Admission,
    ExportEntry,
    ExportsEditReport,
    ExportsTable,
    ExportsView,
    GaneshaConf,
    Verdict,
    check_exports,
    edit_exports_table,
    ganesha_conf,
    is_drop_in,
    read_exports_table,
    read_exports_tables,
    sort_drop_ins,
    view_exports,
)

__all__ = [
    "Admission",
    "ExportEntry",
    "ExportsEditReport",
    "ExportsTable",
    "ExportsView",
    "GaneshaConf",
    "Verdict",
    "check_exports",
    "edit_exports_table",
    "ganesha_conf",
    "is_drop_in",
    "read_exports_table",
    "read_exports_tables",
    "sort_drop_ins",
    "view_exports",
]
