"""The coverage of the data, and the values that the stages changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia_report.markup import Html, by_language, escape, figure, hidden, paragraph, row, table
from indicia_report.method.page_section import PageSection
from indicia_report.method.structure import bar, measure
from indicia_report.words import is_message

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from indicia.notes import Spoken
    from indicia_report.markup import Texts
    from indicia_report.method.page_section import Shown
    from indicia_report.period_view import PeriodView

CELLS = 60
"""The most changed cells, and the most units with missing parts, that the page lists."""


@dataclass(frozen=True)
class Coverage(PageSection):
    """The present values by indicator, the values that stages changed, and the units and indicators left out."""

    name = "coverage"
    order = 140
    heading = "coverage"

    def draw(self, shown: Shown) -> str:
        """Return the tables of coverage."""
        return coverage(shown.view, shown.texts)


def coverage(view: PeriodView, texts: Texts) -> str:
    """Return the tables with present values by indicator, changed cells, and left-out units and indicators."""
    result = view.result
    cells = result.cells
    counts = Counter(cells.select("indicator", "stage").iter_rows())
    stages = list(dict.fromkeys(cells["stage"]))
    raw = result.scored.raw.values
    has_measures = any(leaf.spec.unit for leaf in view.leaves)
    has_sources = any(leaf.spec.source for leaf in view.leaves)
    publishes = result.definition.publishes_raw_values
    headings = [
        texts.html("indicator"),
        texts.html("present"),
        texts.html("share"),
        *(_stage(stage, texts) for stage in stages),
        *(texts.html(key) for key in ("lowest", "median", "highest") if publishes),
        *([texts.html("measure")] if has_measures else []),
        *([texts.html("source")] if has_sources else []),
    ]
    rows = []
    for leaf in view.leaves:
        column = raw[leaf.id]
        present = len(column) - column.null_count()
        statistics = ("min", "median", "max") if publishes else ()
        share = bar(present, len(column))
        reader_text = result.definition.source_for_readers(leaf.spec.source)
        source = [texts.name(by_language(reader_text, texts.languages, ""))] if has_sources else []
        changed = [str(counts[leaf.id, stage]) for stage in stages]
        values = [
            texts.name(view.name_of(leaf.id)),
            f"{present:,}/{len(column):,}",
            share,
            *changed,
            *(figure(getattr(column, statistic)()) for statistic in statistics),
            *([texts.name(measure(leaf, texts))] if has_measures else []),
            *source,
        ]
        rows.append(row(values, head=0))
    numbers = len(stages) + (3 if publishes else 0)
    coverage_table = table(
        "t-coverage",
        headings,
        rows,
        caption=hidden(texts.html("coverage")),
        numbers=(2, *range(4, 4 + numbers)),
        search=False,
    )
    further = _cells(cells, view, texts), _left_out(result.left_out, texts), _reweighted(result.reweighted, view, texts)
    return "".join([paragraph(_intro(view, texts)), coverage_table, *further])


def _intro(view: PeriodView, texts: Texts) -> Html:
    sentences, period = [texts.get("coverage_says")], view.result.definition.data.period
    periods = view.result.scored.units[period].n_unique() if period else 1
    if periods > 1:
        sentences.append(texts.get("coverage_periods", n=periods))
    return texts.show(texts.join(sentences, "space"))


def _stage(stage: str, texts: Texts) -> Html:
    return texts.html(stage) if is_message(stage) else escape(stage)


def _cells(cells: pl.DataFrame, view: PeriodView, texts: Texts) -> str:
    heading = f"<h3>{texts.html('changed_cells')}</h3>"
    if cells.is_empty():
        return heading + paragraph(texts.html("cells_none"))
    key = "cells_says" if len(cells) <= CELLS else "cells_some"
    intro = paragraph(texts.html(key, n=f"{len(cells):,}", shown=f"{CELLS:,}"))
    key_columns = cells.columns[: cells.columns.index("indicator")]
    names = dict(zip(view.units, view.names, strict=True))
    headings = [texts.html("unit"), *(Html(f"<bdi>{escape(column)}</bdi>") for column in key_columns[1:])]
    publishes = view.result.definition.publishes_raw_values
    figures = ("before", "after") if publishes else ()
    headings += [texts.html(key) for key in ("indicator", "stage", *figures, "why")]
    rows = []
    for change in cells.head(CELLS).iter_rows(named=True):
        unit = str(change[key_columns[0]])
        name = texts.name(names.get(unit, dict.fromkeys(texts.languages, unit)))
        other_keys = [str(change[column]) for column in key_columns[1:]]
        part_name = view.name_of(change["indicator"]) if change["indicator"] != "index" else view.title
        values = [figure(change[key]) for key in figures]
        cause = _stage(change["stage"], texts), _reason(change["why"], names, texts)
        rows.append(row([name, *other_keys, texts.name(part_name), cause[0], *values, cause[1]], head=0))
    offset = len(key_columns)
    numbers = (3 + offset, 4 + offset) if publishes else ()
    cell_table = table(
        "t-cells", headings, rows, caption=hidden(texts.html("changed_cells")), numbers=numbers, classes="long"
    )
    return heading + intro + cell_table


def _reason(why: str, names: Mapping[str, Spoken], texts: Texts) -> Html:
    """Return the reason of a change; if the value comes from another unit, with the name of the unit for readers."""
    method, _, unit = why.rpartition(": ")
    if method and unit in names:
        return Html(f"<bdi><code lang=en>{escape(method)}</code></bdi>: {texts.name(names[unit])}")
    return Html(f"<bdi><code lang=en>{escape(why)}</code></bdi>")


def _left_out(frame: pl.DataFrame, texts: Texts) -> str:
    if frame.is_empty():
        return ""
    rows = [
        row(["–" if cell is None else f"{cell:.3g}" if isinstance(cell, float) else cell for cell in values])
        for values in frame.iter_rows()
    ]
    heading = texts.html("left_out")
    return f"<h3>{heading}</h3>" + table("t-left-out", frame.columns, rows, caption=hidden(heading))


def _reweighted(frame: pl.DataFrame, view: PeriodView, texts: Texts) -> str:
    if frame.is_empty():
        return ""
    heading = texts.html("reweighted")
    names = dict(zip(view.units, view.names, strict=True))
    key_columns = frame.columns[: frame.columns.index("node")]
    headings = [texts.html("unit"), *(Html(f"<bdi>{escape(column)}</bdi>") for column in key_columns[1:])]
    headings += [texts.html(key) for key in ("dimension", "has", "of")]
    rows = []
    for entry in frame.head(CELLS).iter_rows(named=True):
        unit = str(entry[key_columns[0]])
        name = texts.name(names.get(unit, dict.fromkeys(texts.languages, unit)))
        other_keys = [str(entry[column]) for column in key_columns[1:]]
        rows.append(
            row([name, *other_keys, texts.name(view.name_of(entry["node"])), entry["present"], entry["components"]], 0)
        )
    offset = len(key_columns)
    few = texts.html("method.first_of", shown=CELLS, count=len(frame)) if len(frame) > CELLS else None
    return f"<h3>{heading}</h3>{paragraph(few) if few else ''}" + table(
        "t-reweighted", headings, rows, caption=hidden(heading), numbers=(2 + offset, 3 + offset)
    )
