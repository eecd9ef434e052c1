"""The values that an indicator can have, and ways to a rank that somebody can go: replayed by whole runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import indicia
from indicia.definition import Indicator
from indicia.errors import IndiciaError
from indicia_explain.cells import plain
from indicia_explain.levers import possible_values

MODEL = Path(__file__).parents[3] / "examples" / "intelligent_manufacturing" / "index.toml"
INF = np.inf


@pytest.mark.parametrize(
    ("words", "observed", "expected"),
    [
        ({"unit": "rank"}, [1, 4, 17], (1, INF, True)),
        ({"unit": {"en": "place", "zh": "名次"}}, [1, 2.5], (1, INF, False)),  # equal ranks share an average
        ({"unit": "enterprises"}, [0, 120], (0, INF, True)),
        ({"unit": "10 thousand persons"}, [180, 2487], (0, INF, False)),
        ({"unit": "万人"}, [180.5], (0, INF, False)),
        ({"unit": "persons", "per": "area"}, [2, 4], (0, INF, False)),  # a density
        ({"unit": "persons"}, [-3, 4], (-INF, INF, False)),  # a migration balance keeps no limit
        ({"unit": "percent", "name": "Share of industry in GDP"}, [4.0, 61.5], (0, 100, False)),
        ({"unit": "%", "name": {"zh": "第二产业占GDP比重"}}, [4.0, 61.5], (0, 100, False)),
        ({"unit": "percent", "name": "Share of debt in GDP"}, [40.0, 261.5], (-INF, INF, False)),
        ({"unit": "percent", "name": "Growth of GDP"}, [4.0, 6.0], (-INF, INF, False)),
        ({"unit": "% of population"}, [4.0, 6.0], (0, 100, False)),
        ({"unit": "share"}, [0.2, 0.9], (0, 1, False)),
        ({"unit": "100 million yuan"}, [4.0, 6.0], (-INF, INF, False)),
        ({}, [4, 6], (-INF, INF, False)),
    ],
)
def test_a_limit_is_assumed_only_where_the_unit_proves_it_and_every_value_keeps_it(
    words: dict[str, Any], observed: list[float], expected: tuple[float, float, bool]
) -> None:
    possible = possible_values(Indicator.model_validate(words), np.array(observed, dtype=float))
    assert (possible.least, possible.greatest, possible.is_whole) == expected
    assert possible.is_assumed == (expected != (-INF, INF, False))


def test_what_the_index_file_states_goes_before_what_the_unit_proves() -> None:
    spec = Indicator.model_validate({"unit": "rank", "limits": [3, 40], "whole": False})
    possible = possible_values(spec, np.array([5.0, 7.0]))
    assert (possible.least, possible.greatest, possible.is_whole, possible.is_assumed) == (3, 40, False, False)


def test_limits_in_the_wrong_order_are_refused() -> None:
    words = {"data": {"unit": "city"}, "indicators": {"income": {"limits": [5, 1]}}}
    with pytest.raises(IndiciaError, match=r"limits = \[5, 1\]: the first must be smaller than the second"):
        _ = indicia.read(words).definition


def test_the_model_case_offers_no_rank_below_1_and_no_value_that_no_city_has() -> None:
    """Jinan once read of an innovation rank of -71, and of a population of 5,220, which no ranked city has."""
    reach = indicia.read(MODEL).with_options(weighting="equal").reach(of="Jinan", rank=8)
    row = reach.frame("raw").row(by_predicate=pl.col("indicator") == "innovation_rank", named=True)
    assert (row["least"], row["whole"], row["assumed"]) == (1, True, True)
    assert row["where"] == "out of reach"
    beyond = reach.frame("raw").filter(where="beyond the others")
    assert len(beyond)
    figures = [plain(needed, change) for needed, change in beyond.select("raw_needed", "change").iter_rows()]
    assert not [line for line in reach.sentences() for figure in figures if f"→ {figure}" in line]
    name = reach.reader_names()["innovation_rank"]
    assert any(f"{name} at least 1 and whole" in sentence for sentence in reach.sentences())


UNITS = (None, "rank", "persons", "share", "percent")


@st.composite
def random_ways(draw: st.DrawFn) -> tuple[dict[str, Any], pl.DataFrame]:
    """Draw an index whose indicators have units, limits and levers, and a table that keeps them."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    indicators: dict[str, dict[str, Any]] = {}
    columns: dict[str, Any] = {"city": list("ABCDEFG")}
    for number in range(4):
        unit = draw(st.sampled_from(UNITS))
        name = f"x{number}"
        is_whole = unit in ("rank", "persons")
        values = chance.permutation(np.arange(1, 41))[:7] if is_whole else chance.uniform(0.05, 0.95, 7)
        columns[name] = values.astype(float)
        indicators[name] = {
            "direction": draw(st.sampled_from(["benefit", "cost"])),
            "weight": draw(st.floats(0.5, 4)),
            **({"unit": unit} if unit else {}),
            **({"name": f"Share of {name}"} if unit == "percent" else {}),
            **({"lever": False} if draw(st.integers(0, 4)) == 0 else {}),
            **({"limits": [0, 45]} if draw(st.integers(0, 4)) == 0 else {}),
            **({"bounds": [0, 50 if is_whole else 1]} if draw(st.booleans()) else {}),
        }
    means = st.sampled_from(["arithmetic", "arithmetic", "generalised(p=0.5)"])
    methodology = {"aggregation": draw(means), "normalisation": "min_max(lower=1, upper=100)", "weighting": "given"}
    return {"data": {"unit": "city"}, "indicators": indicators, "methodology": methodology}, pl.DataFrame(columns)


BEHIND_ALL_OTHERS: tuple[dict[str, Any], pl.DataFrame] = (
    {
        "data": {"unit": "city"},
        "indicators": {
            "x0": {"direction": "cost", "weight": 1.5, "bounds": [0, 1]},
            "x1": {"direction": "benefit", "weight": 3.0, "bounds": [0, 1]},
            "x2": {"direction": "benefit", "weight": 1.0, "unit": "rank", "lever": False, "bounds": [0, 50]},
            "x3": {"direction": "benefit", "weight": 4.0, "unit": "rank"},
        },
        "methodology": {"aggregation": "generalised(p=0.5)", "normalisation": "min_max(lower=1, upper=100)"},
    },
    pl.DataFrame(
        {
            "city": list("ABCDEFG"),
            "x0": [0.684867, 0.61181, 0.124686, 0.509708, 0.086313, 0.546499, 0.186702],
            "x1": [0.418091, 0.21375, 0.879056, 0.679216, 0.599554, 0.707681, 0.806727],
            "x2": [29.0, 39.0, 16.0, 2.0, 22.0, 23.0, 32.0],
            "x3": [37.0, 30.0, 35.0, 23.0, 31.0, 2.0, 33.0],
        }
    ),
)
"""A table in which city B reaches rank 4 with a value of x1 that is better than its own and behind all others."""


def rank_with(index: indicia.Index, frame: pl.DataFrame, unit: str, values: dict[str, float]) -> float:
    """Return the rank of a unit in a whole run with other values."""
    is_unit = pl.col("city") == unit
    changed = frame.with_columns(
        pl.when(is_unit).then(value).otherwise(name).alias(name) for name, value in values.items()
    )
    rank: float = index.score(changed).scores.filter(is_unit)["rank"].item()
    return rank


@settings(max_examples=4, deadline=None)
@example(BEHIND_ALL_OTHERS, 4)
@given(random_ways(), st.integers(1, 4))
def test_each_way_in_a_sentence_reaches_the_rank_when_it_is_put_into_the_table(
    case: tuple[dict[str, Any], pl.DataFrame], goal: int
) -> None:
    words, frame = case
    index = indicia.read(words)
    unit = index.score(frame).ranking["city"][5]
    reach = index.reach(frame, of=unit, rank=goal)
    names = {f"Share of {name}": name for name in words["indicators"]} | {name: name for name in words["indicators"]}
    first, *others = reach.sentences()
    number = r"([−\d.,e+]*\d)"
    in_words = re.compile(rf"((?:Share of )?x\d) (?:rises from |falls from )?[−\d.,e]+ (?:→|to) {number}")

    def figures(sentence: str) -> dict[str, float]:
        pairs = in_words.findall(sentence)
        return {names[part]: float(text.replace("−", "-").replace(",", "")) for part, text in pairs}

    alone = [sentence for sentence in others if "enough alone: " in sentence]
    ways = [figures(first)] if " reaches rank " in first else []
    ways += [{name: value} for sentence in alone for name, value in figures(sentence).items()]
    for way in ways:
        assert way
        assert rank_with(index, frame, unit, way) <= goal, way
        for name, value in way.items():
            spec = words["indicators"][name]
            assert spec.get("lever", True)
            least, greatest = spec.get("limits", (1 if spec.get("unit") == "rank" else -INF, INF))
            assert least <= value <= greatest
            if spec.get("unit") in ("rank", "persons"):
                assert value == round(value)
            if "to the ends of the scales" not in first or way is not ways[0]:
                side = 1 if spec["direction"] == "benefit" else -1
                own, best = (
                    frame.filter(city=unit)[name].item(),
                    (side * frame.filter(pl.col("city") != unit)[name]).max(),
                )
                digit = 1e-3 * abs(value)  # the last digit is rounded so that the value is enough
                assert side * own < side * value <= best + digit
    for row in reach.frame("raw").drop_nulls("raw_needed").iter_rows(named=True):
        assert (row["least"] or -INF) <= row["raw_needed"] <= (row["greatest"] or INF)
        assert not row["whole"] or row["raw_needed"] == round(row["raw_needed"])
