"""The charts of explanations: waterfalls of a score, a gap, a move and the path to a rank, and dumbbells."""

from __future__ import annotations

from dataclasses import dataclass
from math import copysign
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.answers.answer import Answer
from indicia.definition import check_raw_values
from indicia.errors import IndiciaError
from indicia.notes import Note, Rank
from indicia_after_score.reach import Reach
from indicia_editions.move import DATA, ExplainedMove
from indicia_editions.move_grid import CAUSE_WORDS
from indicia_explain.cells import plain
from indicia_explain.figures import decimals_of
from indicia_explain.gap import ExplainedGap
from indicia_explain.gap_grid import OTHERS
from indicia_explain.reach_sentences import PATHS
from indicia_explain.score import ExplainedScore
from indicia_report.charts.draws import ticks_of_ranks
from indicia_report.charts.highlights import UnitNames
from indicia_report.charts.style import altair, chart_data, distinct_names, sources
from indicia_report.charts.waterfall import Step, Waterfall
from indicia_report.markup import clean, rank_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.definition import Definition
    from indicia.result import Result
    from indicia_report.charts.style import ChartStyle


def waterfall_of(
    shown: Answer[Any] | ExplainedScore | ExplainedGap, names: Mapping[str, str], style: ChartStyle, top: int
) -> Waterfall:
    """Return the steps of an explanation, the `top` largest alone and the others in one.

    `names` has the names of units and parts for the readers of the chart.
    """
    return _waterfall(shown, names, style).folded(top, _words("chart_other_indicators", style.language, n="{n}"))


def _waterfall(
    shown: Answer[Any] | ExplainedScore | ExplainedGap, names: Mapping[str, str], style: ChartStyle
) -> Waterfall:
    if isinstance(shown, Answer) and isinstance(shown.analysis, Reach):
        return _of_path(shown, names, style)
    explained = shown.facts[shown.analysis.explained] if isinstance(shown, Answer) else shown
    if isinstance(explained, ExplainedScore):
        return _of_score(explained, names, style)
    if isinstance(explained, ExplainedGap):
        return _of_gap(explained, names, style)
    assert isinstance(explained, ExplainedMove)
    return _of_move(explained, names, style)


def _words(key: str, language: str, **values: object) -> str:
    return Note(key, **values).in_language(language, {})


def _around(
    result: Result, names: Mapping[str, str], style: ChartStyle, title: str, findings: Sequence[Note]
) -> dict[str, Any]:
    """Return the words and figures that all charts have; the first finding stands below the title."""
    language = style.language
    return {
        "title": title,
        "subtitle": findings[0].in_language(language, names),
        "definition": result.definition,
        "axis": _words("explained_score", language),
        "digits": decimals_of(result),
        "source": sources(result.definition, language),
    }


def _of_gap(gap: ExplainedGap, names: Mapping[str, str], style: ChartStyle) -> Waterfall:
    language = style.language
    a, b = (names.get(unit, unit) for unit in (gap.a, gap.b))
    steps = [
        Step(names.get(name, name), part)
        for name, part in gap.parts.sort("part", descending=True).select("indicator", "part").iter_rows()
    ]
    first, second = gap.division.scores
    higher, lower = (b, a) if gap.lowest_first else (a, b)
    steps += [Step(_words(OTHERS[other], language), part) for other, part in gap.division.others.items()]
    return Waterfall(
        **_around(
            gap.result, names, style, style.heading("chart.title_gap", a=a, b=b, at=style.at(gap.period)), gap.findings
        ),
        start=(b, second),
        end=(a, first),
        steps=steps,
        rises=_words("chart_ahead", language, unit=higher),
        falls=_words("chart_ahead", language, unit=lower),
    )


def _of_score(score: ExplainedScore, names: Mapping[str, str], style: ChartStyle) -> Waterfall:
    language, totals = style.language, score.totals.row(0, named=True)
    unit = names.get(score.unit, score.unit)
    if totals["base"] is None:
        reasons = [note for note in score.notes if note.kind == "score_no_parts"]
        raise IndiciaError(
            f"there is no chart of the score of {unit}: {'; '.join(reasons) or 'it has no parts against the median'}",
            remedy="indicia explain without --plot has the facts about its indicators",
        )
    rows = score.parts.sort("vs_median", descending=True, nulls_last=True)
    steps = [
        Step(names.get(name, name), part)
        for name, part in rows.select("indicator", "vs_median").iter_rows()
        if part is not None
    ]
    return Waterfall(
        **_around(
            score.result,
            names,
            style,
            style.heading("chart.title_score", unit=unit, at=style.at(score.period)),
            score.findings,
        ),
        start=(_words("chart_median_profile", language), totals["base"]),
        end=(unit, totals["score"]),
        steps=steps,
        rises=_words("chart_above_median", language),
        falls=_words("chart_below_median", language),
    )


def _of_move(move: ExplainedMove, names: Mapping[str, str], style: ChartStyle) -> Waterfall:
    language, unit = style.language, names.get(move.unit, move.unit)
    parts = move.causes.filter(what="score").select("cause", "shapley").rows()
    steps = [Step(_words(CAUSE_WORDS[cause], language), part) for cause, part in parts if cause != DATA]
    (start, end), old, new = move.scores, move.old.name, move.new.name
    return Waterfall(
        **_around(
            move.result, names, style, style.heading("chart.title_move", unit=unit, old=old, new=new), move.findings
        ),
        start=(old, start),
        end=(new, end),
        steps=steps,
        rises=_words("chart_raises", language),
        falls=_words("chart_lowers", language),
    )


def _of_path(reach: Answer[Reach], names: Mapping[str, str], style: ChartStyle) -> Waterfall:
    """Return the cheapest path: a step for each changed value, and the score after it by whole runs."""
    check_raw_values(reach.definition, reach.result.origin, "the chart of a path")
    language = style.language
    target = reach.facts[reach.analysis.changes].question
    rows = reach[Reach.path].filter(at_most="all").rows(named=True)
    findings = [note for note in reach.document_sentences if isinstance(note, Note)]
    if not rows:
        kinds = ("reach_already", "reach_no_path", "reach_path_too_large", "reach_path_needs")
        reasons = [note for note in findings if note.kind in kinds]
        raise IndiciaError(
            f"there is no path to draw for {target.name}: {' '.join(reasons) or 'none was found'}",
            remedy="indicia explain without --plot has the changes of single values",
        )
    # the run of step k has the changes of the steps up to k
    cells = {
        row["indicator"]: np.array([np.nan] * place + [row["raw_new"]] * (len(rows) - place))
        for place, row in enumerate(rows)
    }
    scores = [float(target.nominal_scores[target.row]), *target.outcomes(cells)[1].tolist()]
    steps = [
        Step(
            names.get(row["indicator"], row["indicator"]),
            after - before,
            f"{plain(row['raw'])} → {plain(row['raw_new'], copysign(1.0, row['change']))}",
        )
        for row, before, after in zip(rows, scores[:-1], scores[1:], strict=True)
    ]
    unit, rival = (names.get(key, key) for key in (target.name, str(target.baseline.names[target.rival])))
    goal = Rank(target.rank).in_language(language, names) if target.rank is not None else rival
    on_path = [note for note in findings if note.kind in PATHS]
    return Waterfall(
        **_around(
            reach.result,
            names,
            style,
            style.heading("chart.title_path", unit=unit, goal=goal),
            [*on_path, *findings],
        ),
        start=(_words("chart_now", language), scores[0]),
        end=(_words("chart_then", language), scores[-1]),
        steps=steps,
        rises=_words("chart_raises", language),
        falls=_words("chart_lowers", language),
        goal=(goal, target.baseline.sign * target.goal),
    )


@dataclass(frozen=True)
class Move:
    """The ranks of a unit in two editions."""

    key: str
    name: str
    old: float
    new: float


@dataclass(frozen=True)
class Dumbbell:
    """The moves of units between two editions, and the words around them."""

    title: str
    subtitle: Sequence[str]
    moves: Sequence[Move]
    climbed: str
    fell: str
    axis: str
    editions: tuple[str, str]
    source: Sequence[str] = ()
    unchanged: str = "unchanged"
    definition: Definition | None = None

    def largest(self, top: int, keys: Sequence[str] = ()) -> list[Move]:
        """Return the `top` largest moves and those of `keys`, by the rank of the later edition."""
        moved = sorted(self.moves, key=lambda move: (-abs(move.new - move.old), move.new, move.key))
        moved = [move for place, move in enumerate(moved) if place < top or move.key in keys]
        return sorted(moved, key=lambda move: (move.new, move.key))


def draw_dumbbell(dumbbell: Dumbbell, style: ChartStyle, top: int) -> Any:
    """Draw the rank then as a ring, the rank now as a disc, and the line between them in the colour of the move."""
    alt = altair()
    named = UnitNames([move.key for move in dumbbell.moves], [[move.name] for move in dumbbell.moves], {})
    marked = {dumbbell.moves[at].key for at in named.rows(style.highlight)}
    moves = dumbbell.largest(top, sorted(marked))
    names = distinct_names([clean(move.name) for move in moves], [clean(move.key) for move in moves])
    words = {-1: dumbbell.climbed, 1: dumbbell.fell, 0: dumbbell.unchanged}
    directions = [(move.new > move.old) - (move.new < move.old) for move in moves]
    # the two directions always have their place in the legend
    kinds = [words[direction] for direction in (-1, 1, *([0] if 0 in directions else []))]
    colours = [style.positive, style.negative, style["soft"]][: len(kinds)]
    data = [
        {
            "unit": name,
            "old": move.old,
            "new": move.new,
            "right": max(move.old, move.new),
            "kind": words[direction],
            "label": f"{rank_text(move.old)} → {rank_text(move.new)}",
        }
        for name, move, direction in zip(names, moves, directions, strict=True)
    ]
    last = max((float(str(row["right"])) for row in data), default=1.0)
    axis = alt.Axis(values=ticks_of_ranks(int(last)), format="d")
    row = style.row_height(len(names), 6)
    bold = [name for name, move in zip(names, moves, strict=True) if move.key in marked]
    x = alt.X("old:Q", title=dumbbell.axis, axis=axis, scale=alt.Scale(domain=[0.5, 1.12 * last + 0.5], nice=False))
    y = alt.Y("unit:N", sort=names, title=None, scale=alt.Scale(domain=names), axis=style.unit_axis(bold))
    colour = alt.Color(
        "kind:N", title=None, scale=alt.Scale(domain=kinds, range=colours), legend=style.top_legend(kinds)
    )
    base = alt.Chart(chart_data(data)).encode(y=y, tooltip=["unit:N", "label:N"])
    line = base.mark_rule(strokeWidth=2.4).encode(x=x, x2="new:Q", color=colour)
    ring = base.mark_point(size=55, fill=style["paper"], opacity=1, strokeWidth=1.6).encode(x=x, color=colour)
    disc = base.mark_point(size=70, filled=True, opacity=1).encode(x="new:Q", color=colour)
    labels = style.labels(base.encode(x="right:Q", text="label:N"), align="left", dx=9)
    listed = ", ".join(f"{row['unit']} {row['label']}" for row in data[:10])
    then, now = dumbbell.editions
    return style.finish(
        (line + ring + disc + labels).properties(width=480, height=row * len(names)),
        title=dumbbell.title,
        subtitle="\n".join([*dumbbell.subtitle, f"○ {then}  ● {now}"]),
        description=listed,
        definition=dumbbell.definition,
        source=dumbbell.source,
    )
