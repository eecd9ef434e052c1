"""The findings of the checks of the hierarchy of an index."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

import indicia
from indicia.catalogue import installed
from indicia.checks import Finding, IndicatorFacts, NodeFacts, RunFacts, Subject

_VALUES = {name: [float(row * place % 7) for row in range(7)] for place, name in enumerate("abcdefghijkl", start=1)}


def look(code: str, subject: Subject, **thresholds: Any) -> list[Finding]:
    return list(installed().choose("check", {"method": code, **thresholds}).look(subject))


def of(columns: dict[str, str] | None = None, weights: dict[str, float] | None = None, **nodes: str) -> Subject:
    """Return a subject whose dimensions have indicators of one letter; weights are those of indicators in the index."""
    tree = {node: tuple(parts) for node, parts in nodes.items()}
    letters = sorted(set("".join(nodes.values())))
    top = () if "index" in tree else (("index", tuple(tree)),)
    facts = {node: NodeFacts(parts, parts, "skip") for node, parts in [*tree.items(), *top]}
    indicators = {
        name: IndicatorFacts((columns or {}).get(name, name), weight=(weights or {}).get(name, 1 / len(letters)))
        for name in letters
    }
    frame = pl.DataFrame({name: _VALUES[name] for name in letters})
    components = {node: frame.select(parts) for node, parts in tree.items()}
    if top:
        components["index"] = pl.DataFrame({node: part.to_series() for node, part in components.items()})
    run = replace(RunFacts.of(components), effective_weights={})
    units = pl.DataFrame({"unit": [f"u{row}" for row in range(7)]})
    return replace(Subject.of(units, frame, run=run), nodes=facts, indicators=indicators)


def test_dimensions_with_one_or_two_parts_and_with_more_than_ten_are_found() -> None:
    subject = of(alone="a", pair="bc", three="def", many="abcdefghijk")
    findings = {finding.where: finding for finding in look("S01", subject)}
    assert set(findings) == {"alone", "pair", "many"}
    assert (findings["alone"].sentence, findings["alone"].threshold) == ("alone has 1 part, fewer than 3", 3.0)
    assert (findings["pair"].value, findings["pair"].severity) == (2.0, None)
    assert (findings["many"].sentence, findings["many"].threshold) == ("many has 11 parts, more than 10", 10.0)
    assert not look("S01", subject, least=1, most=11)


def test_effective_weights_are_always_reported_the_largest_first() -> None:
    (finding,) = look("S02", of(one="a", two="bcde", weights={"a": 0.5, **dict.fromkeys("bcde", 0.125)}))
    assert (finding.where, finding.value) == ("index", 0.5)
    assert finding.sentence == "effective weights of 5 indicators: a 50 %, b 12.5 %, c 12.5 %, d 12.5 %, e 12.5 %"


def test_the_weights_of_a_run_go_before_those_of_the_index_file() -> None:
    subject = of(index="ab")
    run = RunFacts.of({"index": subject.raw}, weights={"index": {"a": 0.9, "b": 0.1}})
    (finding,) = look("S02", replace(subject, run=run))
    assert finding.sentence == "effective weights of 2 indicators: a 90 %, b 10 %"


def test_the_weights_after_the_twelfth_are_counted_down_to_the_least() -> None:
    letters = "abcdefghijkl"
    subject = of(index=letters, weights=dict.fromkeys(letters, 1 / 12))
    more = replace(subject, indicators=subject.indicators | {"z": IndicatorFacts("a", weight=1 / 12)})
    (finding,) = look("S02", more)
    assert finding.sentence.endswith("l 8.33 %, and 1 other down to 8.33 % (z)")


def test_parts_below_a_score_without_weights_have_no_effective_weight() -> None:
    subject = of(index="ab")
    run = RunFacts.of({"index": subject.raw}, weights={"index": {"a": 0.9, "b": 0.1}})
    (finding,) = look("S02", replace(subject, run=replace(run, unweighted=frozenset({"index"}))))
    assert (
        finding.sentence == "no indicator has an effective weight, since the score of index does not depend on weights"
    )
    assert not look("S03", replace(subject, run=replace(run, unweighted=frozenset({"index"}))))


def test_a_weight_of_more_than_three_times_another_is_found() -> None:
    weights = {"a": 0.5, **dict.fromkeys("bcde", 0.125)}
    (finding,) = look("S03", of(one="a", two="bcde", weights=weights))
    assert (finding.where, finding.value, finding.threshold) == ("a", pytest.approx(4.0), 3.0)
    assert finding.sentence == "a has 50 % of the index, 4 times the 12.5 % of b"
    assert not look("S03", of(one="a", two="bcd", weights={"a": 0.5, **dict.fromkeys("bcd", 0.5 / 3)}))


def test_a_column_that_indicators_of_two_dimensions_read_counts_twice() -> None:
    subject = of(columns={"c": "a"}, one="ab", two="cd")
    (finding,) = look("S04", subject)
    assert (finding.where, finding.value) == ("a", 2.0)
    assert finding.sentence == "a (one) and c (two) read the same column a; together they have 50 % of the index"


def test_a_column_that_one_dimension_reads_twice_is_left_to_its_correlations() -> None:
    assert not look("S04", of(columns={"b": "a"}, one="ab", two="cd"))


@pytest.mark.parametrize(("votes", "weight", "decides"), [(True, 0.6, True), (True, 0.5, False), (False, 0.6, False)])
def test_a_part_with_more_than_half_of_the_votes_decides_alone(votes: bool, weight: float, decides: bool) -> None:
    subject = of(index="abc")
    weights = {"index": {"a": weight, "b": 0.3, "c": 0.7 - weight}}
    nodes = {"index": replace(subject.nodes["index"], votes=votes)}
    run = RunFacts.of({"index": subject.raw}, weights=weights)
    findings = look("S05", replace(subject, nodes=nodes, run=run))
    assert [finding.where for finding in findings] == (["a"] if decides else [])
    if decides:
        assert findings[0].sentence == "a has 60 % of the votes in index, and decides alone"


@pytest.mark.parametrize(
    ("aggregation", "votes"), [("copeland", True), ("condorcet", True), ("borda", False), ("arithmetic", False)]
)
def test_an_index_file_with_weighted_votes_is_known_to_the_checks(aggregation: str, votes: bool) -> None:
    table = pl.DataFrame({"unit": ["u", "v", "w"], "a": [1.0, 2.0, 3.0], "b": [3.0, 1.0, 2.0]})
    definition = {"data": {"unit": "unit"}, "indicators": {"a": {}, "b": {}}}
    index = indicia.read({**definition, "methodology": {"aggregation": aggregation}})
    assert index.check(table).subject.nodes["index"].votes is votes
