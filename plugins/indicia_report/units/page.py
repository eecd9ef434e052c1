"""The page of one unit: the data of the report, cut to what is about the unit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
import polars as pl

from indicia.definition import ROOT, Leaf, text
from indicia.errors import IndiciaError
from indicia.notes import Names, Note, percentage
from indicia_explain.figures import decimals_of
from indicia_explain.indicator_facts import IndicatorFacts
from indicia_explain.score import ExplainedScore
from indicia_report.markup import (
    Html,
    Texts,
    escape,
    figure,
    isolate,
    number,
    paragraph,
    rank_text,
    row,
    table,
    truncate,
)
from indicia_report.publication import headline, imprint
from indicia_report.units.document import document
from indicia_robustness.rank_distribution import above

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indicia_paper.dossier import Dossier
    from indicia_report.period_view import PeriodView
    from indicia_robustness import Robust

_NEIGHBOURS = 3
"""The units above and below that are listed."""
_KINDS = {"strength": "unit_page_strength", "weakness": "unit_page_weakness"}
_LEVEL = 0.9
"""The share of the draws in the rank intervals of `Robust.units`."""


@dataclass(frozen=True)
class UnitPageWriter:
    """Writes the pages of the units of one dossier, in one language."""

    dossier: Dossier
    view: PeriodView
    names_of_files: Mapping[str, str]
    """The name of the file of each unit, without its ending."""

    @property
    def language(self) -> str:
        """The language of the pages."""
        return self.view.languages[0]

    @cached_property
    def texts(self) -> Texts:
        """The texts of the language."""
        return Texts((self.language,))

    @cached_property
    def names(self) -> dict[str, str]:
        """The names of units, indicators and dimensions for readers."""
        return self.dossier.result.reader_names(self.language)

    @cached_property
    def short_names(self) -> dict[str, str]:
        """The names for sentences and drawings: of indicators and dimensions the short ones."""
        parts = self.dossier.result.definition.parts
        short = {part: text(spec.short_name, self.language, part) for part, spec in parts.items()}
        return {**self.names, **short}

    @cached_property
    def _decimals(self) -> int:
        return decimals_of(self.dossier.result)

    @cached_property
    def _decimals_of_values(self) -> int:
        """The decimals of normalised values."""
        return 1 if max((abs(end) for ends in self._places.values() for end in ends), default=0.0) >= 10 else 3

    @cached_property
    def _order(self) -> list[int]:
        """The rows of the units that are ranked, the first rank first."""
        return [at for at in self.view.order if not np.isnan(self.view.ranks[at])]

    @cached_property
    def _place_in_order(self) -> dict[int, int]:
        return {at: place for place, at in enumerate(self._order)}

    def score(self, score: float) -> str:
        """Return a score as text; a dash stands for none."""
        return number(score, self._decimals).replace("-", "−")

    def _change(self, change: float | None) -> str:
        shown = number(change, self._decimals)
        return f"+{shown}" if change is not None and change > 0 and float(shown) else shown.replace("-", "−")

    @cached_property
    def _places(self) -> dict[str, tuple[float, float]]:
        """The lowest and the highest normalised value of each indicator in the period."""
        normalised = self.dossier.result.scored.normalised.filter(pl.Series(self.view.rows))
        ends = {name: (normalised[name].min(), normalised[name].max()) for name in normalised.columns}
        return {name: (float(low), float(high)) for name, (low, high) in ends.items() if low is not None}  # type: ignore[arg-type]

    @cached_property
    def _intervals(self) -> dict[str, tuple[float, float]]:
        """The rank interval of each ranked unit."""
        robust = self._robust
        if robust is None:
            return {}
        rows = robust.units.filter(pl.col("tier") > 0).select(robust.unit, "lower", "upper").iter_rows()
        return {str(unit): (lower, upper) for unit, lower, upper in rows if lower is not None}

    @property
    def _robust(self) -> Robust | None:
        robust = self.dossier.robust
        return None if robust is None or isinstance(robust, IndiciaError) else robust

    @cached_property
    def _place_in_draws(self) -> dict[str, int]:
        robust = self._robust
        return {} if robust is None else {str(unit): at for at, unit in enumerate(robust.names)}

    def say(self, kind: str, **slots: Any) -> str:
        """Return a sentence or a heading in the language of the page."""
        return Note(kind, **slots).in_language(self.language, self.names)

    def page(self, at: int) -> bytes:
        """Return the page of the unit in a row of the view."""
        name = self.view.names[at][self.language]
        row = int(np.flatnonzero(self.view.rows)[at])
        explanation = ExplainedScore(self.dossier.result, row)
        title = self.view.title[self.language]
        when = f" · {escape(self.view.period)}" if self.view.period else ""
        body = [
            f'<nav><a href="index.html">{escape(self.say("unit_page_all"))}</a></nav>',
            f'<header><p class="sub">{self.texts.name(self.view.title)}{when}</p>',
            f"<h1><bdi>{escape(name)}</bdi></h1>{headline(self.view, self.texts)}</header><main>",
            *self._sections(at, explanation),
            f"</main><footer>{imprint(self.view, self.texts)}{self._sources()}</footer>",
        ]
        return document(f"{name} – {title}", self.language, "\n".join(filter(None, body)))

    def _sections(self, at: int, explanation: ExplainedScore) -> Iterator[str]:
        if np.isnan(self.view.scores[at]):
            facts = IndicatorFacts(self.dossier.result, explanation.row).frame()
            yield self._indicators(at, facts)
            return
        sentences = [finding.in_language(self.language, self.short_names) for finding in explanation.findings]
        yield paragraph(escape(sentences[0]), "lead")
        yield from (paragraph(escape(sentence)) for sentence in sentences[1:])
        if interval := self._intervals.get(self.view.units[at]):
            yield paragraph(
                escape(
                    self.say(
                        "unit_page_interval",
                        share=percentage(_LEVEL),
                        draws=f"{self._robust.draws:,}" if self._robust else "",
                        lower=rank_text(interval[0]),
                        upper=rank_text(interval[1]),
                    )
                )
            )
        redrawn = [Note("redrawn")] if interval and self._robust and self._robust.redraws_values else []
        notes = [note.in_language(self.language, self.short_names) for note in (*redrawn, *explanation.notes)]
        yield "".join(paragraph(escape(note), "note") for note in notes)
        yield f'<div class="pair">{self._gap(explanation)}{self._neighbours(at)}</div>'
        yield self._indicators(at, explanation.parts)

    def _gap(self, explanation: ExplainedScore) -> str:
        """Return the section on the distance to the median profile, part by part of the index."""
        totals = explanation.totals.row(0, named=True)
        parts = explanation.nodes.filter(pl.col("node") == ROOT).drop_nulls("vs_median")
        if totals["base"] is None or parts.is_empty():
            return ""
        changes = [
            (self.names.get(part, part), Step(self.short_names.get(part, part), value, self._change(value)))
            for part, value in parts.select("part", "vs_median").iter_rows()
        ]
        rest = totals["above_base"] - sum(step.change for _, step in changes)
        if abs(rest) > 1e-9 * abs(totals["score"]):
            rounding = self.say("unit_page_rounding")
            changes.append((rounding, Step(rounding, rest, self._change(rest))))
        base, score = (self.score(totals[key]) for key in ("base", "score"))
        unit = self.names.get(explanation.unit, explanation.unit)
        heading, says = self.say("unit_page_gap"), self.say("unit_page_gap_says")
        drawing = waterfall(
            (self.say("unit_page_median_profile"), totals["base"], base),
            [step for _, step in changes],
            (unit, totals["score"], score),
            f"{heading}: {unit}",
        )
        rows = [row([name, step.figure]) for name, step in changes]
        headings = [self.texts.get("part")[self.language], self.say("unit_page_part")]
        listing = table("gap", headings, rows, caption=heading, numbers=[2], search=False)
        return (
            f"<section><h2>{escape(heading)}</h2>{paragraph(escape(says), 'note')}"
            f'<div class="gap">{drawing}{listing}</div></section>'
        )

    def _neighbours(self, at: int) -> str:
        """Return the units above and below, with the share of draws in which the unit is ahead."""
        order, view, place = self._order, self.view, self._place_in_order.get(at)
        if place is None or len(order) < 2:
            return ""
        near = order[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS + 1]
        shares = self._shares_ahead(at, near)
        rows = []
        for other in near:
            name = self.texts.name(view.names[other])
            link = name if other == at else link_to(self.names_of_files[view.units[other]], name)
            score = self.score(float(view.scores[other]))
            cells = [rank_text(view.ranks[other]), link, score, *([shares.get(other, "")] if shares else [])]
            rows.append(row(cells, head=1, attributes="class=own" if other == at else ""))
        headings = [self.say("unit_page_rank"), self.texts.get("unit")[self.language]]
        headings.append(self.texts.get("score")[self.language])
        headings += [self.say("unit_page_ahead", unit=Names.of([view.units[at]]))] if shares else []
        heading = self.say("unit_page_neighbours")
        numbers = [1, 3, *([4] if shares else [])]
        listing = table("neighbours", headings, rows, caption=heading, numbers=numbers, search=False)
        return f"<section><h2>{escape(heading)}</h2>{listing}</section>"

    def _shares_ahead(self, at: int, near: list[int]) -> dict[int, str]:
        """Return the share of draws in which a unit is ahead of each other, as text."""
        robust, places, units = self._robust, self._place_in_draws, self.view.units
        others = [other for other in near if other != at and units[other] in places]
        if robust is None or units[at] not in places or not others:
            return {}
        own = np.full(len(others), places[units[at]])
        shares = above(self._drawn_ranks, own, np.array([places[units[other]] for other in others]))
        known = zip(others, shares.tolist(), strict=True)
        return {other: percentage(share) for other, share in known if share == share}

    @cached_property
    def _drawn_ranks(self) -> Any:
        return None if self._robust is None else self._robust.drawn_ranks

    def _indicators(self, at: int, facts: pl.DataFrame) -> str:
        """Return the table of every indicator, under the dimensions."""
        with_raw, with_gap = "raw" in facts.columns, "vs_median" in facts.columns
        headings = [self.texts.get("indicator")[self.language]]
        headings += [self.say("unit_page_value"), self.say("unit_page_median")] if with_raw else []
        headings += [self.say("unit_page_normalised"), self.say("unit_page_rank")]
        headings += [self.say("unit_page_part")] if with_gap else []
        headings.append(self.say("unit_page_place"))
        by_name = {row["indicator"]: row for row in facts.iter_rows(named=True)}
        rows = []
        listed: set[str] = set()
        for node in self.view.tree.counting_nodes():
            leaves = [part for part in node.components if isinstance(part, Leaf) and part.id in by_name]
            leaves = [leaf for leaf in leaves if leaf.id not in listed]
            if leaves and node.id != ROOT:
                name = escape(self.names.get(node.id, node.id))
                rows.append(f"<tr class=d><th scope=colgroup colspan={len(headings)}><bdi>{name}</bdi>")
            for leaf in leaves:
                listed.add(leaf.id)
                rows.append(row(self._indicator(leaf, by_name[leaf.id], with_raw=with_raw, with_gap=with_gap), head=0))
        heading = self.say("unit_page_indicators")
        legend = self.say("unit_page_track_says", unit=Names.of([self.view.units[at]]))
        numbers = range(2, len(headings))
        listing = table("indicators", headings, rows, caption=heading, numbers=numbers, search=False)
        return f"<section><h2>{escape(heading)}</h2>{paragraph(escape(legend), 'note')}{listing}</section>"

    def _indicator(self, leaf: Leaf, row: Mapping[str, Any], *, with_raw: bool, with_gap: bool) -> list[Any]:
        imputed = bool(row["imputed"])
        unit, year = text(leaf.spec.unit, self.language), row.get("year")
        marks = [escape(part) for part in (unit, year) if part not in (None, "")]
        if (kind := row.get("kind")) in _KINDS:
            marks.append(Html(f'<span class="{kind}">{escape(self.say(_KINDS[kind]))}</span>'))
        if imputed:
            marks.append(escape(self.say("unit_page_imputed")))
        elif row["normalised"] is None:
            marks.append(escape(self.say("unit_page_missing")))
        beside = f"<small>{' · '.join(marks)}</small>" if marks else ""
        cells: list[Any] = [Html(f"<bdi>{escape(self.names.get(leaf.id, leaf.id))}</bdi>{beside}")]
        if with_raw:
            value = figure(row["raw"] if row["raw"] is not None else (row["prepared"] if imputed else None))
            cells += [Html(f'<span class="imputed">{value}</span>') if imputed else value, figure(row["median_raw"])]
        normalised = number(row["normalised"], self._decimals_of_values).replace("-", "−")
        place = "–" if row["rank"] is None else self.say("unit_page_of", rank=rank_text(row["rank"]), number=row["of"])
        cells += [Html(f'<span class="imputed">{normalised}</span>') if imputed else normalised, place]
        if with_gap:
            cells.append(self._change(row["vs_median"]))
        return [*cells, self._track(leaf.id, row, imputed=imputed)]

    def _track(self, name: str, row: Mapping[str, Any], *, imputed: bool) -> Html:
        low, high = self._places.get(name, (0.0, 0.0))
        if row["normalised"] is None or high <= low:
            return Html("")
        own, median = ((value - low) / (high - low) for value in (row["normalised"], row["median"]))
        label = self.say("unit_page_track", own=f"{100 * own:.0f}", median=f"{100 * median:.0f}")
        return track(own, median, label, imputed=imputed)

    def _sources(self) -> str:
        definition = self.dossier.result.definition
        sources = {text(definition.source_for_readers(leaf.spec.source), self.language) for leaf in self.view.leaves}
        listed = "; ".join(sorted(source for source in sources if source))
        return paragraph(escape(f"{self.texts.get('data_sources')[self.language]}: {listed}"), "note") if listed else ""


def link_to(file: str, name: Html) -> Html:
    """Return a link to a page in the same folder; `file` has no ending."""
    return Html(f'<a href="{escape(quote(file))}.html">{name}</a>')


_TRACK, _MARGIN = 120, 6
_LABEL, _BARS, _FIGURE, _LINE = 230, 380, 80, 24


@dataclass(frozen=True)
class Step:
    """A bar of a waterfall."""

    name: str
    change: float
    figure: str
    """The change as text."""


def track(own: float | None, median: float | None, label: str, *, imputed: bool) -> Html:
    """Return a line from the lowest to the highest value, with the median and the unit; places are shares of it."""
    if own is None:
        return Html("")
    marks = f'<path class="rule" d="M{_MARGIN} 9h{_TRACK}"/>'
    if median is not None:
        marks += f'<path class="median" d="M{_MARGIN + _TRACK * median:.1f} 3v12"/>'
    kind = "hollow" if imputed else "dot"
    marks += f'<circle class="{kind}" cx="{_MARGIN + _TRACK * own:.1f}" cy="9" r="4.5"/>'
    width = _TRACK + 2 * _MARGIN
    return Html(
        f'<svg class="track" width="{width}" height="18" viewBox="0 0 {width} 18" role="img" '
        f'aria-label="{escape(label)}">{marks}</svg>'
    )


def waterfall(start: tuple[str, float, str], steps: Sequence[Step], end: tuple[str, float, str], label: str) -> Html:
    """Return bars from one score to another; the names are cut, and a table beside has them in full.

    `start` and `end` are the name, the score, and the score as text.
    """
    levels = [start[1]]
    for step in steps:
        levels.append(levels[-1] + step.change)
    low, high = min(*levels, end[1]), max(*levels, end[1])
    room = (high - low) * 0.06 or 1.0
    scale = _BARS / (high - low + 2 * room)

    def across(score: float) -> float:
        return _LABEL + (score - low + room) * scale

    rows = [_point(0, *start, across(start[1]))]
    for place, step in enumerate(steps, start=1):
        before, after = across(levels[place - 1]), across(levels[place])
        kind = "up" if step.change > 0 else "down"
        middle = _LINE * place + _LINE / 2
        rows.append(
            f"{_text(place, step.name)}"
            f'<path class="link" d="M{before:.1f} {middle - _LINE + 8:g}V{middle - 8:g}"/>'
            f'<path class="{kind}" d="M{min(before, after):.1f} {middle - 7:g}h{max(1.0, abs(after - before)):.1f}'
            f'v14h-{max(1.0, abs(after - before)):.1f}z"/>'
            f'<text x="{max(before, after) + 6:.1f}" y="{middle + 4:g}">{escape(step.figure)}</text>'
        )
    rows.append(_point(len(steps) + 1, *end, across(end[1])))
    width, height = _LABEL + _BARS + _FIGURE, _LINE * (len(steps) + 2)
    return Html(
        f'<svg class="waterfall" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(label)}">{"".join(rows)}</svg>'
    )


def _text(line: int, name: str) -> str:
    shown = truncate(isolate(name), _LABEL - 12)
    title = f"<title>{escape(name)}</title>" if shown != isolate(name) else ""
    return f'<text x="0" y="{_LINE * line + _LINE / 2 + 4:g}">{escape(shown)}{title}</text>'


def _point(line: int, name: str, score: float, figure: str, x: float) -> str:
    """Return the line of a score."""
    middle = _LINE * line + _LINE / 2
    return (
        f'{_text(line, name)}<path class="score" d="M{x:.1f} {middle - 9:g}v18"/>'
        f'<text class="d" x="{x + 6:.1f}" y="{middle + 4:g}">{escape(figure)}</text>'
    )
