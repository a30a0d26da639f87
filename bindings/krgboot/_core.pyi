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
    "plan_image",
    "plan_items",
    "program_words",
    "pxelinux_name",
    "pxelinux_names",
    "pxelinux_search_order",
    "read_exports_table",
    "read_exports_tables",
    "releases",
    "remove_image",
    "render_command_line",
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
    How bad a finding is: an error stops, a warning does not.
    """

    error = ...
    warning = ...

class Position:
    """
    A place in a text, counted from 1; (0, 0) where there is none.
    """
    def __bool__(self) -> bool: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self, line: typing.SupportsInt | typing.SupportsIndex = 0, column: typing.SupportsInt | typing.SupportsIndex = 0
    ) -> None: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        For pickle and copy.
        """
    def __repr__(self) -> str: ...
    @property
    def column(self) -> int: ...
    @property
    def line(self) -> int: ...

class Location:
    """
    A place in a named file.
    """
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, file: str = "", position: Position = ...) -> None: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        For pickle and copy.
        """
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def position(self) -> Position: ...

class Diagnostic:
    """
    One finding about an input: severity, code, message, hint, key path and place.
    """
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self, severity: Severity, code: str, message: str, hint: str = "", key: str = "", where: Location = ...
    ) -> None: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        For pickle and copy.
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
        What to do about it; may be empty.
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
        Read `text`; None where it is not well-formed.
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
        By its number, 0 to 2**32 - 1, as int() gives it.
        """
    def __int__(self) -> int: ...
    def __le__(self, arg0: Ipv4Address) -> bool: ...
    def __lt__(self, arg0: Ipv4Address) -> bool: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        For pickle and copy.
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
        An address as text: raises ArgumentError where it is none.
        """
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, first: Ipv4Address, last: Ipv4Address) -> None: ...
    def __iter__(self) -> collections.abc.Iterator[Ipv4Address]: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        For pickle and copy.
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
        Read `text`; None where it is not well-formed.
        """
    @typing.overload
    def __contains__(self, arg0: Ipv4Address) -> bool: ...
    @typing.overload
    def __contains__(self, address: ipaddress.IPv4Address) -> bool: ...
    @typing.overload
    def __contains__(self, address: str) -> bool:
        """
        An address as text: raises ArgumentError where it is none.
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
        Every address, network and broadcast address included.
        """
    def __le__(self, arg0: Ipv4Network) -> bool: ...
    def __lt__(self, arg0: Ipv4Network) -> bool: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        For pickle and copy.
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
        Read `text`; None where it is not well-formed.
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
        For pickle and copy.
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
        Read `text`; None where it is not well-formed.
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
        For pickle and copy.
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
        Read `text`; None where it is not well-formed.
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
        For pickle and copy.
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
        Read `text`; None where it is not well-formed.
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
        For pickle and copy.
        """
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...

class ReleaseName(enum.Enum):
    """
    The Debian releases that krgboot knows.
    """

    bookworm = ...
    lenny = ...
    trixie = ...

class Release:
    """
    What differs between Debian releases, for images and servers.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def archived(self) -> bool:
        """
        Only on archive mirrors, signed by expired keys.
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
    What a program of the boot server does.
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
        The word of the spec.
        """

class RootMode(enum.Enum):
    """
    How nodes mount an image.
    """

    ro = ...
    rw = ...

class BootFileKind(enum.Enum):
    """
    What a node's own boot file is named after.
    """

    address = ...
    mac = ...
    uuid = ...

class Initramfs(enum.Enum):
    """
    Who mounts the root: the kernel itself, or an initrd of this kind.
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
    Addresses for machines that are not listed.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def host_prefix(self) -> HostName | None: ...
    @property
    def lease(self) -> int:
        """
        Seconds for which an address is a machine's.
        """
    @property
    def range(self) -> Ipv4Range: ...
    @property
    def writable(self) -> bool:
        """
        Its machines may write to what nodes write to.
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
    How much of Debian an image begins with.
    """

    important = ...
    minbase = ...
    standard = ...

class Trust(enum.Enum):
    """
    What of an archive is believed.
    """

    anything = ...
    signature = ...

class User:
    """
    A user inside of an image. The hash of the password is not shown.
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
        Its number where the image has no such user yet.
        """
    @property
    def shell(self) -> str | None: ...
    @property
    def ssh_authorized_keys(self) -> builtins.list[str]: ...
    @property
    def uid(self) -> int | None:
        """
        What the spec says; None: the image's own stays.
        """

class Squash(enum.Enum):
    """
    Whose users a server takes for nobody: exports(5).
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
    How a directory is exported, beside ro and rw.
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
    Whose an image's ssh host keys are.
    """

    boot = ...
    image = ...

class FileSystemType(enum.Enum):
    btrfs = ...
    ext4 = ...
    xfs = ...

class FileSystem:
    """
    A file system that an image has to itself.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __repr__(self) -> str: ...
    @property
    def device(self) -> str:
        """
        What is mounted.
        """
    @property
    def file(self) -> str:
        """
        That it lies in; empty where it has a volume.
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
    What a spec says of one image: a directory tree that nodes mount as / over NFS.
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
        How its root is exported.
        """
    @property
    def security_mirror(self) -> str | None: ...
    @property
    def shares_file_system(self) -> str | None:
        """
        Why it may lie in a file system with other things; None: it may not.
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
    What the files of kerrighed-tools in an image say.
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
    Kernel, initrd, command line and image, by name; one entry of the loader's menu.
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
        The image that it boots.
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
        The boot entry that it boots.
        """
    @property
    def boot_file(self) -> BootFileKind: ...
    @property
    def entry(self) -> int:
        """
        Which entry of `nodes:` it comes from.
        """
    @property
    def mac(self) -> MacAddress | None: ...
    @property
    def name(self) -> HostName: ...
    @property
    def network(self) -> Network:
        """
        The network that its address is in.
        """
    @property
    def node_id(self) -> int | None: ...
    @property
    def uuid(self) -> Uuid | None: ...

class Cluster:
    """
    What a cluster.yaml means: valid by construction and immutable. Made by load() and loads().
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def addresses_by_image(self) -> dict[str, builtins.list[Ipv4Range]]:
        """
        The addresses that boot each image, by its name: ranges, ascending, not overlapping.
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
        Path of the main configuration file of the program that the server runs for this; None: it runs none.
        """
    def image(self, name: str) -> ImageEntry:
        """
        The image of that name. Raises ArgumentError, which says what images there are.
        """
    def needs_own_boot_file(self, node: Node) -> bool:
        """
        Would the default boot file not boot this node as the spec says?
        """
    def node(self, name: str) -> Node:
        """
        The node of that name. Raises ArgumentError.
        """
    def render(self) -> Rendering:
        """
        Everything the boot server needs, as data. Pure and deterministic.
        """
    def to_dict(self) -> dict[str, typing.Any]:
        """
        What the cluster is, as data for JSON: effective values, names where the spec has names. No hash of a password is in it.
        """
    def writers_by_image(self) -> dict[str, builtins.list[Ipv4Range]]:
        """
        Those of them that may write to what nodes of the image write to.
        """
    @property
    def boot(self) -> builtins.list[BootEntry]:
        """
        The boot entries.
        """
    @property
    def boot_program_path(self) -> str:
        """
        Path, below the TFTP root, of the loader that machines fetch first.
        """
    @property
    def default_boot(self) -> BootEntry | None:
        """
        The boot entry of nodes that name none; None: no default boot file is written.
        """
    @property
    def default_boot_file_path(self) -> str:
        """
        Path, below the TFTP root, of the boot file for machines without one of their own.
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
        The row of releases() that the server's paths come from.
        """
    @property
    def warnings(self) -> builtins.list[Diagnostic]:
        """
        What validation warned of.
        """

class ExportEntry:
    """
    One path offered to one client.
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
        As exportfs writes it into its export table.
        """
    @property
    def client(self) -> str:
        """
        Empty where the line names none, which means everyone.
        """
    @property
    def effective(self) -> str:
        """
        All options in force, nfs-utils' defaults among them.
        """
    @property
    def options(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def where(self) -> Location: ...

class Admission(enum.Enum):
    """
    May an address mount a path?
    """

    allowed = ...
    refused = ...
    unknown = ...

class Verdict:
    """
    Whether an address may mount a path, and on whose word.
    """
    def __bool__(self) -> bool: ...
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def explain(self) -> str:
        """
        In words, one fact a line.
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
        False where a client known by name could decide otherwise.
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
    An exports(5) file as nfs-utils reads it; every byte that is not changed stays.
    """

    __hash__: typing.ClassVar[None]  # type: ignore[assignment]
    @staticmethod
    def parse(text: str, file: str = "") -> ExportsTable:
        """
        Read `text`; `file` is only a name for messages. Never fails: see diagnostics.
        """
    def __contains__(self, entry: tuple[str, str]) -> bool:
        """
        Is there an entry of this (path, client)?
        """
    def __eq__(self, arg0: object) -> bool:
        """
        The same text in a file of the same name?
        """
    @typing.overload
    def __init__(self) -> None: ...
    @typing.overload
    def __init__(self, text: str, file: str = "") -> None:
        """
        As `parse`.
        """
    def __iter__(self) -> collections.abc.Iterator[ExportEntry]: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        For pickle and copy.
        """
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    def add(self, path: str, client: str, options: str) -> None:
        """
        Offer `path` to `client` with `options` (as exports(5) takes them, with commas), on the path's line or a new one.
        Raises ArgumentError, for an entry that is there already, too; ConfigError where exportfs would not see it.
        """
    def change(self, path: str, client: str, options: str) -> None:
        """
        Write other options for an entry. Raises ArgumentError where there is none, ConfigError.
        """
    def find(self, path: str, client: str) -> ExportEntry | None:
        """
        The first entry of this path and client; None where there is none. Clients are equal by what they mean:
        10.0.0.0/255.255.255.0 finds 10.0.0.0/24.
        """
    def list(self) -> builtins.list[ExportEntry]:
        """
        The entries, up to the first fault that makes exportfs stop reading.
        """
    def remove(self, path: str, client: str) -> bool:
        """
        Remove an entry; with a line's last client goes the line. False where there is none. Raises ConfigError.
        """
    def would_allow(self, address: Ipv4Address, path: str) -> Verdict:
        """
        May this address mount this path, and on the word of which entry?
        """
    @property
    def diagnostics(self) -> builtins.list[Diagnostic]: ...
    @property
    def ends_early(self) -> bool:
        """
        Does exportfs lose the rest of the file?
        """
    @property
    def file(self) -> str: ...

class ExportsView:
    """
    All files that exportfs reads, together.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __init__(self, tables: collections.abc.Sequence[ExportsTable]) -> None: ...
    def __iter__(self) -> collections.abc.Iterator[ExportEntry]:
        """
        The entries of all tables, in the order in which exportfs reads them.
        """
    def __len__(self) -> int: ...
    def __repr__(self) -> str: ...
    def would_allow(self, address: Ipv4Address, path: str) -> Verdict:
        """
        May this address mount this path, and on the word of which entry?
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
        What nfsd would do and Ganesha cannot.
        """
    @property
    def text(self) -> str: ...

class KernelParameter:
    """
    One word of a kernel command line.
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
    A root file system over NFS, whoever mounts it.
    """
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self, path: str, server: Ipv4Address | None = None, options: collections.abc.Sequence[str] = []
    ) -> None: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        For pickle and copy.
        """
    def __repr__(self) -> str: ...
    def parameters(self, consumer: Initramfs) -> str:
        """
        The words by which the kernel, initramfs-tools or dracut learns of it. Raises ArgumentError.
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
        For pickle and copy.
        """
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    def add(self, item: str) -> None: ...
    def get(self, name: str) -> str | None:
        """
        Value of the last parameter of that name, '' for a flag; None where it is not given.
        """
    def remove(self, name: str) -> int: ...
    @property
    def nfs_root(self) -> NfsRoot | None: ...
    @property
    def parameters(self) -> builtins.list[KernelParameter]: ...

class FstabMount:
    """
    One line of fstab(5), its fields decoded.
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
        The same text?
        """
    def __init__(self, text: str = "", file: str = "") -> None:
        """
        As `parse`.
        """
    def __iter__(self) -> collections.abc.Iterator[FstabMount]: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        For pickle and copy.
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
        As `parse`.
        """
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        For pickle and copy.
        """
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    def addresses_of(self, name: str) -> builtins.list[Ipv4Address]:
        """
        Every address of a name, in the order of the file.
        """
    def names_of(self, address: Ipv4Address) -> builtins.list[str]:
        """
        Every name of an address, in the order of the file.
        """
    @property
    def diagnostics(self) -> builtins.list[Diagnostic]: ...

class TftpdSettings:
    """
    What /etc/default/tftpd-hpa tells in.tftpd(8).
    """
    @staticmethod
    def parse(text: str, release: ReleaseName, file: str = "") -> TftpdSettings:
        """
        As the daemon of that release reads it.
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
        All options but those of the other attributes, each with its argument behind it.
        """
    @property
    def secure(self) -> bool: ...
    @property
    def username(self) -> str: ...

class PxelinuxLabel:
    """
    A LABEL of a boot file with what stands below it.
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
        As `parse`.
        """
    def __iter__(self) -> collections.abc.Iterator[PxelinuxLabel]: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        """
        For pickle and copy.
        """
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    @property
    def boots(self) -> PxelinuxLabel | None:
        """
        The label that boots by itself; None where none does.
        """
    @property
    def diagnostics(self) -> builtins.list[Diagnostic]: ...
    @property
    def labels(self) -> builtins.list[PxelinuxLabel]: ...

class Role(enum.Enum):
    """
    What a file is to the boot server.
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
    One include line in a dhcpd.conf that the admin owns.
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
    The values in /etc/default/tftpd-hpa that make it serve tftp_root.
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
    A marked block of lines.
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
    Accounts in one of the files that hold them.
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
    A file that krgboot owns whole.
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
        Hashes of passwords are left out.
        """
    @property
    def mode(self) -> int: ...
    @property
    def origin(self) -> str:
        """
        The part of the spec it came from.
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
    A change to a file that others own too.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self, path: str, edit: IncludeLine | MarkedBlock, initial: str = "", origin: str = "", within: str = ""
    ) -> None:
        """
        `initial`: what a missing file begins as.
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
    A file kept equal to another one on the server.
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
    A file or directory that goes: krgboot's own, or one that an image may not have.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __repr__(self) -> str: ...
    @property
    def origin(self) -> str:
        """
        Empty: it is in no spec any more.
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
    Makes a running service take up its files, if one of `when` changed.
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
    The desired state as data, in the order in which it is made.
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
        What to_json() says, as data.
        """
    def to_json(self) -> str: ...
    @property
    def items(self) -> builtins.list[WriteFile | EditFile | CopyFile | MakeLink | MakeDirectory | Remove]: ...
    @property
    def reloads(self) -> builtins.list[Reload]: ...
    @property
    def scope(self) -> str:
        """
        Whose it is: the name of the cluster, or of a program.
        """

class Action(enum.Enum):
    adopt = ...
    create = ...
    remove = ...
    update = ...

class Change:
    """
    One difference between a plan and what is there.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def diff(self) -> str:
        """
        As diff -u shows it.
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
        What will be there, a link's target for a link. None: nothing, a copy of another file, or a file that holds hashes of passwords.
        """
    @property
    def before(self) -> bytes | None:
        """
        What is there now; None: nothing, or a binary file.
        """
    @property
    def item(self) -> WriteFile | CopyFile | MakeLink | MakeDirectory | Remove: ...
    @property
    def origin(self) -> str:
        """
        The part of the spec it came from.
        """
    @property
    def path(self) -> str: ...
    @property
    def writes(self) -> bool:
        """
        False: taken over as it is.
        """

class PendingStep:
    """
    A part of an image's configuration that its own programs have to make.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def diff(self) -> str:
        """
        As diff -u shows it.
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
        The part of the spec it came from.
        """
    @property
    def what(self) -> str:
        """
        What is to be there.
        """
    @property
    def why(self) -> str: ...

class Changes:
    """
    How a plan differs from what is there.
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
        As diff -u shows it.
        """
    def to_dict(self) -> dict[str, typing.Any]:
        """
        What to_json() says, as data.
        """
    def to_json(self) -> str: ...
    @property
    def accepted(self) -> builtins.list[Diagnostic]:
        """
        What the spec accepts, with its reason: it is shown, and nothing more.
        """
    @property
    def changes(self) -> builtins.list[Change]: ...
    @property
    def findings(self) -> builtins.list[Diagnostic]:
        """
        What is missing or stands in the way.
        """
    @property
    def notices(self) -> builtins.list[Diagnostic]:
        """
        Warnings about things that krgboot does not write but that affect nodes. They are only shown.
        """
    @property
    def reloads(self) -> builtins.list[Reload]: ...
    @property
    def steps(self) -> builtins.list[PendingStep]:
        """
        What configure_image has to bring about in images.
        """

class Presence(enum.Enum):
    """
    How a kernel comes to something that it needs.
    """

    absent = ...
    builtin = ...
    initramfs = ...
    module = ...
    unknown = ...

class Kernel:
    """
    One kernel of an image; all paths as seen inside of it.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def config(self) -> str | None:
        """
        /boot/config-VERSION; None where it is not there.
        """
    @property
    def file(self) -> str:
        """
        Below /boot.
        """
    @property
    def initrd(self) -> str | None:
        """
        Below /boot; None where none of this version lies there.
        """
    @property
    def modules(self) -> bool:
        """
        Is there a /lib/modules/VERSION/modules.dep?
        """
    @property
    def version(self) -> str:
        """
        As uname -r would say.
        """

class NfsRootSupport:
    """
    What a machine needs to get its root over NFS.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def drivers(self) -> builtins.list[str]:
        """
        Of network cards, as far as they serve.
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
    What a kernel has for a root over NFS, and what it lacks.
    """
    def __bool__(self) -> bool: ...
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        What to_json() says, as data.
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
    How far long work on a tree has come.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def bytes(self) -> int:
        """
        Bytes of regular files dealt with.
        """
    @property
    def entries(self) -> int:
        """
        Names dealt with.
        """
    @property
    def path(self) -> str:
        """
        The last of the names.
        """

class Compression(enum.Enum):
    gzip = ...
    none = ...
    xz = ...
    zstd = ...

class InsideNetwork(enum.Enum):
    """
    What a program inside an image reaches.
    """

    host = ...
    none = ...
    outbound = ...

class Devices(enum.Enum):
    """
    Which device nodes an archive may bring.
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
        Bytes of the archive.
        """
    @property
    def bytes(self) -> int:
        """
        Of regular files.
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
        Of regular files, holes counted.
        """
    @property
    def entries(self) -> int: ...
    @property
    def shared_bytes(self) -> int:
        """
        Of them those whose blocks both trees share.
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
        Of regular files, holes counted.
        """
    @property
    def entries(self) -> int: ...
    @property
    def verified(self) -> bool:
        """
        It agrees with a manifest.
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
        Of a changed entry.
        """
    @property
    def kind(self) -> DifferenceKind: ...
    @property
    def path(self) -> str: ...

class DifferenceReport:
    """
    What two trees differ in; false where they do not.
    """
    def __bool__(self) -> bool: ...
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        What to_json() says, as data.
        """
    def to_json(self) -> str: ...
    @property
    def bytes(self) -> int: ...
    @property
    def count(self) -> int:
        """
        Of differences; the list may be shorter.
        """
    @property
    def differences(self) -> builtins.list[TreeDifference]: ...
    @property
    def entries(self) -> int: ...
    @property
    def warnings(self) -> builtins.list[Diagnostic]: ...

class CommandResult:
    """
    How a program ended.
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
        The last lines.
        """
    @property
    def status(self) -> int:
        """
        Exit status, or 128 + signal.
        """
    @property
    def stderr(self) -> bytes:
        """
        The end of standard error as bytes; empty where it is merged.
        """
    @property
    def stdout(self) -> bytes:
        """
        The end of standard output as bytes; with standard error in it, where that is merged.
        """
    @property
    def timed_out(self) -> bool: ...

class Image:
    """
    A directory tree that nodes mount as / over NFS. No link in it leads outside; paths are as seen inside.
    """
    @staticmethod
    def exists(path: os.PathLike[str] | str | bytes, root: os.PathLike[str] | str | bytes = "/") -> bool:
        """
        Is there a directory at `path`, absolute as seen inside `root`? Raises ArgumentError, IoError.
        """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __fspath__(self) -> str:
        """
        The host's path.
        """
    def __init__(self, path: os.PathLike[str] | str | bytes, root: os.PathLike[str] | str | bytes = "/") -> None:
        """
        The tree at `path`, absolute as seen inside `root`; a relative path begins at the working directory. Raises
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
        Write the tree to `file` as tar (pax): plain, gzip, xz or zstd by the name. The same tree gives the same bytes.

        level: of the compressor. threads: 0: one a processor. manifest: also write FILE.manifest. replace: an existing file.
        tolerate_changes: a file that changes while it is read is a warning. progress: called with a Progress; an exception
        from it ends the work. allow_loss: files that are mounted by themselves are left out with a warning, not an error.
        output_mode: permissions of both files, whatever the umask.

        Raises ArgumentError, ArchiveError, ConflictError, IoError; then there is no new archive.
        """
    def check_kernel(
        self, kernel: Kernel, initrd: str | None, initramfs: Initramfs, kerrighed: Kerrighed | None = None
    ) -> KernelCheck:
        """
        Can machines boot this kernel with their root over NFS, in the way of `initramfs`? `initrd` is the file below
        /boot that they load. Raises IoError, and ArchiveError for an initrd that cannot be read.
        """
    def find_kernel(self, file: str) -> Kernel | None:
        """
        A file below /boot, whatever its name; None where there is none. Raises ArgumentError, IoError.
        """
    def kernels(self) -> builtins.list[Kernel]:
        """
        Every vmlinuz-* and vmlinux-* in /boot that is a file, oldest version first. Raises IoError.
        """
    def list_initramfs(self, path: str) -> builtins.list[str]:
        """
        The names of everything in an initial RAM file system, sorted. Raises IoError, ArchiveError.
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
        Run a program inside, as chroot does, in namespaces of its own: with /proc, /sys, a minimal /dev and name
        servers, all gone when it ends; no service starts, and nothing of the host is reached.

        environment: set beside a clean one. working_directory: as seen inside. locale: LC_ALL; empty: the image's own.
        input: bytes for its standard input; or stdin: a descriptor to read it from, as the end of a pipe, which the
        program gets a copy of. merge_stderr: standard error goes the way of standard output; else it is kept apart.
        output_limit: how many bytes of each to keep in the result: the last lines that fit. timeout: seconds, then the
        program is ended. on_line: called with each line of standard output; on_stdout, on_stderr: with the bytes as they
        come. An exception from any of them ends the program.

        Returns a CommandResult. A failing program is no error: see status. Raises ArgumentError, IoError where the system does not allow it.
        """
    def run_terminal(
        self, argv: collections.abc.Sequence[str], *, locale: str = "C", network: InsideNetwork = ...
    ) -> int:
        """
        The same for a shell, with a terminal of its own that is copied to and from the caller's. Its exit status,
        or 128 + signal. Raises IoError where standard input is no terminal.
        """
    def verify(
        self,
        manifest: os.PathLike[str] | str | bytes,
        *,
        progress: collections.abc.Callable[[Progress], None] | None = None,
    ) -> DifferenceReport:
        """
        What is different in the tree from what a manifest (a host path) says. Raises ArchiveError, IoError.
        """
    @property
    def path(self) -> pathlib.Path:
        """
        The host's path.
        """

class BootstrapTool(enum.Enum):
    """
    What makes an image from packages.
    """

    automatic = ...
    debootstrap = ...
    mmdebstrap = ...

class BootstrapProgress:
    """
    How far a bootstrap has come.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def fraction(self) -> float:
        """
        0 to 1; it never goes back.
        """
    @property
    def line(self) -> str:
        """
        What the tool has just said.
        """
    @property
    def phase(self) -> str: ...

class BootstrapReport:
    """
    How an image was made.
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
        The command that was run: mmdebstrap's or debootstrap's; empty for a source.
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
    One thing that happens on the way, or would not.
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
    Who boots; what is not known is None.
    """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    @property
    def address(self) -> Ipv4Address | None: ...
    @property
    def mac(self) -> MacAddress | None: ...
    @property
    def name(self) -> str: ...
    @property
    def uuid(self) -> Uuid | None: ...

class Trace:
    """
    A node's boot, followed through the files as they lie under a root.
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
        What to_json() says, as data.
        """
    def to_json(self) -> str: ...
    @property
    def boot_file(self) -> str: ...
    @property
    def boot_files(self) -> builtins.list[tuple[str, str]]:
        """
        The names asked for, in order, each with "missing", "loaded", "hidden" or "unreadable".
        """
    @property
    def boots(self) -> bool: ...
    @property
    def command_line(self) -> str: ...
    @property
    def host_name(self) -> str:
        """
        That DHCP gives it; empty: none.
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
        The worst of the steps.
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
    A directory that confines everything: "/", a staged tree, or an image.
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
    What apply would do: a rendering held against what lies under a root.
    """
    def __bool__(self) -> bool:
        """
        Has apply anything to change?
        """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __iter__(self) -> collections.abc.Iterator[Change]: ...
    def __len__(self) -> int: ...
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    def diff(self) -> str:
        """
        All changes as diff -u shows them.
        """
    def to_dict(self) -> dict[str, typing.Any]:
        """
        What to_json() says, as data.
        """
    def to_json(self) -> str: ...
    @property
    def changes(self) -> Changes: ...
    @property
    def clean(self) -> bool:
        """
        Is everything as the spec says?
        """
    @property
    def findings(self) -> builtins.list[Diagnostic]:
        """
        What is missing or stands in the way.
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
        What configure_image has to bring about in images.
        """

class Verification:
    """
    What differs from the spec now.
    """
    def __bool__(self) -> bool: ...
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        What to_json() says, as data.
        """
    def to_json(self) -> str: ...
    @property
    def clean(self) -> bool: ...
    @property
    def drift(self) -> Changes: ...

class DaemonCheck:
    """
    What one of the daemons' own checks said.
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
    What an apply did.
    """
    def __bool__(self) -> bool:
        """
        False where a dry run has found what would stop it.
        """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        What to_json() says, as data.
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
        Of a dry run: what would keep apply from writing. Empty: nothing.
        """
    @property
    def warnings(self) -> builtins.list[Diagnostic]: ...

class ConfigureImageReport:
    """
    What was done to make an image what the spec says.
    """
    def __bool__(self) -> bool:
        """
        Was anything done?
        """
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        What to_json() says, as data.
        """
    def to_json(self) -> str: ...
    @property
    def changes(self) -> Changes:
        """
        Of files.
        """
    @property
    def steps(self) -> builtins.list[PendingStep]:
        """
        What programs brought about.
        """
    @property
    def warnings(self) -> builtins.list[Diagnostic]: ...

class ExportsEditReport:
    """
    What edit_exports_table did, or would do; true where something changed.
    """
    def __bool__(self) -> bool: ...
    def __copy__(self) -> typing.Self: ...
    def __deepcopy__(self, memo: typing.Any) -> typing.Self: ...
    def __repr__(self) -> str: ...
    def diff(self) -> str:
        """
        The change as diff -u shows it; empty where nothing changed.
        """
    def to_dict(self) -> dict[str, typing.Any]:
        """
        What to_json() says, as data.
        """
    def to_json(self) -> str: ...
    @property
    def after(self) -> str:
        """
        The text that is there now, or would be.
        """
    @property
    def before(self) -> str | None:
        """
        The old text; None: there was no such file.
        """
    @property
    def changed(self) -> bool: ...
    @property
    def checks(self) -> builtins.list[DaemonCheck]:
        """
        What exportfs said of the new table.
        """
    @property
    def dry_run(self) -> bool:
        """
        Nothing was written.
        """
    @property
    def path(self) -> str:
        """
        Of the table, as seen inside the root.
        """
    @property
    def reloaded(self) -> bool:
        """
        The NFS server has taken the table up.
        """
    @property
    def warnings(self) -> builtins.list[Diagnostic]: ...

def _throw(name: str) -> None:
    """
    For the tests: raise one of krgboot's errors.
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
    Make it so, all or nothing: lock, look again, stage, let the daemons check, journal, commit, reload.

    adopt: take over foreign files that lie where ours belong. allow_missing: write even where an image, kernel or loader is
    not there yet. kerrighed_at_once: let machines boot a Kerrighed kernel though they do not yet boot its image without.
    skip_bad_images (of a cluster, not of a plan): leave an image as it is, whole, that cannot be read or written for what
    lies in it, and make all else.
    check: let the daemons check the staged files, where they are installed. reload: reload services
    (never on a staged tree). dry_run: stage, let the daemons check, write nothing but krgboot's lock, and report in
    stopped_by what would keep apply from writing, instead of raising it. lock_timeout: seconds to wait for another apply; None: without end. progress: called with
    (done, total, what); an exception from it cancels, and nothing is written.

    Raises ConflictError, CommandError, IoError; then everything is as it was.
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
    Plan and apply under one lock, so that several at once are serialised.
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
    Make an image as the spec says, inside `root`, from Debian packages or from its source; it appears by one rename
    when all is right. Where the spec gives the image a file system of its own, that is made and mounted.

    plain: in a plain directory all the same, of a staged tree that is thrown away. timeout: seconds. progress: called with a BootstrapProgress; an exception from it ends the work.

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
    The same without a spec, as the directory `path` inside `root`.

    mirror: a URL; None: the one this machine's apt uses. architecture: as dpkg names it; empty: this machine's.
    trust_unsigned: packages need no valid signature, as those of an archived release have none. tool: None: mmdebstrap where
    it is installed, else debootstrap.
    """

def check_exports(view: ExportsView, root: os.PathLike[str] | str | bytes = "/") -> builtins.list[Diagnostic]:
    """
    Faults of these tables: entries that exportfs would drop or read differently than meant, exported
    directories that are not there, and how far clients reach by handles beyond what is exported.
    Raises IoError.
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
    Make the directory `path` inside `root` a copy of the tree with all that an archive keeps; blocks are shared
    where the file system can. replace, progress: see restore_image. allow_loss: see there, and files that are mounted by
    themselves are left out with a warning, too. Raises ArchiveError, ConflictError,
    IoError; then nothing was made.
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
    The inverse: a short list of ranges that expands to exactly `names`, in the same order.
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
    Make an image what the cluster says of it, and nothing else beneath `root`: its files, all or nothing, and then,
    by its own programs run inside of it, packages, Kerrighed, names of kernels, locale, ssh host keys, services and
    initramfs. A second call changes nothing.

    adopt: take over foreign files that lie where ours belong. timeout: seconds, of each program. lock_timeout: seconds
    to wait for another apply. on_step: called with each PendingStep before it is made. on_line: called with each line
    that a program prints. on_warning: called with each warning of the report that concerns a program,
    before it runs. An exception from any of them ends it.

    Raises ArgumentError for an image that the spec does not have, ConflictError where it has not been made, CommandError
    of a program that failed, ArchiveError, IoError; what was made before that stays.
    """

def dhcpd_add_include(text: str, path: str) -> str:
    """
    A dhcpd.conf with exactly one include line for `path`; every other byte stays.
    """

def dhcpd_check(
    text: str, file: str = "dhcpd.conf", include: collections.abc.Callable[[str], str | None] | None = None
) -> builtins.list[Diagnostic]:
    """
    What is wrong with a dhcpd.conf: errors where ISC dhcpd 4.4 would not start with it (as `dhcpd -t` says), or reads it otherwise than meant or crashes later without a word; warnings of what it takes silently and hardly anybody means. `include`: called with the path of an included file, returns its text, or None where there is none.
    """

def dhcpd_render(cluster: Cluster) -> str:
    """
    krgboot's own file for dhcpd.
    """

def diff_images(
    before: os.PathLike[str] | str | bytes,
    after: os.PathLike[str] | str | bytes,
    *,
    progress: collections.abc.Callable[[Progress], None] | None = None,
) -> DifferenceReport:
    """
    What `after` has that is different from `before`: each a directory, an archive or a manifest. Raises ArchiveError,
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
    Change one table of exports(5), all or nothing, under the lock and by the journal that apply uses.

    edit: called with the table, an ExportsTable to change in place. path: of the table, as seen inside root. A
    missing file, and /etc/exports.d around it, is made; mode and owner of an old one stay. dry_run: stage and
    check, and write nothing. check: let exportfs check the staged table, where it is installed. reload: let the
    NFS server take it up (exportfs -ra); never on a staged tree. lock_timeout: seconds to wait for another krgboot;
    None: without end.

    Returns an ExportsEditReport, false where `edit` changed nothing: then the file is not touched. Raises what
    `edit` raises, ConflictError, CommandError (exportfs drops an entry, or the server did not take the table up),
    IoError; then the file is as it was.
    """

def expand_range(text: str, base: typing.SupportsInt | typing.SupportsIndex = 10) -> builtins.list[str]:
    """
    The members of a node range: "ssi[1-4,7]". Base 16 counts as MAC addresses do. Raises ArgumentError.
    """

def find_program(name: str) -> str | None:
    """
    Path of a program, looked for in PATH and the sbin directories; None where it is not installed.
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
    What NFS-Ganesha has to be told to offer what nfsd would with these exports. Nobody gets more.

    log: a level for each component of its log; by default refused clients are told. udp: also over UDP. mounted: what mountpoint= asks for counts as mounted. Raises ArgumentError.
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
    What was put together of krgboot's words and of what `visible` returned: as there, but backslashes stay as
    they are, so that nothing is escaped twice. For the last gate before a text leaves.
    """

def image_mounts(cluster: Cluster, image: ImageEntry) -> builtins.list[FstabMount]:
    """
    What a node mounts beside its root.
    """

def is_drop_in(name: str) -> bool:
    """
    Does exportfs read a file of this name in /etc/exports.d?
    """

def load(path: os.PathLike[str] | str | bytes) -> Cluster:
    """
    Read and judge a cluster.yaml. Raises IoError, ConfigError (no well-formed spec), ValidationError (all findings).
    """

def loads(text: str, file: str = "") -> Cluster:
    """
    The same from a text; `file` is only a name for messages.
    """

def minimal_networks(ranges: collections.abc.Sequence[Ipv4Range]) -> builtins.list[Ipv4Network]:
    """
    The fewest networks that together hold exactly the addresses of `ranges`, ascending.
    """

def mount_unit_name(path: str) -> str:
    """
    The name of systemd's unit for a mount point, as `systemd-escape --path --suffix=mount` makes it. Raises ArgumentError.
    """

def parse_mount_unit_name(name: str) -> str | None:
    """
    The mount point that a unit of this name has; None for any other name.
    """

def parse_pxelinux_name(name: str) -> typing.Any:
    """
    What a boot file name stands for: a Uuid, a MacAddress, an Ipv4Network, "default"; None: pxelinux never asks for it.
    """

def plan(cluster: Cluster, root: os.PathLike[str] | str | bytes = "/", *, adopt: bool = False) -> Plan:
    """
    Render the cluster and compare it with what lies under `root`. Writes nothing.

    adopt: take over foreign files that lie where krgboot's belong, instead of finding them in the way. Returns a Plan,
    false where nothing is to change. Raises IoError, ConflictError.
    """

def plan_image(cluster: Cluster, name: str, *, root: os.PathLike[str] | str | bytes = "/", adopt: bool = False) -> Plan:
    """
    What configure_image would change in the files of the image `name`, and the steps that it would make. Writes nothing.

    root: where the images' paths begin. adopt: as of configure_image. Returns a Plan; apply(plan) would write the
    files, configure_image makes the steps, too. Raises ArgumentError for an unknown name, ConflictError, IoError.
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
    Hold items of a program's own against what lies under `root`. `scope` says whose they are: apply removes what an earlier plan of the same scope made and this one no longer holds, so that an empty list removes all that the scope has. Raises ArgumentError for a path that is not absolute and normal, or that two items have; ConflictError, IoError.
    """

def program_words(kind: ServiceKind) -> builtins.list[str]:
    """
    The words that a spec may have for a program of this kind, the default first, "none" last.
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
    The names that together stand for exactly `text`: an address, a network, a MAC address or a UUID.
    """

@typing.overload
def pxelinux_names(range: Ipv4Range) -> builtins.list[str]: ...
@typing.overload
def pxelinux_names(network: Ipv4Network) -> builtins.list[str]: ...
def pxelinux_search_order(
    *, uuid: Uuid | None = None, mac: MacAddress | None = None, address: Ipv4Address | None = None
) -> builtins.list[str]:
    """
    The boot file names that a machine tries, in order; the first that exists is loaded.
    """

def read_exports_table(path: str = "/etc/exports", root: os.PathLike[str] | str | bytes = "/") -> ExportsTable:
    """
    One table. Raises IoError, also where there is no such file.
    """

def read_exports_tables(
    root: os.PathLike[str] | str | bytes = "/", release: ReleaseName = ...
) -> builtins.list[ExportsTable]:
    """
    Every table that exportfs of that release reads, in its order. Raises IoError.
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
    Remove the image at `path`, absolute as seen inside `root`, with all that is in it.

    It vanishes by one rename; no symlink is followed and no mount point crossed. lock_timeout: seconds to wait
    for another krgboot; None: without end. False where nothing lies there.

    Raises ConflictError while it is exported ("image.exported") or something is mounted in it ("image.mounted"),
    and for what does not look like an image ("image.foreign"), with nothing removed; IoError.
    """

def render_command_line(cluster: Cluster, entry: BootEntry, node: Node | None = None) -> KernelCommandLine:
    """
    What a boot entry says to the kernel: of a node, or of a machine that is not listed. Raises ArgumentError for
    what a command line cannot hold.
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
    Unpack a tar archive as the directory `path` inside `root`, which appears by one rename when all is right.

    devices: which device nodes it may bring; None: the standard ones. replace: an existing directory. allow_loss: owners, modes, nodes and
    attributes that cannot be given are a warning, not an error. manifest: what the result must agree with; None:
    FILE.manifest, if there is one. max_entries, max_bytes: more is refused; None: 500000, and 256 GiB of files.
    progress: called with a Progress; an exception from it ends the work.

    Raises ArchiveError with the entry, ConflictError, IoError; then nothing was made.
    """

def scopes(root: os.PathLike[str] | str | bytes = "/") -> builtins.list[tuple[str, str]]:
    """
    What krgboot has files of under `root`: names of clusters, or of programs, each with the file that it was applied from, which may be empty. Raises ConflictError, IoError.
    """

def sort_drop_ins(names: collections.abc.Sequence[str]) -> builtins.list[str]:
    """
    Names in the order in which exportfs reads them.
    """

def trace(
    cluster: Cluster, machine: str, root: os.PathLike[str] | str | bytes = "/", *, address: Ipv4Address | None = None
) -> Trace:
    """
    Follow the boot of a node, or of a MAC address, UUID or address, listed or not. `address`: that which DHCP gave it, where that is known. Raises ArgumentError, IoError.
    """

def trace_all(
    cluster: Cluster, machines: collections.abc.Sequence[str], root: os.PathLike[str] | str | bytes = "/"
) -> builtins.list[Trace]:
    """
    The same for many; the server's files are read once.
    """

def unified_hunks(before: str, after: str) -> str:
    """
    The hunks of `diff -u` between two texts.
    """

def verify(cluster: Cluster, root: os.PathLike[str] | str | bytes = "/") -> Verification:
    """
    Report drift: what an apply would change now. Raises IoError, ConflictError.
    """

def view_exports(
    tables: collections.abc.Sequence[ExportsTable], root: os.PathLike[str] | str | bytes = "/"
) -> ExportsView:
    """
    These tables together, as the server of that root sees them: its /etc/hosts says which names an address
    has. Raises IoError.
    """

def visible(text: str, *, lines: bool = False) -> str:
    """
    `text` as it may be shown on a terminal, in a log, in HTML or SVG, whoever wrote it: what would act or hide
    there is shown as an escape (\\x1b, \\u202e). lines: newlines and tabs stay. Two different texts are never
    shown alike.
    """

__version__: str = "0.1.0"
