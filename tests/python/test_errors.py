"""Each C++ error becomes a Python exception with all its fields and a suitable builtin base class."""

from __future__ import annotations

import errno
from pathlib import Path

import krgboot
import pytest
from krgboot import _core


def caught(name: str) -> krgboot.Error:
    with pytest.raises(krgboot.Error) as info:
        _core._throw(name)
    assert type(info.value).__name__ == name
    return info.value


def test_argument_error() -> None:
    error = caught("ArgumentError")
    assert isinstance(error, ValueError)
    assert (error.code, error.subject, str(error)) == ("ipv4.syntax", "1.2.3", 'no address: "1.2.3"')


def test_config_error() -> None:
    error = caught("ConfigError")
    assert isinstance(error, krgboot.ConfigError)
    assert isinstance(error, ValueError)
    assert str(error.where) == "cluster.yaml:3:14"
    assert [finding.code for finding in error.diagnostics] == ["node.duplicate_address"]
    assert error.diagnostics[0].hint == "change one"


def test_validation_error() -> None:
    error = caught("ValidationError")
    assert isinstance(error, krgboot.ValidationError)
    assert isinstance(error, ValueError)
    assert error.subject == "nodes[1].address"
    assert "cluster.yaml:3:14: error: two nodes have one address" in str(error)
    assert error.diagnostics[0].where.position.column == 14


def test_conflict_error() -> None:
    error = caught("ConflictError")
    assert isinstance(error, RuntimeError)
    assert (error.code, error.subject) == ("plan.stale", "/etc/exports")


def test_io_error() -> None:
    error = caught("IoError")
    assert isinstance(error, krgboot.IoError)
    assert isinstance(error, OSError)
    assert (error.operation, error.path, error.errno, error.filename) == (
        "open",
        "/etc/exports",
        errno.EACCES,
        "/etc/exports",
    )
    assert error.strerror == "Permission denied"
    assert str(error) == "cannot open /etc/exports: Permission denied"


def test_archive_error() -> None:
    error = caught("ArchiveError")
    assert isinstance(error, krgboot.ArchiveError)
    assert isinstance(error, ValueError)
    assert (error.subject, error.entry) == ("image.tar", "./etc/passwd")


def test_command_error() -> None:
    error = caught("CommandError")
    assert isinstance(error, krgboot.CommandError)
    assert isinstance(error, RuntimeError)
    assert (error.argv, error.status, error.output) == (["dhcpd", "-t"], 1, "line 3: semicolon expected")


def test_internal_error() -> None:
    error = caught("InternalError")
    assert isinstance(error, RuntimeError)
    assert error.code == "internal"


def test_an_exception_from_a_callback_comes_back_as_it_was(tmp_path: Path) -> None:
    class OddError(Exception):
        pass

    def edit(table: krgboot.ExportsTable) -> None:
        raise OddError(str(table))

    with pytest.raises(OddError):
        krgboot.edit_exports_table(edit, "/etc/exports", tmp_path)


def test_values_survive_a_round_trip_through_text() -> None:
    for value in (
        krgboot.Ipv4Address("10.11.12.101"),
        krgboot.Ipv4Network("10.0.0.0/8"),
        krgboot.MacAddress("52-54-00-12-34-0A"),
        krgboot.Uuid("550E8400-e29b-41d4-a716-446655440000"),
        krgboot.HostName("ssi1"),
        krgboot.DomainName("mycluster.home"),
    ):
        again = type(value)(str(value))
        assert again == value
        assert hash(again) == hash(value)
        assert eval(repr(value), vars(krgboot.net)) == value
