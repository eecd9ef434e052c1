"""Promises of checks of an index."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia_audit.checks import NEEDS, SEVERITIES, Check, Finding, IndicatorFacts, NodeFacts, TableObservation
from indicia_audit.checks import Subject as Data
from indicia_conformance.check import check
from indicia_conformance.sound_index import audited
from indicia_conformance.tolerance import CLOSE, equal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia_conformance.subject import Subject

_ROWS = 24


@check("check")
def check_findings_again(subject: Subject) -> None:
    """A second look at the same data gives the same findings in the same order."""
    for name, data in _subjects():
        if _look(subject, name, data) != _look(subject, name, data):
            subject.fail("a second look gives the same findings", name)


@check("check")
def check_order_of_data(subject: Subject) -> None:
    """The findings do not depend on the order of the rows, the indicators and the dimensions."""
    for name, data in _subjects():
        order = np.random.default_rng(3).permutation(len(data.units)).tolist()
        columns = list(reversed(data.raw.columns))
        for changed, other in (("rows", _with_rows(data, order)), ("indicators", _with_columns(data, columns))):
            expected, findings = _look(subject, name, data), _look(subject, name, other)
            if not _are_equal(expected, findings):
                subject.fail(
                    f"findings do not depend on the order of {changed}", f"{findings} instead of {expected} of {name}"
                )


@check("check")
def check_order_of_units_of_a_run(subject: Subject) -> None:
    """The findings about scores, draws and further runs do not depend on the order of the units."""
    for name, (data, reverse) in audited().items():
        expected, findings = _look(subject, name, data), _look(subject, name, reverse)
        if not _are_equal(expected, findings):
            subject.fail("findings do not depend on the order of units", f"{findings} instead of {expected} of {name}")


@check("check")
def check_places(subject: Subject) -> None:
    """The place of a finding is an indicator, unit, period, dimension or column, and its period exists."""
    for name, data in _subjects():
        for finding in _look(subject, name, data):
            if finding.where not in data.places:
                subject.fail("the place of a finding exists", f"{finding.where!r} of {name}")
            if finding.period is not None and finding.period not in data.period_names:
                subject.fail("the period of a finding exists", f"{finding.period!r} of {name}")


@check("check")
def check_sentences(subject: Subject) -> None:
    """A finding is one sentence in one line that names its place, without a full stop, and has sound numbers."""
    for name, data in _subjects():
        for finding in _look(subject, name, data):
            sentence = finding.sentence
            if not sentence.strip() or "\n" in sentence or sentence.endswith("."):
                subject.fail("a finding is one sentence in one line without a full stop", repr(sentence))
            if finding.where != "index" and finding.where not in sentence:
                subject.fail("the sentence names the place", f"{finding.where!r} in {sentence!r}")
            if finding.severity not in (None, *SEVERITIES):
                subject.fail("the severity is error, warning or information", f"{finding.severity!r}")
            for number in (finding.value, finding.threshold):
                if number is not None and not math.isfinite(number):
                    subject.fail("value and threshold are finite, or None", f"{number} of {name}")


@check("check")
def check_clean_data(subject: Subject) -> None:
    """There is no error and no warning about complete, spread-out, independent values."""
    for finding in _look(subject, "clean data", _clean()):
        if (finding.severity or _check(subject).severity) != "information":
            subject.fail("clean data have no error and no warning", finding.sentence)


@check("check")
def check_sound_index(subject: Subject) -> None:
    """There is no error and no warning about a sound index of 60 units, with its scores, draws and further runs."""
    for name, (data, _) in audited().items():
        for finding in _look(subject, name, data):
            if name.startswith("a sound") and (finding.severity or _check(subject).severity) != "information":
                subject.fail("a sound index has no error and no warning", finding.sentence)


@check("check")
def check_planted_fault(subject: Subject) -> None:
    """The fault that `planted` plants is found at its place, with the default thresholds."""
    if (planted := _check(subject).planted()) is None:
        return
    data, where = planted
    if lacking := [need for need in _check(subject).needs if not data.has(need)]:
        subject.fail("the planted fault has all that the check needs", f"it has no {', '.join(lacking)}")
    places = [finding.where for finding in _look(subject, "the planted fault", data)]
    if where not in places:
        others = ", ".join(dict.fromkeys(places)) or "nowhere"
        what = f"with the default thresholds no finding is at {where!r}, and findings are at: {others}"
        subject.fail("the planted fault is found at its place", what)


def doubts(looking: Check) -> list[str]:
    """Return a sentence for each text that the page of a check lacks, and for a check without a planted fault."""
    sentences = [
        f"it states no {word}: `indicia checks {looking.code}` has a heading for it"
        for word in _TEXTS
        if not getattr(looking, word)
    ]
    if looking.planted() is None:
        sentences.append("it plants no fault: planted() returns a small subject with the problem, and the place")
    return sentences


_TEXTS = ("why", "example", "advice")


def _check(subject: Subject) -> Check:
    method = subject.method
    assert isinstance(method, Check)
    return method


def _look(subject: Subject, name: str, data: Data) -> list[Finding]:
    """Return the findings about a subject; fail if the check raises, prints, or yields something else."""
    looking = _check(subject)
    if any(need in NEEDS and not data.has(need) for need in looking.needs):
        return []
    with subject.watch(name):
        findings = list(looking.look(data))
    for finding in findings:
        if not isinstance(finding, Finding):
            subject.fail("look yields findings", f"{finding!r:.80} of {name}")
    return findings


def _are_equal(expected: list[Finding], findings: list[Finding]) -> bool:
    def without_numbers(findings: list[Finding]) -> list[Finding]:
        return [replace(finding, value=None, threshold=None) for finding in findings]

    values, others = ([finding.value for finding in group] for group in (expected, findings))
    return without_numbers(expected) == without_numbers(findings) and equal(values, others, CLOSE)


def _with_rows(data: Data, order: list[int]) -> Data:
    frames = ("units", "raw", "filled", "treated", "capped", "prepared", "denominators", "used_columns")
    changes: dict[str, Any] = {name: frame[order] if (frame := getattr(data, name)).width else frame for name in frames}
    if data.run is not None:  # the results keep their order, and know the rows of their units
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        changes["run"] = replace(data.run, rows=place[data.run.rows])
    return replace(data, **changes)


def _with_columns(data: Data, columns: list[str]) -> Data:
    changes: dict[str, Any] = {
        name: getattr(data, name).select(columns) for name in ("raw", "filled", "treated", "capped", "prepared")
    }
    indicators = {name: data.indicators[name] for name in columns}
    nodes = {name: data.nodes[name] for name in reversed(list(data.nodes))}
    return replace(data, **changes, indicators=indicators, nodes=nodes)


def _subjects() -> Iterator[tuple[str, Data]]:
    """Yield subjects with one kind of problem each, and their descriptions."""
    clean = _clean()
    units, raw = clean.units, clean.raw
    x = raw["x0"].to_numpy()
    rng = np.random.default_rng(5)
    yield "clean data", clean
    yield "one unit", Data.of(units[:1], raw[:1])
    gaps = raw.select(pl.when(pl.int_range(_ROWS) % 3 < place).then(pl.col(f"x{place}")) for place in range(3))
    yield "gaps", Data.of(units, gaps, nodes=_tree(raw.columns))
    filled = gaps.with_columns(pl.col("x1").fill_null(0.5))
    facts = {name: IndicatorFacts(name, weight=1 / 3, imputation="mean") for name in raw.columns}
    yield "imputed values", Data.of(units, gaps, filled=filled, indicators=facts)
    skewed = raw.with_columns(x0=pl.Series(np.exp(rng.normal(0, 2, _ROWS))), x1=pl.Series([0.0] * 22 + [1.0, 9.0]))
    yield "skewed values and zeros", Data.of(units, skewed)
    treated = skewed.with_columns(pl.col("x0").clip(None, 3.0))
    facts = {name: IndicatorFacts(name, weight=1 / 3, treatment="a treatment") for name in raw.columns}
    yield "treated values", Data.of(units, skewed, treated=treated, indicators=facts)
    constant = raw.with_columns(x0=pl.lit(1.0), x1=pl.Series(0.1 + 1e-17 * x) + 0.2, x2=pl.lit(None, pl.Float64))
    yield "constants and an empty indicator", Data.of(units, constant)
    yield "extreme values", Data.of(units, raw.with_columns(pl.col("x0") * 1e300, pl.col("x1") * 1e-300))
    follows = pl.DataFrame({"people": 1000 * x + rng.normal(0, 0.01, _ROWS)})
    yield "values that follow a size", Data.of(units, raw, denominators=follows)
    heavy = pl.DataFrame({"people": [1000.0] + [1.0] * (_ROWS - 1)})
    yield "a unit with most of the weight", Data.of(units, raw, weights_of_units=heavy)
    facts = {name: IndicatorFacts(name, weight=1 / 3, bounds=(0.2, 0.7)) for name in raw.columns}
    yield "values beyond bounds", Data.of(units, raw, indicators=facts)
    facts = {name: IndicatorFacts(name, "cost", weight=1 / 3, direction_stated=False) for name in raw.columns}
    yield "assumed directions", Data.of(units, raw, indicators=facts)
    keys = pl.DataFrame(
        {
            "unit": [f"上海{row // 3}" for row in range(_ROWS)],
            "year": [2000 + (row % 3) * 7 for row in range(_ROWS)],
            "group": [None if row % 5 == 0 else "a" for row in range(_ROWS)],
        }
    )
    rows = [row for row in range(_ROWS) if row != 4]
    filled = gaps.with_columns(pl.all().fill_null(0.5))
    yield "a panel", Data.of(keys[rows], gaps[rows], period="year", groups=("group",), filled=filled[rows])
    topics = ("direction", "column", "row", "value", "scale", "alike", "period")
    names = ("x0", "x1", "u3", "x2", "x0", "u5", "unit")
    observations = tuple(
        TableObservation(topic, "rule", (name,), f"{name} is doubtful", "look at it")  # type: ignore[arg-type]
        for topic, name in zip(topics, names, strict=True)
    )
    yield "observations", Data.of(units, raw, table_observations=observations)
    for name, (audited_data, _) in audited().items():
        yield name, audited_data


def _clean() -> Data:
    """Return a subject without any problem: three independent indicators of 24 units with distinct values."""
    rng = np.random.default_rng(1)
    steps = (np.arange(_ROWS) + 0.5) / _ROWS
    raw = pl.DataFrame({f"x{place}": rng.permutation(steps) for place in range(3)})
    return Data.of(pl.DataFrame({"unit": [f"u{row}" for row in range(_ROWS)]}), raw, nodes=_tree(raw.columns))


def _tree(names: list[str]) -> dict[str, NodeFacts]:
    below = tuple(names)
    return {"index": NodeFacts(("d", *below[2:]), below, "skip"), "d": NodeFacts(below[:2], below[:2], "skip")}
