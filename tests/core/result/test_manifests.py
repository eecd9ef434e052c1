"""A run says what it has otherwise than an earlier one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from indicia.errors import DataError
from indicia.result import compare_manifests, read_manifest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import polars as pl

    from indicia.index import Index

    Make = Callable[..., Index]

THEN: dict[str, Any] = {"indicia": "0.1.0", "plugins": {"tanh": "indicia-tanh 0.1.0"}, "data": {"sha256": "a"}}
INDICATORS: dict[str, Any] = {"income": {}, "co2": {"direction": "cost", "bounds": [0, 10]}, "people": {}}


def differences(now: dict[str, Any], then: dict[str, Any]) -> list[str]:
    return [str(one) for one in compare_manifests(now, then).items]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, []),
        ({"indicia": "0.2.0"}, ["indicia is 0.2.0, expected 0.1.0"]),
        (
            {"plugins": {"tanh": "indicia-tanh 0.2.0"}},
            ["plugin tanh is indicia-tanh 0.2.0, expected indicia-tanh 0.1.0"],
        ),
        ({"plugins": {}}, ["plugin tanh is not set, expected indicia-tanh 0.1.0"]),
        ({"plugins": {**THEN["plugins"], "x": "x 1"}}, ["plugin x is x 1, expected not set"]),
        ({"data": {"sha256": "b"}}, ["data.sha256 is b, expected a"]),
    ],
)
def test_a_difference_shows_both_values(changed: dict[str, Any], told: list[str]) -> None:
    assert differences({**THEN, **changed}, THEN) == told


def test_a_plugin_file_that_moved_is_the_same() -> None:
    now, then = (
        {"plugins": {f"{folder}/mine.py": "sha256 abc"}, "code": {f"{folder}/mine.py": "abc"}}
        for folder in ("here", "there")
    )
    assert differences(now, then) == []


@pytest.mark.parametrize(
    ("indicators", "methodology", "settings", "told"),
    [
        ({}, {"normalisation": "max"}, {}, "normalisation of income, co2, people is max, expected min_max"),
        ({}, {"normalisation": "min_max(upper=100)"}, {}, "is min_max(upper=100), expected min_max"),
        ({}, {"weighting": "entropy"}, {}, "weighting of index is entropy, expected "),
        ({}, {"aggregation": "median"}, {}, "aggregation of index is median, expected arithmetic"),
        ({}, {"missing": "skip"}, {}, "missing of index is skip, expected refuse"),
        ({}, {"missing": "skip(minimum_share=0.7)"}, {}, "missing.minimum_share of index is 0.7, expected not set"),
        ({}, {"decimals": 2}, {}, "decimals of index is 2, expected not set"),
        ({}, {"normalised_decimals": 2}, {}, "decimals of income, co2, people is 2, expected not set"),
        ({}, {"ties": "max"}, {}, "methodology.ties is max, expected min"),
        ({}, {"statistics": "region"}, {}, 'methodology.statistics.within is ["region"], expected []'),
        ({}, {"ranks": ["region"]}, {}, 'methodology.ranks is ["region"], expected []'),
        ({"income": {"weight": 2}}, {}, {}, "weight of income is 2.0, expected 1.0"),
        ({"income": {"direction": "cost"}}, {}, {}, "direction of income is cost, expected benefit"),
        ({"income": {"bounds": [0, 20]}}, {}, {}, "bounds of income is [0.0, 20.0], expected absent"),
        ({"co2": {"bounds": [0, 9]}}, {}, {}, "bounds of co2 is [0.0, 9.0], expected [0.0, 10.0]"),
        ({"income": {"cap": 8}}, {}, {}, "cap of income is 8.0, expected not set"),
        ({"income": {"per": "people"}}, {}, {}, "per of income is people, expected not set"),
        ({"income": {"transform": "log"}}, {}, {}, "transform of income is log, expected not set"),
        ({"income": {"treatment": "fences"}}, {}, {}, "treatment of income is fences, expected not set"),
        ({"income": {"imputation": "mean"}}, {}, {}, "imputation of income is mean, expected not set"),
        ({}, {}, {"eligible": {"without": ["Lima"]}}, 'eligible.without is ["Lima"], expected absent'),
        ({}, {}, {"screening": {"units": 0.5}}, "screening.units is 0.5, expected not set"),
        ({}, {}, {"data.where": {"region": "north"}}, "data.where"),
        ({}, {}, {"dimensions": {"wealth": {}}, "indicators.income.dimension": "wealth"}, "dimension of income is"),
    ],
)
def test_each_word_that_scores_depend_on_is_compared(
    index: Make,
    cities: pl.DataFrame,
    indicators: dict[str, Any],
    methodology: dict[str, Any],
    settings: dict[str, Any],
    told: str,
) -> None:
    made = {name: {**spec, **indicators.get(name, {})} for name, spec in INDICATORS.items()}
    then = index(INDICATORS).with_options(settings={"data.groups": ["region"]}).inputs(cities).manifest
    other = index(made, methodology).with_options(settings={"data.groups": ["region"], **settings})
    found = compare_manifests(other.inputs(cities).manifest, json.loads(json.dumps(then)))
    assert found.matter
    assert any(told in str(one) for one in found.items), [str(one) for one in found.found]


def test_an_indicator_more_is_one_difference_and_not_one_for_each_stage(index: Make, cities: pl.DataFrame) -> None:
    then, now = (
        index({name: INDICATORS[name] for name in names}).inputs(cities).manifest
        for names in (["income", "co2"], ["income", "co2", "people"])
    )
    assert differences(now, then) == ["indicator people is present, expected absent"]


def test_names_and_notes_for_readers_are_no_difference_that_matters(index: Make, cities: pl.DataFrame) -> None:
    then = index({"income": {}}).inputs(cities).manifest
    named = index({"income": {"name": "Income", "unit": "dollars", "source": "census"}}).inputs(cities).manifest
    assert not compare_manifests(named, then).items
    other = compare_manifests({**then, "index": "Another", "platform": "Other", "python": "3.0"}, then)
    assert len(other.items) == 3
    assert not other.matter


def test_the_order_of_rows_is_a_difference_of_the_data(index: Make, cities: pl.DataFrame) -> None:
    made = index({"income": {}})
    found = compare_manifests(made.inputs(cities.reverse()).manifest, made.inputs(cities).manifest)
    assert [one.where for one in found.items] == ["data.sha256"]


def test_a_result_and_its_inputs_have_the_same_manifest(index: Make, cities: pl.DataFrame) -> None:
    made = index(INDICATORS)
    found = compare_manifests(made.score(cities).manifest, made.inputs(made.read_table(cities)).manifest)
    assert (found.items, found.not_compared) == ((), ())


def test_an_indicator_that_a_run_leaves_out_is_an_input_all_the_same(index: Make, cities: pl.DataFrame) -> None:
    made = index({"income": {}, "still": {}}, {"constant": "drop"})
    frame = cities.with_columns(still=1.0)
    result = made.score(frame)
    assert [leaf.id for leaf in result.scored.tree.leaves()] == ["income"]
    assert result.differences(made.inputs(made.read_table(frame)).manifest) == []


def test_of_long_values_the_parts_are_shown_that_differ() -> None:
    now, then = ({"plugins": {}, "nodes": {"index": {"weighting": f"given({'x' * 200}{end})"}}} for end in "ab")
    [line] = differences(now, then)
    assert len(line) < 200
    assert "xa)" in line.partition(", expected ")[0]
    assert line.endswith("xb)")


def test_hashes_are_cut_to_what_tells_them_apart_at_a_glance() -> None:
    now, then = ({"plugins": {}, "data": {"sha256": letter * 64}} for letter in "ab")
    assert differences(now, then) == ["data.sha256 is aaaaaaaaaaaa…, expected bbbbbbbbbbbb…"]


@pytest.mark.parametrize(
    "text",
    [
        None,
        "no json",
        "[]",
        '{"plugins": 1}',
        '{"plugins": {}, "nodes": {"index": 1}}',
        '{"plugins": {}, "data": []}',
        "[" * 100_000,
        "<pre tabindex=0 class=json>{</pre>",
        '{"manifest": 3}',
    ],
)
def test_a_file_that_is_not_a_manifest_is_refused(text: str | None, tmp_path: Path) -> None:
    path = tmp_path / "scores.csv.manifest.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(DataError, match="manifest"):
        read_manifest(path)


@pytest.mark.parametrize("form", [2, 4])
def test_a_manifest_of_another_form_is_refused(tmp_path: Path, form: int) -> None:
    path = tmp_path / "scores.csv.manifest.json"
    path.write_text(f'{{"plugins": {{}}, "format": {form}}}')
    with pytest.raises(
        DataError, match=f"a manifest of form {form}, and this version of Indicia reads form 3"
    ) as caught:
        read_manifest(path)
    assert caught.value.remedy is not None
