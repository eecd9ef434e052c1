"""The reference of the command line: one page for each command, from the parser itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import typer.main

from indicia.cli import COMMANDS, EXAMPLES, GROUPS, application
from indicia_site.page import Page, cell

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = """\
# The command line

Each command has a page with all arguments and options. `indicia COMMAND --help` prints the same. An error names what is
wrong, where, and how to mend it. The exit code is 0 after success, 1 if a result is not as expected (`--expect`,
`--fail-on`, `plugins test`), 2 after an error in the input, the options or the output, 70 after a bug, and 130 after an
interrupt.
"""


def command_pages() -> list[Page]:
    """Return the page of the command line, and the page of each command."""
    parser: Any = typer.main.get_command(application())
    pages = [_page(name, parser.commands[name]) for name in COMMANDS]
    rows = [
        f"| {group} | [`{name}`]({name}.md) | {cell(_first_line(parser.commands[name]))} |"
        for group, names in GROUPS.items()
        for name in names
    ]
    examples = EXAMPLES.partition("\b\n")[2]
    toctree = ["```{toctree}", ":hidden:", "", *COMMANDS, "```", ""]
    text = [
        _HEAD,
        "| to | command | what it does |",
        "|---|---|---|",
        *rows,
        "",
        "## Examples",
        "",
        "```text",
        examples.rstrip(),
        "```",
        "",
    ]
    general = ["## Options before a command", "", *_options("indicia", parser)]
    index = Page(
        "commands/index.md", "\n".join([*text, *general, "", *toctree]), tuple(_names("indicia", parser)), True
    )
    return [index, *pages]


def _page(name: str, command: Any) -> Page:
    lines = [f"# indicia {name}", ""]
    entries: list[str] = []
    for program, each in _commands(f"indicia {name}", command):
        if each is not command:
            lines += [f"## {program}", ""]
        lines += [*_description(each), *_usage(program, each), *_arguments(program, each), *_options(program, each)]
        entries += _names(program, each)
    return Page(f"commands/{name}.md", "\n".join([*lines, ""]), tuple(entries))


def _commands(program: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Yield a command, and the commands within it, with their names."""
    yield program, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from _commands(f"{program} {name}", inner)


def _names(program: str, command: Any) -> Iterator[str]:
    """Yield the command, and each of its options with the command: "indicia run --top"."""
    yield program
    for parameter in _parameters(command, "option"):
        yield from (f"{program} {option}" for option in (*parameter.opts, *parameter.secondary_opts))


def _parameters(command: Any, kind: str) -> list[Any]:
    return [each for each in command.params if each.param_type_name == kind and not getattr(each, "hidden", False)]


def _first_line(command: Any) -> str:
    return (command.help or "").strip().partition("\n\n")[0]


def _description(command: Any) -> list[str]:
    """Return the description of a command; examples, which the terminal shows as they are, become code."""
    lines = []
    for paragraph in re.split(r"\n\s*\n", (command.help or "").strip()):
        if paragraph.lstrip().startswith("\b") or paragraph.startswith("  "):
            lines += ["```text", paragraph.replace("\b\n", "").rstrip(), "```", ""]
        else:
            lines += [_plain(paragraph), ""]
    return lines


def _usage(program: str, command: Any) -> list[str]:
    if getattr(command, "commands", None):
        return []
    words = command.collect_usage_pieces(_context(program, command))
    return ["```text", " ".join([program, *words]), "```", ""]


def _context(program: str, command: Any) -> Any:
    return command.context_class(command, info_name=program)


def _arguments(program: str, command: Any) -> list[str]:
    records = [each.get_help_record(_context(program, command)) for each in _parameters(command, "argument")]
    rows = [f"- `{name}`: {_plain(meaning)}" for name, meaning in filter(None, records)]
    return ["**Arguments**", "", *rows, ""] if rows else []


def _options(program: str, command: Any) -> list[str]:
    """Return the options as entries of Sphinx, which the search and links find by name."""
    lines = ["**Options**", "", f":::{{program}} {program}", ":::", ""]
    for each in _parameters(command, "option"):
        names, meaning = each.get_help_record(_context(program, command))
        lines += [f":::{{option}} {names.replace(' / ', ', ')}", _plain(meaning), ":::", ""]
    return lines


def _plain(text: str) -> str:
    """Return a text whose signs Markdown leaves as they are."""
    return re.sub(r"([*_<>\[\]$~\\`|])", r"\\\1", " ".join(text.split()))
