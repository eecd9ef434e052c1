"""Figures in sentences hold when they are put back into the engine: who leads, by how much, and how sure that is.

Values that suffice are replayed by tests/core/explanation/test_levers.py and the page's tests/plugins/report, parts of
gaps and moves by tests/core/editions/test_sums.py.
"""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from explanations import sentences_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_indices import random_indices

import indicia
from indicia_explain.gap import explain_gap
from indicia_explain.score import explain_score
from indicia_paper.dossier import compile_dossier
from indicia_report.headline import headline
from indicia_report.method.page_section import Shown

if TYPE_CHECKING:
    from indicia import Result

ANY = settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
NUMBER = r"(-?\d[\d,]*(?:\.\d+)?)"


def figures(pattern: str, sentences: list[str]) -> list[tuple[str, ...]]:
    """Return the groups of a pattern in each sentence that has it; minus signs are those of Python."""
    texts = (sentence.replace("−", "-") for sentence in sentences)
    found = (re.search(pattern, text) for text in texts)
    return [match.groups() for match in found if match]


def close(text: str, value: float) -> bool:
    """Return whether a printed figure is a value, to its last digit."""
    digits = len(text.partition(".")[2])
    return abs(float(text.replace(",", "")) - value) <= 0.5 * 10**-digits * (1 + 1e-9)


def ranked(result: Result) -> pl.DataFrame:
    """Return the ranked units of the last period, the best first."""
    return result.scores.filter(year=2021).drop_nulls("rank").sort("rank", "unit")


@ANY
@given(drawn=random_indices())
def test_a_score_and_the_distance_to_the_best_are_those_of_the_run(drawn: tuple[dict[str, Any], pl.DataFrame]) -> None:
    result = indicia.read(drawn[0]).score(drawn[1])
    units = ranked(result)
    best = units.row(0, named=True)
    for row in units.to_dicts():
        sentences = sentences_of(explain_score(result, row["unit"]))
        ((rank, count, score),) = figures(rf"is (\d+)(?:st|nd|rd|th) of (\d+) in 2021 with {NUMBER}\.", sentences)
        assert (int(rank), int(count)) == (row["rank"], len(units))
        assert close(score, row["score"])
        for name, of_best, distance in figures(rf"best ranked unit is (\w+): {NUMBER}, {NUMBER} away", sentences):
            assert units.filter(unit=name)["rank"].item() == 1
            assert close(of_best, best["score"])
            assert close(distance, abs(best["score"] - row["score"]))


@ANY
@given(drawn=random_indices())
def test_a_gap_is_the_difference_of_the_scores_that_stand_beside_it(drawn: tuple[dict[str, Any], pl.DataFrame]) -> None:
    result = indicia.read(drawn[0]).score(drawn[1])
    rows = {row["unit"]: row for row in ranked(result).to_dicts()}
    first, *others = rows
    for other in others[:2]:
        for text in figures(
            rf"(\w+) \((\d+)\w*\) is {NUMBER} (behind|ahead of) (\w+) \((\d+)\w*\): {NUMBER} against {NUMBER}",
            sentences_of(explain_gap(result, first, other)),
        ):
            a, rank, gap, word, b, place, score, against = text
            assert (int(rank), int(place)) == (rows[a]["rank"], rows[b]["rank"])
            difference = rows[a]["score"] - rows[b]["score"]
            assert (word == "behind") == (difference < 0)
            assert close(gap, abs(difference))
            assert close(score, rows[a]["score"])
            assert close(against, rows[b]["score"])


@ANY
@given(drawn=random_indices())
def test_the_headline_of_the_page_names_the_first_and_its_lead(drawn: tuple[dict[str, Any], pl.DataFrame]) -> None:
    dossier = compile_dossier(indicia.read(drawn[0]), drawn[1], needs=())
    units = ranked(dossier.result)
    text = headline(Shown.of(dossier, ("en",)).view, dossier)["en"]
    first, second = (units.row(at, named=True) for at in (0, 1))
    assert first["unit"] in text
    numbers = re.findall(NUMBER, re.sub(r"u\d", "", text))
    assert any(close(number, first["score"]) for number in numbers)
    if second["rank"] != first["rank"]:
        assert second["unit"] in text
        assert any(close(number, abs(first["score"] - second["score"])) for number in numbers)


@settings(max_examples=2, derandomize=True)
@given(seed=st.integers(0, 2**16))
def test_the_verdict_counts_parts_that_correlate_and_units_that_shift(seed: int) -> None:
    chance = np.random.default_rng(seed)
    shared = chance.normal(50, 10, 24)
    values = {f"x{number}": shared + chance.normal(0, 10, 24) for number in range(6)}
    frame = pl.DataFrame({"unit": [f"u{number:02}" for number in range(24)], **values})
    raw = {
        "data": {"unit": "unit"},
        "dimensions": {"a": {}, "b": {}},
        "indicators": {f"x{number}": {"dimension": "ab"[number % 2], "direction": "benefit"} for number in range(6)},
    }
    index = indicia.read(raw)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        audit = index.audit(frame, draws=60, seed=seed).figures
    text = str(audit.verdict)
    ((strong, count),) = figures(r"Coherence: (\d+) of (\d+) indicators and dimensions correlate", [text])
    result = index.score(frame)
    scores = result.scores
    parts = [(result.normalised[f"x{number}"], scores["ab"[number % 2]]) for number in range(6)]
    parts += [(scores[dimension], scores["score"]) for dimension in "ab"]
    correlations = [float(np.corrcoef(part, node)[0, 1]) for part, node in parts]
    assert (int(strong), int(count)) == (sum(r > 0.3 for r in correlations), len(correlations))
    ((steady, units, limit, draws),) = figures(
        r"Robustness: (\d+) of (\d+) units \w+ by at most (\d+) ranks in at least 90 % of (\d+) draws", [text]
    )
    assert audit.robust is not None
    drawn = np.asarray(audit.robust.ranks, dtype=float)
    nominal = scores["rank"].to_numpy()
    order = [list(map(str, audit.robust.names)).index(unit) for unit in scores["unit"]]
    ranks = drawn[:, order] if drawn.shape[1] == len(order) else drawn[order].T
    within = (np.abs(ranks - nominal) <= int(limit)).mean(axis=0) >= 0.9
    assert (int(steady), int(units), int(draws)) == (int(within.sum()), 24, len(ranks))


def test_a_printed_figure_is_close_to_its_last_digit() -> None:
    assert close("1,234.5", 1234.54)
    assert not close("0.2", 0.26)
