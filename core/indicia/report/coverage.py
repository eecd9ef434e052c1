"""What the data hold, and what became of single values."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from indicia.report.markup import Html, paragraph, row, section, short, spoken, table, text
from indicia.report.structure import bar, measure
from indicia.report.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from indicia.notes import Spoken
    from indicia.report.markup import Voice
    from indicia.report.subject import Subject

CELLS = 1000
"""Changed cells beyond so many are counted, not listed."""


def coverage(subject: Subject, voice: Voice) -> str:
    """Return the share of values present by indicator, changed cells, and who was left out."""
    result = subject.result
    cells = result.cells
    counts = Counter(cells.select("indicator", "stage").iter_rows())
    stages = list(dict.fromkeys(cells["stage"]))
    raw = result.scored.raw.values
    measured = any(leaf.spec.unit for leaf in subject.leaves)
    sourced = any(leaf.spec.source for leaf in subject.leaves)
    headings = [
        voice.say("indicator"),
        voice.say("present"),
        voice.say("share"),
        *(_stage(stage, voice) for stage in stages),
        voice.say("lowest"),
        voice.say("median"),
        voice.say("highest"),
        *([voice.say("measure")] if measured else []),
        *([voice.say("source")] if sourced else []),
    ]
    rows = []
    for leaf in subject.leaves:
        column = raw[leaf.id]
        present = len(column) - column.null_count()
        low, middle, high = (short(getattr(column, what)()) for what in ("min", "median", "max"))
        share = bar(present, len(column))
        source = [voice.name(spoken(leaf.spec.source, voice.languages, ""))] if sourced else []
        cells_of = [str(counts[leaf.id, stage]) for stage in stages]
        said = [
            voice.name(subject.called(leaf.id)),
            f"{present:,}/{len(column):,}",
            share,
            *cells_of,
            low,
            middle,
            high,
            *([voice.name(measure(leaf, voice))] if measured else []),
            *source,
        ]
        rows.append(row(said, head=0))
    shift = len(stages)
    drawn = table(
        "t-coverage",
        headings,
        rows,
        caption=voice.say("coverage"),
        numbers=(2, *range(4, 7 + shift)),
        search=False,
    )
    return section(
        "coverage", voice.say("coverage"), paragraph(_says(subject, voice)), drawn, _cells(cells, subject, voice),
        _left_out(result.left_out, voice), _reweighted(result.reweighted, subject, voice),
    )  # fmt: skip


def _says(subject: Subject, voice: Voice) -> Html:
    said, period = [voice.said("coverage_says")], subject.result.definition.data.period
    periods = subject.result.scored.units[period].n_unique() if period else 1
    if periods > 1:
        said.append(voice.said("coverage_periods", n=periods))
    return voice.show(voice.listed(said, "space"))


def _stage(stage: str, voice: Voice) -> Html:
    return voice.say(stage) if stage in WORDS else text(stage)


def _cells(cells: pl.DataFrame, subject: Subject, voice: Voice) -> str:
    heading = f"<h3>{voice.say('changed_cells')}</h3>"
    if cells.is_empty():
        return heading + paragraph(voice.say("cells_none"))
    some = "cells_says" if len(cells) <= CELLS else "cells_some"
    says = paragraph(voice.say(some, n=f"{len(cells):,}", shown=f"{CELLS:,}"))
    about = cells.columns[: cells.columns.index("indicator")]
    names = dict(zip(subject.units, subject.names, strict=True))
    headings = [voice.say("unit"), *(Html(f"<bdi>{text(one)}</bdi>") for one in about[1:])]
    headings += [voice.say(key) for key in ("indicator", "stage", "before", "after", "why")]
    rows = []
    for one in cells.head(CELLS).iter_rows(named=True):
        unit = str(one[about[0]])
        called = voice.name(names.get(unit, dict.fromkeys(voice.languages, unit)))
        further = [str(one[column]) for column in about[1:]]
        known = subject.called(one["indicator"]) if one["indicator"] != "index" else subject.title
        said = [called, *further, voice.name(known), _stage(one["stage"], voice)]
        rows.append(row([*said, short(one["before"]), short(one["after"]), _reason(one["why"], names, voice)], head=0))
    shift = len(about)
    drawn = table(
        "t-cells", headings, rows, caption=voice.say("changed_cells"), numbers=(3 + shift, 4 + shift), classes="long"
    )
    return heading + says + drawn


def _reason(why: str, names: Mapping[str, Spoken], voice: Voice) -> Html:
    """Say why a cell was changed; a unit whose value it took is called as readers call it."""
    method, parted, unit = why.rpartition(": ")
    if parted and unit in names:
        return Html(f"<bdi><code lang=en>{text(method)}</code></bdi>: {voice.name(names[unit])}")
    return Html(f"<bdi><code lang=en>{text(why)}</code></bdi>")


def _left_out(frame: pl.DataFrame, voice: Voice) -> str:
    if frame.is_empty():
        return ""
    rows = [
        row(["–" if cell is None else f"{cell:.3g}" if isinstance(cell, float) else cell for cell in one])
        for one in frame.iter_rows()
    ]
    heading = voice.say("left_out")
    return f"<h3>{heading}</h3>" + table("t-left-out", frame.columns, rows, caption=heading)


def _reweighted(frame: pl.DataFrame, subject: Subject, voice: Voice) -> str:
    if frame.is_empty():
        return ""
    heading = voice.say("reweighted")
    names = dict(zip(subject.units, subject.names, strict=True))
    about = frame.columns[: frame.columns.index("node")]
    headings = [voice.say("unit"), *(Html(f"<bdi>{text(one)}</bdi>") for one in about[1:])]
    headings += [voice.say(key) for key in ("dimension", "has", "of")]
    rows = []
    for one in frame.head(CELLS).iter_rows(named=True):
        unit = str(one[about[0]])
        called = voice.name(names.get(unit, dict.fromkeys(voice.languages, unit)))
        further = [str(one[column]) for column in about[1:]]
        rows.append(
            row([called, *further, voice.name(subject.called(one["node"])), one["present"], one["components"]], head=0)
        )
    shift = len(about)
    return f"<h3>{heading}</h3>" + table(
        "t-reweighted", headings, rows, caption=heading, numbers=(2 + shift, 3 + shift)
    )
