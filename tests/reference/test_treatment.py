"""Treatments of outliers and transforms, beside what the R package COINr and two routes to the likeliest power say."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import polars as pl
import pytest

from indicia import IndiciaError, IndiciaWarning
from indicia.errors import join_names
from indicia_methods.treatment.moments import kurtosis, skewness
from indicia_methods.treatment.powers import BoxCox, YeoJohnson

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from indicia.methods import Array
    from indicia.result import Result

Score: TypeAlias = "Callable[[Mapping[str, Any], pl.DataFrame], Result]"
Read: TypeAlias = "Callable[[str], pl.DataFrame]"

FIRST_STEP = "winsorise(otherwise=log_range)"
"""The rule of COINr as it comes: up to five points, then a logarithm of the values as they were."""


@dataclass(frozen=True)
class Way:
    """The treatment of the values of a file."""

    treatment: str
    of: dict[str, str] = field(default_factory=dict)
    """Treatments of single indicators."""
    data: str = "raw_sorted"


TREATMENTS = {
    "treat_default": Way(FIRST_STEP),
    "treat_default_combined": Way("winsorise(otherwise=log_range, combine=true)"),
    "treat_winsorise5_only": Way("winsorise"),
    "treat_winsorise2_only": Way("winsorise(points=2)"),
    "treat_winsorise5_skew1_kurt2": Way("winsorise(skewness=1, kurtosis=2)"),
    "treat_logCTplus_if_failing": Way("winsorise(points=0, otherwise=log_reflected)"),
    "treat_indiv": Way(
        FIRST_STEP,
        {
            "Flights": "winsorise(points=0, otherwise=log_range)",
            "Services": "winsorise(points=3, otherwise=log_range)",
        },
    ),
    "build_treated": Way(FIRST_STEP, data="build_screened"),
}
TRANSFORMS = {
    "transform_winsorise_unlimited": "winsorise(points=None)",
    "transform_winsorise_forced3": "winsorise(points=3, forced=true)",
    "transform_log_CT": "log(form=range)",
    "transform_log_CT_plus": "log(form=reflected)",
    "transform_log_CT_orig": "log(form=shifted)",
    "transform_boxcox_0": "box_cox(power=0, shift=true)",
    "transform_boxcox_0.5": "box_cox(power=0.5, shift=true)",
    "transform_boxcox_m1": "box_cox(power=-1, shift=true)",
}
DETAILS = {
    **{f"{key}_details": key for key in TREATMENTS if key != "build_treated"},
    "build_treat_details": "build_treated",
}
POINTS = {f"{key}_points": key for key in TREATMENTS}
CHECKS = ("treat_skew_kurt_raw",)
LEFT_OUT = {
    "transform_log_GII_as_shipped": "COINr 1.1.14 returns its input; what it intends is compared with the formula"
}

MADE_CONSTANT = {"transform_winsorise_forced3": ["TIRcon"]}
"""Columns of two values that COINr makes constant, where there is no value between them to stop at."""

POWERS = ("airquality", "asem")


@pytest.fixture(scope="module")
def read(reference: Path) -> Read:
    """Return a function that reads a golden file."""
    return lambda key: pl.read_csv(reference / "asem" / "golden" / f"{key}.csv", infer_schema_length=None)


@pytest.fixture(scope="module")
def codes(read: Read) -> list[str]:
    """Return the codes of the indicators."""
    return read("treat_default").drop("uCode").columns


@pytest.fixture(scope="module")
def prepared(score: Score) -> Callable[..., pl.DataFrame]:
    """Return a function that treats or transforms the values of a table."""

    def values(
        table: pl.DataFrame, *, treatment: str | None = None, transform: str | None = None, of: Any = None
    ) -> pl.DataFrame:
        unit, *names = table.columns
        chosen = {} if transform is None else {"transform": transform}
        definition = {
            "data": {"unit": unit},
            "indicators": {name: chosen | ({"treatment": of[name]} if of and name in of else {}) for name in names},
            "methodology": {"normalisation": "none", "missing": "skip(minimum_share=0)"}
            | ({} if treatment is None else {"treatment": treatment}),
        }
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", IndiciaWarning)  # outliers that stay are the subject of a test of their own
            return score(definition, table).prepared

    return values


@pytest.fixture(scope="module")
def treated(read: Read, codes: list[str], prepared: Callable[..., pl.DataFrame]) -> Callable[[str], pl.DataFrame]:
    """Return a function that treats the data of a golden file by its options."""
    found: dict[str, pl.DataFrame] = {}

    def of(key: str) -> pl.DataFrame:
        if key not in found:
            way = TREATMENTS[key]
            found[key] = prepared(read(way.data).select("uCode", *codes), treatment=way.treatment, of=way.of)
        return found[key]

    return of


def present(column: pl.Series) -> Array:
    return column.drop_nulls().cast(pl.Float64).to_numpy()


@pytest.mark.parametrize("key", TREATMENTS)
def test_a_treatment_equals_coinr(
    key: str, read: Read, treated: Callable[[str], pl.DataFrame], assert_equal: Callable[..., None]
) -> None:
    assert_equal(treated(key), read(key), "uCode")


@pytest.mark.parametrize("key", TRANSFORMS)
def test_a_transform_of_every_indicator_equals_coinr(
    key: str,
    read: Read,
    codes: list[str],
    prepared: Callable[..., pl.DataFrame],
    assert_equal: Callable[..., None],
) -> None:
    raw, golden = read("raw_sorted").select("uCode", *codes), read(key)
    constant = MADE_CONSTANT.get(key, [])
    assert constant == [code for code in codes if golden[code].n_unique() == 1]
    assert all(raw[code].n_unique() == 2 for code in constant)
    assert_equal(prepared(raw, transform=TRANSFORMS[key]), golden.with_columns(raw.select(constant)), "uCode")


def test_the_logarithm_of_the_global_innovation_index_is_its_formula(
    read: Read, codes: list[str], prepared: Callable[..., pl.DataFrame], assert_equal: Callable[..., None]
) -> None:
    raw = read("raw_sorted").select("uCode", pl.col(codes).cast(pl.Float64))
    most, low = [code for code in codes if raw[code].max() > 1], [code for code in codes if raw[code].max() <= 1]
    x = pl.col(most)
    formula = ((x.max() - 1) * (x - x.min()) / (x.max() - x.min()) + 1).log()
    assert_equal(prepared(raw.select("uCode", *most), transform="log(form=gii)"), raw.select("uCode", formula), "uCode")
    for code in low:
        with pytest.raises(IndiciaError, match=f"log has no finite value of {code}"):
            prepared(raw.select("uCode", code), transform="log(form=gii)")


@pytest.mark.parametrize("key", CHECKS)
def test_skewness_and_kurtosis_equal_those_of_coinr(key: str, read: Read) -> None:
    raw = read("raw_sorted")
    for code, n, skew, kurt, passed in read(key).iter_rows():
        values = present(raw[code])
        assert len(values) == n
        assert skewness(values) == pytest.approx(skew, rel=1e-9)
        assert kurtosis(values) == pytest.approx(kurt, rel=1e-9)
        assert (abs(skewness(values)) < 2 or kurtosis(values) < 3.5) == passed


@pytest.mark.parametrize("key", DETAILS)
def test_what_is_said_of_each_treatment_equals_coinr(
    key: str, read: Read, treated: Callable[[str], pl.DataFrame]
) -> None:
    before, after = read(TREATMENTS[DETAILS[key]].data), treated(DETAILS[key])
    for row in read(key).iter_rows(named=True):
        raw, code = present(before[row["iCode"]]), row["iCode"]
        assert skewness(raw) == pytest.approx(row["check_SkewKurt0.Skew"], rel=1e-9)
        assert kurtosis(raw) == pytest.approx(row["check_SkewKurt0.Kurt"], rel=1e-9)
        changed = int((raw != present(after[code])).sum())
        assert (changed == 0) == row["check_SkewKurt0.Pass"]
        if changed:
            assert skewness(present(after[code])) == pytest.approx(row["check_SkewKurt1.Skew"], rel=1e-9)
            assert kurtosis(present(after[code])) == pytest.approx(row["check_SkewKurt1.Kurt"], rel=1e-9)
        if row.get("winsorise.nwin") is not None:
            assert changed == row["winsorise.nwin"]


@pytest.mark.parametrize("key", POINTS)
def test_the_cells_that_are_changed_are_those_of_coinr(
    key: str, read: Read, codes: list[str], treated: Callable[[str], pl.DataFrame]
) -> None:
    before, after, golden = read(TREATMENTS[POINTS[key]].data), treated(POINTS[key]), read(key)
    if "log_CT_plus" in golden.columns or "winsorise" in golden.columns:
        golden.columns = ["uCode", *codes]  # the columns of these files are named after the function, in this order
    units = golden["uCode"].to_list()
    assert units == before["uCode"].to_list() == after["uCode"].to_list()
    for code in golden.columns[1:]:
        marks = [mark or "" for mark in golden[code].to_list()]
        for mark, x, y in zip(marks, before[code].to_list(), after[code].to_list(), strict=True):
            if x is None:
                assert y is None
            elif mark.startswith("log"):
                assert x != y
            else:
                assert mark == ("" if x == y else "winhi" if y < x else "winlo")


def test_a_warning_names_what_too_few_points_could_not_bring_in(read: Read, codes: list[str], score: Score) -> None:
    details = read("treat_winsorise2_only_details")
    failing = details.filter(~pl.col("check_SkewKurt1.Pass"))["iCode"].to_list()
    assert failing
    definition = {
        "data": {"unit": "uCode"},
        "indicators": {code: {} for code in codes},
        "methodology": {
            "treatment": "winsorise(points=2)",
            "normalisation": "none",
            "missing": "skip(minimum_share=0)",
        },
    }
    with pytest.warns(IndiciaWarning, match=rf"could not bring in the outliers of {join_names(failing)}$"):
        score(definition, read("raw_sorted"))


def test_what_winsorising_does_not_bring_in_is_transformed_as_it_was(
    read: Read, codes: list[str], prepared: Callable[..., pl.DataFrame], assert_equal: Callable[..., None]
) -> None:
    """One point is enough for some columns; the others are those of log_CT, all of them and from all values."""
    details = read("treat_default_details")
    needed = dict(details.select("iCode", pl.col("winsorise.nwin").fill_null(0)).iter_rows())
    more = [code for code in codes if needed[code] > 1]
    assert more
    found = prepared(read("raw_sorted").select("uCode", *codes), treatment="winsorise(points=1, otherwise=log_range)")
    golden = read("treat_default").with_columns(read("transform_log_CT").select(more).get_columns())
    assert_equal(found, golden, "uCode")


def test_combined_the_second_step_starts_from_the_winsorised_values(
    read: Read, codes: list[str], prepared: Callable[..., pl.DataFrame], assert_equal: Callable[..., None]
) -> None:
    raw = read("raw_sorted").select("uCode", *codes)
    first = prepared(raw, treatment="winsorise(points=1)")
    both = prepared(raw, treatment="winsorise(points=1, otherwise=log_range, combine=true)")
    details = read("treat_default_details")
    more = details.filter(pl.col("winsorise.nwin") > 1)["iCode"].to_list()
    logged = prepared(first.select("uCode", *more), transform="log(form=range)")
    assert_equal(both, first.with_columns(logged.select(more).get_columns()), "uCode")


@pytest.mark.parametrize("data", POWERS)
def test_the_likeliest_power_is_found(data: str, reference: Path) -> None:
    inputs = power_input(reference, data)
    for row in pl.read_csv(reference / "imputation" / "power" / data / "power_lambda.csv").iter_rows(named=True):
        values = present(inputs[row["variable"]])
        assert len(values) == row["n"]
        method = BoxCox() if row["transform"] == "box_cox" else YeoJohnson()
        assert method.learn(values)[-1] == pytest.approx(row["lambda"], abs=1e-6)


@pytest.mark.parametrize("data", POWERS)
@pytest.mark.parametrize("step", ["treatment", "transform"])
def test_the_details_have_the_likeliest_power_of_each_indicator(
    data: str, step: str, reference: Path, score: Score
) -> None:
    wanted = pl.read_csv(reference / "imputation" / "power" / data / "power_lambda.csv")
    inputs = power_input(reference, data)
    chosen = {(row["variable"], row["transform"]): row["lambda"] for row in wanted.iter_rows(named=True)}
    definition = {
        "data": {"unit": "unit"},
        "indicators": {f"{name} {method}": {"column": name, step: method} for name, method in chosen},
        "methodology": {"normalisation": "none", "missing": "skip(minimum_share=0)"},
    }
    found = score(definition, inputs.select("unit", *{name for name, _ in chosen})).details(table="treatment")
    assert dict(found.select("indicator", "power").iter_rows()) == pytest.approx(
        {f"{name} {method}": power for (name, method), power in chosen.items()}, abs=1e-6
    )
    assert set(found["step"]) == {step}


@pytest.mark.parametrize("points", [2, 5])
def test_the_details_have_the_number_and_the_bounds_of_winsorised_values(
    points: int, read: Read, codes: list[str], score: Score
) -> None:
    key = f"treat_winsorise{points}_only"
    raw, golden = read("raw_sorted"), read(key)
    definition = {
        "data": {"unit": "uCode"},
        "indicators": {code: {} for code in codes},
        "methodology": {
            "treatment": f"winsorise(points={points})",
            "normalisation": "none",
            "missing": "skip(minimum_share=0)",
        },
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IndiciaWarning)
        found = score(definition, raw).details(table="treatment").rows_by_key("indicator", named=True, unique=True)
    counts = dict(read(f"{key}_details").select("iCode", pl.col("winsorise.nwin").fill_null(0)).iter_rows())
    for code in codes:
        assert found[code]["changed"] == counts[code]
        for end, bound in (("lower", golden[code].min()), ("upper", golden[code].max())):
            is_drawn_in = (raw[code].min() if end == "lower" else raw[code].max()) != bound
            assert found[code][end] == (pytest.approx(bound, rel=1e-12) if is_drawn_in else None)


@pytest.mark.parametrize("data", POWERS)
def test_powers_equal_the_reference_at_its_own_power(
    data: str, reference: Path, prepared: Callable[..., pl.DataFrame]
) -> None:
    folder, inputs = reference / "imputation" / "power" / data, power_input(reference, data)
    golden = pl.read_csv(folder / "power_transformed.csv")
    for row in pl.read_csv(folder / "power_lambda.csv").iter_rows(named=True):
        name, transform = row["variable"], row["transform"]
        wanted = golden.filter(pl.col("variable") == name, pl.col("transform") == transform).select(
            "unit", name="value"
        )
        values = inputs.select("unit", name=name).filter(pl.col("name").is_not_null())
        deviation = wanted["name"].std()
        for choice, precision in ((f"{transform}(power={row['lambda']!r})", 1e-9), (transform, 1e-5)):
            found = prepared(values, transform=choice).join(wanted, on="unit", validate="1:1")
            assert found.height == row["n"]
            assert (found["name"] - found["name_right"]).abs().max() <= precision * deviation, name


def power_input(reference: Path, data: str) -> pl.DataFrame:
    if data == "airquality":
        table = pl.read_csv(reference / "imputation" / "airquality" / "input.csv", infer_schema_length=None)
    else:
        table = pl.read_csv(reference / "asem" / "indicators.csv", infer_schema_length=None).drop("uName", "Time")
    return table.rename({table.columns[0]: "unit"})


def test_no_golden_file_is_forgotten(reference: Path) -> None:
    golden = {
        path.stem
        for pattern in ("treat_*", "transform_*", "build_treat*")
        for path in (reference / "asem" / "golden").glob(f"{pattern}.csv")
    }
    compared = {*TREATMENTS, *TRANSFORMS, *DETAILS, *POINTS, *CHECKS}
    assert golden == compared | LEFT_OUT.keys()
    assert not compared & LEFT_OUT.keys()
    powers = {path.name for path in (reference / "imputation" / "power").iterdir()}
    assert powers == set(POWERS)


def test_a_panel_is_treated_within_each_year_and_scaled_over_all_years_in_one_run(
    read: Read, score: Score, assert_equal: Callable[..., None]
) -> None:
    """COINr treats a panel year by year and scales it as a whole (`Treat` and `Normalise(global = TRUE)` of a purse).

    In the second year all values are doubled, which changes no skewness and no kurtosis: its treated values are twice
    those of the golden file.
    """

    def in_two_years(table: pl.DataFrame) -> pl.DataFrame:
        doubled = table.select("uCode", pl.exclude("uCode").cast(pl.Float64) * 2.0)
        single = table.cast(doubled.schema)
        return pl.concat([single.with_columns(year=pl.lit(2018)), doubled.with_columns(year=pl.lit(2019))])

    raw, treated = (in_two_years(read(key)) for key in ("raw_sorted", "treat_winsorise5_only"))
    definition = {
        "data": {"unit": "uCode", "period": "year"},
        "indicators": {name: {} for name in treated.columns if name not in ("uCode", "year")},
        "methodology": {
            "treatment": "winsorise",
            "normalisation": "min_max",
            "statistics": {"treatment": "period", "normalisation": "pooled"},
            "missing": "skip(minimum_share=0)",
        },
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IndiciaWarning)
        result = score(definition, raw)
    values = pl.exclude("uCode", "year")
    scaled = treated.with_columns((values - values.min()) / (values.max() - values.min()))
    assert_equal(result.prepared, treated, "uCode", "year")
    assert_equal(result.normalised, scaled, "uCode", "year")
