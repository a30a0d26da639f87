# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: how modules find the Python package krgboot, read a spec, and report errors."""

import traceback
from contextlib import contextmanager

from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.common.respawn import (
    has_respawned,
    probe_interpreters_for_module,
    respawn_module,
)
from ansible_collections.krgboot.cluster.plugins.module_utils._version import version_fault

try:
    import krgboot
except ImportError:
    krgboot = None
    IMPORT_ERROR = traceback.format_exc()
else:
    IMPORT_ERROR = None

# The virtual environment of the role boot_server, and the interpreter for which Debian packages are made.
INTERPRETERS = ["/opt/krgboot/bin/python3", "/usr/bin/python3"]

# The label of a spec that is given as data.
DATA_LABEL = "spec"

SERVER_ARGUMENTS = dict(
    root=dict(type="path", default="/"),
)

APPLY_ARGUMENTS = dict(
    adopt=dict(type="bool", default=False),
    validate=dict(type="bool", default=True),
    reload=dict(type="bool", default=True),
    lock_timeout=dict(type="float"),
)

SPEC_ARGUMENTS = dict(
    src=dict(type="path"),
    spec=dict(type="dict"),
    remote_src=dict(type="bool", default=False),
    label=dict(type="str"),
)
SPEC_RULES = dict(required_one_of=[["src", "spec"]], mutually_exclusive=[["src", "spec"]])

# An image is named in a spec, or is a directory.
IMAGE_ARGUMENTS = dict(
    name=dict(type="str"),
    path=dict(type="str"),
    **SPEC_ARGUMENTS,
)
IMAGE_RULES = dict(required_one_of=[["name", "path"]], mutually_exclusive=[["src", "spec"], ["name", "path"]])


def require_krgboot(module):
    """Return the package krgboot; run the module again under an interpreter that has it, or fail."""
    if krgboot is None:
        if not has_respawned():
            interpreter = probe_interpreters_for_module(INTERPRETERS, "krgboot")
            if interpreter:
                respawn_module(interpreter)  # does not return
        module.fail_json(msg=missing_required_lib("krgboot"), exception=IMPORT_ERROR)
    fault = version_fault(krgboot)
    if fault:
        module.fail_json(msg=fault)
    return krgboot


def shown(text):
    """Return a text of several lines that may come from hostile files, safe to print on a terminal."""
    return krgboot.visible(text, lines=True)


def warning_of(finding):
    """Return a finding as the text of a warning."""
    return shown(str(finding)).removeprefix("warning: ")


def as_data(findings):
    """Return findings as data for the result."""
    return [finding.to_dict() for finding in findings]


def changes_as_data(changes):
    """Return changes as data for the result, without their text."""
    return [{key: change[key] for key in ("action", "path", "origin")} for change in changes.to_dict()["changes"]]


def message_of(error, label):
    """Return an error as text. Findings in data have the key path, since data have no lines."""
    findings = getattr(error, "diagnostics", [])
    if label != DATA_LABEL or not findings:
        return shown(str(error))
    return shown("\n".join(f"{finding.key}: {finding.message} [{finding.code}]" for finding in findings))


@contextmanager
def reporting_errors(module):
    """Turn krgboot's errors into the module's failure, with all findings in its key diagnostics."""
    try:
        yield
    except krgboot.Error as error:
        data = error.to_dict()
        message = message_of(error, module.params.get("label"))
        module.fail_json(msg=message, diagnostics=data.pop("diagnostics", []), error=data)


def load_spec(module):
    """Return the cluster of the parameter src, a file that the action plugin has put on this host."""
    source = module.params["src"]
    if source is None:
        return krgboot.cluster.from_dict(module.params["spec"], module.params["label"] or DATA_LABEL)
    label = module.params["label"]
    if label is None:
        return krgboot.load(source)
    with open(source, encoding="utf-8") as file:
        return krgboot.loads(file.read(), label)


def find_image(module):
    """Return the cluster that names the image, or None, and the path of the image."""
    name = module.params["name"]
    if not name:
        return None, module.params["path"]
    if not (module.params["src"] or module.params["spec"]):
        module.fail_json(msg="name is the name of an image in a spec, so one of src, spec is required")
    cluster = load_spec(module)
    return cluster, cluster.image(name).path


def diff_of(changes):
    """Return changes in the form that Ansible prints for --diff."""
    return [dict(prepared=shown(change.diff())) for change in changes]


def diff_of_report(report):
    """Return the differences of a comparison of two images in the form that Ansible prints for --diff."""
    return dict(prepared=shown("".join(f"{difference}\n" for difference in report.differences)))


def apply_options(module):
    """Return the options of krgboot.apply for APPLY_ARGUMENTS, except adopt, which belongs to the plan."""
    return dict(
        check=module.params["validate"],
        reload=module.params["reload"],
        dry_run=module.check_mode,
        lock_timeout=module.params["lock_timeout"],
    )


def exit_with_report(module, report, **more):
    """End the module with what krgboot.apply has reported."""
    data = report.to_dict()
    for finding in report.warnings + report.stopped_by:
        module.warn(warning_of(finding))
    module.exit_json(
        changed=any(change.writes for change in report.changes),
        changes=changes_as_data(report.changes),
        checks=data["checks"],
        reloaded=data["reloaded"],
        diagnostics=data["findings"] + data["warnings"],
        diff=diff_of(report.changes),
        **more,
    )
