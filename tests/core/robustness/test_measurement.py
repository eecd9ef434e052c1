"""Errors of measurement are drawn in the unit of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.errors import DataError, DefinitionError, IndiciaError

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.index import Index

    Make = Callable[..., Index]
    Data = Callable[..., pl.DataFrame]


def single(index: Make, spec: dict[str, Any] | None = None, **words: Any) -> Index:
    return index({"jobs": spec or {}}, {"normalisation": "none"}, **words)


def test_noise_is_a_share_of_the_value(index: Make, data: Data) -> None:
    table = data()
    robust = single(index).robustness(table, draws=4000, seed=1, noise=0.1).figures
    jobs = table["jobs"].to_numpy()
    assert robust.scores.mean(axis=0) == pytest.approx(jobs, rel=0.01)
    assert robust.scores.std(axis=0) == pytest.approx(0.1 * jobs, rel=0.05)
    assert abs(np.corrcoef(robust.scores[:, 0], robust.scores[:, 1])[0, 1]) < 0.05


def scores_by_unit(index: Index, table: pl.DataFrame, **words: Any) -> dict[str, list[float]]:
    robust = index.robustness(table, draws=8, seed=1, noise=0.1, **words).figures
    return dict(zip(robust.names, robust.scores.T.tolist(), strict=True))


def test_an_error_belongs_to_its_unit_and_not_to_its_row(index: Make, data: Data) -> None:
    made = index({"jobs": {}, "pay": {}}, {"normalisation": "none"}, period="year")
    table = data(periods=2)
    for period in (2020, 2021):
        wanted = scores_by_unit(made, table, period=period)
        assert scores_by_unit(made, table.reverse(), period=period) == wanted
        assert scores_by_unit(made, table.sort("jobs"), period=period) == wanted


def test_ranks_under_noise_do_not_depend_on_the_order_of_rows(made: Make, data: Data) -> None:
    table = data()
    one, other = (made().robustness(rows, draws=50, seed=3, noise=0.3).figures for rows in (table, table.reverse()))
    assert one.units.sort("city").equals(other.units.sort("city"))


def test_a_further_unit_or_indicator_changes_no_error_of_the_others(index: Make, data: Data) -> None:
    table = data()
    all_units = scores_by_unit(single(index), table)
    fewer = scores_by_unit(single(index), table[3:])
    assert fewer == {name: all_units[name] for name in fewer}
    two = index({"pay": {"weight": 0}, "jobs": {}}, {"normalisation": "none", "weighting": "given"})
    assert scores_by_unit(two, table) == all_units


def test_errors_differ_between_draws_units_periods_indicators_and_seeds(index: Make, data: Data) -> None:
    table = data(periods=2).with_columns(jobs=pl.lit(1.0), pay=pl.lit(1.0))
    drawn = [
        float(score)
        for name in ("jobs", "pay")
        for period in (2020, 2021)
        for seed in (1, 2)
        for score in index({name: {}}, {"normalisation": "none"}, period="year")
        .robustness(table, draws=5, seed=seed, period=period, noise=0.1)
        .figures.scores.ravel()
    ]
    assert len(set(drawn)) == len(drawn) == 2 * 2 * 2 * 5 * 10


def test_standard_errors_come_from_a_column_in_the_unit_of_the_data(index: Make, data: Data) -> None:
    table = data(periods=2).with_columns(
        se=pl.Series([None, 0.0, *[0.5] * 18]), people=pl.Series([float(number + 1) for number in range(20)])
    )
    made = single(index, {"factor": 100, "per": "people"}, data={"where": {"year": 2021}})
    robust = made.robustness(table, draws=4000, seed=1, se={"jobs": "se"}).figures
    people = table["people"].to_numpy()[10:]
    assert robust.scores.std(axis=0) == pytest.approx(50 / people, rel=0.05)


def test_a_standard_error_has_no_sign_though_its_indicator_is_turned_round(index: Make, data: Data) -> None:
    made = single(index, {"factor": -2})
    robust = made.robustness(data().with_columns(se=pl.lit(0.5)), draws=4000, seed=1, se={"jobs": "se"}).figures
    assert robust.scores.std(axis=0) == pytest.approx(np.ones(len(robust.names)), rel=0.05)


def test_columns_of_standard_errors_are_found_by_name(index: Make, data: Data) -> None:
    made = index({"jobs": {"column": "employment"}, "pay": {}})
    table = data().rename({"jobs": "employment"}).with_columns(employment_se=pl.col("employment") / 10)
    by_name = made.robustness(table, draws=20, seed=1, se="columns").figures
    named = made.robustness(table, draws=20, seed=1, se={"jobs": "employment_se"}).figures
    np.testing.assert_array_equal(by_name.scores, named.scores)
    with pytest.raises(DefinitionError, match="no indicator has a column of standard errors in the data, such as emp"):
        made.robustness(table.drop("employment_se"), draws=20, seed=1, se="columns")


def test_no_standard_error_is_no_error(index: Make, data: Data) -> None:
    table = data().with_columns(se=pl.Series([None, 0.0, *[0.5] * 8]))
    robust = single(index).robustness(table, draws=50, seed=1, se={"jobs": "se"}).figures
    assert np.ptp(robust.scores[:, 0]) == np.ptp(robust.scores[:, 1]) == 0
    assert (np.ptp(robust.scores[:, 2:], axis=0) > 0).all()


def test_a_column_of_standard_errors_goes_before_noise(index: Make, data: Data) -> None:
    table = data().with_columns(se=pl.lit(0.0))
    made = index({"jobs": {}, "pay": {}}, {"normalisation": "none"})
    robust = made.robustness(table, draws=2000, seed=1, se={"jobs": "se"}, noise=0.1).figures
    assert robust.scores.std(axis=0) == pytest.approx(0.05 * table["pay"].to_numpy(), rel=0.08)


def test_a_negative_standard_error_is_none(index: Make, data: Data) -> None:
    with pytest.raises(DataError, match='a standard error of jobs, in "se", is negative'):
        single(index).robustness(data().with_columns(se=pl.lit(-1.0)), draws=5, seed=1, se={"jobs": "se"})


@pytest.mark.parametrize(
    ("varied", "what"),
    [
        ({"se": {"job": "se"}}, 'se names "job", which is no indicator'),
        ({"se": {"jobs": "error"}}, 'the data have no column "error" for the standard errors of jobs'),
        ({"se": {"jobs": "region"}}, 'the standard errors of jobs, "region", are no numbers'),
        ({"se": {}}, "no indicator has an error"),
        ({"noise": -1}, "noise"),
    ],
)
def test_errors_that_cannot_be_drawn_are_refused(made: Make, data: Data, varied: dict[str, Any], what: str) -> None:
    with pytest.raises(IndiciaError) as raised:
        made().robustness(data(), **{"draws": 20, "seed": 1, **varied})
    assert what in str(raised.value)


def test_errors_have_the_standard_errors_among_the_attributes(index: Make, data: Data) -> None:
    table = data()
    table = table.with_columns(jobs_se=pl.Series([0.5 + row for row in range(table.height)]))
    words = {"draws": 8, "seed": 1}
    of_columns = single(index).robustness(table, se="columns", **words).figures
    with_attributes = single(index).with_options(settings={"data.attributes": {"standard_error": "{column}_se"}})
    assert (with_attributes.robustness(table, se="attributes", **words).figures.scores == of_columns.scores).all()
    with pytest.raises(DefinitionError, match=r"takes the standard errors of \[data.attributes\], which") as fault:
        single(index).robustness(table, se="attributes", **words)
    assert fault.value.remedy == 'standard_error = "{column}_se" in [data.attributes]'
