"""krgbootctl for users: exit codes, JSON, usage errors, help."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import krgboot
import pytest
from staging import EXAMPLES, below, krgbootctl, make_root, tree_of

SPEC = EXAMPLES["debian"]
STATE = {"/var", "/var/lib", "/var/lib/krgboot"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_root(tmp_path, krgboot.load(SPEC))


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> set[str]:
    """Name what is in one of the trees only, or is something else in each."""
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def test_exit_codes_along_the_road(root: Path) -> None:
    assert "create /srv/tftp/pxelinux.cfg/default" in krgbootctl("plan", SPEC, "--root", root, status=2).stdout
    krgbootctl("verify", SPEC, "--root", root, status=2)
    krgbootctl("trace", SPEC, "--root", root, status=2)
    krgbootctl("apply", SPEC, "--root", root)
    krgbootctl("plan", SPEC, "--root", root)
    krgbootctl("verify", SPEC, "--root", root)
    krgbootctl("trace", SPEC, "--root", root)
    krgbootctl("trace", SPEC, "10.20.0.150", "52:54:00:99:99:99", "--root", root)


def test_drift_is_seen_and_put_right(root: Path) -> None:
    krgbootctl("apply", SPEC, "--root", root)
    boot_file = below(root, "/srv/tftp/pxelinux.cfg/default")
    boot_file.write_text(boot_file.read_text().replace("quiet", "single"))
    drift = krgbootctl("verify", SPEC, "--root", root, status=2)
    assert "update /srv/tftp/pxelinux.cfg/default" in drift.stdout
    assert "single" in drift.stdout
    krgbootctl("apply", SPEC, "--root", root)
    krgbootctl("verify", SPEC, "--root", root)


def test_what_is_no_longer_in_the_spec_goes_and_nothing_else(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    krgbootctl("apply", SPEC, "--root", root)
    foreign = below(root, "/srv/tftp/pxelinux.cfg/0A140099")
    foreign.write_text("DEFAULT mine\n")
    hosts = below(root, "/srv/nfs/debian/etc/hosts")
    hosts.write_text("# mine\n" + hosts.read_text() + "10.9.9.9 also-mine\n")
    spec = tmp_path_factory.mktemp("spec") / "cluster.yaml"
    text = SPEC.read_text()
    spec.write_text(text[: text.index("  # A node with another boot entry")])
    output = krgbootctl("apply", spec, "--root", root).stdout
    assert "remove /srv/tftp/pxelinux.cfg/01-52-54-00-20-00-10" in output
    assert not below(root, "/srv/tftp/pxelinux.cfg/01-52-54-00-20-00-10").exists()
    assert foreign.read_text() == "DEFAULT mine\n"
    assert hosts.read_text().startswith("# mine\n")
    assert hosts.read_text().endswith("10.9.9.9 also-mine\n")
    assert "console" not in hosts.read_text()


def test_a_foreign_file_in_the_way(root: Path) -> None:
    default = below(root, "/srv/tftp/pxelinux.cfg/default")
    default.parent.mkdir(parents=True)
    default.write_text("DEFAULT mine\n")
    before = tree_of(root)
    refused = krgbootctl("apply", SPEC, "--root", root, status=1)
    assert "/srv/tftp/pxelinux.cfg/default is there already" in refused.stderr
    assert "--adopt" in refused.stderr
    assert differences(before, tree_of(root)) == STATE
    adopted = krgbootctl("apply", SPEC, "--root", root, "--adopt")
    assert "adopt /srv/tftp/pxelinux.cfg/default" in adopted.stdout
    krgbootctl("verify", SPEC, "--root", root)


def test_the_admins_own_lines_stay(root: Path) -> None:
    conf = below(root, "/etc/dhcp/dhcpd.conf")
    conf.parent.mkdir(parents=True)
    own = "# by hand\nauthoritative;\nsubnet 10.99.0.0 netmask 255.255.0.0 { }"
    conf.write_text(own)
    conf.chmod(0o640)
    krgbootctl("apply", SPEC, "--root", root)
    assert conf.read_text().startswith(own)
    assert conf.read_text().count('include "/etc/dhcp/krgboot.conf";') == 1
    assert conf.stat().st_mode & 0o777 == 0o640


def test_a_dhcpd_conf_that_dhcpd_refuses_keeps_everything_from_being_written(root: Path) -> None:
    conf = below(root, "/etc/dhcp/dhcpd.conf")
    conf.parent.mkdir(parents=True)
    conf.write_text("option no-such-option 7;\n")
    before = tree_of(root)
    refused = krgbootctl("apply", SPEC, "--root", root, status=1)
    assert "no-such-option" in refused.stderr
    assert "[dhcpd.refused_before]" in refused.stderr
    assert differences(before, tree_of(root)) == STATE


def test_a_hole_is_not_booted_into(tmp_path: Path) -> None:
    refused = krgbootctl("apply", SPEC, "--root", tmp_path, status=1)
    assert "/srv/nfs/debian is not there" in refused.stderr
    assert "install the package pxelinux" in refused.stderr
    assert not (tmp_path / "srv").exists()
    krgbootctl("apply", SPEC, "--root", tmp_path, "--allow-missing")
    assert below(tmp_path, "/srv/tftp/pxelinux.cfg/default").exists()
    assert not below(tmp_path, "/srv/nfs").exists()
    trace = krgbootctl("trace", SPEC, "node1", "--root", tmp_path, status=2)
    assert "would not boot" in trace.stdout


def test_trace_names_the_stage_that_breaks(root: Path) -> None:
    krgbootctl("apply", SPEC, "--root", root)
    below(root, "/srv/tftp/boot/debian/vmlinuz").unlink()
    (trace,) = json.loads(krgbootctl("trace", SPEC, "node1", "--root", root, "--json", status=2).stdout)
    broken = [(step["stage"], step["what"], step["why"]) for step in trace["steps"] if step["status"] == "broken"]
    assert broken == [("kernel", "boot/debian/vmlinuz", "/srv/tftp/boot/debian/vmlinuz: it is not there")]
    assert trace["boots"] is False


def test_trace_by_another_firmware(root: Path) -> None:
    krgbootctl("apply", SPEC, "--root", root)
    uefi = krgbootctl("trace", SPEC, "node1", "--root", root, "--firmware", "uefi", status=2).stdout
    assert uefi.startswith("node1 by uefi would not boot\n")
    assert "is not a program for UEFI on x86-64" in uefi
    wrong = krgbootctl("trace", SPEC, "node1", "--root", root, "--firmware", "amiga", status=1)
    assert "expected one of bios, uefi, uefi-http, ipxe" in wrong.stderr


def test_trace_sees_what_tftp_may_not_read(root: Path) -> None:
    krgbootctl("apply", SPEC, "--root", root)
    below(root, "/srv/tftp/boot/debian").chmod(0o700)
    output = krgbootctl("trace", SPEC, "node1", "--root", root, status=2).stdout
    assert "others may not enter /boot/debian" in output


def test_trace_sees_a_longer_name_that_hides_a_shorter(root: Path) -> None:
    krgbootctl("apply", SPEC, "--root", root)
    below(root, "/srv/tftp/pxelinux.cfg/0A14").write_text(
        "DEFAULT other\nLABEL other\n  LINUX boot/debian/vmlinuz\n  APPEND root=/dev/sda1\n"
    )
    traces = json.loads(krgbootctl("trace", SPEC, "node1", "--root", root, "--json", status=2).stdout)
    states = {file["name"]: file["state"] for file in traces[0]["boot_files"]}
    assert states["0A14"] == "loaded"
    assert states["default"] == "hidden"
    assert any("0A14, not default" in step["what"] for step in traces[0]["steps"])


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("/srv/nfs/debian/etc", "a symbolic link in /srv/nfs/debian lies on the way to /srv/nfs/debian/etc/hosts "),
        ("/srv/tftp", "a symlink is in the way at /srv/tftp "),
    ],
)
def test_a_planted_symlink_leads_nowhere(
    root: Path, tmp_path_factory: pytest.TempPathFactory, place: str, says: str
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "hosts").write_text("the host's\n")
    link = below(root, place)
    if link.exists():
        link.rename(link.with_name("away"))
    link.symlink_to(outside)
    before, before_outside = tree_of(root), tree_of(outside)
    assert says in krgbootctl("apply", SPEC, "--root", root, status=1).stderr
    assert tree_of(outside) == before_outside
    assert differences(before, tree_of(root)) == STATE


def test_json_everywhere(root: Path) -> None:
    assert json.loads(krgbootctl("check", SPEC, "--json").stdout)["cluster"] == "lab"
    rendering = krgboot.load(SPEC).render().to_dict()
    assert json.loads(krgbootctl("render", SPEC, "--json").stdout) == rendering
    plan = json.loads(krgbootctl("plan", SPEC, "--root", root, "--json", status=2).stdout)
    assert {change["action"] for change in plan["changes"]} == {"create"}
    applied = json.loads(krgbootctl("apply", SPEC, "--root", root, "--json").stdout)
    assert [check["ran"] for check in applied["checks"]] == [True, True]
    assert json.loads(krgbootctl("verify", SPEC, "--root", root, "--json").stdout)["changes"] == []
    assert len(json.loads(krgbootctl("trace", SPEC, "--root", root, "--json").stdout)) == 6
    assert json.loads(krgbootctl("pxename", "10.11.12.101", "--json").stdout) == {"10.11.12.101": ["0A0B0C65"]}
    assert json.loads(krgbootctl("exports", "list", "--root", root, "--json").stdout)[0]["path"] == "/srv/nfs/debian"
    error = json.loads(krgbootctl("check", "/nonexistent", "--json", status=1).stdout)["error"]
    assert (error["class"], error["errno"]) == ("IoError", 2)


def test_render_one_file() -> None:
    text = krgbootctl("render", SPEC, "--path", "/etc/dhcp/krgboot.conf").stdout
    assert text == krgboot.dhcpd_render(krgboot.load(SPEC))
    refused = krgbootctl("render", SPEC, "--path", "/etc/passwd", status=1)
    assert (refused.stdout, refused.stderr) == (
        "",
        f"error: no file /etc/passwd is rendered from {SPEC} [render.no_such_file]\n",
    )


@pytest.mark.parametrize(
    ("arguments", "usage", "says"),
    [
        (["check"], "check [OPTIONS] {SPEC}", "Missing argument 'SPEC'."),
        (["nonsense"], "[OPTIONS] COMMAND [ARGS]...", "No such command 'nonsense'."),
        (["plan", "--nonsense", "x"], "plan [OPTIONS] {SPEC}", "No such option: --nonsense"),
        (["pxename"], "pxename [OPTIONS] {ADDRESS|NETWORK|MAC|UUID...}...", "Missing argument"),
        (["apply", "x", "--lock-timeout", "soon"], "apply [OPTIONS] {SPEC}", "Invalid value for '--lock-timeout': "),
    ],
)
def test_wrong_usage(arguments: list[str], usage: str, says: str) -> None:
    result = krgbootctl(*arguments, status=64)
    assert result.stdout == ""
    first, _, error = result.stderr.splitlines()
    assert first == f"Usage: krgbootctl {usage}"
    assert error.startswith(f"error: {says}")


def test_no_arguments_show_the_help() -> None:
    bare = krgbootctl(status=64)
    assert bare.stdout.strip() == krgbootctl("--help").stdout.strip()
    assert "error:" not in bare.stderr


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", ": error: there is nothing in it [yaml.empty]"),
        ("- 1", ":1:1: error: a mapping is expected, not a list [spec.wrong_type]"),
        (
            "version: 1\n  bad: [",
            ':2:6: error: illegal map value (quote a value that holds ": ") [yaml.syntax]',
        ),
        (
            "\x00",
            ":1:1: error: the control character 0x00 does not belong in a text "
            "(save it as UTF-8; or is this no text file?) [yaml.encoding]",
        ),
        (
            "version: 2",
            ":1:10: error: version 2 of the format is not known (this krgboot reads version 1) [spec.bad_value]",
        ),
    ],
)
def test_bad_input_is_one_readable_error(tmp_path: Path, text: str, error: str) -> None:
    spec = tmp_path / "cluster.yaml"
    spec.write_text(text)
    result = krgbootctl("plan", spec, "--root", tmp_path, status=1)
    assert (result.stdout, result.stderr) == ("", f"{spec}{error}\n")


def test_exports_by_hand(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    table = tmp_path / "etc" / "exports"
    table.write_text("# mine\n/srv/data  10.0.0.0/8(ro,no_subtree_check)  # keep\n")
    krgbootctl("exports", "add", "/srv/data", "10.1.2.3", "rw,no_subtree_check", "--root", tmp_path)
    assert table.read_text() == (
        "# mine\n/srv/data  10.0.0.0/8(ro,no_subtree_check) 10.1.2.3(rw,no_subtree_check)  # keep\n"
    )
    explained = krgbootctl("exports", "explain", "10.1.2.3", "/srv/data", "--root", tmp_path).stdout
    assert "read-write" in explained
    krgbootctl("exports", "explain", "11.1.2.3", "/srv/data", "--root", tmp_path, status=2)
    krgbootctl("exports", "change", "/srv/data", "10.1.2.3", "ro,no_subtree_check", "--root", tmp_path)
    krgbootctl("exports", "remove", "/srv/data", "10.1.2.3", "--root", tmp_path)
    assert table.read_text() == "# mine\n/srv/data  10.0.0.0/8(ro,no_subtree_check)  # keep\n"
    krgbootctl("exports", "remove", "/srv/data", "10.1.2.3", "--root", tmp_path, status=1)
    krgbootctl("exports", "add", "/srv/data", "bad client", "rw", "--root", tmp_path, status=1)
    table.write_text("/srv/data host (rw)\n")
    assert "warning" in krgbootctl("exports", "check", "--root", tmp_path).stdout
    table.write_text("/srv/data host(nosuchoption)\n/srv/lost host(ro)\n")
    krgbootctl("exports", "check", "--root", tmp_path, status=1)


def test_help_and_completion() -> None:
    text = krgbootctl("--help").stdout
    for command in ("check", "render", "plan", "apply", "verify", "trace", "pxename", "exports", "schema"):
        assert re.search(rf"^│ {command} ", text, re.MULTILINE), command
        assert f"Usage: krgbootctl {command} " in krgbootctl(command, "--help").stdout
    shown = subprocess.run(
        [sys.executable, "-m", "krgboot", "--show-completion", "bash"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SHELL": "/bin/bash", "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
    )
    assert shown.stdout.endswith("complete -o default -F _krgbootctl_completion krgbootctl\n")
    assert krgbootctl("--version").stdout == f"krgbootctl {krgboot.__version__}\n"


def test_a_reader_that_leaves(root: Path) -> None:
    """`krgbootctl … | true` ends without an error message."""
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "krgboot", "plan", str(SPEC), "--root", str(root)]
    result = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (result.returncode, result.stderr) == (1, "")


def test_what_the_system_refuses_is_one_line() -> None:
    """Users never see a traceback, even after an unexpected exception."""
    script = "import sys; import krgboot\nfrom krgboot.cli import main\n"
    script += "def refuse(*_):\n    raise FileNotFoundError(2, 'No such file or directory', '/gone')\n"
    script += "krgboot.load = refuse\nmain()\n"
    command = [sys.executable, "-c", script, "check", str(SPEC)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        "error: /gone: No such file or directory [io.system]\n",
    )
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False)
    error = json.loads(done.stdout)["error"]
    assert (error["code"], error["path"], error["errno"]) == ("io.system", "/gone", 2)


def test_words_behind_two_dashes_are_not_krgbootctls() -> None:
    done = krgbootctl("lab", "exec", "--lab", "there-is-none", "node1", "--", "ip", "--json", status=1)
    assert done.stdout == ""
    assert done.stderr == 'error: no lab "there-is-none" is running [lab.not_running]\n'


def test_no_command_is_no_shell() -> None:
    done = krgbootctl("lab", "exec", "node1", "--", status=64)
    assert "error: Invalid value for '-- COMMAND...': it is empty" in done.stderr
