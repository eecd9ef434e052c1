"""indicia stability"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from indicia.cli import options as o
from indicia.cli.chosen import Chosen, Code
from indicia.cli.expect import expectation

if TYPE_CHECKING:
    import polars as pl

    from indicia.robustness import Stability

_ROWS = 10
"""Rows of a table on the page."""


def stability(
    *,
    source: o.Source = None,
    chosen: Chosen,
    units: Annotated[
        int, typer.Option("--units", min=1, help="So many units, from the first, leave in turn and meet in pairs.")
    ] = 100,
    at: o.Period = None,
    show: o.ShowStability = None,
    format: o.Format = None,
    output: o.Output = None,
    escape: o.EscapeFormulas = False,
    lang: o.Language = None,
    expect: o.Expect = None,
    code: Code,
) -> None:
    """Say how little it takes to change the ranking: a part left out, other weights, units that come and go."""
    o.check_format(format, output, escape)
    expected = expectation(expect)
    index, table = chosen.open(source, code, output, **chosen.methods)
    # imported when the command runs, so that --help and completion start without polars
    from indicia.cli import show as shown
    from indicia.data import escape_formulas
    from indicia.definition import check_language

    check_language(lang, index.definition)
    on_a_page = show is None and output is None and format in (None, "table")
    with shown.progress() as progress:
        found = index.stability(table, period=at, units=units, progress=progress)
        if on_a_page:
            _ = found.omission_effects, found.weights, found.reversals
        else:
            frame = found.frame(show or "omission_effects")
    if on_a_page:
        _page(found, lang)
    else:
        manifest = {**found.manifest, "table": show or "omission_effects"} if output else None
        shown.table(escape_formulas(frame) if escape else frame, format, output, found.titled(lang), manifest)
    if expected:
        expected.compare(found.manifest, found.input_tables)


def _page(found: Stability, language: str | None) -> None:
    """Print what a reader wants to know, question by question."""
    from indicia.cli import show

    names = found.reader_names(language) if language else {}
    show.paragraphs([found.titled(language)])
    show.section("What if a part were left out?", found.sentences("omission_effects", language))
    _grid(
        found.omission_effects.filter(found.omission_effects["fault"].is_null()),
        {"left_out": "", "name": "left out", "mean_shift": "places on average", "largest_shift": "at most"},
        {"moves_most": "moves most", "first": "then first"},
        names,
    )
    show.section("What if a weight were another?", found.sentences("weights", language))
    _grid(
        found.weights,
        {"of": "of", "part": "weight of", "weight": "now", "first_changes": "another is first", "then_first": "namely"},
        {"two_swap": "two swap", "ahead": "ahead now", "behind": "ahead then"},
        names,
    )
    show.section("What would make another the first?", found.sentences("minimal_weight_shift", language))
    show.section("Does the order hold when units come and go?", found.sentences("reversals", language))
    _grid(
        found.reversals,
        {"test": "", "should": "expected", "tried": "tried", "failed": "failed"},
        {"example": "such as"},
        names,
    )


def _grid(frame: pl.DataFrame, headings: dict[str, str], more: dict[str, str], names: dict[str, str]) -> None:
    from indicia.cli import show

    columns = {**headings, **more}
    shown = frame.select(list(columns)).head(_ROWS)
    rows = [[_cell(name, names.get(value, value)) for name, value in row.items()] for row in shown.to_dicts()]
    numbers = {heading for name, heading in columns.items() if frame.schema[name].is_numeric()}
    show.grid(list(columns.values()), rows, right=numbers)


def _cell(name: str, value: object) -> str:
    if value is None:
        return "–"
    if not isinstance(value, float):
        return str(value)
    if name == "weight":
        return f"{value:.3f}"
    if name in ("first_changes", "two_swap"):
        from indicia.robustness import percent

        return ("+" if value > 0 else "") + percent(value)
    return f"{value:.1f}"
