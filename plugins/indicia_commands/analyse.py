"""indicia analyse: a command for each analysis that plugins offer, derived from its class"""

from __future__ import annotations

import inspect
import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from itertools import pairwise
from keyword import iskeyword
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

import typer
import typer.core
import typer.main

from indicia.analyses.analysis import METHODS
from indicia.analyses.options import About
from indicia.cli import options as o
from indicia.cli.index_options import CodeOptions, IndexOptions
from indicia.cli.language import reader_language
from indicia.cli.option_groups import expand_option_groups
from indicia.cli.usage_errors import Command
from indicia.errors import DefinitionError
from indicia.lazy import class_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.analyses import Analysis
    from indicia.answers.answer import Answer
    from indicia.catalogue import Catalogue
    from indicia.documents.blocks import Block
    from indicia.progress import Progress

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
        app.command(cls=Command, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})(
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


@dataclass(frozen=True)
class Subject:
    """What a command is about; the fields are its arguments and options beside those of the analysis."""

    sources: ClassVar[type | None] = None
    """A dataclass whose fields are further options on how the subject is read."""
    tables: ClassVar[tuple[str, ...]] = ()
    """Further tables of `--show`, of what `instead` prints."""
    states: ClassVar[tuple[str, ...]] = ()
    """The fields of the analysis that the subject states in place of options."""
    help: ClassVar[str] = ""
    """The help of the command; by default the text of the analysis."""
    folded: ClassVar[bool] = False
    """True if no line on the screen is longer than `folding.WIDTH`."""

    def chosen(self, analyses: Sequence[type[Analysis]], given: Mapping[str, str]) -> type[Analysis]:
        """Return the analysis that is asked for, by the given options: their flags, by the names of their fields."""
        del given  # most commands have one analysis
        return analyses[0]

    def instead(self, context: typer.Context, show: str | None, **options: Any) -> bool:
        """Return True if the options ask for something else than the answer, which is printed then."""
        del context, show, options
        return False

    def finish(self, answer: Answer[Any], language: str | None) -> None:
        """Do what remains after the answer is printed."""


@dataclass(frozen=True)
class OfIndex(Subject):
    """The subject of most analyses: an index with its table."""

    source: o.Source = None
    options: IndexOptions = field(default_factory=IndexOptions)

    def answer(
        self,
        analysis: type[Analysis],
        given: dict[str, Any],
        code: CodeOptions,
        output: Path | None,
        language: str | None,
        progress: Progress,
    ) -> Answer[Any]:
        """Return the answer of an analysis with the options that are given."""
        from indicia.answers.ask import answer_of, chosen

        methods = {stage: text for stage, text in self.options.methods.items() if text is not None}
        if analysis.varies_methods:
            given, methods = {**given, **{stage: o.split_methods(text) for stage, text in methods.items()}}, {}
        index, table = self.options.open(self.source, code, output, **methods)
        reader_language(language, index.definition)  # an unknown one is an error before anything is computed
        # without an index file, `table` is the frame whose columns were inferred
        source = None if table is None else self.source
        return answer_of(index, chosen(index, analysis.name, given), table, progress=progress, source=source)


def command_at(*places: str, subject: Any = OfIndex) -> Callable[..., None]:
    """Return the function of the command of classes at places such as "package.module:Class"."""
    return command_of(*map(class_at, places), subject=subject)


def command_of(*analyses: Any, subject: Any = OfIndex) -> Callable[..., None]:
    """Return the function of the command of analyses, of which the subject chooses one.

    The signature has the options and tables of all of them.
    """
    declared: dict[str, tuple[Any, Any]] = {}
    for analysis in analyses:
        declared |= _options_of(analysis, analysis.annotations_of_options())
    apart = {*subject.states, *METHODS}  # the subject has them
    own = {
        word: option
        for word, option in sorted(declared.items(), key=lambda entry: entry[1][0].name == "period")  # stands last
        if option[0].name not in apart
    }
    texts = {"TableLike": str, "Period": str, "PublishedRanking": str, "Mapping": Mapping}
    read = _options_of(subject.sources, get_type_hints(subject.sources, None, texts, True)) if subject.sources else {}
    known = {**own, **read}
    names = [name for analysis in analyses for name in analysis.tables()]
    tables: Any = Literal[tuple(dict.fromkeys([*names, *subject.tables]))]

    def answer(
        *,
        context: typer.Context,
        asked: Any,
        show: str | None,
        format: str | None,
        output: Path | None,
        escape: bool,
        lang: str | None,
        expect: Path | None,
        code: CodeOptions,
        **given: Any,
    ) -> None:
        from indicia.catalogue import installed
        from indicia.catalogue.hookspecs import WRITERS
        from indicia.cli.output import print_line, progress_bar
        from indicia_commands.expect import expectation

        if asked.instead(
            context, show, format=format, output=output, escape=escape, lang=lang, expect=expect, code=code
        ):
            return
        given = {word: value for word, value in given.items() if value not in (None, [])}
        analysis = asked.chosen(analyses, {known[word][0].name: _flag(word) for word in given})
        form = o.check_format(
            format,
            output,
            escape,
            lambda: {**installed(code.plugin, (), code.only).offered(WRITERS), **analysis.formats},
            of_tables=show is not None,
        )
        expected = expectation(expect)
        stated = {known[word][0].name: _value(_flag(word), value, known[word][1]) for word, value in given.items()}
        with progress_bar() as progress:
            answered = asked.answer(analysis, stated, code, output, lang, progress)
            lang = reader_language(lang, answered.definition)
            printed = _print(answered, show, form, output, escape, lang, asked.folded)
        printed()
        asked.finish(answered, lang)
        if expected:
            expected.compare(answered.manifest)
        if answered.alarms:
            for alarm in answered.alarms if show or form != "table" else ():
                print_line(answered.said(alarm, lang), err=True)
            raise typer.Exit(1)

    keyword, none = inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.empty
    show = Annotated[tables | None, typer.Option("--show", help="The table to print or write, with all rows.")]
    common: list[tuple[str, Any, Any]] = [
        ("context", typer.Context, none),
        *((word, _option(*option), None) for word, option in read.items()),
        ("asked", subject, none),
        *((word, _option(*option), None) for word, option in own.items() if option[0].name not in read),
        ("show", show, None),
        ("format", o.format_option({form for each in analyses for form in each.formats}), None),
        ("output", o.Output, None),
        ("escape", o.EscapeFormulas, False),
        ("lang", o.Language, None),
        ("expect", o.Expect, None),
        ("code", CodeOptions, none),
    ]
    answer.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(name, keyword, default=default, annotation=annotation)
            for name, annotation, default in common
        ]
    )
    answer.__name__, answer.__doc__ = analyses[0].name, inspect.cleandoc(subject.help or analyses[0].__doc__)
    return expand_option_groups(answer)


def _options_of(declared: Any, annotations: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the fields of a dataclass with their annotations, by the names of arguments."""
    words = ((_about(annotations[option.name]).option or option.name, option) for option in fields(declared))
    return {f"{word}_" if iskeyword(word) else word: (option, annotations[option.name]) for word, option in words}


def _option(option: Any, annotation: Any) -> Any:
    """Return the annotation of an option for Typer; without the option the index file or the default decides."""
    kind, about = _type_of(annotation), _about(annotation)
    description = about.description or ""
    default = option.default_factory() if option.default_factory is not MISSING else option.default
    shown = (
        "" if default in (None, MISSING, (), {}) else f" [default: {str(default).lower() if kind is bool else default}]"
    )
    name = _flag(about.option or option.name)
    first = description[:1].upper() if description.split(" ")[0].isalpha() else description[:1]  # a table has its name
    text = first + description[1:] + ("" if description.endswith("…") else ".") + shown
    if kind == _TEXTS:
        return Annotated[list[str] | None, typer.Option(name, metavar="[PART=]TEXT", help=text)]
    if about.metavar:
        passed: Any = list[str] if _is_many(kind) else str
        return Annotated[passed | None, typer.Option(name, metavar=about.metavar, help=text)]
    if kind in _PLAIN or get_origin(kind) is Literal:
        names = f"{name}/--no-{name[2:]}" if kind is bool else name
        limits = {
            word: getattr(mark, of)
            for mark in about.metadata
            for of, word in (("ge", "min"), ("le", "max"))
            if hasattr(mark, of) and kind in (int, float)
        }
        return Annotated[kind | None, typer.Option(names, help=text, **limits)]
    return Annotated[str | None, typer.Option(name, metavar="A,B|A=1,B=2", help=text)]


def _type_of(annotation: Any) -> Any:
    """Return the type of an option without None."""
    kind = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
    if get_origin(kind) in (Union, types.UnionType):
        members = [member for member in get_args(kind) if member is not type(None)]
        kind = members[0] if len(members) == 1 else kind
    return kind


def _about(annotation: Any) -> About:
    """Return the meaning, the limits and the words of an option."""
    notes = getattr(annotation, "__metadata__", ())
    note: Any = next((note for note in notes if hasattr(note, "description")), About(""))
    if isinstance(note, About):
        return note
    limits = {word: getattr(mark, word) for mark in note.metadata for word in ("ge", "le") if hasattr(mark, word)}
    return About(note.description or "", **limits)  # of pydantic.Field


def _flag(word: str) -> str:
    return f"--{word.rstrip('_').replace('_', '-')}"


def _is_many(kind: Any) -> bool:
    return any(get_origin(each) in (tuple, list, Mapping, Sequence) for each in (kind, *get_args(kind)[1:]))


def _value(option: str, value: Any, annotation: Any) -> Any:
    """Return the value of an option: "growth,nature" is a list, and "growth=2,nature=1" a table of numbers."""
    kind, metavar = _type_of(annotation), _about(annotation).metavar
    if kind == _TEXTS:
        return _texts(option, value)
    if kind == Mapping[str, float] and not metavar:
        return o.weights_by_name(value)
    if metavar and get_origin(kind) is Mapping:
        pairs = _pairs(option, value, metavar)
        return _numbers(option, pairs, metavar) if get_args(kind)[1] is float else pairs
    if metavar or kind in _PLAIN or get_origin(kind) is Literal:
        return value
    words = [word.strip() for word in value.split(",") if word.strip()]
    if "=" not in value:
        return words
    try:
        return {key.strip(): float(number) for key, number in (word.split("=", 1) for word in words)}
    except ValueError as error:
        raise DefinitionError(f'cannot read {option} "{value}"', remedy="write A,B or A=1,B=2") from error


def _pairs(option: str, values: list[str], metavar: str) -> dict[str, str]:
    """Return the texts by name.

    >>> _pairs("--rename", ["Swaziland=Eswatini"], "OLD=NEW")
    {'Swaziland': 'Eswatini'}
    """
    pairs = {}
    for value in values:
        key, _, text = (word.strip() for word in value.partition("="))
        if not (key and text):
            raise DefinitionError(f'cannot read {option} "{value}"', remedy=f"write {option} {metavar}")
        if key in pairs:
            raise DefinitionError(f"{option} names {key} twice", remedy="name it once")
        pairs[key] = text
    return pairs


def _numbers(option: str, pairs: dict[str, str], metavar: str) -> dict[str, float]:
    """Return the numbers by name.

    >>> _numbers("--price", {"income": "4200"}, "INDICATOR=NUMBER")
    {'income': 4200.0}
    """
    numbers = {}
    for key, text in pairs.items():
        try:
            numbers[key] = float(text)
        except ValueError as error:
            raise DefinitionError(f'cannot read {option} "{key}={text}"', remedy=f"write {option} {metavar}") from error
    return numbers


def _texts(option: str, values: list[str]) -> str | dict[str, str]:
    """Return a text for all parts, or the texts by part.

    >>> _texts("--steps", ["±5%"]), _texts("--steps", ["income=1, 2", "co2=±5%"])
    ('±5%', {'income': '1, 2', 'co2': '±5%'})
    """
    named = [value.partition("=") for value in values if "=" in value]
    if not named and len(values) == 1:
        return values[0]
    if len(named) < len(values):
        raise DefinitionError(
            f"{option} is given several times, and not always with a part", remedy=f'{option} "PART=…" for each'
        )
    return {part.strip(): text for part, _, text in named}


def _print(
    answer: Answer[Analysis],
    show: str | None,
    form: str,
    output: Path | None,
    escape: bool,
    language: str | None,
    folded: bool,
) -> Callable[[], None]:
    """Compute what is shown of an answer, and return the function that prints or writes it."""
    from indicia.answers.document import document_of
    from indicia.answers.writers import writers, written
    from indicia.cli.output import print_line, print_table, write_output
    from indicia.data import escape_formulas
    from indicia.documents.blocks import Heading
    from indicia.messages.translations import in_language

    kind, manifest = type(answer.analysis), {**answer.manifest, "table": "all"} if output else None
    if show is None and form in writers(answer.catalogue, kind):
        content = written(answer, form, language)
        return lambda: write_output(content, output, manifest)
    if show is None and form == "table":
        blocks = document_of(answer, language, published=False)
        if isinstance(blocks[0], Heading) and blocks[0].text == in_language(kind.heading, language, kind):
            del blocks[0]  # the title stands for it
        hints = [answer.said(hint, language) for hint in answer.hints]
        return lambda: _print_document([answer.titled(language), *hints], blocks, folded)
    table = answer.table(show) if show else next(iter(answer.frames))
    manifest = manifest and {**manifest, "table": table.name}
    if form != "table":
        answer.check_published(table)
    frame = answer[table] if form == "table" else answer.published(table)
    shown = escape_formulas(frame) if escape else frame

    def write() -> None:
        print_table(shown, form, output, f"{answer.titled(language)} · {table.caption}", manifest)
        if frame.is_empty() and (reason := answer.reason_for_no_rows(table)):
            print_line(f"note: {table.name} has no rows: {reason}", err=True)
        for remark in answer.remarks if output or form != "table" else ():
            print_line(f"note: {answer.said(remark, language)}", err=True)

    return write


def _print_document(lines: list[str], blocks: list[Block], folded: bool) -> None:
    """Print a document in a terminal."""
    from indicia.cli.blocks import print_blocks
    from indicia.cli.folding import WIDTH, fold
    from indicia.cli.output import print_paragraphs

    print_paragraphs([fold(line, 2) for line in lines] if folded else lines)
    print_blocks(blocks, width=WIDTH if folded else None)
