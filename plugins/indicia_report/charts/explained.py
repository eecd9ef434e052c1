"""The charts of explanations: waterfalls of a score, a gap and a move, and the path to a rank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from indicia.definition import check_raw_values, text
from indicia.editions.difference import EditionDifference
from indicia.editions.move import DATA, MoveExplanation
from indicia.editions.move_grid import CAUSE_WORDS
from indicia.errors import IndiciaError
from indicia.explanation.cells import plain
from indicia.explanation.figures import decimals_of
from indicia.explanation.gap import GapExplanation
from indicia.explanation.gap_grid import OTHERS
from indicia.explanation.outcome import Explanation
from indicia.explanation.reach import Reach
from indicia.explanation.score import ScoreExplanation
from indicia.notes import Note, Rank
from indicia.outputs import Chart, ChartOptions, Shown
from indicia_report.charts.dumbbell import Dumbbell, Move, draw_dumbbell
from indicia_report.charts.rankings import sources
from indicia_report.charts.style import ChartStyle
from indicia_report.charts.waterfall import Step, Waterfall, draw_waterfall


@dataclass(frozen=True)
class WaterfallChart(Chart[Explanation]):
    """Draw the parts from a first figure to a last one: the `top` largest parts, and the sum of the others.

    A score starts at the median of each indicator, a gap at the score of the second unit, a move at the score of the
    earlier edition, and the way to a rank at the present score.
    """

    name = "waterfall"
    shows: ClassVar[tuple[Shown, ...]] = ("explanation",)

    top: Annotated[int, Field(ge=1, description="number of parts, from the largest")] = 15

    def draw(self, shown: Explanation, options: ChartOptions) -> Any:
        steps = _waterfall(shown, options.language)
        waterfall = steps.folded(self.top, _words("chart_other_indicators", options.language, n="{n}"))
        return draw_waterfall(waterfall, ChartStyle.of(options))


def _waterfall(explanation: Explanation, language: str) -> Waterfall:
    if isinstance(explanation, ScoreExplanation):
        return _of_score(explanation, language)
    if isinstance(explanation, GapExplanation):
        return _of_gap(explanation, language)
    if isinstance(explanation, MoveExplanation):
        return _of_move(explanation, language)
    assert isinstance(explanation, Reach)
    return _of_path(explanation, language)


@dataclass(frozen=True)
class DumbbellChart(Chart[EditionDifference]):
    """Draw the ranks then and now of the `top` units that move most."""

    name = "dumbbell"
    shows: ClassVar[tuple[Shown, ...]] = ("difference",)

    top: Annotated[int, Field(ge=1, description="number of units, from the one that moves most")] = 25

    def draw(self, shown: EditionDifference, options: ChartOptions) -> Any:
        difference, language, top = shown, options.language, self.top
        names, ranks = difference.reader_names(language), difference.units.drop_nulls(["rank_old", "rank_new"])
        moves = [
            Move(unit, names.get(unit, unit), old, new)
            for unit, old, new in ranks.select("unit", "rank_old", "rank_new").iter_rows()
        ]
        if not moves:
            raise IndiciaError(
                f"no unit has a rank in both editions: {difference.names_of_editions}",
                remedy="name editions with units, such as fitted indices with their tables",
            )
        part = [_words("chart_largest_moves", language, shown=top, n=f"{len(moves):,}")] if top < len(moves) else []
        dumbbell = Dumbbell(
            title=text(difference.definition.name, language),
            subtitle=[*difference.sentences(language)[:1], *part],
            moves=moves,
            climbed=_words("chart_climbed", language),
            fell=_words("chart_fell", language),
            unchanged=_words("chart_unchanged", language),
            axis=_words("explained_rank", language),
            editions=(difference.old.title, difference.new.title),
            source=sources(difference.definition, language),
        )
        return draw_dumbbell(dumbbell, ChartStyle.of(options), top)


def _words(key: str, language: str, **values: object) -> str:
    return Note(key, **values).in_language(language, {})


def _around(explanation: Explanation, language: str, title: str, sentence: int = 0) -> dict[str, Any]:
    """Return the words and figures that all charts have; `sentence` is the number of the sentence below the title."""
    return {
        "title": title,
        "subtitle": f"{text(explanation.definition.name, language)} · {explanation.sentences(language)[sentence]}",
        "axis": _words("explained_score", language),
        "digits": decimals_of(explanation.result),
        "source": sources(explanation.definition, language),
    }


def _of_gap(gap: GapExplanation, language: str) -> Waterfall:
    names = gap.reader_names(language)
    a, b = (names.get(unit, unit) for unit in (gap.a, gap.b))
    steps = [
        Step(names.get(name, name), part)
        for name, part in gap.parts.sort("part", descending=True).select("indicator", "part").iter_rows()
    ]
    first, second = gap.pair.division.scores
    higher, lower = (b, a) if gap.pair.lowest_first else (a, b)
    steps += [Step(_words(OTHERS[other], language), part) for other, part in gap.pair.division.others.items()]
    return Waterfall(
        **_around(gap, language, f"{a} – {b}"),
        start=(b, second),
        end=(a, first),
        steps=steps,
        rises=_words("chart_ahead", language, unit=higher),
        falls=_words("chart_ahead", language, unit=lower),
    )


def _of_score(score: ScoreExplanation, language: str) -> Waterfall:
    names, totals = score.reader_names(language), score.frame("totals").row(0, named=True)
    unit = names.get(score.unit, score.unit)
    if totals["base"] is None:
        reasons = [note for note in score.notes if note.kind == "score_no_parts"]
        raise IndiciaError(
            f"there is no chart of the score of {unit}: {'; '.join(reasons) or 'it has no parts against the median'}",
            remedy="indicia explain without --plot has the facts about its indicators",
        )
    rows = score.frame("parts").sort("vs_median", descending=True, nulls_last=True)
    steps = [
        Step(names.get(name, name), part)
        for name, part in rows.select("indicator", "vs_median").iter_rows()
        if part is not None
    ]
    return Waterfall(
        **_around(score, language, unit),
        start=(_words("chart_median_profile", language), totals["base"]),
        end=(unit, totals["score"]),
        steps=steps,
        rises=_words("chart_above_median", language),
        falls=_words("chart_below_median", language),
    )


def _of_move(move: MoveExplanation, language: str) -> Waterfall:
    unit = move.reader_names(language).get(move.unit, move.unit)
    parts = move.causes.filter(what="score").select("cause", "shapley").rows()
    steps = [Step(_words(CAUSE_WORDS[cause], language), part) for cause, part in parts if cause != DATA]
    (start, end), old, new = move.scores, move.old.name, move.new.name
    return Waterfall(
        **_around(move, language, f"{unit}: {old} → {new}"),
        start=(old, start),
        end=(new, end),
        steps=steps,
        rises=_words("chart_raises", language),
        falls=_words("chart_lowers", language),
    )


def _of_path(reach: Reach, language: str) -> Waterfall:
    """Return the cheapest path: a step for each changed value, and the score after it by whole runs."""
    check_raw_values(reach.definition, reach.result.origin, "the chart of a path")
    names, target = reach.reader_names(language), reach.target
    rows = reach.path.filter(at_most="all").rows(named=True)
    if not rows:
        kinds = ("reach_already", "reach_no_path", "reach_path_too_large", "reach_path_needs")
        reasons = [note for note in reach.findings if note.kind in kinds]
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
            f"{plain(row['raw'])} → {plain(row['raw_new'])}",
        )
        for row, before, after in zip(rows, scores[:-1], scores[1:], strict=True)
    ]
    unit, rival = (names.get(key, key) for key in (target.name, str(target.baseline.names[target.rival])))
    goal = Rank(target.rank).in_language(language, names) if target.rank is not None else rival
    on_path = [number for number, note in enumerate(reach.findings) if note.kind in ("reach_path", "reach_path_search")]
    return Waterfall(
        **_around(reach, language, f"{unit} → {goal}", *on_path[:1]),
        start=(_words("chart_now", language), scores[0]),
        end=(_words("chart_then", language), scores[-1]),
        steps=steps,
        rises=_words("chart_raises", language),
        falls=_words("chart_lowers", language),
        goal=(goal, target.baseline.sign * target.goal),
    )
