"""Single options that commands share, the completion of names, and the checks of outputs and formats."""

from __future__ import annotations

import ast
import math
import tomllib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from indicia.errors import DefinitionError, OutputError
from indicia.paths import check_path, expanded
from indicia.presentation import (
    ReplayTable,
    ResultTable,
    ShownInspectionTable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable


def names(kind: str) -> Callable[[str], list[str]]:
    """Return a function that completes the names of the methods of a kind."""

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
    """Complete a kind that a plugin can offer."""
    from indicia.catalogue import OFFERED_KINDS

    return [kind.name for kind in OFFERED_KINDS if kind.name.startswith(incomplete)]


def every_plugin(incomplete: str) -> list[str]:
    """Complete the name of a plugin."""
    from indicia.catalogue import inventory

    plugins = inventory.plugins()
    return sorted(
        {name for plugin in plugins for name in (plugin.distribution, plugin.name) if name.startswith(incomplete)}
    )


_INDEX_OR_TABLE = 'Index file or table; "-" is standard input. Default: the nearest index.toml.'
Source = Annotated[
    str | None,
    typer.Argument(
        metavar="[INDEX|TABLE]", help=f"{_INDEX_OR_TABLE} A fitted index needs a table: TABLE -c fitted.json."
    ),
]
UnfittedSource = Annotated[str | None, typer.Argument(metavar="[INDEX|TABLE]", help=_INDEX_OR_TABLE)]
Force = Annotated[
    bool, typer.Option("--force", help="Partitions: replace the results of another run in the folder of --output.")
]
_SHOW = typer.Option("--show", help="The table to print or write.")
ShowResult = Annotated[ResultTable, _SHOW]
ShowInspection = Annotated[ShownInspectionTable | None, _SHOW]
ShowReplay = Annotated[ReplayTable | None, _SHOW]
Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="EDITION",
        help="Show what changed since this edition: index file, pack, fitted index, or table of scores.",
    ),
]
SinceTable = Annotated[
    str | None, typer.Option("--since-table", metavar="TABLE", help="The data of the edition of --since.")
]
_FORMATS = "table, csv, tsv, json, ndjson, md, latex, html, xlsx or parquet."
Format = Annotated[str | None, typer.Option("--format", "-f", help=_FORMATS)]
Language = Annotated[
    str | None,
    typer.Option(
        "--lang", help="Language: en, zh or a language of names; default: INDICIA_LANG, the index file, the locale."
    ),
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="Table: the encoding of its text, such as gb18030; default: utf-8.")
]
Period = Annotated[
    str | None, typer.Option("--at", metavar="PERIOD", help="The period of a panel; by default the last.")
]
Settings = Annotated[
    list[str],
    typer.Option("--set", metavar="KEY=VALUE", help="Set a key of the index file: indicators.gdp.weight=2."),
]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="Seed of the random numbers (default: 1).")]
Draws = Annotated[
    int | None, typer.Option("--draws", min=1, help="Number of Monte Carlo draws for the intervals of ranks.")
]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write to this file; its ending determines the format.")
]
EscapeFormulas = Annotated[
    bool,
    typer.Option(
        "--escape-formulas", help="csv, tsv: put an apostrophe before texts that a spreadsheet would run as formulas."
    ),
]

Expect = Annotated[
    Path | None,
    typer.Option(
        "--expect",
        metavar="MANIFEST",
        help="Compare with the manifest of an earlier run, print the differences, exit 1 if they can change a result.",
    ),
]


def format_option(further: Collection[str]) -> Any:
    """Return the option of the format of a command whose whole answer has further formats."""
    if not further:
        return Format
    return Annotated[
        str | None, typer.Option("--format", "-f", help=f"{_FORMATS} Without --show also {', '.join(further)}.")
    ]


def manifest_of(output: Path) -> Path:
    """Return the path of the manifest that belongs to an output file.

    >>> manifest_of(Path("tables/scores.csv")).name
    'scores.csv.manifest.json'
    """
    return output.with_name(f"{output.name}.manifest.json")


def check_output(output: Path | None, *read: object, folder: bool = False) -> None:
    """Refuse an output that cannot be written, or that would replace a file that the command reads.

    The name of an input may end with a sheet: `book.xlsx#Data`. With `folder`, the output may be a folder.
    """
    if str(output) == "-":
        raise OutputError(
            '-o takes the name of a file, not "-"', remedy="leave -o out; --format csv prints to standard output"
        )
    if output is not None and not (folder and output.is_dir()):
        from indicia.data import check_output_path

        check_output_path(output)
    for source in read:
        path = expanded(str(source).partition("#")[0])
        check_path(path)
        if output is None or source is None or not path.exists():
            continue
        for written in [output] if output.is_dir() else [output, manifest_of(output)]:
            if written.exists() and written.samefile(path):
                raise OutputError(
                    f"{written} is an input of this command, and would be replaced", remedy="name another output"
                )


def check_format(
    format: str | None,
    output: Path | None,
    escape: bool = False,
    further: Callable[[], Collection[str]] = tuple,
    *,
    of_tables: bool = False,
) -> str:
    """Return the format, and refuse an unknown one, and `--escape-formulas` for formats without formulas.

    `further` returns the formats of documents, which are endings of files too; `of_tables` refuses those that no table
    has.
    """
    from indicia import data

    check_output(output)
    if output and format == "table":
        raise OutputError(
            "--format table is for the screen, not for a file",
            remedy="leave --format out: the ending of the file determines the format",
        )
    try:
        written = format or (data.format_of(output) if output else "table")
        if written != "table":
            data.check_format(written)
    except OutputError as error:
        written, known = format or str(output).rpartition(".")[2].lower(), further()
        if written not in known:
            if error.remedy and error.remedy.startswith("known: "):
                mark = "" if format else "."
                others = (f"{mark}{word}" for word in known if word not in (*data.FORMATS, *data.ENDINGS.values()))
                error.remedy = ", ".join([error.remedy, *others])
            raise
        if of_tables:
            raise OutputError(
                f"{written} holds a whole answer, and --show is for tables", remedy="leave --show out"
            ) from error
    if escape and written not in ("csv", "tsv"):
        raise OutputError(f"--escape-formulas is for csv and tsv, not {written}", remedy="-f csv, or -o scores.csv")
    return written


def refuse_others(context: typer.Context, option: str, used: Iterable[str]) -> None:
    """Refuse the arguments and options of the command line that another option leaves without a use."""
    for word, name in given_options(context).items():
        if word not in used:
            raise DefinitionError(f"{option} does not use {name}", remedy=f"leave out {name} or {option}")


def given_options(context: typer.Context) -> dict[str, str]:
    """Return the arguments and options of the command line: the name of each parameter, and the word for it."""
    return {
        str(parameter.name): parameter.opts[0] if parameter.opts[0].startswith("-") else parameter.metavar
        for parameter in cast("Any", context.command.params)
        if (source := context.get_parameter_source(str(parameter.name))) and source.name == "COMMANDLINE"
    }


def settings(texts: Iterable[str]) -> dict[str, Any]:
    """Read `key=value` texts. A value is a number, true, false, a list or a table; anything else is a word.

    >>> settings(["indicators.gdp.weight=2", "methodology.constant=drop"])
    {'indicators.gdp.weight': 2, 'methodology.constant': 'drop'}
    """
    values = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise DefinitionError(f'cannot read --set "{text}"', remedy="write --set indicators.gdp.weight=2")
        if (name := key.strip()) in values:
            raise DefinitionError(f"{name} is given twice", where=f"--set {text}", remedy="leave one of them out")
        values[name] = _value(value.strip())
    return values


def weights_by_name(text: str | None) -> dict[str, float]:
    """Return the weights in a list of names with weights; a comma in brackets belongs to a name.

    >>> weights_by_name("rank(ties=min) > equal=2,3=0.5")
    {'rank(ties=min) > equal': 2.0, '3': 0.5}
    """
    weights: dict[str, float] = {}
    for part in split_methods(text) or []:
        name, sign, weight = (word.strip() for word in part.rpartition("="))
        try:
            number = float(weight) if sign and name else math.nan
        except ValueError:
            number = math.nan
        if not 0 < number < math.inf:
            raise DefinitionError(f'"{part}" is no methodology with a weight', remedy="write expert=2,3=0.5")
        if name in weights:
            raise DefinitionError(f"{name} has two weights", remedy="leave one of them out")
        weights[name] = number
    return weights


def split_methods(text: str | None) -> list[str] | None:
    """Split a text at the commas between methods; a comma in brackets or quotes belongs to a method.

    >>> split_methods("arithmetic,generalised(p=0.5, q=1)")
    ['arithmetic', 'generalised(p=0.5, q=1)']
    """
    if text is None:
        return None
    methods, depth, quote = [""], 0, ""
    for character in text:
        if quote or character in "'\"":
            quote = "" if character == quote else quote or character
        else:
            depth += (character in "([{") - (character in ")]}")
        if character == "," and not depth and not quote:
            methods.append("")
        else:
            methods[-1] += character
    return [method.strip() for method in methods if method.strip()]


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
