"""indicia compare"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from indicia.cli import options as o
from indicia.cli.expect import expectation
from indicia.cli.index_options import CodeOptions, IndexOptions
from indicia.cli.language import reader_language
from indicia.cli.partitions import check_unused, compare_partitions, takes_partitions
from indicia.cli.row_options import PartitionOptions
from indicia.defaults import AGREEMENT, CONSENSUS
from indicia.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from indicia.comparison import Comparison, Methodology
    from indicia.comparison.ballots import RankedUnits
    from indicia.notes import Note


def compare(
    *,
    sources: Annotated[
        list[str] | None,  # click before 8.3 takes no default list
        typer.Argument(
            metavar="[INDEX|TABLE]...",
            help='Index file or table, or several index files; "-" is standard input. Default: the nearest index.toml. '
            "A fitted index needs a table: TABLE -c fitted.json.",
        ),
    ] = None,
    options: IndexOptions,
    at: o.Period = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against", help="Compare with a published table of ranks or scores, or a list of the top units."
        ),
    ] = None,
    agreement: Annotated[
        str, typer.Option("--agreement", help="Measure of agreement.", autocompletion=o.names("agreement"))
    ] = AGREEMENT,
    consensus: Annotated[
        str, typer.Option("--consensus", help="Method that combines the rankings.", autocompletion=o.names("consensus"))
    ] = CONSENSUS,
    consensus_weights: Annotated[
        str | None,
        typer.Option(
            "--consensus-weights",
            metavar="METHODOLOGY=WEIGHT,...",
            help="Weights of rankings in the consensus, by name or number: expert=2,3=0.5. Default: 1 each.",
        ),
    ] = None,
    consensus_units: Annotated[
        Literal["common", "all"],
        typer.Option(
            "--consensus-units", help="Units of the consensus: those that every methodology ranks (common), or all."
        ),
    ] = "common",
    count: Annotated[
        Literal["distinct", "all"],
        typer.Option(
            "--count", help="Count each distinct ranking once (distinct), or the ranking of every methodology (all)."
        ),
    ] = "distinct",
    top: Annotated[
        int | None,
        typer.Option(
            "--top",
            min=1,
            help="Number of first places, also for --show stability; default: 10, or a third of the units.",
        ),
    ] = None,
    within: Annotated[
        float, typer.Option("--within", min=0, help="A unit that moves no more places than this is stable.")
    ] = 3,
    of: Annotated[str | None, typer.Option("--of", help="With --show specification: the unit to follow.")] = None,
    show: o.ShowComparison = None,
    details: Annotated[
        str | None,
        typer.Option(
            "--table",
            metavar="NAME",
            help="--show details: a table of the consensus, such as pairs; default: its first.",
        ),
    ] = None,
    format: o.Format = None,
    output: o.Output = None,
    escape: o.EscapeFormulas = False,
    lang: o.Language = None,
    expect: o.Expect = None,
    force: o.Force = False,
    engine: PartitionOptions,
    code: CodeOptions,
) -> None:
    """Compare methodologies: agreement of the rankings, units that move, effects of choices.

    Commas list methods, and every combination is scored: -n min_max,z_score -w equal,entropy. Without a list, the
    command compares the [variants] of the index file, or several index files.

    A folder or pattern of files is read in partitions; -o names a folder for the ranks of all units.
    """
    if of and show != "specification":
        raise DefinitionError("--of needs --show specification", remedy="add --show specification, or leave out --of")
    if details and show != "details":
        raise DefinitionError("--table needs --show details", remedy="add --show details, or leave out --table")
    # imported when the command runs, so that --help and completion start without polars
    from indicia.cli.output import print_table, progress_bar, write_output
    from indicia.data import escape_formulas, format_of

    weights = o.weights_by_name(consensus_weights)
    expected = expectation(expect)
    first, rest = (sources[0], sources[1:]) if sources else (None, [])
    index, table = options.open(first, code, output)
    if takes_partitions(engine, index, table):
        unused = {
            "--at": at,
            "--against": against,
            "--of": of,
            "another index file": rest,
            "--agreement": agreement != AGREEMENT,
            "--consensus": consensus != CONSENSUS,
            "--consensus-weights": consensus_weights,
            "--consensus-units": consensus_units != "common",
            "--count": count != "distinct",
            "--top": top,
            "--escape-formulas": escape,
            "--lang": lang,
            "--expect": expect,
        }
        check_unused({name: value for name, value in unused.items() if value})
        compare_partitions(index, table, engine, options.alternatives, show, output, format, force=force)
        return
    o.check_format(format, output, escape)
    lang = reader_language(lang, index.definition)
    others = options.open_more(rest, code)

    with progress_bar() as progress:
        comparison = index.compare(
            *others, table=table, period=at, against=against, count=count, **options.alternatives, progress=progress
        )

    on_a_page = show is None and output is None and format in (None, "table")
    table = show or "ranks"
    if on_a_page:
        _page(comparison, agreement, consensus, weights, consensus_units, top, within, code.plugin, lang)
    else:
        frame = comparison.frame(
            table,
            agreement=agreement,
            consensus=consensus,
            unit=of,
            top=top,
            consensus_weights=weights,
            consensus_units=consensus_units,
            details=details,
            plugins=code.plugin,
        )
    measured = ("agreement", "agreement_by_choice", "reproduction")
    voting = {
        **({"consensus_weights": weights} if weights else {}),
        **({"consensus_units": consensus_units} if consensus_units != "common" else {}),
    }
    manifest = (
        None
        if output is None and expected is None
        else {
            **comparison.manifest,
            "table": table,
            **({"agreement": agreement} if on_a_page or table in measured else {}),
            **({"consensus": consensus, **voting} if on_a_page or table in ("consensus", "details") else {}),
            **(voting if table == "iterated" else {}),
            **({"of": of} if table == "specification" else {}),
            **({"details": details} if details else {}),
            **({"top": top} if table == "stability" else {}),
        }
    )
    if not on_a_page and (format or (output and format_of(output))) == "latex":
        from indicia.defaults import PAPER_TABLE_FORMAT
        from indicia.exporting import files_of

        content = files_of(comparison, "comparison", PAPER_TABLE_FORMAT, language=lang, frame=frame, table=table)[""]
        write_output(content, output, manifest)
    elif not on_a_page:
        print_table(escape_formulas(frame) if escape else frame, format, output, comparison.titled(lang), manifest)
    if expected and manifest:
        expected.compare(manifest)


def _page(
    comparison: Comparison,
    agreement: str,
    consensus: str,
    weights: Mapping[str, float],
    consensus_units: RankedUnits,
    top: int | None,
    within: float,
    plugins: list[Path],
    language: str | None,
) -> None:
    """Print the comparison as answers to the questions of a reader."""
    from indicia.cli.output import print_paragraphs, print_section
    from indicia.comparison import sentences

    names = comparison.reader_names(language)

    def section(heading: str, notes: Iterable[Note]) -> None:
        print_section(heading, [note.in_language(language, names) for note in notes])

    several = len(comparison.methods) > 1
    # All sentences are built before the first line is printed, since building a sentence may raise an error.
    agreed = (
        [*sentences.on_distinct(comparison), *sentences.on_agreement(comparison, agreement, plugins)] if several else []
    )
    together = sentences.on_consensus(comparison, consensus, plugins, weights, consensus_units)
    recovered = sentences.on_recovery(comparison)
    print_paragraphs([comparison.titled(language), *_compared(comparison)])
    if several:
        section("Do the rankings agree?", agreed)
        if 2 < len(comparison.methods) <= _MATRIX:
            _matrix(comparison, agreement, plugins)
        first = top or max(1, min(10, len(comparison.common_ranks) // 3))
        section("Who keeps its place?", [*sentences.on_units(comparison, first, within), together])
        section("Who moves most?", sentences.on_movers(comparison))
        _movers(comparison, names, language)
        section("Which choice moves the ranks?", sentences.on_effects(comparison))
        _effects(comparison)
    if recovered:
        section("How close to the published ranking?", recovered)
    if comparison.notes:
        section("Notes", comparison.notes)


_MATRIX = 10
"""The largest number of methodologies that are listed one by one, with a matrix of their agreement."""
_MOVERS = 10
_BAR = 30
"""Characters of the lines and bars that show ranks and effects."""


def _compared(comparison: Comparison) -> list[str]:
    choices = {name: list(dict.fromkeys(comparison.methodologies[name])) for name in comparison.choices}
    if len(comparison.methods) <= _MATRIX:
        return [
            f"{methodology.number:>2}  {methodology.label}{_difference(comparison, methodology)}"
            for methodology in comparison.methods
        ]
    width = max(map(len, choices), default=0)
    return [f"{name:<{width}}  {', '.join(map(str, options))}" for name, options in choices.items()]


def _difference(comparison: Comparison, methodology: Methodology) -> str:
    """Return the choices in which a methodology with a name of its own differs from the first one."""
    first = comparison.methods[0].choices
    changed = [name for name in comparison.choices if methodology.choices.get(name) != first.get(name)]
    if methodology.label == " > ".join(methodology.choices.values()) or not changed:
        return ""
    return f" ({'; '.join(f'{name} {methodology.choices.get(name)}' for name in changed)})"


def _matrix(comparison: Comparison, agreement: str, plugins: list[Path]) -> None:
    from indicia.cli.output import print_grid

    frame = comparison.agreement(agreement, plugins=plugins)
    numbers = [str(methodology.number) for methodology in comparison.methods]  # the list above has their names
    rows = [
        [number, *(f"{value:.2f}" for value in row[1:])] for number, row in zip(numbers, frame.iter_rows(), strict=True)
    ]
    print_grid(["", *numbers], rows, right={"", *numbers})


def _movers(comparison: Comparison, names: dict[str, str], language: str | None) -> None:
    from indicia.cli.output import print_grid, shorten
    from indicia.definition import text

    label = text(comparison.definition.data.label, language)
    heading = label if label in comparison.ranks.columns else comparison.unit
    last = len(comparison.common_ranks)
    scale = f"1{last:>{_BAR - 1}}"
    columns = (comparison.unit, "best", "median", "worst", "spread")
    rows = []
    for unit, best, median, worst, spread in comparison.movers.head(_MOVERS).select(columns).iter_rows():
        numbers = [f"{value:g}" for value in (best, median, worst, spread)]
        rows.append([shorten(names[unit], 18), *numbers, _range(best, median, worst, last)])
    print_grid([heading, *columns[1:], scale], rows, right=set(columns[1:]))


def _range(best: float, median: float, worst: float, last: int) -> str:
    """Draw the best, median and worst rank on a line from the first place to the last; rank 1 may be the worst.

    >>> _range(1, 2, 3, 3)
    '├─────────────●──────────────┤'
    >>> _range(3, 2, 1, 3)
    '├─────────────●──────────────┤'
    """
    ranks = sorted((best, median, worst))
    low, middle, high = (round((rank - 1) / max(1, last - 1) * (_BAR - 1)) for rank in ranks)
    line = [" "] * low + ["─"] * (high - low + 1)
    line[low], line[high] = "├", "┤"
    line[middle] = "●"
    return "".join(line)


def _effects(comparison: Comparison) -> None:
    from indicia.cli.output import print_grid

    effects = comparison.effects.drop_nulls("mean_shift")
    largest = max(effects["mean_shift"].to_list(), default=0.0)
    if len(effects) < 2 or not largest:
        return
    rows = [[name, f"{shift:.1f}", "█" * round(_BAR * shift / largest)] for name, shift, _ in effects.iter_rows()]
    print_grid(["choice", "places", ""], rows, right={"places"})
