"""The options that commands share, and what they mean to the library."""

from __future__ import annotations

import ast
import tomllib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from indicia.errors import DefinitionError, OutputError
from indicia.paths import check_path, expanded
from indicia.presentation import ComparisonTable, ResultTable, RobustTable, StabilityTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def names(kind: str) -> Callable[[str], list[str]]:
    """Return what completes the names of the methods of a kind."""

    def complete(incomplete: str) -> list[str]:
        # imported when the command runs, so that --help and completion start without polars
        from indicia.catalogue import installed

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [name for name in installed().names(kind) if name.startswith(incomplete)]

    return complete


def every_name(incomplete: str) -> list[str]:
    """Complete the name of a method of any kind."""
    from indicia.catalogue import KINDS

    return sorted({name for kind in KINDS for name in names(kind.name)(incomplete)})


def every_kind(incomplete: str) -> list[str]:
    """Complete a kind of method."""
    from indicia.catalogue import KINDS

    return [kind.name for kind in KINDS if kind.name.startswith(incomplete)]


def every_plugin(incomplete: str) -> list[str]:
    """Complete the name of a plugin."""
    from indicia.catalogue import inventory

    found = inventory.plugins()
    return sorted({name for one in found for name in (one.distribution, one.name) if name.startswith(incomplete)})


Source = Annotated[
    str | None,
    typer.Argument(
        metavar="[INDEX|TABLE]", help='Index file or table; "-" is standard input. Default: the nearest index.toml.'
    ),
]
_SHOW = typer.Option("--show", help="The table to print or write.")
ShowResult = Annotated[ResultTable, _SHOW]
ShowComparison = Annotated[ComparisonTable | None, _SHOW]
ShowRobust = Annotated[RobustTable | None, _SHOW]
ShowStability = Annotated[StabilityTable | None, _SHOW]
Format = Annotated[
    str | None, typer.Option("--format", "-f", help="table, csv, tsv, json, ndjson, md, latex, html, xlsx or parquet.")
]
Language = Annotated[
    str | None, typer.Option("--lang", help="Language: en, zh, or another of the names in the index file.")
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="Table: how its text is stored, such as gb18030; default: utf-8.")
]
Period = Annotated[str | None, typer.Option("--at", help="Of a panel, the period to look at; default: the last.")]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="Of the random numbers; default: 1.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file; the ending says the format.")]
EscapeFormulas = Annotated[
    bool,
    typer.Option("--escape-formulas", help="csv, tsv: an apostrophe before texts that a spreadsheet would compute."),
]

Expect = Annotated[
    Path | None,
    typer.Option("--expect", metavar="MANIFEST", help="Say what differs from an earlier run; exit 1 if results may."),
]


def manifest_of(output: Path) -> Path:
    """Return the path of the manifest of a file that is written.

    >>> manifest_of(Path("tables/scores.csv")).name
    'scores.csv.manifest.json'
    """
    return output.with_name(f"{output.name}.manifest.json")


def check_output(output: Path | None, *read: object) -> None:
    """Refuse to write where no file can be, and over a file that the command reads, a sheet of which may be named."""
    if str(output) == "-":
        raise OutputError(
            '-o takes a file, and "-" is none', remedy="without -o, --format csv prints to standard output"
        )
    if output is not None:
        from indicia.data import check_place

        check_place(output)
    for one in read:
        path = expanded(str(one).partition("#")[0])
        check_path(path)
        for written in [] if output is None or one is None or not path.exists() else [output, manifest_of(output)]:
            if written.exists() and written.samefile(path):
                raise OutputError(f"{written} is read here, and would be lost", remedy="-o FILE writes another")


def check_format(format: str | None, output: Path | None, escape: bool = False) -> None:
    """Refuse what no table can be written in, before there is one, and to escape formulas where there are none."""
    from indicia import data

    check_output(output)
    if output and format == "table":
        raise OutputError("a table on the screen is no file", remedy="leave --format out: the ending of -o says it")
    if format not in (None, "table"):
        data.check_format(format)
    elif output:
        data.format_of(output)
    written = format or (data.format_of(output) if output else "table")
    if escape and written not in ("csv", "tsv"):
        raise OutputError(f"--escape-formulas is for csv and tsv, not {written}", remedy="-f csv, or -o scores.csv")


def settings(texts: Iterable[str]) -> dict[str, Any]:
    """Read `key=value` texts; values are numbers, true, false, lists, tables, or else words.

    >>> settings(["indicators.gdp.weight=2", "methodology.constant=drop"])
    {'indicators.gdp.weight': 2, 'methodology.constant': 'drop'}
    """
    found = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise DefinitionError(f'cannot read --set "{text}"', remedy="write --set indicators.gdp.weight=2")
        found[key.strip()] = _value(value.strip())
    return found


def listed(text: str | None) -> list[str] | None:
    """Read methods with commas between them; those in brackets or quotes belong to a method.

    >>> listed("arithmetic,generalised(p=0.5, q=1)")
    ['arithmetic', 'generalised(p=0.5, q=1)']
    """
    if text is None:
        return None
    found, depth, quote = [""], 0, ""
    for mark in text:
        if quote or mark in "'\"":
            quote = "" if mark == quote else quote or mark
        else:
            depth += (mark in "([{") - (mark in ")]}")
        if mark == "," and not depth and not quote:
            found.append("")
        else:
            found[-1] += mark
    return [one for part in found if (one := part.strip())]


def _value(text: str) -> object:
    words = {"true": True, "false": False}
    if text in words:
        return words[text]
    for read in (ast.literal_eval, lambda written: tomllib.loads(f"value = {written}")["value"]):
        try:
            return read(text)
        except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
            continue
    return text
