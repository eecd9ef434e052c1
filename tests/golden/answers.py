"""Every table of every question that an example answers, with the sentences in both languages."""

from __future__ import annotations

import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

import indicia
from golden import indices
from golden.outcome import Outcome, joined, of_texts
from golden.runs import attempt, of_table
from indicia.catalogue import installed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LANGUAGES = ("en", "zh")
SUBJECTS = ("panel", "comparison", "human_development", "intelligent_manufacturing")
ASKED = {"audit", "compare", "diff", "explain", "gap", "move", "reach", "robustness"}
"""The analyses that are asked with options of their own; all others are asked with their defaults."""
INEXACT = {"reach": ("path", "path_totals"), "stability": ("modes", "mode_sensitivity")}
"""Tables whose last digits a solver chooses anew in each process, or depend on the number of threads."""
PANEL: dict[str, Any] = {
    "name": {"en": "Towns", "zh": "城镇"},
    "data": {"unit": "town", "label": {"en": "name", "zh": "name_zh"}, "period": "year", "groups": ["region"]},
    "dimensions": {"life": {"name": {"en": "Life", "zh": "生活"}}, "nature": {}},
    "indicators": {
        "income": {"dimension": "life", "direction": "benefit", "name": {"en": "Income", "zh": "收入"}},
        "health": {"dimension": "life", "direction": "benefit"},
        "air": {"dimension": "nature", "direction": "cost"},
        "water": {"dimension": "nature", "direction": "benefit", "weight": 2},
    },
    "bands": {"grade": {"thresholds": [40, 60]}},
    "methodology": {"imputation": "linear"},
    "robustness": {"top": [2]},
}
"""An index with periods, groups, bands, gaps, and labels in two languages."""
_TOWNS = ("Ash", "Birch", "Cedar", "Elm", "Fir", "Gum", "Hazel")


def panel() -> pl.DataFrame:
    """Return the table of the panel, with values that no two units share."""
    rows = [
        {
            "town": town.lower(),
            "name": town,
            "name_zh": f"{town}镇",
            "year": year,
            "region": ("north", "south")[place % 2],
            "income": 20 + 7 * (place * 3 % 7) + 2.5 * (year - 2020) * (1 + place % 3),
            "health": None if (place, year) == (2, 2021) else 60 + 3.25 * (place * 5 % 7) + (year - 2020),
            "air": 11 + 4 * (place * 2 % 7) - 1.5 * (year - 2020) * (place % 2),
            "water": 30 + 9.5 * (place * 4 % 7) + 0.75 * (year - 2020),
        }
        for year in (2020, 2021, 2022)
        for place, town in enumerate(_TOWNS)
    ]
    return pl.DataFrame(rows)


def outcomes(name: str) -> dict[str, Outcome]:
    """Return the tables and sentences of all answers of an example or of the panel, by question and table."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        index = indicia.read(PANEL) if name == "panel" else indices.examples()[name].index
        return dict(_outcomes(index, panel() if name == "panel" else index.read_table()))


def _outcomes(index: indicia.Index, frame: pl.DataFrame) -> Iterator[tuple[str, Outcome]]:
    for name, ask in _questions(index, frame):
        answers: list[Any] = []

        def answered(ask: Callable[[], Any] = ask, answers: list[Any] = answers) -> Outcome:
            answers.append(ask())
            return joined(of_texts(f"sentences {language}", _sentences(answers[0], language)) for language in LANGUAGES)

        yield f"{name}: sentences", attempt(answered)
        for answer in answers:
            for table in (each for each in answer.table_names if each not in INEXACT.get(name, ())):
                yield f"{name}: {table}", attempt(partial(of_table, "figures", partial(answer.frame, table)))


def _questions(index: indicia.Index, frame: pl.DataFrame) -> Iterator[tuple[str, Callable[[], Any]]]:
    result = index.score_frame(frame)
    of_period = result.ranking.drop_nulls("rank")
    units = of_period[result.unit].unique(maintain_order=True).to_list()
    first, middle, last = (str(units[place]) for place in (0, len(units) // 2, -1))
    yield "score", lambda: result
    yield "check", lambda: index.check(frame)
    yield "audit", lambda: index.audit(frame, draws=20, seed=1)
    yield (
        "compare",
        lambda: index.compare(table=frame, normalisation=["min_max", "z_score"], weighting=["equal", "pca"]),
    )
    yield (
        "robustness",
        lambda: index.robustness(
            frame, draws=40, seed=1, weights="±25%", weighting=["equal", "entropy"], sensitivity=8, morris=2
        ),
    )
    yield "robustness of regions", lambda: index.robustness(frame, draws=20, seed=1, weights="simplex")
    yield "explain", lambda: index.explain(frame, of=middle)
    yield "gap", lambda: index.gap(frame, a=first, b=last, weights="simplex", draws=20, seed=1)
    yield "reach", lambda: index.reach(frame, of=middle, rank=3)
    yield "move", lambda: index.move(frame, of=middle)
    later = index.with_options(weighting="equal")
    yield "diff", lambda: indicia.diff(index, later, old_table=frame, new_table=frame)
    for name in sorted({*installed(kinds=["analysis"]).names("analysis")} - ASKED):
        yield name, lambda name=name: index.analyse(name, frame)


def _sentences(answer: Any, language: str) -> list[str]:
    """Return the sentences, or the notes of an outcome that has no sentences."""
    if hasattr(answer, "sentences"):
        return list(answer.sentences(language))
    names = answer.reader_names(language)
    return [note.in_language(language, names) for note in answer.notes]
