"""Small dhcpd.conf files: each kind of statement in each place, valid or not, and mistakes in whole files."""

from __future__ import annotations

import random
import re
from pathlib import Path

CORPUS = Path(__file__).parents[1] / "corpus" / "dhcpd"
_CLUSTERS = Path(__file__).parents[1] / "golden" / "clusters"
GOLDENS = (
    _CLUSTERS / "debian" / "tree" / "etc" / "dhcp" / "krgboot.conf",
    _CLUSTERS / "kerrighed-lenny" / "tree" / "etc" / "dhcp3" / "krgboot.conf",
)

_SUBNET = "subnet 10.0.0.0 netmask 255.255.255.0 {{ {} }}"
_POOL = _SUBNET.format("pool {{ range 10.0.0.10 10.0.0.20; {} }}")
_PLACES = (
    "{}",
    _SUBNET,
    "host h {{ {} }}",
    _POOL.replace("{ pool", "{{ pool").removesuffix("}") + "}}",
    'class "c" {{ {} }}',
    "group {{ {} host h {{ hardware ethernet 02:00:00:00:00:01; }} }}",
    "if known {{ {} }}",
)
_OF_SWITCHES = (
    'option host-name "x";',
    'filename "x";',
    "break;",
    'case "b": filename "x";',
    "default: break;",
    "host x { }",
    "case 5: break;",
    'case "a": case "b": break;',
    'default filename "x";',
)
_SWITCHES = ("switch (option host-name) {{ {} }}", "switch (extract-int(option host-name, 8)) {{ {} }}")

_TOKEN = re.compile(r'\s+|#[^\n]*|"(?:\\.|[^"\\])*"|[A-Za-z0-9_-]+|.', re.DOTALL)
_SLIPS = (";", "}", "{", '"x"', "foo", "5", ",", ".", "option", "10.0.0.1")


def statements() -> list[str]:
    """Return each statement of the corpus in each place."""
    kinds = (CORPUS / "statements").read_text().splitlines()
    files = [place.format(statement) for place in _PLACES for statement in kinds]
    # An extra ';' after a statement and before one, and a ';' in place of a value.
    bare = sorted({re.split(r"[^a-z-]", statement)[0] for statement in kinds} | {"option routers", "option space x"})
    empty = [*(f"{statement};" for statement in kinds), "; authoritative;", *(f"{words} ;;" for words in bare)]
    files += [place.format(statement) for place in _PLACES for statement in empty]
    for statement in (CORPUS / "pool-statements").read_text().splitlines():
        files += [place.format(statement) for place in _PLACES[1:4:2]]
        files.append('class "c" { }\n' + _PLACES[3].format(statement))
    files += [switch.format(statement) for switch in _SWITCHES for statement in _OF_SWITCHES]
    return [text + "\n" for text in files]


def wholes() -> list[str]:
    """Return whole files that dhcpd accepts."""
    return [file.read_text() for file in (CORPUS / "sample.conf", *GOLDENS)]


def slips(text: str, count: int) -> list[str]:
    """Return ``count`` copies of ``text``, each with one token added, removed, changed or swapped."""
    chance = random.Random(count)
    tokens = _TOKEN.findall(text)
    told = [at for at, token in enumerate(tokens) if not token.isspace() and not token.startswith("#")]
    made: list[str] = []
    while len(made) < count:
        at, changed = chance.choice(told), list(tokens)
        match chance.randrange(5):
            case 0:
                del changed[at]
            case 1:
                changed[at] = chance.choice(_SLIPS)
            case 2:
                changed.insert(at, chance.choice(_SLIPS) + " ")
            case 3:
                changed.insert(at, changed[at] + " ")
            case _:
                other = chance.choice(told)
                changed[at], changed[other] = changed[other], changed[at]
        made.append("".join(changed))
    return made
