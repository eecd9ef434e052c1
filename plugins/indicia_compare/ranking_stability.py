"""The stability of each methodology of a comparison in a row: critical weights, omitted parts, rank reversals."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.errors import IndiciaError, join_names
from indicia.run import StageCache, score
from indicia.tables.periods import rows_of_period
from indicia_robustness import omissions
from indicia_robustness.baseline import Baseline, check_ranked
from indicia_robustness.critical_weights import critical_weights
from indicia_robustness.nearest_weights import nearest_weights
from indicia_robustness.rescoring import Rescoring
from indicia_robustness.reversals import copy_reversals, rank_reversals

if TYPE_CHECKING:
    from indicia.progress import Progress
    from indicia.result import Inputs
    from indicia_compare.comparison import Comparison

    _Cells = dict[str, Any]
    _Answer = tuple[_Cells, str | None]
    """The cells that a question fills, and the reason why it leaves some empty."""


def stability_of_methodologies(
    comparison: Comparison, top: int | None, units: int, progress: Progress
) -> list[dict[str, Any]]:
    """Return the smallest changes that change the ranking of each methodology, as rows of the table `stability`.

    Each methodology is analysed by itself, as `index.stability` does, with all units that it ranks.
    """
    caches: dict[int, StageCache] = {}
    rows: list[_Cells] = []
    for method, inputs in zip(comparison.methods, comparison.inputs, strict=True):
        cache = caches.setdefault(id(inputs.table), StageCache())
        cells = _cells(inputs, comparison.period, top, units, cache)
        rows.append({"methodology": method.number, "label": method.label, **cells})
        progress(len(rows), len(comparison.methods))
    return rows + [{"label": failure.label, "reason": failure.reason} for failure in comparison.failures]


def _cells(inputs: Inputs, period: str | None, top: int | None, units: int, cache: StageCache) -> _Cells:
    """Return the cells of a methodology; `reason` says why others are empty."""
    try:
        with inputs.origin.located():
            analysis = _analysis(inputs, period, cache)
    except IndiciaError as error:
        return {"reason": error.reason}
    k = min(top or max(1, min(10, len(analysis.order) // 3)), len(analysis.order) - 1)
    cells: _Cells = {"first": join_names(analysis.first), "top": k}
    reasons = []
    for answer in (
        partial(_of_weights, k=k),
        _of_shift,
        partial(_of_parts, inputs=inputs),
        partial(_of_tests, units=units),
    ):
        try:
            answered, reason = answer(analysis)
        except IndiciaError as error:
            answered, reason = {}, error.reason
        cells |= answered
        reasons += [reason] if reason else []
    return {**cells, "reason": "; ".join(dict.fromkeys(reasons)) or None}


def _analysis(inputs: Inputs, period: str | None, cache: StageCache) -> Baseline:
    """Score a methodology as the reference for all changes."""
    assert isinstance(inputs.table, pl.DataFrame)
    nominal = score(inputs.definition, inputs.tree, inputs.table, cache=cache)
    _, rows = rows_of_period(nominal.source, period)
    check_ranked(nominal.rank.filter(rows), least=2)
    return Baseline(inputs.definition, nominal, rows.to_numpy())


def _of_weights(analysis: Baseline, k: int) -> _Answer:
    """Return the smallest changes of one weight that change the first unit, the first k units, or any two places."""
    if not analysis.weighable:
        return {}, "no node has several components whose weights are the same for all units"
    table = critical_weights(analysis, k)
    if not table["two_swap"].is_finite().any():
        return {}, "no change of one weight lets units change places"
    cells: _Cells = {}
    reasons = []
    for column, weight, without in _CHANGES:
        changes = table.filter(pl.col(column).is_finite()).sort(pl.col(column).abs(), maintain_order=True)
        if changes.is_empty():
            reasons.append(f"no change of one weight {without.format(k=k)}")
            continue
        cells |= {weight: _weight(analysis, changes), column: changes[column][0]}
        if column == "first_changes":
            cells["then_first"] = changes["then_first"][0]
    return cells, "; ".join(reasons) or None


_CHANGES = (
    ("first_changes", "weight", "makes another unit first"),
    ("top_changes", "top_weight", "changes the first {k}"),
    ("two_swap", "swap_weight", ""),
)
"""The columns of a change and of its weight, and the words for no change."""


def _weight(analysis: Baseline, table: pl.DataFrame) -> str:
    """Return the part of the first row, with its parent if it has several."""
    parent, part = table.select("of", "part").row(0)
    return f"{part} in {parent}" if len(analysis.nominal.tree.parents[part]) > 1 else str(part)


def _of_shift(analysis: Baseline) -> _Answer:
    """Return the share of the weight that must move between the parts of the index to make another unit first."""
    tree = analysis.nominal.tree
    if len(tree.components) < 2:
        return {}, "the index has one component, whose weight cannot move"
    if tree not in analysis.weighable:
        return {}, "the weights of the index differ between units"
    shift = nearest_weights(analysis)
    return (
        ({"moved": shift["moved"][0]}, None) if len(shift) else ({}, "no weights of the index make another unit first")
    )


def _of_parts(analysis: Baseline, inputs: Inputs) -> _Answer:
    """Return the number of dimensions and indicators, and of those without which another unit is first."""
    parts = omissions.parts_to_omit(analysis)
    if not parts:
        return {}, "the index has one part, which cannot be left out"
    names = [name for _, name in parts]
    assert isinstance(inputs.table, pl.DataFrame)
    rescorings = omissions.without_parts(analysis, inputs.tree, inputs.table, names)
    ranks = [rescoring.ranks if isinstance(rescoring, Rescoring) else rescoring for rescoring in rescorings]
    omitted = [omissions.Omission(kind, name, of_part) for (kind, name), of_part in zip(parts, ranks, strict=True)]
    faults = [omission for omission in omitted if isinstance(omission.ranks, IndiciaError)]
    cells = {"parts": len(parts) - len(faults), "parts_new_first": len(omissions.leader_changes(analysis, omitted))}
    fault = None if not faults else f"without {faults[0].name}: {faults[0].ranks.reason}"  # type: ignore[union-attr]
    return cells, fault


def _of_tests(analysis: Baseline, units: int) -> _Answer:
    """Return the failures of the tests for rank reversals."""
    if len(analysis.order) < 3:
        return {}, "fewer than three units are ranked, so that none can leave"
    table = pl.concat([rank_reversals(analysis, units), copy_reversals(analysis, units)])
    failed = dict(zip(table.select("test", "should").rows(), table["failed"], strict=True))
    tried = dict(table.select("test", "tried").rows()[::-1])
    first, order = "the first stays first", "the others keep their order"
    cells: _Cells = {"units": min(units, len(analysis.order))}
    for test, column in _TESTS.items():
        if tried[test]:
            cells |= {f"{column}_new_first": failed[test, first], f"{column}_reversed": failed[test, order]}
    pairs, circles = (number for (test, _), number in failed.items() if test == "two units alone")
    cells |= {"pairs": tried["two units alone"], "pairs_reversed": pairs, "circles": circles}
    faults = table.drop_nulls("fault").unique("fault", maintain_order=True).select("test", "fault").rows()
    return cells, "; ".join(f"{test}: {fault}" for test, fault in faults) or None


_TESTS = {"a unit leaves": "leaves", "a unit gets worse": "worse", "a copy is added": "copy"}
"""The columns of tests of single units."""
