"""The gaps of small random indices, which the page computes again: `web/tests/gap-cases.json`.

Write the file anew with: python tests/gap_cases.py
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

import indicia
from indicia.definition import ROOT
from indicia.errors import IndiciaWarning
from indicia.means import MeanTree
from indicia.means.tree import differences
from indicia_explain.pairs import median_profile
from indicia_explain.parts import parts_between

if TYPE_CHECKING:
    from indicia.means import Profiles
    from indicia.methods import Array
    from indicia.run import Scored
    from indicia_explain.parts import Parts

PATH = Path(__file__).parents[1] / "plugins" / "indicia_report" / "web" / "tests" / "gap-cases.json"
MEANS = ("arithmetic", "geometric", "harmonic", "generalised(p=0.5)", "generalised(p=3)", "generalised(p=-2)")
RULES = ("skip(minimum_share=0.3)", "skip(minimum_share=0.7)", "value(value=30)", "group_mean(within='group')")
UNITS, YEARS = 6, 2
INDICATORS = {"x0": "a", "x1": "a", "x2": "b", "x3": "shared", "x4": "shared", "x5": "deep", "x6": "deep"}


def gap_cases() -> list[dict[str, Any]]:
    """Return the cases: a tree, profiles by name, and the gaps of pairs of profiles."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IndiciaWarning)  # a shared dimension is counted several times
        return [*(_cases_of(seed) for seed in range(2 * len(MEANS))), _with_zeros(), _with_weights_as_printed()]


def _cases_of(seed: int) -> dict[str, Any]:
    """Return the cases of a panel with gaps, in a tree with a shared dimension, a rounded one and mixed means."""
    chance = np.random.default_rng(seed)
    index, frame = _index(seed, chance), _table(chance)
    scored = indicia.read(index).score(frame).scored
    rows = [row for row in range(UNITS * YEARS) if not np.isnan(_number(scored.nodes[ROOT][row]))]
    pairs = [(rows[0], rows[-1]), (rows[-2], rows[1]), (rows[1], rows[0])]
    gaps = [_gap(str(a), str(b), parts_between(scored, a, b)) for a, b in pairs]
    return _document(scored, sorted({row for pair in pairs for row in pair}), gaps, f"random {seed}")


def _index(seed: int, chance: np.random.Generator) -> dict[str, Any]:
    def mean(place: int) -> str:
        return MEANS[(seed + place * (1 + seed // len(MEANS))) % len(MEANS)]

    dimensions: dict[str, Any] = {
        "a": {"aggregation": mean(1), "weight": 1.5},
        "b": {"aggregation": mean(2), "weight": 2.5, "decimals": [1, 15][seed % 2]},
        "shared": {"aggregation": mean(3), "parent": ["a", "b"], "weight": {"a": 2, "b": 1}},
        "deep": {"aggregation": mean(4), "parent": "b", "weight": 0.7},
    }
    indicators = {
        name: {"dimension": parent, "weight": round(chance.uniform(0.5, 4), 2)} for name, parent in INDICATORS.items()
    }
    methodology = {
        "normalisation": "min_max(lower=1, upper=100)",
        "statistics": "pooled",
        "weighting": "given",
        "levels": [{"aggregation": mean(0)}],
        "missing": RULES[seed % len(RULES)],
    }
    data = {"unit": "unit", "period": "year", "groups": ["group"]}
    return {"data": data, "dimensions": dimensions, "indicators": indicators, "methodology": methodology}


def _table(chance: np.random.Generator) -> pl.DataFrame:
    values = chance.uniform(1, 9, (UNITS * YEARS, len(INDICATORS))).round(2)
    values[4:][chance.random(values[4:].shape) < 0.35] = np.nan
    values[4:6, 5:] = np.nan  # units without a dimension
    values[2] = values[3]
    values[3, 0] += 1e-9  # values that hardly differ
    keys = {
        "unit": [f"u{row // YEARS}" for row in range(UNITS * YEARS)],
        "year": [2020, 2021] * UNITS,
        "group": [f"g{row // YEARS % 2}" for row in range(UNITS * YEARS)],
    }
    return pl.DataFrame(keys).hstack(pl.DataFrame(values, schema=list(INDICATORS), nan_to_null=True).get_columns())


def _with_zeros() -> dict[str, Any]:
    """Return the cases of a power mean whose scale is steep without limit at zero, with units at zero."""
    table = pl.DataFrame({"unit": list("abcd"), "x": [0.0, 4, 9, 0], "y": [0.0, 5, 8, 3], "z": [0.0, 6, 0, 0]})
    index = {
        "data": {"unit": "unit"},
        "indicators": {"x": {"weight": 2}, "y": {"weight": 1}, "z": {"weight": 1}},
        "methodology": {"normalisation": "none", "weighting": "given", "aggregation": "generalised(p=0.5)"},
    }
    scored = indicia.read(index).score(table).scored
    gaps = [_gap(str(a), str(b), parts_between(scored, a, b)) for a, b in [(0, 1), (1, 2), (0, 2), (3, 1)]]
    return _document(scored, [0, 1, 2, 3], gaps, "zeros")


def _with_weights_as_printed() -> dict[str, Any]:
    """Return the cases of a product of powers over weighted sums, whose weights do not sum to 1, with gaps."""
    columns: dict[str, list[float | None]] = {"x": [2.0, 4, 9, 1], "y": [3.0, 5, None, 3], "z": [7.0, None, 2, 8]}
    weights = {"x": 0.7, "y": 0.6, "z": 0.8}
    index = {
        "data": {"unit": "unit"},
        "dimensions": {"a": {"weight": 0.5}},
        "indicators": {
            name: {"weight": weight, **({"dimension": "a"} if name != "z" else {})} for name, weight in weights.items()
        },
        "methodology": {
            "normalisation": "none",
            "weighting": "given",
            "scale_weights": False,
            "missing": "skip",
            "levels": [{"aggregation": "geometric"}, {"aggregation": "arithmetic"}],
        },
    }
    scored = indicia.read(index).score(pl.DataFrame({"unit": list("abcd"), **columns})).scored
    gaps = [_gap(str(a), str(b), parts_between(scored, a, b)) for a, b in [(0, 1), (1, 2), (0, 2), (3, 1)]]
    return _document(scored, [0, 1, 2, 3], gaps, "weights as printed")


def _document(scored: Scored, rows: list[int], gaps: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """Return the tree, the profiles of some rows, their gaps, and two gaps to the profile of medians for each."""
    tree, means = scored.tree, MeanTree.of(scored)
    ids = [ROOT, *(node.id for node in tree.counting_nodes() if node.id != ROOT), *tree.indicators]
    nodes = {node.id: node for node in tree.counting_nodes()}
    medians = {}
    for row in rows:
        of_row = median_profile(scored, row).values
        medians[str(row)] = [of_row.get(id_) for id_ in ids]
        gaps.append(_gap(str(row), "median", parts_between(scored, row, None)))
        gaps.append(_gap_to_own_medians(means, row, of_row))
    return {
        "name": name,
        "ids": ids,
        "tree": [
            {
                "kids": [ids.index(part.id) for part in nodes[id_].components] if id_ in nodes else [],
                "weights": scored.weights_in_score[id_].of_rows(scored.units)[0].tolist() if id_ in nodes else [],
                "power": nodes[id_].aggregation.power if id_ in nodes else 1,
            }
            for id_ in ids
        ],
        "profiles": {str(row): _profile(scored, ids, row) for row in rows},
        "medians": medians,
        "gaps": gaps,
    }


def _profile(scored: Scored, ids: list[str], row: int) -> dict[str, list[float | None]]:
    components = [_number(scored.components[id_][row]) if id_ != ROOT else None for id_ in ids]
    unrounded = scored.source.columns.unrounded
    leaves = set(scored.tree.indicators)
    scores = [None if id_ in leaves else _number(unrounded[id_][row]) for id_ in ids]
    components[0] = scores[0]
    return {"components": _plain(components), "scores": _plain(scores)}


def _gap(first: str, second: str, parts: Parts) -> dict[str, Any]:
    by_node = {ROOT: parts.scores[0] - parts.scores[1], **parts.nodes}
    by_node |= dict(zip(parts.indicators, parts.parts.tolist(), strict=True))
    return {
        "first": first,
        "second": second,
        "parts": by_node,
        "rounding": parts.others.get("rounding", 0.0),
        "implied_in_first": sorted(parts.implied_in_a),
        "implied_in_second": sorted(parts.implied_in_b),
    }


def _gap_to_own_medians(tree: MeanTree, row: int, medians: Any) -> dict[str, Any]:
    """Return the gap of a row to the medians of the indicators that count in its score; weights are re-scaled."""
    of_row = tree.take([row])
    own = {name for name, numbers in tree.leaves.items() if of_row.counts[0, numbers].any()}
    within = np.zeros(of_row.weights.shape)
    within[:, 0] = 1.0
    for mean in tree.means:
        within[:, mean.below] = of_row.rescaled(mean, of_row.counts[:, mean.below])
    base = of_row.of_indicators({name: np.array([medians[name] if name in own else np.nan]) for name in tree.leaves})
    gap = differences(tree.means, _side(of_row, of_row.implied, within), _side(of_row, base, within))
    by_node: dict[str, float] = {}
    for number, place in enumerate(tree.places):
        by_node[place.part.id] = by_node.get(place.part.id, 0.0) + float(gap.parts[0, number])
    return {
        "first": str(row),
        "second": "own medians",
        "parts": by_node,
        "rounding": float(gap.rounding[0]),
        "implied_in_first": [],
        "implied_in_second": [],
    }


def _side(tree: MeanTree, profiles: Profiles, weights: Array) -> tuple[Profiles, Array, Array]:
    return profiles, weights, tree.slope


def _plain(values: list[Any]) -> list[float | None]:
    return [None if value is None or np.isnan(value) else float(value) for value in values]


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float(np.nan)


if __name__ == "__main__":
    PATH.write_text("[" + ",\n".join(json.dumps(case) for case in gap_cases()) + "]\n", encoding="utf-8")
