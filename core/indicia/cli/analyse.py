"""indicia analyse: a command for each analysis that plugins offer, derived from its class"""

from __future__ import annotations

import inspect
import types
from dataclasses import MISSING, fields
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

import typer
import typer.core
import typer.main

from indicia.cli import options as o
from indicia.cli.index_options import CodeOptions, IndexOptions
from indicia.cli.option_groups import expand_option_groups
from indicia.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.analyses import Analysis
    from indicia.answers.answer import Answer
    from indicia.catalogue import Catalogue
    from indicia.documents.blocks import Block

_TEXTS = str | dict[str, str]
"""The type of an option with a text for all parts, or one for each."""
_PLAIN = (int, float, str, bool)
"""The types of options that Typer reads; other values are texts, such as `growth=2,nature=1`."""


class Analyses(typer.core.TyperGroup):
    """The commands of `indicia analyse`; only the module of the named analysis is imported.

    The types of click are Any here: later versions of Typer have their own copy of click.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the analyses."""
        return _catalogue(ctx).names("analysis")

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command of the first word; `--plugin` among the other words may offer it."""
        pairs = pairwise([*args, ""])
        ctx.obj = [Path(file) for word, after in pairs for file in [_plugin_file(word, after)] if file]
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of an analysis; None if no plugin offers it."""
        offer = _catalogue(ctx).offers.get(("analysis", cmd_name))
        if offer is None:
            return None
        app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
        app.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})(
            command_of(offer.method)
        )
        command = typer.main.get_command(app)
        command.name = cmd_name
        return command


def _plugin_file(word: str, after: str) -> str:
    """Return the file of `--plugin FILE` or `--plugin=FILE`; an empty text for other words."""
    option, sign, file = word.partition("=")
    return (file if sign else after) if option == "--plugin" else ""


def _catalogue(ctx: Any) -> Catalogue:
    """Return the analyses of installed plugins and of plugin files on the line."""
    from indicia.catalogue import installed

    return installed(ctx.obj or (), kinds=["analysis"])


analyse: typer.Typer = typer.Typer(
    name="analyse",
    cls=Analyses,
    help="Answer a question about the scores, such as: what holds each unit back?",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def command_at(place: str) -> Callable[..., None]:
    """Return the function of the command of a class at a place such as "package.module:Class"."""
    module, _, name = place.partition(":")
    return command_of(getattr(import_module(module), name))


def command_of(analysis: Any) -> Callable[..., None]:
    """Return the function of the command of an analysis, with a signature from its options and tables."""
    annotations = analysis.annotations_of_options()
    options_of_class = [option for option in fields(analysis) if option.name != "period"]  # --at
    own = {option.name: _option(option, annotations[option.name]) for option in options_of_class}
    tables: Any = Literal[tuple(analysis.tables())]

    def answer(
        *,
        source: str | None,
        options: IndexOptions,
        at: str | None,
        show: str | None,
        format: str | None,
        output: Path | None,
        escape: bool,
        lang: str | None,
        expect: Path | None,
        code: CodeOptions,
        **given: Any,
    ) -> None:
        from indicia.answers.ask import answer_of, chosen
        from indicia.cli.expect import expectation
        from indicia.cli.output import progress_bar
        from indicia.definition import check_language

        o.check_format(format, output, escape)
        expected = expectation(expect)
        index, table = options.open(source, code, output, **options.methods)
        check_language(lang, index.definition)
        stated = {
            name: _value(name, value, annotations[name]) for name, value in given.items() if value not in (None, [])
        }
        stated |= {} if at is None else {"period": at}
        with progress_bar() as progress:
            answered = answer_of(index, chosen(index, analysis.name, stated), table, progress=progress)
            printed = _print(answered, show, format, output, escape, lang)
        printed()
        if expected:
            expected.compare(answered.manifest, answered.input_tables)

    keyword = inspect.Parameter.KEYWORD_ONLY
    show = Annotated[tables | None, typer.Option("--show", help="The table to print or write, with all rows.")]
    common: list[tuple[str, Any, Any]] = [
        ("source", o.Source, None),
        ("options", IndexOptions, inspect.Parameter.empty),
        *((name, annotation, None) for name, annotation in own.items()),
        ("at", o.Period, None),
        ("show", show, None),
        ("format", o.Format, None),
        ("output", o.Output, None),
        ("escape", o.EscapeFormulas, False),
        ("lang", o.Language, None),
        ("expect", o.Expect, None),
        ("code", CodeOptions, inspect.Parameter.empty),
    ]
    answer.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(name, keyword, default=default, annotation=annotation)
            for name, annotation, default in common
        ]
    )
    answer.__name__, answer.__doc__ = analysis.name, inspect.cleandoc(analysis.__doc__)
    return expand_option_groups(answer)


def _option(option: Any, annotation: Any) -> Any:
    """Return the annotation of an option for Typer; without the option the index file or the default decides."""
    kind, limits, description = _type_of(annotation)
    default = option.default_factory() if option.default_factory is not MISSING else option.default
    shown = (
        "" if default in (None, MISSING, (), {}) else f" [default: {str(default).lower() if kind is bool else default}]"
    )
    name = f"--{option.name.replace('_', '-')}"
    first = description[:1].upper() if description.split(" ")[0].isalpha() else description[:1]  # a table has its name
    text = first + description[1:] + "." + shown
    if kind == _TEXTS:
        return Annotated[list[str] | None, typer.Option(name, metavar="[PART=]TEXT", help=text)]
    if kind in _PLAIN or get_origin(kind) is Literal:
        names = f"{name}/--no-{name[2:]}" if kind is bool else name
        return Annotated[kind | None, typer.Option(names, help=text, **limits)]
    return Annotated[str | None, typer.Option(name, metavar="A,B|A=1,B=2", help=text)]


def _type_of(annotation: Any) -> tuple[Any, dict[str, Any], str]:
    """Return the type of an option without None, the limits that Typer checks, and the description."""
    kind, *notes = get_args(annotation) if get_origin(annotation) is Annotated else (annotation,)
    if get_origin(kind) in (Union, types.UnionType):
        members = [member for member in get_args(kind) if member is not type(None)]
        kind = members[0] if len(members) == 1 else kind
    field: Any = next((note for note in notes if hasattr(note, "description")), None)
    marks = [mark for mark in getattr(field, "metadata", ()) if kind in (int, float)]
    limits = {
        word: getattr(mark, of) for mark in marks for of, word in (("ge", "min"), ("le", "max")) if hasattr(mark, of)
    }
    return kind, limits, getattr(field, "description", None) or ""


def _value(name: str, value: Any, annotation: Any) -> Any:
    """Return the value of an option: "growth,nature" is a list, and "growth=2,nature=1" a table of numbers."""
    kind, _, _ = _type_of(annotation)
    if kind == _TEXTS:
        return _texts(name, value)
    if kind in _PLAIN or get_origin(kind) is Literal:
        return value
    words = [word.strip() for word in value.split(",") if word.strip()]
    if "=" not in value:
        return words
    try:
        return {key.strip(): float(number) for key, number in (word.split("=", 1) for word in words)}
    except ValueError as error:
        raise DefinitionError(
            f'cannot read --{name.replace("_", "-")} "{value}"', remedy="write A,B or A=1,B=2"
        ) from error


def _texts(name: str, values: list[str]) -> str | dict[str, str]:
    """Return a text for all parts, or the texts by part.

    >>> _texts("steps", ["±5%"]), _texts("steps", ["income=1, 2", "co2=±5%"])
    ('±5%', {'income': '1, 2', 'co2': '±5%'})
    """
    named = [value.partition("=") for value in values if "=" in value]
    if not named and len(values) == 1:
        return values[0]
    if len(named) < len(values):
        option = f"--{name.replace('_', '-')}"
        raise DefinitionError(
            f"{option} is given several times, and not always with a part", remedy=f'{option} "PART=…" for each'
        )
    return {part.strip(): text for part, _, text in named}


def _print(
    answer: Answer[Analysis],
    show: str | None,
    format: str | None,
    output: Path | None,
    escape: bool,
    language: str | None,
) -> Callable[[], None]:
    """Compute what is shown of an answer, and return the function that prints or writes it."""
    from indicia.answers.document import document_of
    from indicia.answers.writers import DOCUMENTS, written
    from indicia.cli.output import print_table, write_output
    from indicia.data import escape_formulas, format_of

    form = format or (format_of(output) if output else "table")
    manifest = {**answer.manifest, "table": show or "all"} if output else None
    if show is None and form in (*DOCUMENTS, "json"):
        content = written(answer, form, language)
        return lambda: write_output(content, output, manifest)
    if show is None and form == "table":
        blocks = document_of(answer, language)
        return lambda: _print_document([answer.titled(language), *answer.notes], blocks)
    table = answer.table(show) if show else next(iter(answer.frames))
    frame = answer[table] if form == "table" else answer.published(table)
    shown = escape_formulas(frame) if escape else frame
    return lambda: print_table(shown, format, output, f"{answer.titled(language)} · {table.caption}", manifest)


def _print_document(lines: list[str], blocks: list[Block]) -> None:
    """Print a document in a terminal, without a first heading that the title has."""
    from indicia.cli.blocks import print_blocks
    from indicia.cli.output import print_paragraphs
    from indicia.documents.blocks import Heading

    print_paragraphs(lines)
    has_title = isinstance(blocks[0], Heading) and blocks[0].text in lines[0]
    print_blocks(blocks[1:] if has_title else blocks, width=None)
