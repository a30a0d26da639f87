"""Places of the package's names: the most used at the top, all others in modules by subject."""

from __future__ import annotations

import importlib
import subprocess
import sys

import krgboot
import pytest
from krgboot import _core

MODULES = ("cluster", "diagnostics", "exports", "formats", "image", "net", "planning", "pxelinux", "system", "tracing")
EVERY_DAY = "load render plan apply verify trace Image ExportsTable pxelinux_name Cluster"


def module(name: str) -> object:
    return importlib.import_module(f"krgboot.{name}")


def test_every_name_of_the_extension_has_one_home() -> None:
    homes = [name for each in MODULES for name in module(each).__all__]  # type: ignore[attr-defined]
    assert len(homes) == len(set(homes))
    public = {name for name in vars(_core) if not name.startswith("_")}
    assert public - set(homes) == set()


@pytest.mark.parametrize("name", MODULES)
def test_a_module_lists_what_it_has(name: str) -> None:
    found = module(name)
    listed = found.__all__  # type: ignore[attr-defined]
    assert listed == sorted(listed)
    assert all(hasattr(found, each) for each in listed)


def test_names_for_every_day_are_at_the_top() -> None:
    assert set(EVERY_DAY.split()) <= set(krgboot.__all__)
    assert set(krgboot.errors.__all__) <= set(krgboot.__all__)


def test_other_names_are_found_at_the_top_as_well() -> None:
    assert krgboot.Ipv4Address is krgboot.net.Ipv4Address  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = krgboot.no_such_name  # type: ignore[attr-defined]


def test_functions_and_modules_do_not_hide_each_other() -> None:
    """`import krgboot.plan as plan` would find the function, so no module has the name of a function."""
    script = "import krgboot.planning as p, krgboot.tracing as t, krgboot; assert krgboot.plan is p.plan; t.trace"
    subprocess.run([sys.executable, "-c", script], check=True)
