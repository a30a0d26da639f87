"""
libkrgboot for Python; import krgboot instead.
"""

from __future__ import annotations

import builtins
import collections.abc
import enum
import ipaddress
import os
import pathlib
import typing
import uuid

__all__: builtins.list[str] = [
    "AccountLines",
    "Action",
    "Admission",
    "ApplyReport",
    "ArchiveReport",
    "BootEntry",
    "BootFileKind",
    "BootstrapProgress",
    "BootstrapReport",
    "BootstrapTool",
    "Change",
    "Changes",
    "CloneReport",
    "Cluster",
    "CommandResult",
    "Compression",
    "ConfigureImageReport",
    "CopyFile",
    "DaemonCheck",
    "Devices",
    "Diagnostic",
    "DifferenceKind",
    "DifferenceReport",
    "DomainName",
    "EditFile",
    "ExportEntry",
    "ExportRules",
    "ExportsEditReport",
    "ExportsTable",
    "ExportsView",
    "FIRMWARES",
    "FieldDifference",
    "FileSystem",
    "FileSystemType",
    "FstabMount",
    "FstabTable",
    "GaneshaConf",
    "HostName",
    "HostsFile",
    "Image",
    "ImageEntry",
    "IncludeLine",
    "Initramfs",
    "InsideNetwork",
    "Ipv4Address",
    "Ipv4Network",
    "Ipv4Range",
    "Kernel",
    "KernelCheck",
    "KernelCommandLine",
    "KernelParameter",
    "Kerrighed",
    "KerrighedTools",
    "Location",
    "MacAddress",
    "Machine",
    "MakeDirectory",
    "MakeLink",
    "MarkedBlock",
    "Network",
    "NfsRoot",
    "NfsRootSupport",
    "Node",
    "PendingStep",
    "Plan",
    "Pool",
    "Position",
    "Presence",
    "Progress",
    "PxelinuxLabel",
    "PxelinuxMenu",
    "PxelinuxNewLabel",
    "Release",
    "ReleaseName",
    "Reload",
    "Remove",
    "Rendering",
    "RestoreReport",
    "Role",
    "Root",
    "RootMode",
    "SecurityFlavor",
    "Server",
    "ServiceKind",
    "ServiceName",
    "Severity",
    "Squash",
    "SshHostKeyPlace",
    "Stage",
    "Status",
    "Step",
    "TftpdDefaults",
    "TftpdSettings",
    "Trace",
    "TreeDifference",
    "Trust",
    "User",
    "Uuid",
    "Variant",
    "Verdict",
    "Verification",
    "WritableDirectory",
    "WriteFile",
    "apply",
    "bootstrap_image",
    "check_exports",
    "check_pxelinux_menu",
    "clone_image",
    "cluster_json_schema",
    "cluster_reference",
    "compress_range",
    "configure_image",
    "dhcpd_add_include",
    "dhcpd_check",
    "dhcpd_render",
    "diff_images",
    "edit_exports_table",
    "expand_range",
    "find_program",
    "ganesha_conf",
    "harmless",
    "image_mounts",
    "is_drop_in",
    "load",
    "loads",
    "minimal_networks",
    "mount_unit_name",
    "parse_mount_unit_name",
    "parse_pxelinux_name",
    "plan",
    "plan_boot_file",
    "plan_dhcp_host",
    "plan_image",
    "plan_items",
    "plan_without_dhcp_host",
    "program_words",
    "pxelinux_name",
    "pxelinux_names",
    "pxelinux_search_order",
    "read_exports_table",
    "read_exports_tables",
    "releases",
    "remove_image",
    "render_command_line",
    "render_pxelinux_menu",
    "restore_image",
    "scopes",
    "sort_drop_ins",
    "trace",
    "trace_all",
    "unified_hunks",
    "verify",
    "view_exports",
    "visible",
]

class Severity(enum.Enum):
    """
    Severity of a finding: an error stops the operation, a warning does not.
    """

    error = ...
    warning = ...

class Position:
    """
    Line and column in a text, counted from 1; (0, 0) if unknown.
    """
    def __bool__(self) -> bool: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self, line: typing.SupportsInt | typing.SupportsIndex = 0, column: typing.SupportsInt | typing.SupportsIndex = 0
    ) -> None: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        Used by pickle and copy.
        """
    def __repr__(self) -> str: ...
    @property
    def column(self) -> int: ...
    @property
    def line(self) -> int: ...

class Location:
    """
    A file name and a position in that file.
    """
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, file: str = "", position: Position = ...) -> None: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        Used by pickle and copy.
        """
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def position(self) -> Position: ...

class Diagnostic:
    """
    One finding about an input: severity, code, message, hint, key path and location.
    """
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self, severity: Severity, code: str, message: str, hint: str = "", key: str = "", where: Location = ...
    ) -> None: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        Used by pickle and copy.
        """
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The finding as data for JSON.
        """
    @property
    def code(self) -> str:
        """
        Stable, dotted, lower case: "node.duplicate_address".
        """
    @property
    def hint(self) -> str:
        """
        How to fix it; may be empty.
        """
    @property
    def key(self) -> str:
        """
        Key path in the spec, "nodes[2].address"; may be empty.
        """
    @property
    def message(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def where(self) -> Location: ...

class Ipv4Address:
    """
    An IPv4 address in strict dotted decimal (RFC 791).
    """
    @staticmethod
    def parse(text: str) -> Ipv4Address | None:
        """
        Read `text`; None if it is not well-formed.
        """
    def __eq__(self, arg0: object) -> bool: ...
    def __ge__(self, arg0: Ipv4Address) -> bool: ...
    def __gt__(self, arg0: Ipv4Address) -> bool: ...
    def __hash__(self) -> int: ...
    @typing.overload
    def __init__(self, text: str) -> None:
        """
        Read `text`; raises ArgumentError.
        """
    @typing.overload
    def __init__(self, address: ipaddress.IPv4Address) -> None: ...
    @typing.overload
    def __init__(self, bits: typing.SupportsInt | typing.SupportsIndex) -> None:
        """
        From the number that int() returns, 0 to 2**32 - 1.
        """
    def __int__(self) -> int: ...
    def __le__(self, arg0: Ipv4Address) -> bool: ...
    def __lt__(self, arg0: Ipv4Address) -> bool: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        Used by pickle and copy.
        """
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    def to_ipaddress(self) -> ipaddress.IPv4Address: ...
    @property
    def last_octet(self) -> int: ...

class Ipv4Range:
    """
    First and last address of a contiguous range, both included.
    """
    @typing.overload
    def __contains__(self, arg0: Ipv4Address) -> bool: ...
    @typing.overload
    def __contains__(self, address: ipaddress.IPv4Address) -> bool: ...
    @typing.overload
    def __contains__(self, address: str) -> bool:
        """
        An address as text. Raises ArgumentError if it is not well-formed.
        """
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, first: Ipv4Address, last: Ipv4Address) -> None: ...
    def __iter__(self) -> collections.abc.Iterator[Ipv4Address]: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        Used by pickle and copy.
        """
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    @property
    def first(self) -> Ipv4Address: ...
    @property
    def last(self) -> Ipv4Address: ...

class Ipv4Network:
    """
    A network in CIDR notation (RFC 4632); its host bits are zero.
    """
    @staticmethod
    def parse(text: str) -> Ipv4Network | None:
        """
        Read `text`; None if it is not well-formed.
        """
    @typing.overload
    def __contains__(self, arg0: Ipv4Address) -> bool: ...
    @typing.overload
    def __contains__(self, address: ipaddress.IPv4Address) -> bool: ...
    @typing.overload
    def __contains__(self, address: str) -> bool:
        """
        An address as text. Raises ArgumentError if it is not well-formed.
        """
    def __eq__(self, arg0: object) -> bool: ...
    def __ge__(self, arg0: Ipv4Network) -> bool: ...
    def __gt__(self, arg0: Ipv4Network) -> bool: ...
    def __hash__(self) -> int: ...
    @typing.overload
    def __init__(self, text: str) -> None:
        """
        Read `text`; raises ArgumentError.
        """
    @typing.overload
    def __init__(self, network: ipaddress.IPv4Network) -> None: ...
    def __iter__(self) -> collections.abc.Iterator[Ipv4Address]:
        """
        Yields every address, including the network and broadcast addresses.
        """
    def __le__(self, arg0: Ipv4Network) -> bool: ...
    def __lt__(self, arg0: Ipv4Network) -> bool: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        Used by pickle and copy.
        """
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    def overlaps(self, other: Ipv4Network) -> bool: ...
    def to_ipaddress(self) -> ipaddress.IPv4Network: ...
    @property
    def broadcast(self) -> Ipv4Address: ...
    @property
    def netmask(self) -> Ipv4Address: ...
    @property
    def network(self) -> Ipv4Address: ...
    @property
    def prefix_length(self) -> int:
        """
        In bits, 0 to 32.
        """
    @property
    def range(self) -> Ipv4Range: ...

class MacAddress:
    """
    An Ethernet address; written in lower case with ':'.
    """
    @staticmethod
    def parse(text: str) -> MacAddress | None:
        """
        Read `text`; None if it is not well-formed.
        """
    def __eq__(self, arg0: object) -> bool: ...
    def __ge__(self, arg0: MacAddress) -> bool: ...
    def __gt__(self, arg0: MacAddress) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, text: str) -> None:
        """
        Read `text`; raises ArgumentError.
        """
    def __le__(self, arg0: MacAddress) -> bool: ...
    def __lt__(self, arg0: MacAddress) -> bool: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        Used by pickle and copy.
        """
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...

class Uuid:
    """
    A client machine's UUID as PXE sends it (RFC 4578).
    """
    @staticmethod
    def parse(text: str) -> Uuid | None:
        """
        Read `text`; None if it is not well-formed.
        """
    def __eq__(self, arg0: object) -> bool: ...
    def __ge__(self, arg0: Uuid) -> bool: ...
    def __gt__(self, arg0: Uuid) -> bool: ...
    def __hash__(self) -> int: ...
    @typing.overload
    def __init__(self, text: str) -> None:
        """
        Read `text`; raises ArgumentError.
        """
    @typing.overload
    def __init__(self, uuid: uuid.UUID) -> None: ...
    def __le__(self, arg0: Uuid) -> bool: ...
    def __lt__(self, arg0: Uuid) -> bool: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        Used by pickle and copy.
        """
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    def to_uuid(self) -> uuid.UUID: ...

class HostName:
    """
    One label of a host name (RFC 1123).
    """
    @staticmethod
    def parse(text: str) -> HostName | None:
        """
        Read `text`; None if it is not well-formed.
        """
    def __eq__(self, arg0: object) -> bool: ...
    def __ge__(self, arg0: HostName) -> bool: ...
    def __gt__(self, arg0: HostName) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, text: str) -> None:
        """
        Read `text`; raises ArgumentError.
        """
    def __le__(self, arg0: HostName) -> bool: ...
    def __lt__(self, arg0: HostName) -> bool: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        Used by pickle and copy.
        """
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...

class DomainName:
    """
    A domain: labels joined by '.'.
    """
    @staticmethod
    def parse(text: str) -> DomainName | None:
        """
        Read `text`; None if it is not well-formed.
        """
    def __eq__(self, arg0: object) -> bool: ...
    def __ge__(self, arg0: DomainName) -> bool: ...
    def __gt__(self, arg0: DomainName) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, text: str) -> None:
        """
        Read `text`; raises ArgumentError.
        """
    def __le__(self, arg0: DomainName) -> bool: ...
    def __lt__(self, arg0: DomainName) -> bool: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        Used by pickle and copy.
        """
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...

class ReleaseName(enum.Enum):
    """
    The Debian releases that krgboot supports.
    """

    bookworm = ...
    lenny = ...
    trixie = ...

class Release:
    """
    Differences between Debian releases that matter for images and servers.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def archived(self) -> bool:
        """
        Is the release only on archive mirrors, signed by expired keys?
        """
    @property
    def codename(self) -> str: ...
    @property
    def image_packages(self) -> builtins.list[str]: ...
    @property
    def name(self) -> ReleaseName: ...
    @property
    def security_suite(self) -> str: ...
    @property
    def suites(self) -> builtins.list[str]: ...
    @property
    def version(self) -> str: ...

class ServiceKind(enum.Enum):
    """
    The service that a program of the boot server provides.
    """

    dhcp = ...
    nfs = ...
    systemd = ...
    tftp = ...

class ServiceName:
    """
    A program that krgboot configures.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    @property
    def kind(self) -> ServiceKind: ...
    @property
    def program(self) -> str:
        """
        The program's word in the spec.
        """

class RootMode(enum.Enum):
    """
    How nodes mount an image.
    """

    ro = ...
    rw = ...

class BootFileKind(enum.Enum):
    """
    The property that names a node's own boot file.
    """

    address = ...
    mac = ...
    uuid = ...

class Initramfs(enum.Enum):
    """
    What mounts the root: the kernel itself, or an initrd of this kind.
    """

    dracut = ...
    initramfs_tools = ...
    none = ...

class Server:
    """
    The machine that serves DHCP, TFTP and NFS.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def address(self) -> Ipv4Address: ...
    @property
    def dhcp(self) -> str: ...
    @property
    def extra(self) -> builtins.list[str]: ...
    @property
    def name(self) -> HostName: ...
    @property
    def nfs(self) -> str: ...
    @property
    def release(self) -> ReleaseName: ...
    @property
    def tftp(self) -> str: ...
    @property
    def tftp_root(self) -> str: ...

class Pool:
    """
    Addresses for machines that the spec does not list.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def host_prefix(self) -> HostName | None: ...
    @property
    def lease(self) -> int:
        """
        Lease time, in seconds.
        """
    @property
    def range(self) -> Ipv4Range: ...
    @property
    def writable(self) -> bool:
        """
        May machines of the pool write to the writable directories of nodes?
        """

class Network:
    """
    A network that machines boot from.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def dns(self) -> builtins.list[Ipv4Address]: ...
    @property
    def extra(self) -> builtins.list[str]: ...
    @property
    def ntp(self) -> builtins.list[str]: ...
    @property
    def pool(self) -> Pool | None: ...
    @property
    def router(self) -> Ipv4Address | None: ...
    @property
    def subnet(self) -> Ipv4Network: ...
    @property
    def unknown_clients_allowed(self) -> bool: ...

class Variant(enum.Enum):
    """
    The set of Debian packages that an image starts with.
    """

    important = ...
    minbase = ...
    standard = ...

class Trust(enum.Enum):
    """
    What krgboot requires before it trusts a package archive.
    """

    anything = ...
    signature = ...

class User:
    """
    A user inside an image. The password hash is not exposed.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def groups(self) -> builtins.list[str]: ...
    @property
    def home(self) -> str | None: ...
    @property
    def name(self) -> str: ...
    @property
    def new_uid(self) -> int:
        """
        The uid to assign if the image does not have this user yet.
        """
    @property
    def shell(self) -> str | None: ...
    @property
    def ssh_authorized_keys(self) -> builtins.list[str]: ...
    @property
    def uid(self) -> int | None:
        """
        The uid in the spec; None: keep the image's uid.
        """

class Squash(enum.Enum):
    """
    Which users the server maps to nobody, see exports(5).
    """

    all_squash = ...
    no_root_squash = ...
    root_squash = ...

class SecurityFlavor(enum.Enum):
    """
    `sec=` of exports(5).
    """

    krb5 = ...
    krb5i = ...
    krb5p = ...
    sys = ...

class ExportRules:
    """
    Export options of a directory, apart from ro and rw.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __repr__(self) -> str: ...
    @property
    def sec(self) -> builtins.list[SecurityFlavor]: ...
    @property
    def secure(self) -> bool: ...
    @property
    def squash(self) -> Squash: ...

class WritableDirectory:
    """
    A directory of a read-only image that nodes mount read-write.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __repr__(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def rules(self) -> ExportRules: ...

class SshHostKeyPlace(enum.Enum):
    """
    Where ssh host keys belong: shared by the image, or made at each boot.
    """

    boot = ...
    image = ...

class FileSystemType(enum.Enum):
    btrfs = ...
    ext4 = ...
    xfs = ...

class FileSystem:
    """
    A dedicated file system for one image.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __repr__(self) -> str: ...
    @property
    def device(self) -> str:
        """
        The device or file to mount.
        """
    @property
    def file(self) -> str:
        """
        The file that holds the file system; empty if it is on a volume.
        """
    @property
    def size(self) -> int:
        """
        In bytes.
        """
    @property
    def type(self) -> FileSystemType: ...
    @property
    def volume(self) -> str | None: ...

class ImageEntry:
    """
    The spec's entry for one image: a directory tree that nodes mount as / over NFS.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def architecture(self) -> str | None: ...
    @property
    def clients(self) -> builtins.list[str] | None: ...
    @property
    def components(self) -> builtins.list[str]: ...
    @property
    def filesystem(self) -> FileSystem | None: ...
    @property
    def locale(self) -> str: ...
    @property
    def mirror(self) -> str | None: ...
    @property
    def name(self) -> str: ...
    @property
    def packages(self) -> builtins.list[str]: ...
    @property
    def path(self) -> str: ...
    @property
    def release(self) -> ReleaseName: ...
    @property
    def root(self) -> RootMode: ...
    @property
    def rules(self) -> ExportRules:
        """
        Export options of the image's root.
        """
    @property
    def security_mirror(self) -> str | None: ...
    @property
    def shares_file_system(self) -> str | None:
        """
        The reason that the spec gives for sharing a file system with other data; None: not allowed.
        """
    @property
    def source(self) -> str | None: ...
    @property
    def ssh_host_keys(self) -> SshHostKeyPlace: ...
    @property
    def suites(self) -> builtins.list[str]: ...
    @property
    def tmpfs(self) -> builtins.list[str]: ...
    @property
    def trust(self) -> Trust: ...
    @property
    def users(self) -> builtins.list[User]: ...
    @property
    def variant(self) -> Variant: ...
    @property
    def writable(self) -> builtins.list[WritableDirectory]: ...

class KerrighedTools:
    """
    Settings in the configuration files of kerrighed-tools in an image.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __repr__(self) -> str: ...
    @property
    def add_opts(self) -> builtins.list[str]: ...
    @property
    def boot_id(self) -> int | None: ...
    @property
    def host_extra(self) -> builtins.list[str]: ...
    @property
    def init_helper(self) -> builtins.list[str]: ...
    @property
    def install(self) -> str | None: ...
    @property
    def legacy_sched(self) -> bool | None: ...
    @property
    def net_devices(self) -> builtins.list[str]: ...

class Kerrighed:
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def autonodeid(self) -> bool: ...
    @property
    def nb_nodes_min(self) -> int | None: ...
    @property
    def session_id(self) -> int: ...
    @property
    def tools(self) -> KerrighedTools: ...

class BootEntry:
    """
    A named combination of kernel, initrd, command line and image; one entry of the loader's menu.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def append(self) -> builtins.list[str]: ...
    @property
    def extra(self) -> builtins.list[str]: ...
    @property
    def image(self) -> ImageEntry:
        """
        The image that the entry boots.
        """
    @property
    def initramfs(self) -> Initramfs: ...
    @property
    def initrd(self) -> str | None: ...
    @property
    def kernel(self) -> str: ...
    @property
    def kerrighed(self) -> Kerrighed | None: ...
    @property
    def name(self) -> str: ...

class Node:
    """
    A diskless machine.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def address(self) -> Ipv4Address: ...
    @property
    def append(self) -> builtins.list[str]: ...
    @property
    def boot(self) -> BootEntry:
        """
        The boot entry that the node boots.
        """
    @property
    def boot_file(self) -> BootFileKind: ...
    @property
    def entry(self) -> int:
        """
        Index of the `nodes:` entry that defines the node.
        """
    @property
    def mac(self) -> MacAddress | None: ...
    @property
    def name(self) -> HostName: ...
    @property
    def network(self) -> Network:
        """
        The network that contains the node's address.
        """
    @property
    def node_id(self) -> int | None: ...
    @property
    def uuid(self) -> Uuid | None: ...

class Cluster:
    """
    A validated cluster.yaml: always valid and immutable. Made by load() and loads().
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def addresses_by_image(self) -> dict[str, builtins.list[Ipv4Range]]:
        """
        Maps each image name to the addresses that boot it: ascending ranges that do not overlap.
        """
    def boot_entry(self, name: str) -> BootEntry:
        """
        The boot entry of that name. Raises ArgumentError.
        """
    def boot_file_name(self, node: Node) -> str:
        """
        Name of the node's own boot file.
        """
    def boot_file_path(self, node: Node) -> str:
        """
        Path of the node's own boot file, below the TFTP root.
        """
    def config_file(self, kind: ServiceKind) -> str | None:
        """
        Path of the main configuration file of the server's program of this kind; None: the server runs none.
        """
    def image(self, name: str) -> ImageEntry:
        """
        The image of that name. Raises ArgumentError, whose message lists the existing images.
        """
    def needs_own_boot_file(self, node: Node) -> bool:
        """
        Does this node need its own boot file because the default one would boot it differently?
        """
    def node(self, name: str) -> Node:
        """
        The node of that name. Raises ArgumentError.
        """
    def render(self) -> Rendering:
        """
        Return all files that the boot server needs, as data. Pure and deterministic.
        """
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The cluster as data for JSON: effective values, and references by name as in the spec. Contains no
        password hashes.
        """
    def writers_by_image(self) -> dict[str, builtins.list[Ipv4Range]]:
        """
        Maps each image name to those of its addresses that may write to the image's writable directories.
        """
    @property
    def boot(self) -> builtins.list[BootEntry]:
        """
        The boot entries.
        """
    @property
    def boot_program_path(self) -> str:
        """
        Path, below the TFTP root, of the boot loader that machines fetch first.
        """
    @property
    def default_boot(self) -> BootEntry | None:
        """
        The boot entry of nodes that do not name one; None: no default boot file is written.
        """
    @property
    def default_boot_file_path(self) -> str:
        """
        Path, below the TFTP root, of the boot file for machines that have no own boot file.
        """
    @property
    def domain(self) -> DomainName: ...
    @property
    def images(self) -> builtins.list[ImageEntry]: ...
    @property
    def name(self) -> str: ...
    @property
    def networks(self) -> builtins.list[Network]: ...
    @property
    def nodes(self) -> builtins.list[Node]: ...
    @property
    def server(self) -> Server: ...
    @property
    def server_release(self) -> Release:
        """
        The entry of releases() that determines the server's paths.
        """
    @property
    def warnings(self) -> builtins.list[Diagnostic]:
        """
        The warnings of validation.
        """

class ExportEntry:
    """
    One path exported to one client.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The attributes as data for JSON.
        """
    def to_etab(self) -> str:
        """
        The entry in the format of exportfs's export table (etab).
        """
    @property
    def client(self) -> str:
        """
        Empty if the line names no client, which means every client.
        """
    @property
    def effective(self) -> str:
        """
        All options in force, including the defaults of nfs-utils.
        """
    @property
    def options(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def where(self) -> Location: ...

class Admission(enum.Enum):
    """
    Whether an address may mount a path.
    """

    allowed = ...
    refused = ...
    unknown = ...

class Verdict:
    """
    Whether an address may mount a path, and the entry that decides.
    """
    def __bool__(self) -> bool: ...
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def explain(self) -> str:
        """
        The decision in words, one fact per line.
        """
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The attributes as data for JSON.
        """
    @property
    def address(self) -> Ipv4Address: ...
    @property
    def admission(self) -> Admission: ...
    @property
    def all_squash(self) -> bool: ...
    @property
    def certain(self) -> bool:
        """
        False if an entry whose client is a host name could decide differently.
        """
    @property
    def entry(self) -> ExportEntry | None:
        """
        The entry that decides.
        """
    @property
    def exported_path(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def read_only(self) -> bool: ...
    @property
    def root_squash(self) -> bool: ...

class ExportsTable:
    """
    An exports(5) file as nfs-utils reads it; edits preserve every other byte.
    """

    __hash__: typing.ClassVar[None]  # type: ignore[assignment]
    @staticmethod
    def parse(text: str, file: str = "") -> ExportsTable:
        """
        Read `text`; `file` is only a name for messages. Never fails: see diagnostics.
        """
    def __contains__(self, entry: tuple[str, str]) -> bool:
        """
        Is there an entry for this (path, client)?
        """
    def __eq__(self, arg0: object) -> bool:
        """
        Are text and file name equal?
        """
    @typing.overload
    def __init__(self) -> None: ...
    @typing.overload
    def __init__(self, text: str, file: str = "") -> None:
        """
        Like `parse`.
        """
    def __iter__(self) -> collections.abc.Iterator[ExportEntry]: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        Used by pickle and copy.
        """
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    def add(self, path: str, client: str, options: str) -> None:
        """
        Export `path` to `client` with `options` (comma-separated, as in exports(5)), on the path's line or a new
        one. Raises ArgumentError, also if the entry already exists; ConfigError if exportfs would not read it.
        """
    def change(self, path: str, client: str, options: str) -> None:
        """
        Replace the options of an entry. Raises ArgumentError if there is no such entry, ConfigError.
        """
    def find(self, path: str, client: str) -> ExportEntry | None:
        """
        The first entry for this path and client; None if there is none. Clients are compared by meaning:
        10.0.0.0/255.255.255.0 finds 10.0.0.0/24.
        """
    def list(self) -> builtins.list[ExportEntry]:
        """
        The entries, up to the first fault that makes exportfs stop reading.
        """
    def remove(self, path: str, client: str) -> bool:
        """
        Remove an entry, and its line if no client is left there. False if there is no such entry. Raises
        ConfigError.
        """
    def would_allow(self, address: Ipv4Address, path: str) -> Verdict:
        """
        Decide whether this address may mount this path; the Verdict names the deciding entry.
        """
    @property
    def diagnostics(self) -> builtins.list[Diagnostic]: ...
    @property
    def ends_early(self) -> bool:
        """
        Does exportfs ignore the rest of the file after a fault?
        """
    @property
    def file(self) -> str: ...

class ExportsView:
    """
    All tables that exportfs reads, combined.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __init__(self, tables: collections.abc.Sequence[ExportsTable]) -> None: ...
    def __iter__(self) -> collections.abc.Iterator[ExportEntry]:
        """
        Yields the entries of all tables, in the order in which exportfs reads them.
        """
    def __len__(self) -> int: ...
    def __repr__(self) -> str: ...
    def would_allow(self, address: Ipv4Address, path: str) -> Verdict:
        """
        Decide whether this address may mount this path; the Verdict names the deciding entry.
        """
    @property
    def diagnostics(self) -> builtins.list[Diagnostic]: ...
    @property
    def tables(self) -> builtins.list[ExportsTable]: ...

class GaneshaConf:
    """
    NFS-Ganesha's configuration for the exports of nfsd.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    @property
    def diagnostics(self) -> builtins.list[Diagnostic]:
        """
        Features of the exports that nfsd supports and Ganesha does not.
        """
    @property
    def text(self) -> str: ...

class KernelParameter:
    """
    One parameter of a kernel command line.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def value(self) -> str | None: ...

class NfsRoot:
    """
    An NFS root file system, independent of what mounts it.
    """
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self, path: str, server: Ipv4Address | None = None, options: collections.abc.Sequence[str] = []
    ) -> None: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        Used by pickle and copy.
        """
    def __repr__(self) -> str: ...
    def parameters(self, consumer: Initramfs) -> str:
        """
        The command-line parameters that pass it to the kernel, initramfs-tools or dracut. Raises ArgumentError.
        """
    @property
    def options(self) -> builtins.list[str]: ...
    @property
    def path(self) -> str: ...
    @property
    def server(self) -> Ipv4Address | None: ...

class KernelCommandLine:
    """
    A kernel command line as a list of parameters.
    """

    __hash__: typing.ClassVar[None]  # type: ignore[assignment]
    def __contains__(self, name: str) -> bool:
        """
        Is there a parameter of this name?
        """
    def __eq__(self, arg0: object) -> bool: ...
    def __init__(self, text: str = "") -> None: ...
    def __iter__(self) -> collections.abc.Iterator[KernelParameter]: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        Used by pickle and copy.
        """
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    def add(self, item: str) -> None: ...
    def get(self, name: str) -> str | None:
        """
        Value of the last parameter of that name, '' for a flag; None if it is absent.
        """
    def remove(self, name: str) -> int: ...
    @property
    def nfs_root(self) -> NfsRoot | None: ...
    @property
    def parameters(self) -> builtins.list[KernelParameter]: ...

class FstabMount:
    """
    One line of fstab(5), with decoded fields.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def freq(self) -> int: ...
    @property
    def options(self) -> str: ...
    @property
    def passno(self) -> int: ...
    @property
    def spec(self) -> str: ...
    @property
    def vfstype(self) -> str: ...

class FstabTable:
    """
    An fstab(5) file as libmount reads it.
    """

    __hash__: typing.ClassVar[None]  # type: ignore[assignment]
    @staticmethod
    def parse(text: str, file: str = "") -> FstabTable:
        """
        Read `text`; `file` is only a name for messages. Never fails: see diagnostics.
        """
    def __eq__(self, arg0: object) -> bool:
        """
        Are the texts equal?
        """
    def __init__(self, text: str = "", file: str = "") -> None:
        """
        Like `parse`.
        """
    def __iter__(self) -> collections.abc.Iterator[FstabMount]: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        Used by pickle and copy.
        """
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    def list(self) -> builtins.list[FstabMount]: ...
    @property
    def diagnostics(self) -> builtins.list[Diagnostic]: ...

class HostsFile:
    """
    /etc/hosts as glibc reads it.
    """
    @staticmethod
    def parse(text: str) -> HostsFile:
        """
        Read `text`. Never fails: see diagnostics.
        """
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, text: str = "") -> None:
        """
        Like `parse`.
        """
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        Used by pickle and copy.
        """
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    def addresses_of(self, name: str) -> builtins.list[Ipv4Address]:
        """
        Every address of a name, in file order.
        """
    def names_of(self, address: Ipv4Address) -> builtins.list[str]:
        """
        Every name of an address, in file order.
        """
    @property
    def diagnostics(self) -> builtins.list[Diagnostic]: ...

class TftpdSettings:
    """
    The settings that /etc/default/tftpd-hpa passes to in.tftpd(8).
    """
    @staticmethod
    def parse(text: str, release: ReleaseName, file: str = "") -> TftpdSettings:
        """
        Read `text` as the daemon of that release does.
        """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __repr__(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def directories(self) -> builtins.list[str]: ...
    @property
    def options(self) -> builtins.list[str]:
        """
        All options that the other attributes do not cover, each followed by its argument.
        """
    @property
    def secure(self) -> bool: ...
    @property
    def username(self) -> str: ...

class PxelinuxLabel:
    """
    A LABEL of a boot file with its directives.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __repr__(self) -> str: ...
    @property
    def append(self) -> str | None: ...
    @property
    def initrd(self) -> str | None: ...
    @property
    def kernel(self) -> str: ...
    @property
    def name(self) -> str: ...

class PxelinuxMenu:
    """
    A boot file below pxelinux.cfg/ as pxelinux 6 reads it.
    """
    @staticmethod
    def parse(text: str) -> PxelinuxMenu:
        """
        Read `text`. Never fails: see diagnostics.
        """
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, text: str = "") -> None:
        """
        Like `parse`.
        """
    def __iter__(self) -> collections.abc.Iterator[PxelinuxLabel]: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        Used by pickle and copy.
        """
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    @property
    def boots(self) -> PxelinuxLabel | None:
        """
        The label that boots without user input; None if none does.
        """
    @property
    def diagnostics(self) -> builtins.list[Diagnostic]: ...
    @property
    def labels(self) -> builtins.list[PxelinuxLabel]: ...

class PxelinuxNewLabel:
    """
    A LABEL to be written into a boot file.
    """
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self,
        name: str,
        kernel: str = "",
        initrds: collections.abc.Sequence[str] = [],
        append: str = "",
        sysappend: typing.SupportsInt | typing.SupportsIndex = 0,
        localboot: str | None = None,
        extra: collections.abc.Sequence[str] = [],
    ) -> None:
        """
        kernel, initrds: of Linux, as the loader requests them. append: the kernel command line. sysappend: bits of
        SYSAPPEND; 2 adds BOOTIF=. localboot: instead of a kernel, continue with the next boot device; its type, such
        as "0". extra: more lines.
        """
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        Used by pickle and copy.
        """
    def __repr__(self) -> str: ...
    @property
    def append(self) -> str: ...
    @property
    def extra(self) -> builtins.list[str]: ...
    @property
    def initrds(self) -> builtins.list[str]: ...
    @property
    def kernel(self) -> str: ...
    @property
    def localboot(self) -> str | None: ...
    @property
    def name(self) -> str: ...
    @property
    def sysappend(self) -> int: ...

class Role(enum.Enum):
    """
    The purpose of a file on the boot server.
    """

    boot_file = ...
    dhcp = ...
    directory = ...
    exports = ...
    image_file = ...
    kernel = ...
    loader = ...
    mount_unit = ...
    other = ...
    tftp = ...

class IncludeLine:
    """
    One include line in the administrator's dhcpd.conf.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, path: str) -> None: ...
    def __repr__(self) -> str: ...
    @property
    def path(self) -> str: ...

class TftpdDefaults:
    """
    The values in /etc/default/tftpd-hpa that make the daemon serve tftp_root.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __repr__(self) -> str: ...
    @property
    def tftp_root(self) -> str: ...

class MarkedBlock:
    """
    A block of lines between krgboot's markers.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, name: str, body: str) -> None: ...
    def __repr__(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def name(self) -> str: ...

class AccountLines:
    """
    Accounts in one account file, such as /etc/passwd.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __repr__(self) -> str: ...
    @property
    def database(self) -> str: ...
    @property
    def names(self) -> builtins.list[str]: ...

class WriteFile:
    """
    A file that krgboot owns entirely.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self,
        path: str,
        content: bytes,
        mode: typing.SupportsInt | typing.SupportsIndex = 420,
        origin: str = "",
        within: str = "",
    ) -> None:
        """
        `content`: bytes. `mode`: permission bits. `within`: untrusted directory tree that holds the path.
        """
    def __repr__(self) -> str: ...
    @property
    def content(self) -> bytes:
        """
        The content, without password hashes.
        """
    @property
    def mode(self) -> int: ...
    @property
    def origin(self) -> str:
        """
        The part of the spec that it comes from.
        """
    @property
    def path(self) -> str: ...
    @property
    def role(self) -> Role: ...
    @property
    def within(self) -> str:
        """
        Untrusted directory tree that holds the path; empty: none.
        """

class EditFile:
    """
    A change to a file that krgboot does not own alone.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self, path: str, edit: IncludeLine | MarkedBlock, initial: str = "", origin: str = "", within: str = ""
    ) -> None:
        """
        `initial`: content to start from if the file is missing.
        """
    def __repr__(self) -> str: ...
    @property
    def edit(self) -> IncludeLine | TftpdDefaults | MarkedBlock | AccountLines: ...
    @property
    def origin(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def role(self) -> Role: ...
    @property
    def within(self) -> str:
        """
        Untrusted directory tree that holds the path; empty: none.
        """

class CopyFile:
    """
    A copy of another file on the server, kept up to date.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self, path: str, source: str, mode: typing.SupportsInt | typing.SupportsIndex = 420, origin: str = ""
    ) -> None: ...
    def __repr__(self) -> str: ...
    @property
    def mode(self) -> int: ...
    @property
    def origin(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def role(self) -> Role: ...
    @property
    def source(self) -> str: ...

class MakeLink:
    """
    A symbolic link.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, path: str, target: str, origin: str = "", within: str = "") -> None: ...
    def __repr__(self) -> str: ...
    @property
    def origin(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def within(self) -> str:
        """
        Untrusted directory tree that holds the path; empty: none.
        """

class MakeDirectory:
    """
    A directory.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self, path: str, mode: typing.SupportsInt | typing.SupportsIndex = 493, origin: str = "", within: str = ""
    ) -> None: ...
    def __repr__(self) -> str: ...
    @property
    def mode(self) -> int: ...
    @property
    def origin(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def within(self) -> str:
        """
        Untrusted directory tree that holds the path; empty: none.
        """

class Remove:
    """
    Removal of a file or directory: krgboot's own, or one that an image must not contain.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __repr__(self) -> str: ...
    @property
    def origin(self) -> str:
        """
        The part of the spec that it comes from; empty: no longer in a spec.
        """
    @property
    def path(self) -> str: ...
    @property
    def role(self) -> Role: ...
    @property
    def within(self) -> str:
        """
        Untrusted directory tree that holds the path; empty: none.
        """

class Reload:
    """
    Makes a running service reload its files if one of `when` changed.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __repr__(self) -> str: ...
    @property
    def argv(self) -> builtins.list[str]: ...
    @property
    def service(self) -> ServiceName: ...
    @property
    def when(self) -> builtins.list[str]: ...

class Rendering:
    """
    The desired state as data, in the order in which apply writes it.
    """

    __hash__: typing.ClassVar[None]  # type: ignore[assignment]
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __iter__(
        self,
    ) -> collections.abc.Iterator[WriteFile | EditFile | CopyFile | MakeLink | MakeDirectory | Remove]: ...
    def __len__(self) -> int: ...
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The content of to_json() as data.
        """
    def to_json(self) -> str: ...
    @property
    def items(self) -> builtins.list[WriteFile | EditFile | CopyFile | MakeLink | MakeDirectory | Remove]: ...
    @property
    def reloads(self) -> builtins.list[Reload]: ...
    @property
    def scope(self) -> str:
        """
        The owner of the items: the name of the cluster or of a program.
        """

class Action(enum.Enum):
    adopt = ...
    create = ...
    remove = ...
    update = ...

class Change:
    """
    One difference between the plan and the existing files.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def diff(self) -> str:
        """
        The change in the format of diff -u.
        """
    def to_dict(self) -> dict[str, typing.Any]:
        """
        {"action", "path", "origin", "diff"}
        """
    @property
    def action(self) -> Action: ...
    @property
    def after(self) -> bytes | None:
        """
        The new content; for a symlink, its target. None for a removal, a copy of another file, or a file with
        password hashes.
        """
    @property
    def before(self) -> bytes | None:
        """
        The existing content; None: no file, or a binary file.
        """
    @property
    def item(self) -> WriteFile | CopyFile | MakeLink | MakeDirectory | Remove: ...
    @property
    def origin(self) -> str:
        """
        The part of the spec that it comes from.
        """
    @property
    def path(self) -> str: ...
    @property
    def writes(self) -> bool:
        """
        False: the existing file is adopted unchanged.
        """

class PendingStep:
    """
    A part of an image's configuration that programs inside the image must make.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def diff(self) -> str:
        """
        The change in the format of diff -u.
        """
    @property
    def image(self) -> str:
        """
        The image's path.
        """
    @property
    def name(self) -> str: ...
    @property
    def origin(self) -> str:
        """
        The part of the spec that it comes from.
        """
    @property
    def what(self) -> str:
        """
        The desired state, in words.
        """
    @property
    def why(self) -> str: ...

class Changes:
    """
    The differences between a plan and the existing files.
    """
    def __bool__(self) -> bool: ...
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __iter__(self) -> collections.abc.Iterator[Change]: ...
    def __len__(self) -> int: ...
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    def diff(self) -> str:
        """
        The change in the format of diff -u.
        """
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The content of to_json() as data.
        """
    def to_json(self) -> str: ...
    @property
    def accepted(self) -> builtins.list[Diagnostic]:
        """
        Risks that the spec accepts, with the given reason. Informational only.
        """
    @property
    def changes(self) -> builtins.list[Change]: ...
    @property
    def findings(self) -> builtins.list[Diagnostic]:
        """
        Missing files, and obstacles to applying the plan.
        """
    @property
    def notices(self) -> builtins.list[Diagnostic]:
        """
        Warnings about files that krgboot does not write but that affect nodes. Informational only.
        """
    @property
    def reloads(self) -> builtins.list[Reload]: ...
    @property
    def steps(self) -> builtins.list[PendingStep]:
        """
        Steps in images that configure_image must make.
        """

class Presence(enum.Enum):
    """
    Where a kernel finds a feature that it needs.
    """

    absent = ...
    builtin = ...
    initramfs = ...
    module = ...
    unknown = ...

class Kernel:
    """
    One kernel of an image; all paths are as seen inside the image.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def config(self) -> str | None:
        """
        /boot/config-VERSION; None if it does not exist.
        """
    @property
    def file(self) -> str:
        """
        Path of the kernel file below /boot.
        """
    @property
    def initrd(self) -> str | None:
        """
        Path of the initrd below /boot; None if there is none of this version.
        """
    @property
    def modules(self) -> bool:
        """
        Does /lib/modules/VERSION/modules.dep exist?
        """
    @property
    def version(self) -> str:
        """
        The version that uname -r prints.
        """

class NfsRootSupport:
    """
    The features that an NFS root needs.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def drivers(self) -> builtins.list[str]:
        """
        The usable network card drivers.
        """
    @property
    def ip_autoconfiguration(self) -> Presence: ...
    @property
    def network_driver(self) -> Presence: ...
    @property
    def nfs(self) -> Presence: ...
    @property
    def nfs_root(self) -> Presence: ...
    @property
    def overlay(self) -> Presence: ...

class KernelCheck:
    """
    Which features for an NFS root a kernel has, and which it lacks.
    """
    def __bool__(self) -> bool: ...
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The content of to_json() as data.
        """
    def to_json(self) -> str: ...
    @property
    def findings(self) -> builtins.list[Diagnostic]: ...
    @property
    def kernel(self) -> Kernel: ...
    @property
    def support(self) -> NfsRootSupport: ...

class Progress:
    """
    Progress of a long operation on a tree.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def bytes(self) -> int:
        """
        Processed bytes of regular files.
        """
    @property
    def entries(self) -> int:
        """
        Number of processed entries.
        """
    @property
    def path(self) -> str:
        """
        The last processed entry.
        """

class Compression(enum.Enum):
    gzip = ...
    none = ...
    xz = ...
    zstd = ...

class InsideNetwork(enum.Enum):
    """
    The network that a program inside an image can reach.
    """

    host = ...
    none = ...
    outbound = ...

class Devices(enum.Enum):
    """
    Which device nodes an archive may contain.
    """

    all = ...
    none = ...
    standard = ...

class ArchiveReport:
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The attributes as data for JSON.
        """
    @property
    def archive_size(self) -> int:
        """
        Size of the archive in bytes.
        """
    @property
    def bytes(self) -> int:
        """
        Bytes of regular files.
        """
    @property
    def entries(self) -> int: ...
    @property
    def warnings(self) -> builtins.list[Diagnostic]: ...

class CloneReport:
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The attributes as data for JSON.
        """
    @property
    def bytes(self) -> int:
        """
        Bytes of regular files, including holes.
        """
    @property
    def entries(self) -> int: ...
    @property
    def shared_bytes(self) -> int:
        """
        Bytes whose blocks both trees share.
        """
    @property
    def warnings(self) -> builtins.list[Diagnostic]: ...

class RestoreReport:
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The attributes as data for JSON.
        """
    @property
    def bytes(self) -> int:
        """
        Bytes of regular files, including holes.
        """
    @property
    def entries(self) -> int: ...
    @property
    def verified(self) -> bool:
        """
        The tree matches a manifest.
        """
    @property
    def warnings(self) -> builtins.list[Diagnostic]: ...

class FieldDifference:
    """
    One property of an entry that differs.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def expected(self) -> str: ...
    @property
    def field(self) -> str: ...
    @property
    def found(self) -> str: ...

class DifferenceKind(enum.Enum):
    changed = ...
    missing = ...
    unexpected = ...

class TreeDifference:
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    @property
    def fields(self) -> builtins.list[FieldDifference]:
        """
        The differing properties of a changed entry.
        """
    @property
    def kind(self) -> DifferenceKind: ...
    @property
    def path(self) -> str: ...

class DifferenceReport:
    """
    The differences between two trees; false if there are none.
    """
    def __bool__(self) -> bool: ...
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The content of to_json() as data.
        """
    def to_json(self) -> str: ...
    @property
    def bytes(self) -> int: ...
    @property
    def count(self) -> int:
        """
        Number of differences; the list may be shorter.
        """
    @property
    def differences(self) -> builtins.list[TreeDifference]: ...
    @property
    def entries(self) -> int: ...
    @property
    def warnings(self) -> builtins.list[Diagnostic]: ...

class CommandResult:
    """
    Result of a program.
    """
    def __bool__(self) -> bool: ...
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __repr__(self) -> str: ...
    @property
    def output(self) -> str:
        """
        The last lines of output.
        """
    @property
    def status(self) -> int:
        """
        Exit status, or 128 + signal.
        """
    @property
    def stderr(self) -> bytes:
        """
        The end of standard error, as bytes; empty if merged.
        """
    @property
    def stdout(self) -> bytes:
        """
        The end of standard output, as bytes; includes standard error if merged.
        """
    @property
    def timed_out(self) -> bool: ...

class Image:
    """
    A directory tree that nodes mount as / over NFS. Symlinks are resolved inside the tree; paths are as seen
    inside.
    """
    @staticmethod
    def exists(path: os.PathLike[str] | str | bytes, root: os.PathLike[str] | str | bytes = "/") -> bool:
        """
        Is `path`, absolute as seen inside `root`, a directory? Raises ArgumentError, IoError.
        """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __fspath__(self) -> str:
        """
        The path on the host.
        """
    def __init__(self, path: os.PathLike[str] | str | bytes, root: os.PathLike[str] | str | bytes = "/") -> None:
        """
        The tree at `path`, absolute as seen inside `root`; a relative path starts at the working directory. Raises
        ArgumentError, IoError.
        """
    def __repr__(self) -> str: ...
    def archive(
        self,
        file: os.PathLike[str] | str | bytes,
        *,
        level: typing.SupportsInt | typing.SupportsIndex | None = None,
        threads: typing.SupportsInt | typing.SupportsIndex = 0,
        manifest: bool = True,
        replace: bool = False,
        tolerate_changes: bool = False,
        allow_loss: bool = False,
        output_mode: typing.SupportsInt | typing.SupportsIndex = 384,
        progress: collections.abc.Callable[[Progress], None] | None = None,
    ) -> ArchiveReport:
        """
        Write the tree to `file` as tar (pax); the file name selects plain, gzip, xz or zstd. The same tree gives the
        same bytes.

        level: compression level. threads: 0: one per processor. manifest: also write FILE.manifest. replace: replace
        an existing file. tolerate_changes: report a file that changes while it is read as a warning, not an error.
        allow_loss: omit files that are mount points with a warning, not an error. output_mode: permissions of both
        files, independent of the umask. progress: called with a Progress; an exception from it cancels the work.

        Raises ArgumentError, ArchiveError, ConflictError, IoError; then there is no new archive.
        """
    def check_kernel(
        self, kernel: Kernel, initrd: str | None, initramfs: Initramfs, kerrighed: Kerrighed | None = None
    ) -> KernelCheck:
        """
        Check whether machines can boot this kernel with an NFS root that `initramfs` mounts. `initrd` is the file
        below /boot that they load. Raises IoError, and ArchiveError for an unreadable initrd.
        """
    def find_kernel(self, file: str) -> Kernel | None:
        """
        The kernel in a file of any name below /boot; None if the file does not exist. Raises ArgumentError, IoError.
        """
    def kernels(self) -> builtins.list[Kernel]:
        """
        Every regular file /boot/vmlinuz-* and /boot/vmlinux-*, oldest version first. Raises IoError.
        """
    def list_initramfs(self, path: str) -> builtins.list[str]:
        """
        The sorted names of all entries of an initial RAM file system. Raises IoError, ArchiveError.
        """
    def run(
        self,
        argv: collections.abc.Sequence[str],
        *,
        environment: collections.abc.Mapping[str, str] = {},
        working_directory: str = "/",
        locale: str = "C",
        network: InsideNetwork = ...,
        input: bytes = b"",
        stdin: typing.SupportsInt | typing.SupportsIndex | None = None,
        merge_stderr: bool = True,
        output_limit: typing.SupportsInt | typing.SupportsIndex = 65536,
        timeout: typing.SupportsFloat | typing.SupportsIndex | None = None,
        on_line: collections.abc.Callable[[str], None] | None = None,
        on_stdout: collections.abc.Callable[[bytes], None] | None = None,
        on_stderr: collections.abc.Callable[[bytes], None] | None = None,
    ) -> CommandResult:
        """
        Run a program inside the image, as chroot does, but in new namespaces with /proc, /sys, a minimal /dev and
        name servers, all removed when the program ends. No service starts; the host is not reachable.

        environment: variables to add to a clean environment. working_directory: as seen inside. locale: LC_ALL;
        empty: the image's own. input: bytes for standard input; or stdin: a descriptor, such as the end of a pipe,
        that the program gets a copy of as standard input. merge_stderr: send standard error to standard output; else
        keep it separate. output_limit: bytes of each stream to keep in the result: the last lines that fit. timeout:
        seconds after which the program is killed. on_line: called with each line of standard output; on_stdout,
        on_stderr: called with the bytes as they arrive. An exception from any of them kills the program.

        Returns a CommandResult. A failing program does not raise: see status. Raises ArgumentError, and IoError if
        the system does not allow it.
        """
    def run_terminal(
        self, argv: collections.abc.Sequence[str], *, locale: str = "C", network: InsideNetwork = ...
    ) -> int:
        """
        Run a shell inside the image like `run`, on a new terminal that is connected to the caller's. Returns its
        exit status, or 128 + signal. Raises IoError if standard input is not a terminal.
        """
    def verify(
        self,
        manifest: os.PathLike[str] | str | bytes,
        *,
        progress: collections.abc.Callable[[Progress], None] | None = None,
    ) -> DifferenceReport:
        """
        The differences between the tree and a manifest (a host path). Raises ArchiveError, IoError.
        """
    @property
    def path(self) -> pathlib.Path:
        """
        The path on the host.
        """

class BootstrapTool(enum.Enum):
    """
    The tool that makes an image from packages.
    """

    automatic = ...
    debootstrap = ...
    mmdebstrap = ...

class BootstrapProgress:
    """
    Progress of a bootstrap.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def fraction(self) -> float:
        """
        0 to 1; never decreases.
        """
    @property
    def line(self) -> str:
        """
        The tool's last line of output.
        """
    @property
    def phase(self) -> str: ...

class BootstrapReport:
    """
    Report of a bootstrap.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The attributes as data for JSON.
        """
    @property
    def argv(self) -> builtins.list[str]:
        """
        The mmdebstrap or debootstrap command; empty if the image was made from a source.
        """
    @property
    def warnings(self) -> builtins.list[Diagnostic]: ...

class Stage(enum.Enum):
    """
    The stages of a boot, in order.
    """

    boot_file = ...
    command_line = ...
    dhcp = ...
    init = ...
    initrd = ...
    kernel = ...
    loader = ...
    login = ...
    mounts = ...
    root = ...

class Status(enum.Enum):
    broken = ...
    ok = ...
    unknown = ...
    warning = ...

class Step:
    """
    One event of the boot, with its status.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def hint(self) -> str: ...
    @property
    def stage(self) -> Stage: ...
    @property
    def status(self) -> Status: ...
    @property
    def what(self) -> str: ...
    @property
    def why(self) -> str: ...

class Machine:
    """
    The booting machine; unknown properties are None.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def address(self) -> Ipv4Address | None: ...
    @property
    def firmware(self) -> str: ...
    @property
    def mac(self) -> MacAddress | None: ...
    @property
    def name(self) -> str: ...
    @property
    def uuid(self) -> Uuid | None: ...

class Trace:
    """
    A node's boot, simulated from the files under a root.
    """
    def __bool__(self) -> bool: ...
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __iter__(self) -> collections.abc.Iterator[Step]: ...
    def __len__(self) -> int: ...
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The content of to_json() as data.
        """
    def to_json(self) -> str: ...
    @property
    def boot_file(self) -> str: ...
    @property
    def boot_files(self) -> builtins.list[tuple[str, str]]:
        """
        The requested boot file names, in order, each with "missing", "loaded", "hidden" or "unreadable".
        """
    @property
    def boots(self) -> bool: ...
    @property
    def command_line(self) -> str: ...
    @property
    def host_name(self) -> str:
        """
        The host name that DHCP sends; empty: none.
        """
    @property
    def initrds(self) -> builtins.list[str]: ...
    @property
    def kernel(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def machine(self) -> Machine: ...
    @property
    def root_path(self) -> str: ...
    @property
    def status(self) -> Status:
        """
        The worst status of the steps.
        """
    @property
    def steps(self) -> builtins.list[Step]: ...
    @property
    def verdict(self) -> str:
        """
        "boots", "would not boot", or "cannot be followed to the end".
        """

class Root:
    """
    A directory that confines all path lookups: "/", a staged tree, or an image.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __fspath__(self) -> str: ...
    def __init__(self, directory: os.PathLike[str] | str | bytes = "/") -> None: ...
    def __repr__(self) -> str: ...
    @property
    def path(self) -> pathlib.Path: ...

class Plan:
    """
    What apply would do: a rendering compared with the files under a root.
    """
    def __bool__(self) -> bool:
        """
        Would apply change anything?
        """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __iter__(self) -> collections.abc.Iterator[Change]: ...
    def __len__(self) -> int: ...
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    def diff(self) -> str:
        """
        All changes in the format of diff -u.
        """
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The content of to_json() as data.
        """
    def to_json(self) -> str: ...
    @property
    def changes(self) -> Changes: ...
    @property
    def clean(self) -> bool:
        """
        Do all files match the spec?
        """
    @property
    def findings(self) -> builtins.list[Diagnostic]:
        """
        Missing files, and obstacles to applying the plan.
        """
    @property
    def rendering(self) -> Rendering:
        """
        The desired state.
        """
    @property
    def root(self) -> pathlib.Path: ...
    @property
    def steps(self) -> builtins.list[PendingStep]:
        """
        Steps in images that configure_image must make.
        """

class Verification:
    """
    The differences between the existing files and the spec.
    """
    def __bool__(self) -> bool: ...
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The content of to_json() as data.
        """
    def to_json(self) -> str: ...
    @property
    def clean(self) -> bool: ...
    @property
    def drift(self) -> Changes: ...

class DaemonCheck:
    """
    Result of one daemon's own configuration check.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def daemon(self) -> str: ...
    @property
    def detail(self) -> str: ...
    @property
    def ran(self) -> bool: ...

class ApplyReport:
    """
    Report of an apply.
    """
    def __bool__(self) -> bool:
        """
        False if a dry run found a reason that would prevent writing.
        """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The content of to_json() as data.
        """
    def to_json(self) -> str: ...
    @property
    def changes(self) -> Changes: ...
    @property
    def checks(self) -> builtins.list[DaemonCheck]: ...
    @property
    def dry_run(self) -> bool:
        """
        Nothing was written.
        """
    @property
    def reloaded(self) -> builtins.list[ServiceName]: ...
    @property
    def stopped_by(self) -> builtins.list[Diagnostic]:
        """
        For a dry run: what would prevent apply from writing. Empty: nothing.
        """
    @property
    def warnings(self) -> builtins.list[Diagnostic]: ...

class ConfigureImageReport:
    """
    Report of configure_image.
    """
    def __bool__(self) -> bool:
        """
        Was anything changed?
        """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The content of to_json() as data.
        """
    def to_json(self) -> str: ...
    @property
    def changes(self) -> Changes:
        """
        The changed files.
        """
    @property
    def steps(self) -> builtins.list[PendingStep]:
        """
        The steps that programs made.
        """
    @property
    def warnings(self) -> builtins.list[Diagnostic]: ...

class ExportsEditReport:
    """
    Report of edit_exports_table; true if something changed or would change.
    """
    def __bool__(self) -> bool: ...
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def diff(self) -> str:
        """
        The change in the format of diff -u; empty if nothing changed.
        """
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The content of to_json() as data.
        """
    def to_json(self) -> str: ...
    @property
    def after(self) -> str:
        """
        The new text.
        """
    @property
    def before(self) -> str | None:
        """
        The old text; None: the file did not exist.
        """
    @property
    def changed(self) -> bool: ...
    @property
    def checks(self) -> builtins.list[DaemonCheck]:
        """
        Results of exportfs's check of the new table.
        """
    @property
    def dry_run(self) -> bool:
        """
        Nothing was written.
        """
    @property
    def path(self) -> str:
        """
        Path of the table, as seen inside the root.
        """
    @property
    def reloaded(self) -> bool:
        """
        The NFS server has reloaded the table.
        """
    @property
    def warnings(self) -> builtins.list[Diagnostic]: ...

def _throw(name: str) -> None:
    """
    For the tests: raise the krgboot error of this name.
    """

@typing.overload
def apply(
    plan: Plan,
    *,
    allow_missing: bool = False,
    kerrighed_at_once: bool = False,
    check: bool = True,
    reload: bool = True,
    dry_run: bool = False,
    lock_timeout: typing.SupportsFloat | typing.SupportsIndex | None = None,
    progress: collections.abc.Callable[[int, int, str], None] | None = None,
) -> ApplyReport:
    """
    Write all changes of the plan, or none: lock, compare again, stage, let the daemons check the staged files,
    journal, commit, reload.

    adopt: take over foreign files at krgboot's paths. allow_missing: write even if an image, kernel or loader is
    missing. kerrighed_at_once: let machines boot a Kerrighed kernel although they do not yet boot its image
    without Kerrighed. skip_bad_images (for a cluster, not for a plan): leave an image unchanged if its content
    prevents reading or writing it, and write everything else. check: let the installed daemons check the staged
    files. reload: reload services (never on a staged tree). dry_run: stage, let the daemons check, write only
    krgboot's lock, and report in stopped_by what would prevent writing instead of raising it. lock_timeout:
    seconds to wait for another apply; None: no limit. progress: called with (done, total, what); an exception
    from it cancels, and nothing is written.

    Raises ConflictError, CommandError, IoError; then nothing has changed.
    """

@typing.overload
def apply(
    cluster: Cluster,
    root: os.PathLike[str] | str | bytes = "/",
    *,
    adopt: bool = False,
    allow_missing: bool = False,
    kerrighed_at_once: bool = False,
    skip_bad_images: bool = False,
    check: bool = True,
    reload: bool = True,
    dry_run: bool = False,
    lock_timeout: typing.SupportsFloat | typing.SupportsIndex | None = None,
    progress: collections.abc.Callable[[int, int, str], None] | None = None,
) -> ApplyReport:
    """
    Plan and apply under one lock, so that concurrent calls are serialised.
    """

@typing.overload
def bootstrap_image(
    image: ImageEntry,
    *,
    root: os.PathLike[str] | str | bytes = "/",
    plain: bool = False,
    timeout: typing.SupportsFloat | typing.SupportsIndex | None = None,
    progress: collections.abc.Callable[[BootstrapProgress], None] | None = None,
) -> BootstrapReport:
    """
    Make an image inside `root` as the spec describes it, from Debian packages or from its source. The complete
    image appears at its path by one rename. If the spec defines a dedicated file system, it is made and mounted.

    plain: use a plain directory instead of the dedicated file system; only in a temporary staged tree.
    timeout: seconds. progress: called with a BootstrapProgress; an exception from it cancels the work.

    Raises ArgumentError, ArchiveError, CommandError, ConflictError, IoError; then nothing was made.
    """

@typing.overload
def bootstrap_image(
    path: os.PathLike[str] | str | bytes,
    release: ReleaseName,
    *,
    root: os.PathLike[str] | str | bytes = "/",
    mirror: str | None = None,
    components: collections.abc.Sequence[str] = ["main"],
    packages: collections.abc.Sequence[str] = [],
    architecture: str = "",
    variant: str = "minbase",
    trust_unsigned: bool = False,
    tool: BootstrapTool | None = None,
    timeout: typing.SupportsFloat | typing.SupportsIndex | None = None,
    progress: collections.abc.Callable[[BootstrapProgress], None] | None = None,
) -> BootstrapReport:
    """
    Make an image without a spec, as the directory `path` inside `root`.

    mirror: a URL; None: the mirror of this machine's apt. architecture: a dpkg architecture; empty: this
    machine's. trust_unsigned: accept packages without a valid signature, as for archived releases. tool: None:
    mmdebstrap if installed, else debootstrap.
    """

def check_exports(view: ExportsView, root: os.PathLike[str] | str | bytes = "/") -> builtins.list[Diagnostic]:
    """
    Faults of these tables: entries that exportfs would drop or misread, exported directories that do not exist,
    and files outside an export that clients can reach by file handle. Raises IoError.
    """

def check_pxelinux_menu(text: str) -> builtins.list[Diagnostic]:
    """
    Faults of a boot file. Errors: syslinux would split a line, or refuse to start a label.
    """

def clone_image(
    tree: Image,
    path: os.PathLike[str] | str | bytes,
    *,
    root: os.PathLike[str] | str | bytes = "/",
    replace: bool = False,
    allow_loss: bool = False,
    progress: collections.abc.Callable[[Progress], None] | None = None,
) -> CloneReport:
    """
    Copy the tree to the directory `path` inside `root`, with all metadata that an archive keeps. The copies share
    blocks if the file system supports it. replace, progress: see restore_image. allow_loss: see restore_image;
    also omits files that are mount points, with a warning. Raises ArchiveError, ConflictError, IoError; then
    nothing was made.
    """

def cluster_json_schema() -> str:
    """
    The JSON Schema of cluster.yaml, as text.
    """

def cluster_reference() -> str:
    """
    The reference page of cluster.yaml, in Markdown.
    """

def compress_range(
    names: collections.abc.Sequence[str], base: typing.SupportsInt | typing.SupportsIndex = 10
) -> builtins.list[str]:
    """
    The inverse of expand_range: a short list of ranges that expands to exactly `names`, in the same order.
    """

def configure_image(
    cluster: Cluster,
    name: str,
    *,
    root: os.PathLike[str] | str | bytes = "/",
    adopt: bool = False,
    timeout: typing.SupportsFloat | typing.SupportsIndex | None = None,
    lock_timeout: typing.SupportsFloat | typing.SupportsIndex | None = None,
    on_step: collections.abc.Callable[[PendingStep], None] | None = None,
    on_line: collections.abc.Callable[[str], None] | None = None,
    on_warning: collections.abc.Callable[[Diagnostic], None] | None = None,
) -> ConfigureImageReport:
    """
    Bring an image to the state that the cluster describes, and change nothing else below `root`. First write all
    of its files, or none. Then run programs inside the image for packages, Kerrighed, kernel names, locale, ssh
    host keys, services and initramfs. A second call changes nothing.

    adopt: take over foreign files at krgboot's paths. timeout: seconds for each program. lock_timeout: seconds to
    wait for another apply. on_step: called with each PendingStep before it is made. on_line: called with each line
    that a program prints. on_warning: called with each warning that concerns a program, before the program runs.
    An exception from any of them cancels the work.

    Raises ArgumentError for an image that is not in the spec, ConflictError if the image does not exist yet,
    CommandError for a program that failed, ArchiveError, IoError; completed changes stay.
    """

def dhcpd_add_include(text: str, path: str) -> str:
    """
    Return the dhcpd.conf with exactly one include line for `path`; every other byte is preserved.
    """

def dhcpd_check(
    text: str, file: str = "dhcpd.conf", include: collections.abc.Callable[[str], str | None] | None = None
) -> builtins.list[Diagnostic]:
    """
    Faults of a dhcpd.conf. Errors: ISC dhcpd 4.4 would not start with it (as `dhcpd -t` reports), misreads it,
    or crashes later without a message. Warnings: dhcpd accepts it silently, but it is probably a mistake.
    `include`: called with the path of an included file, returns its text, or None if there is no such file.
    """

def dhcpd_render(cluster: Cluster) -> str:
    """
    The configuration file that krgboot owns and dhcpd includes.
    """

def diff_images(
    before: os.PathLike[str] | str | bytes,
    after: os.PathLike[str] | str | bytes,
    *,
    progress: collections.abc.Callable[[Progress], None] | None = None,
) -> DifferenceReport:
    """
    The differences of `after` from `before`: each a directory, an archive or a manifest. Raises ArchiveError,
    IoError.
    """

def edit_exports_table(
    edit: collections.abc.Callable[[ExportsTable], None],
    path: os.PathLike[str] | str | bytes = "/etc/exports",
    root: os.PathLike[str] | str | bytes = "/",
    *,
    dry_run: bool = False,
    check: bool = True,
    reload: bool = False,
    lock_timeout: typing.SupportsFloat | typing.SupportsIndex | None = None,
) -> ExportsEditReport:
    """
    Change one table of exports(5) atomically, with the lock and the journal of apply.

    edit: called with the table, an ExportsTable to change in place. path: path of the table, as seen inside root.
    A missing file is made, with /etc/exports.d if needed; an existing file keeps its mode and owner. dry_run:
    stage and check, but write nothing. check: let exportfs check the staged table, if it is installed. reload:
    make the NFS server reload the table (exportfs -ra); never on a staged tree. lock_timeout: seconds to wait for
    another krgboot; None: no limit.

    Returns an ExportsEditReport, false if `edit` changed nothing: then the file is not touched. Raises what
    `edit` raises, ConflictError, CommandError (exportfs drops an entry, or the server did not reload the table),
    IoError; then the file is unchanged.
    """

def expand_range(text: str, base: typing.SupportsInt | typing.SupportsIndex = 10) -> builtins.list[str]:
    """
    The names that a node range such as "ssi[1-4,7]" stands for. Base 16 counts in hexadecimal, as in MAC
    addresses. Raises ArgumentError.
    """

def find_program(name: str) -> str | None:
    """
    Path of a program, searched in PATH and the sbin directories; None if it is not installed.
    """

@typing.overload
def ganesha_conf(
    tables: ExportsView,
    bind: Ipv4Address,
    log: collections.abc.Mapping[str, str] = {"EXPORT": "INFO"},
    udp: bool = True,
    mounted: bool = False,
) -> GaneshaConf:
    """
    The NFS-Ganesha configuration that exports what nfsd would export with these tables. No client gets more
    access than from nfsd.

    log: a level for each log component; the default logs refused clients. udp: also serve over UDP.
    mounted: treat paths with mountpoint= as mounted. Raises ArgumentError.
    """

@typing.overload
def ganesha_conf(
    tables: collections.abc.Sequence[ExportsTable],
    bind: Ipv4Address,
    log: collections.abc.Mapping[str, str] = {"EXPORT": "INFO"},
    udp: bool = True,
    mounted: bool = False,
) -> GaneshaConf: ...
def harmless(text: str, *, lines: bool = True) -> str:
    """
    Like `visible`, for a text that already contains results of `visible`: keeps backslashes, so that nothing
    is escaped twice. Apply it last, before the text is written out.
    """

def image_mounts(cluster: Cluster, image: ImageEntry) -> builtins.list[FstabMount]:
    """
    The mounts of a node besides its root.
    """

def is_drop_in(name: str) -> bool:
    """
    Does exportfs read a file of this name in /etc/exports.d?
    """

def load(path: os.PathLike[str] | str | bytes) -> Cluster:
    """
    Read and validate a cluster.yaml. Raises IoError, ConfigError (not well-formed), ValidationError (with all
    findings).
    """

def loads(text: str, file: str = "") -> Cluster:
    """
    Like `load`, from a text; `file` is only a name for messages.
    """

def minimal_networks(ranges: collections.abc.Sequence[Ipv4Range]) -> builtins.list[Ipv4Network]:
    """
    The fewest networks that together hold exactly the addresses of `ranges`, ascending.
    """

def mount_unit_name(path: str) -> str:
    """
    The name of the systemd unit for a mount point, as `systemd-escape --path --suffix=mount` prints it.
    Raises ArgumentError.
    """

def parse_mount_unit_name(name: str) -> str | None:
    """
    The mount point of the mount unit of this name; None for any other name.
    """

def parse_pxelinux_name(name: str) -> typing.Any:
    """
    The machines that a boot file name matches: a Uuid, a MacAddress, an Ipv4Network or "default"; None if
    pxelinux never requests the name.
    """

def plan(cluster: Cluster, root: os.PathLike[str] | str | bytes = "/", *, adopt: bool = False) -> Plan:
    """
    Render the cluster and compare it with the files under `root`. Writes nothing.

    adopt: take over foreign files at krgboot's paths instead of reporting them as obstacles. Returns a Plan,
    false if nothing would change. Raises IoError, ConflictError.
    """

def plan_boot_file(
    machines: str,
    text: str | None,
    *,
    tftp_root: str,
    loader: str = "",
    root: os.PathLike[str] | str | bytes = "/",
    adopt: bool = False,
) -> Plan:
    """
    Plan to give machines a boot file with this text, independent of any cluster; None: to remove it.

    machines: an IPv4 address, a network, a MAC address, a UUID, or "default" for all that have no other file.
    tftp_root: absolute, as seen inside `root`. loader: its name in a spec; empty: the default. Warnings about the
    text are in the changes' notices. Raises ConfigError if the loader could not boot what the text says;
    ArgumentError, ConflictError, IoError.
    """

def plan_dhcp_host(
    name: HostName,
    mac: MacAddress,
    *,
    address: Ipv4Address | None = None,
    next_server: Ipv4Address | None = None,
    filename: str = "",
    root_path: str = "",
    extra: collections.abc.Sequence[str] = [],
    root: os.PathLike[str] | str | bytes = "/",
    release: ReleaseName = ...,
    program: str = "",
    adopt: bool = False,
) -> Plan:
    """
    Plan to make the DHCP server of `root` know one machine, independent of any cluster; a host of the same name is
    replaced.

    address: its fixed address; None: one of a pool. next_server: the TFTP server. filename: the boot program.
    root_path: option 17. extra: lines in the server's own syntax. program: the DHCP server's name in a spec; empty:
    the default. The changes' notices say if the server would give the machine another address, or none. Raises
    ArgumentError, ConfigError, ConflictError, IoError.
    """

def plan_image(cluster: Cluster, name: str, *, root: os.PathLike[str] | str | bytes = "/", adopt: bool = False) -> Plan:
    """
    The file changes and the steps that configure_image would make in the image `name`. Writes nothing.

    root: directory that the images' paths are relative to. adopt: see configure_image. Returns a Plan: apply(plan)
    writes only the files, configure_image also makes the steps. Raises ArgumentError for an unknown name,
    ConflictError, IoError.
    """

def plan_items(
    items: collections.abc.Sequence[WriteFile | EditFile | CopyFile | MakeLink | MakeDirectory | Remove],
    *,
    scope: str,
    root: os.PathLike[str] | str | bytes = "/",
    release: ReleaseName = ...,
    adopt: bool = False,
) -> Plan:
    """
    Compare a program's own items, and the directories that they lie in, with the files under `root`. `scope` names
    their owner: apply removes files that an earlier plan of the same scope made and this one does not contain, so an
    empty list removes all files of the scope. Raises ArgumentError for a path that is not absolute and normalized, or that two items share;
    ConflictError, IoError.
    """

def plan_without_dhcp_host(
    name: HostName, *, root: os.PathLike[str] | str | bytes = "/", release: ReleaseName = ..., program: str = ""
) -> Plan:
    """
    Plan to remove what plan_dhcp_host has added under this name. Raises as plan_dhcp_host.
    """

def program_words(kind: ServiceKind) -> builtins.list[str]:
    """
    The words that the spec accepts for a program of this kind: the default first, "none" last.
    """

@typing.overload
def pxelinux_name(text: str) -> str:
    """
    The boot file name of an address, a MAC address or a UUID (syslinux doc/pxelinux.txt). Raises ArgumentError.
    """

@typing.overload
def pxelinux_name(address: Ipv4Address) -> str: ...
@typing.overload
def pxelinux_name(mac: MacAddress) -> str: ...
@typing.overload
def pxelinux_name(uuid: Uuid) -> str: ...
@typing.overload
def pxelinux_names(text: str) -> builtins.list[str]:
    """
    The boot file names that together match exactly `text`: an address, a network, a MAC address or a UUID.
    """

@typing.overload
def pxelinux_names(range: Ipv4Range) -> builtins.list[str]: ...
@typing.overload
def pxelinux_names(network: Ipv4Network) -> builtins.list[str]: ...
def pxelinux_search_order(
    *, uuid: Uuid | None = None, mac: MacAddress | None = None, address: Ipv4Address | None = None
) -> builtins.list[str]:
    """
    The boot file names that a machine tries, in order; it loads the first that exists.
    """

def read_exports_table(path: str = "/etc/exports", root: os.PathLike[str] | str | bytes = "/") -> ExportsTable:
    """
    Read one table. Raises IoError, also if the file does not exist.
    """

def read_exports_tables(
    root: os.PathLike[str] | str | bytes = "/", release: ReleaseName = ...
) -> builtins.list[ExportsTable]:
    """
    Every table that exportfs of that release reads, in reading order. Raises IoError.
    """

def releases() -> builtins.list[Release]:
    """
    The table of releases.
    """

def remove_image(
    path: os.PathLike[str] | str | bytes,
    *,
    root: os.PathLike[str] | str | bytes = "/",
    lock_timeout: typing.SupportsFloat | typing.SupportsIndex | None = None,
) -> bool:
    """
    Remove the image at `path`, absolute as seen inside `root`, with all its content.

    One rename makes it disappear; no symlink is followed and no mount point crossed. lock_timeout: seconds to wait
    for another krgboot; None: no limit. Returns False if `path` does not exist.

    Raises ConflictError if the image is exported ("image.exported"), contains a mount point ("image.mounted"),
    or does not look like an image ("image.foreign"), with nothing removed; IoError.
    """

def render_command_line(cluster: Cluster, entry: BootEntry, node: Node | None = None) -> KernelCommandLine:
    """
    The kernel command line of a boot entry, for a node or for a machine that the spec does not list. Raises
    ArgumentError for values that a command line cannot hold.
    """

def render_pxelinux_menu(
    labels: collections.abc.Sequence[PxelinuxNewLabel],
    *,
    default: str = "",
    prompt: bool = False,
    timeout: typing.SupportsInt | typing.SupportsIndex = 0,
) -> str:
    """
    The text of a boot file. default: the label that boots; empty: the first. prompt: wait at the prompt. timeout: in
    tenths of a second, until the default boots; 0: no limit. Raises ArgumentError.
    """

def restore_image(
    file: os.PathLike[str] | str | bytes,
    path: os.PathLike[str] | str | bytes,
    *,
    root: os.PathLike[str] | str | bytes = "/",
    devices: Devices | None = None,
    replace: bool = False,
    allow_loss: bool = False,
    manifest: os.PathLike[str] | str | bytes | None = None,
    max_entries: typing.SupportsInt | typing.SupportsIndex | None = None,
    max_bytes: typing.SupportsInt | typing.SupportsIndex | None = None,
    progress: collections.abc.Callable[[Progress], None] | None = None,
) -> RestoreReport:
    """
    Unpack a tar archive as the directory `path` inside `root`. The complete directory appears by one rename.

    devices: which device nodes the archive may contain; None: the standard ones. replace: replace an existing
    directory. allow_loss: owners, modes, nodes and attributes that cannot be set are a warning, not an error.
    manifest: the manifest that the result must match; None: FILE.manifest, if it exists. max_entries, max_bytes:
    limits above which the archive is refused; None: 500000 entries, and 256 GiB of files. progress: called with a
    Progress; an exception from it cancels the work.

    Raises ArchiveError with the entry, ConflictError, IoError; then nothing was made.
    """

def scopes(root: os.PathLike[str] | str | bytes = "/") -> builtins.list[tuple[str, str]]:
    """
    The owners of krgboot's files under `root`: names of clusters or programs, each with the file that it was
    applied from, which may be empty. Raises ConflictError, IoError.
    """

def sort_drop_ins(names: collections.abc.Sequence[str]) -> builtins.list[str]:
    """
    Names in the order in which exportfs reads them.
    """

def trace(
    cluster: Cluster,
    machine: str,
    root: os.PathLike[str] | str | bytes = "/",
    *,
    address: Ipv4Address | None = None,
    firmware: str = "bios",
) -> Trace:
    """
    Simulate the boot of a node, or of any machine by its MAC address, UUID or IP address. `address`: the address
    that DHCP gave the machine, if known. `firmware`: what boots it, one of FIRMWARES. Raises ArgumentError, IoError.
    """

def trace_all(
    cluster: Cluster,
    machines: collections.abc.Sequence[str],
    root: os.PathLike[str] | str | bytes = "/",
    *,
    firmware: str = "bios",
) -> builtins.list[Trace]:
    """
    Like `trace`, for many machines; reads the server's files once.
    """

def unified_hunks(before: str, after: str) -> str:
    """
    The hunks of `diff -u` between two texts.
    """

def verify(cluster: Cluster, root: os.PathLike[str] | str | bytes = "/") -> Verification:
    """
    Report drift: the changes that an apply would make now. Raises IoError, ConflictError.
    """

def view_exports(
    tables: collections.abc.Sequence[ExportsTable], root: os.PathLike[str] | str | bytes = "/"
) -> ExportsView:
    """
    Combine these tables as the server of that root sees them: its /etc/hosts maps addresses to names. Raises
    IoError.
    """

def visible(text: str, *, lines: bool = False) -> str:
    """
    Return untrusted `text` in a form that is safe to show on a terminal, in a log, in HTML or SVG.
    Control, invisible and bidirectional characters become escapes (\\x1b, \\u202e). lines: keep newlines and
    tabs. Different texts never give the same result.
    """

FIRMWARES: tuple[str, ...]
__version__: str = "0.1.0"
