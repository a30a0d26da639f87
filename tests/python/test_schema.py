"""The JSON Schema and the reader agree on both examples, and on mistakes in them."""

from __future__ import annotations

import copy
import json
from typing import Any

import jsonschema
import krgboot
import pytest
import yaml
from staging import EXAMPLES

SCHEMA: dict[str, Any] = json.loads(krgboot.cluster_json_schema())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def example(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(EXAMPLES[name].read_text())
    return data


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_examples_are_valid(name: str) -> None:
    VALIDATOR.validate(example(name))
    assert krgboot.from_dict(example(name)).name


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["server", "relese"], "bookworm"),
        (["server", "address"], "10.20.0"),
        (["server", "release"], "sarge"),
        (["networks", 0, "subnet"], "10.20.0.0"),
        (["boot", "debian", "kernel"], 7),
        (["nodes", 0, "boot_file"], "serial"),
        (["version"], 2),
    ],
)
def test_slips_are_found_by_both(path: list[Any], value: Any) -> None:
    data = copy.deepcopy(example("debian"))
    place: Any = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert not VALIDATOR.is_valid(data)
    with pytest.raises((krgboot.ConfigError, krgboot.ValidationError)):
        krgboot.from_dict(data)
