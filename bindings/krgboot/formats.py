"""Formats of other programs: kernel command lines, fstab, hosts, dhcpd.conf, mount units, tftpd-hpa."""

from __future__ import annotations

from krgboot._core import (
    FstabMount,
    FstabTable,
    HostsFile,
    KernelCommandLine,
    KernelParameter,
    NfsRoot,
    TftpdSettings,
    dhcpd_add_include,
    dhcpd_check,
    dhcpd_render,
    image_mounts,
    mount_unit_name,
    parse_mount_unit_name,
    render_command_line,
)

__all__ = [
    "FstabMount",
    "FstabTable",
    "HostsFile",
    "KernelCommandLine",
    "KernelParameter",
    "NfsRoot",
    "TftpdSettings",
    "dhcpd_add_include",
    "dhcpd_check",
    "dhcpd_render",
    "image_mounts",
    "mount_unit_name",
    "parse_mount_unit_name",
    "render_command_line",
]
