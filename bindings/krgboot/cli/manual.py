"""The manual pages: those of krgbootctl come from its help, that of cluster.yaml from the reference of its keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import typer
from markdown_it import MarkdownIt
from rich.text import Text
from typer.core import MARKUP_MODE_KEY, TyperGroup

from krgboot.cli import roff
from krgboot.cluster import cluster_reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

_SPEC_PAGE = roff.reference("cluster.yaml", 5)


def pages(app: typer.Typer) -> Iterator[roff.Page]:
    """Yield all pages: of the command, of each of its subcommands, and of cluster.yaml."""
    command = typer.main.get_command(app)
    yield from _command_pages(_context(command, str(command.name), None))
    yield _cluster_page(cluster_reference())


def _context(command: Any, name: str, parent: typer.Context | None) -> typer.Context:
    # With this mode typer escapes what it adds to a help text, so that _shown shows it.
    mode = {MARKUP_MODE_KEY: "rich"}
    return typer.Context(command, info_name=name, parent=parent, obj=mode, **command.context_settings)


def _command_pages(context: typer.Context, above: Sequence[str] = ()) -> Iterator[roff.Page]:
    """Yield the page of a command, then those of its subcommands; ``above``: the pages of the groups that it is in."""
    command = context.command
    help_text = _shown(command.help)
    page = roff.Page(_page_name(context), 1, _summary(help_text))
    page.heading("SYNOPSIS")
    page.paragraph(" ".join([roff.bold(context.command_path), *map(roff.plain, command.collect_usage_pieces(context))]))
    page.heading("DESCRIPTION")
    for text in help_text.split("\n\n"):
        page.paragraph(roff.plain(text))

    below: list[typer.Context] = []
    if isinstance(command, TyperGroup):
        below = [_context(each, name, context) for name, each in command.commands.items() if not each.hidden]
        page.heading("COMMANDS")
        for each in below:
            page.item(roff.reference(_page_name(each), 1), roff.plain(_summary(_shown(each.command.help)) + "."))
    for heading, kind in (("ARGUMENTS", "argument"), ("OPTIONS", "option")):
        parameters = [each for each in command.get_params(context) if each.param_type_name == kind]
        records = [record for each in parameters if (record := each.get_help_record(context)) is not None]
        if records:
            page.heading(heading)
        for name, meaning in records:
            page.item(roff.bold(name), roff.plain(_shown(meaning)))

    if not above:
        page.heading("EXIT STATUS")
        page.paragraph(roff.plain(_shown(command.epilog)))
    page.see_also([*(roff.reference(name, 1) for name in (*above, *map(_page_name, below))), _SPEC_PAGE])
    yield page
    for each in below:
        yield from _command_pages(each, (*above, page.name))


def _page_name(context: typer.Context) -> str:
    return context.command_path.replace(" ", "-")


def _shown(text: str | None) -> str:
    """Return a help text as rich shows it, with one line for each paragraph."""
    paragraphs = Text.from_markup(text or "").plain.strip().split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _summary(text: str) -> str:
    """Return the first sentence of a text, without its full stop."""
    return re.split(r"\.(?:\s|$)", text, maxsplit=1)[0]


def _cluster_page(reference: str) -> roff.Page:
    """Convert the reference, a page in Markdown with a table of keys in each section."""
    tokens = MarkdownIt("commonmark").enable("table").parse(reference)
    page = roff.Page("cluster.yaml", 5, "description of a diskless cluster and its boot server")
    page.heading("DESCRIPTION")
    in_item = False
    titles: list[str] = []
    cells: list[str] = []
    for token, previous in zip(tokens[1:], tokens, strict=False):
        match token.type:
            case "list_item_open" | "list_item_close":
                in_item = token.type == "list_item_open"
            case "tr_open":
                cells = []
            case "tr_close" if not titles:
                titles = cells
            case "tr_close":
                _add_key(page, titles, cells)
            case "table_close":
                titles = []
            case "code_block":
                page.literal(token.content)
            case "inline":
                match previous.type:
                    case "th_open" | "td_open":
                        cells.append(_inline(token))
                    case "heading_open" if previous.tag == "h2":
                        page.heading(token.content.strip("`"))
                    case "paragraph_open":
                        (page.bullet if in_item else page.paragraph)(_inline(token))
    page.see_also([roff.reference("krgbootctl", 1), roff.reference("exports", 5)])
    return page


def _add_key(page: roff.Page, titles: Sequence[str], cells: Sequence[str]) -> None:
    """Add a row of a table: the key, its meaning, and the other cells with the title of their column."""
    named = dict(zip(titles, cells, strict=True))
    key, meaning = named.pop("Key"), named.pop("Meaning")
    details = [rf"{roff.italic(title)}: {cell}" for title, cell in named.items() if cell]
    page.item(key, meaning, *details)


def _inline(token: Token) -> str:
    """Return the words of a line; code is bold, and a link is its text."""
    parts = []
    strong = 0
    for child in token.children or ():
        strong += child.type == "strong_open"
        strong -= child.type == "strong_close"
        if child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.content:
            parts.append((roff.bold if strong or child.type == "code_inline" else roff.plain)(child.content))
    return "".join(parts)
