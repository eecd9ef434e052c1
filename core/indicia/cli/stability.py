"""indicia stability"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from indicia.cli import options as o
from indicia.cli.expect import expectation
from indicia.cli.index_options import CodeOptions, IndexOptions
from indicia.errors import DefinitionError

if TYPE_CHECKING:
    import polars as pl

    from indicia.robustness import OtherWeights, Stability, StepWords

DEFAULT_STEPS = "±50% by 10%"
"""The steps without --steps, as in Python."""
_ROWS = 10
"""The largest number of rows of a table on the screen."""


def stability(
    *,
    source: o.Source = None,
    options: IndexOptions,
    units: Annotated[
        int,
        typer.Option(
            "--units", min=1, help="Leave out, move and test for reversals this number of first-ranked units."
        ),
    ] = 100,
    places: Annotated[
        int, typer.Option("--places", min=1, help="--show value_moves, weight_moves: places up or down.")
    ] = 1,
    steps: Annotated[
        list[str],
        typer.Option(
            "--steps",
            metavar="[PART=]STEPS",
            help='--show value_steps, weight_steps: "±50% by 10%", "0.1 to 0.5 by 0.1", "2, 3"; default: the first.',
        ),
    ] = [],
    other_weights: Annotated[
        str,
        typer.Option(
            "--other-weights", help="--show weight_steps: the others change in proportional or equal amounts."
        ),
    ] = "proportional",
    node: Annotated[
        str | None, typer.Option("--node", help="--show modes: the dimension whose weights vary; default: the index.")
    ] = None,
    grid: Annotated[
        float | None, typer.Option("--grid", help="--show modes: the step of the weights; default: 0.05 for few parts.")
    ] = None,
    band: Annotated[
        float | None,
        typer.Option("--band", help="--show modes: the width around a mode; default: a tenth of the range."),
    ] = None,
    at: o.Period = None,
    show: o.ShowStability = None,
    format: o.Format = None,
    output: o.Output = None,
    escape: o.EscapeFormulas = False,
    lang: o.Language = None,
    expect: o.Expect = None,
    code: CodeOptions,
) -> None:
    """Find the smallest changes that alter the ranking: a part left out, other weights or values, units that leave.

    --show value_moves and weight_moves list what lifts or lowers each unit, value_steps and weight_steps the ranks
    after each step, relevance the indicators that can go, and modes the scores under all weights.
    """
    o.check_format(format, output, escape)
    expected = expectation(expect)
    index, table = options.open(source, code, output, **options.methods)
    # imported when the command runs, so that --help and completion start without polars
    from indicia.cli.output import print_table, progress_bar
    from indicia.data import escape_formulas
    from indicia.definition import check_language

    check_language(lang, index.definition)
    on_a_page = show is None and output is None and format in (None, "table")
    with progress_bar() as progress:
        analysis = index.stability(
            table,
            period=at,
            units=units,
            places=places,
            steps=_steps(steps),
            other_weights=cast("OtherWeights", other_weights),
            node=node,
            grid=grid,
            band=band,
            progress=progress,
        )
        if on_a_page:
            _ = analysis.omission_effects, analysis.weights, analysis.reversals
        else:
            frame = analysis.frame(show or "omission_effects")
    if on_a_page:
        _page(analysis, lang)
    else:
        manifest = {**analysis.manifest, "table": show or "omission_effects"} if output else None
        print_table(escape_formulas(frame) if escape else frame, format, output, analysis.titled(lang), manifest)
    if expected:
        expected.compare(analysis.manifest, analysis.input_tables)


def _steps(words: list[str]) -> StepWords:
    """Return the steps of all parts, or those by part.

    >>> _steps(["±5%"]), _steps(["income=1, 2", "co2=±5%"])
    ('±5%', {'income': '1, 2', 'co2': '±5%'})
    """
    if not words:
        return DEFAULT_STEPS
    named = [word.partition("=") for word in words if "=" in word]
    if not named and len(words) == 1:
        return words[0]
    if len(named) < len(words):
        raise DefinitionError(
            "--steps is given several times, and not always with a part", remedy='--steps "PART=±20% by 5%" for each'
        )
    return {part.strip(): steps for part, _, steps in named}


def _page(analysis: Stability, language: str | None) -> None:
    """Print the analysis as answers to the questions of a reader."""
    from indicia.cli.output import print_paragraphs, print_section

    names = analysis.reader_names(language) if language else {}
    print_paragraphs([analysis.titled(language), *analysis.notes])
    print_section("What if a part were left out?", analysis.sentences("omission_effects", language))
    _grid(
        analysis.omission_effects.filter(analysis.omission_effects["fault"].is_null()),
        {"left_out": "", "name": "left out", "mean_shift": "places on average", "largest_shift": "at most"},
        {"moves_most": "moves most", "first": "then first"},
        names,
    )
    print_section("What if a weight changed?", analysis.sentences("weights", language))
    _grid(
        analysis.weights,
        {"of": "parent", "part": "part", "weight": "weight", "first_changes": "new first at"},
        {"then_first": "new first", "two_swap": "swap at", "ahead": "ahead now", "behind": "ahead after"},
        names,
    )
    print_section("What would put another unit first?", analysis.sentences("minimal_weight_shift", language))
    print_section("Does the order hold when units come and go?", analysis.sentences("reversals", language))
    _grid(
        analysis.reversals,
        {"test": "", "should": "expected", "tried": "tried", "failed": "failed"},
        {"example": "such as"},
        names,
    )


def _grid(frame: pl.DataFrame, headings: dict[str, str], more: dict[str, str], names: dict[str, str]) -> None:
    from indicia.cli.output import print_grid

    columns = {**headings, **more}
    shown = frame.select(list(columns)).head(_ROWS)
    rows = [[_cell(column, names.get(value, value)) for column, value in row.items()] for row in shown.to_dicts()]
    numbers = {heading for name, heading in columns.items() if frame.schema[name].is_numeric()}
    print_grid(list(columns.values()), rows, right=numbers)


def _cell(column: str, value: object) -> str:
    if value is None:
        return "–"
    if not isinstance(value, float):
        return str(value)
    if column == "weight":
        return f"{value:.3f}"
    if column in ("first_changes", "two_swap"):
        from indicia.robustness import percent

        return ("+" if value > 0 else "") + percent(value)
    return f"{value:.1f}"
