"""Compind's files: unbalance-adjusted and ordered means on real data, beside an independent recomputation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from indicia import IndiciaError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from indicia.result import Result

    Score = Callable[[dict[str, Any], pl.DataFrame], Result]

SIZES = {"asem_physical": 8, "eu_nuts1": 2}
"""The data, and how many indicators each has."""

SHARES = "input_1_100"
"""The values between 1 and 100 that Compind's means take."""


@dataclass(frozen=True)
class Way:
    """The method and options that compute one column of a file."""

    aggregation: Any
    normalisation: str = "none"
    table: str = SHARES


def largest(count: int, of: int) -> dict[str, Any]:
    return {"method": "owa", "weights": [1.0] * count + [0.0] * (of - count)}


def smallest(count: int, of: int) -> dict[str, Any]:
    return {"method": "owa", "weights": [0.0] * (of - count) + [1.0] * count}


@dataclass(frozen=True)
class File:
    """The columns of a file that are computed, and those that are not."""

    columns: dict[str, Way]
    left_out: dict[str, str] = field(default_factory=dict)


DEFECT = "Compind as shipped departs from what it documents; the same file has the published value"
NOT_UNIQUE = (
    "weights or shares: where several are equally good, which of them a programme finds is arbitrary: see the test"
)
BOUND = "a bound of the shares, taken from here"

BOUNDS = {"asem_physical": (0.0375, 0.45), "eu_nuts1": (0.15, 1.0)}
"""The least and the largest share of a component, as the files have them."""


def names_of(data: str) -> list[str]:
    """Return the indicators of the data."""
    asem = ["LPI", "Flights", "Ship", "Bord", "Elec", "Gas", "ConSpeed", "Cov4G"]
    return {"asem_physical": asem, "eu_nuts1": ["roads", "trains"]}[data]


def files_of(data: str) -> dict[str, File]:
    size, z = SIZES[data], "z_score(mean=100, sd=10)"
    bod, (lower, upper) = "benefit_of_the_doubt", BOUNDS[data]
    along = {"method": bod, "form": "directional"}
    ordered = {
        f"{data}_owa_j{count}": File(
            {"owa_at_least_j": Way(largest(count, size)), "owa_more_than_j": Way(smallest(count, size))}
        )
        for count in (1, 2, 3)
        if count <= size
    }
    return ordered | {
        f"{data}_bod": File({"bod": Way(bod)}, {f"multiplier_{name}": NOT_UNIQUE for name in names_of(data)}),
        f"{data}_bod_constr": File(
            {"bod_constr": Way({"method": bod, "lower": lower, "upper": upper})},
            {"up_w": BOUND, "low_w": BOUND} | {f"share_{name}": NOT_UNIQUE for name in names_of(data)},
        ),
        f"{data}_bod_dir": File(
            {
                "bod_dir_ones": Way(along),
                "bod_dir_1_.5": Way(along | {"direction": [1.0, 0.5] * (size // 2)}),
            }
        ),
        f"{data}_mpi": File(
            {
                f"mpi_{sign}": Way({"method": "mazziotta_pareto", "penalty": penalty, "ddof": 1}, z, "input")
                for sign, penalty in (("POS", "minus"), ("NEG", "plus"))
            }
        ),
        f"{data}_wroclaw": File(
            {
                "wroclaw_on_minmax": Way("wroclaw(ddof=1)", "min_max", "input"),
                "wroclaw_on_z": Way("wroclaw(ddof=1)", z, "input"),
            }
        ),
        f"{data}_geom_equal": File({"geom_equal": Way("geometric")}),
        f"{data}_generalized_mean": File(
            {f"published_p{p}": Way(f"generalised(p={p})") for p in ("-1", "0.5", "2")},
            {f"compind_as_shipped_p{p}": DEFECT for p in ("-1", "0.5", "2")},
        ),
    }


FILES = {name: file for data in SIZES for name, file in files_of(data).items()}
FILES["asem_physical_factor"] = File(
    {"factor_one": Way("factor_score(factors=1)", "none", "input")},
    dict.fromkeys(
        ["factor_all", "factor_ch3"], "rotated by a varimax that stops early: see the test of rotated factors"
    ),
)
FILES["eu_nuts1_factor"] = File(
    {},
    {
        "factor_one": "a component whose loadings sum to 0, so that either sign is as good: see the test of its size",
        "factor_all": "one of two components has loadings that sum to 0, and the varimax of the package stops at the "
        "components, a saddle point of its criterion",
    },
)
NORMALISED = {
    f"{data}_normalise_{number}": normalisation
    for data in SIZES
    for number, normalisation in {
        "method1": "z_score(mean=100, sd=10)",
        "method2": "min_max",
        "method3": 'rank(ties="average")',
    }.items()
}
MEAN_MIN = {f"{data}_mean_min": {(0.5, 0.3), (0.25, 2.0), (1.0, 0.0)} for data in SIZES}
"""The parameters alpha and beta of each file; its column `compind_as_shipped` is left out, for the defect."""
DETAILED = {"spec": "efficiency", "dir": "room"}
"""The names of Compind for the outputs of each component in `bod_mdir`, with the names of the details."""
MULTI_DIRECTIONAL = [f"{data}_bod_mdir" for data in SIZES]
GEOMETRIC = [f"{data}_geom_bod" for data in SIZES]
PANEL = "panel_ampi"
INPUTS = {f"{data}_{table}" for data in SIZES for table in ("input", SHARES)} | {f"{PANEL}_input", f"{PANEL}_params"}

SHARES_OF_FACTORS = [f"{data}_factor_shares" for data in SIZES]


def scored(table: pl.DataFrame, way: Way, score: Score) -> Result:
    """Score a table of a first column `unit` and indicators of equal weight, all benefits."""
    methodology = {"normalisation": way.normalisation, "aggregation": way.aggregation, "ties": "average"}
    indicators: dict[str, Any] = {name: {} for name in table.columns if name != "unit"}
    return score({"data": {"unit": "unit"}, "indicators": indicators, "methodology": methodology}, table)


def data_of(name: str) -> str:
    return next(data for data in SIZES if name.startswith(data))


@pytest.mark.parametrize(
    ("name", "column"), [(name, column) for name, file in FILES.items() for column in file.columns]
)
def test_an_aggregation_gives_the_scores_of_the_file(
    name: str, column: str, reference: Path, score: Score, assert_equal: Callable[..., None]
) -> None:
    way, folder = FILES[name].columns[column], reference / "compind"
    found = scored(pl.read_csv(folder / f"{data_of(name)}_{way.table}.csv"), way, score).scores
    wanted = pl.read_csv(folder / f"{name}.csv").select("unit", pl.col(column).alias("score"))
    assert_equal(found, wanted, "unit")


@pytest.mark.parametrize(("column", "factors", "precision"), [("factor_ch3", 3, 1.2e-4), ("factor_all", 8, 2.3e-4)])
def test_the_comprehensive_score_of_rotated_factors_is_that_of_the_package(
    column: str, factors: int, precision: float, reference: Path, score: Score, assert_equal: Callable[..., None]
) -> None:
    """The rotation of the package stops at a relative gain of 1e-5, which moves scores of about 1 by up to 2.3e-4."""
    table, wanted = (pl.read_csv(reference / "compind" / f"asem_physical_{name}.csv") for name in ("input", "factor"))
    way = Way(f"factor_score(factors={factors}, shares=total)", "none")
    wanted = wanted.select("unit", score=column)
    assert_equal(scored(table, way, score).scores, wanted, "unit", precision=precision, absolute=True)


def test_the_shares_of_rotated_factors_are_those_of_the_package(reference: Path, score: Score) -> None:
    """The early end of its rotation moves shares of about 1/8 by up to 4e-4."""
    table, wanted = (
        pl.read_csv(reference / "compind" / f"asem_physical_{name}.csv") for name in ("input", "factor_shares")
    )
    result = scored(table, Way("factor_score(factors=8, shares=total)", "none"), score)
    factors = result.details().drop("unit").to_numpy()
    shares, *_ = np.linalg.lstsq(factors, result.scores["score"].to_numpy())
    assert shares == pytest.approx(wanted["share_of_variance_all"].to_numpy(), abs=4e-4)


def test_the_first_component_of_two_indicators_that_disagree_is_that_of_the_package_but_for_the_sign(
    reference: Path, score: Score
) -> None:
    """With trains reversed the loadings no longer sum to 0; the score is the component times its share."""
    table, wanted, shares = (
        pl.read_csv(reference / "compind" / f"eu_nuts1_{name}.csv") for name in ("input", "factor", "factor_shares")
    )
    way = Way("factor_score(factors=1, shares=total)", "none")
    with pytest.raises(IndiciaError, match="loadings of a factor sum to 0"):
        scored(table, way, score)
    result = scored(table.with_columns(-pl.col("trains")), way, score)
    component = result.details()["factor 1"].to_numpy()
    sign = np.sign(component[0] * wanted["factor_one"][0])
    assert sign * component == pytest.approx(wanted["factor_one"].to_numpy(), rel=1e-9)
    first = result.scores["score"].to_numpy() / component
    assert first == pytest.approx(shares["share_of_variance_all"][0], rel=1e-9)
    assert 1 - first == pytest.approx(shares["share_of_variance_all"][1], rel=1e-9)


@pytest.mark.parametrize(
    ("data", "file", "column", "differing"),
    [
        ("asem_physical", "bod", "multiplier", 7),
        ("asem_physical", "bod_constr", "share", 1),
        ("eu_nuts1", "bod", "multiplier", 0),
        ("eu_nuts1", "bod_constr", "share", 0),
    ],
)
def test_weights_and_shares_of_the_package_are_ours_or_as_good(
    data: str, file: str, column: str, differing: int, reference: Path, score: Score
) -> None:
    table = pl.read_csv(reference / "compind" / f"{data}_{SHARES}.csv")
    ours = scored(table, FILES[f"{data}_{file}"].columns[file], score)
    theirs = pl.read_csv(reference / "compind" / f"{data}_{file}.csv")
    names, values = names_of(data), table.select(names_of(data)).to_numpy()
    detail = {"multiplier": "weight", "share": "share"}[column]
    found = ours.details().select(f"{detail} {name}" for name in names).to_numpy()
    wanted = theirs.select(f"{column}_{name}" for name in names).to_numpy()
    weights = wanted if column == "multiplier" else wanted * theirs[file].to_numpy()[:, None] / values
    best = (values @ weights.T).max(axis=0)  # of the weights of each unit, the largest score of any unit
    assert best == pytest.approx(np.ones(len(table)), abs=1e-9)
    assert (values * weights).sum(axis=1) == pytest.approx(theirs[file].to_numpy(), abs=1e-9)
    assert (np.abs(found - wanted).max(axis=1) > 1e-6).sum() == differing


@pytest.mark.parametrize("name", MEAN_MIN)
def test_mean_min_gives_the_published_scores_for_each_alpha_and_beta(
    name: str, reference: Path, score: Score, assert_equal: Callable[..., None]
) -> None:
    wanted = pl.read_csv(reference / "compind" / f"{name}.csv")
    table = pl.read_csv(reference / "compind" / f"{data_of(name)}_input.csv")
    assert set(wanted.select("alpha", "beta").iter_rows()) == MEAN_MIN[name]
    for alpha, beta in MEAN_MIN[name]:
        way = Way({"method": "mean_min", "alpha": alpha, "beta": beta}, "z_score(mean=100, sd=10)")
        of_both = wanted.filter(alpha=alpha, beta=beta).select("unit", score="published")
        assert_equal(scored(table, way, score).scores, of_both, "unit")


@pytest.mark.parametrize("name", MULTI_DIRECTIONAL)
def test_the_multi_directional_form_gives_the_scores_of_the_file_and_what_it_says_of_each_component(
    name: str, reference: Path, score: Score, assert_equal: Callable[..., None]
) -> None:
    data = data_of(name)
    way = Way({"method": "benefit_of_the_doubt", "form": "multi_directional"})
    result = scored(pl.read_csv(reference / "compind" / f"{data}_{SHARES}.csv"), way, score)
    told = [
        pl.col(f"{ours} {one}").alias(f"{theirs}_{one}") for theirs, ours in DETAILED.items() for one in names_of(data)
    ]
    found = result.details().select("unit", *told).join(result.scores.select("unit", bod_mdir="score"), on="unit")
    assert_equal(found, pl.read_csv(reference / "compind" / f"{name}.csv"), "unit")


@pytest.mark.parametrize("data", BOUNDS)
def test_the_bounds_of_the_shares_are_those_of_the_file(data: str, reference: Path) -> None:
    stated = pl.read_csv(reference / "compind" / f"{data}_bod_constr.csv").select("low_w", "up_w").unique()
    assert stated.rows() == [BOUNDS[data]]


def with_base(data: str, table: pl.DataFrame) -> Way:
    """Compare with the first unit, by the shares within the bounds."""
    lower, upper = BOUNDS[data]
    base = list(table.select(names_of(data)).row(0))
    return Way({"method": "geometric_bod", "lower": lower, "upper": upper, "base": base})


@pytest.mark.parametrize("name", GEOMETRIC)
def test_the_geometric_form_gives_the_scores_of_the_file_or_higher_ones_by_shares_that_are_as_good(
    name: str, reference: Path, score: Score, assert_equal: Callable[..., None]
) -> None:
    data = data_of(name)
    table = pl.read_csv(reference / "compind" / f"{data}_{SHARES}.csv")
    result = scored(table, with_base(data, table), score)
    theirs = pl.read_csv(reference / "compind" / f"{name}.csv")
    ours = result.details().select("unit", pl.col("^share .*$").name.map(lambda one: one.replace(" ", "_")))
    ours = ours.join(result.scores.select("unit", geom_bod="score"), on="unit")
    shares = [f"share_{one}" for one in names_of(data)]
    both = theirs.join(ours, on="unit", suffix=" of ours")
    apart = pl.max_horizontal((pl.col(one) - pl.col(f"{one} of ours")).abs() for one in shares) > 1e-6
    other = both.filter(apart)["unit"].to_list()
    same = ~pl.col("unit").is_in(other)
    assert_equal(ours.filter(same).select("unit", "geom_bod"), theirs.filter(same).select("unit", "geom_bod"), "unit")
    assert len(other) <= 1
    z = table.select(names_of(data)).to_numpy()
    for unit in other:
        found, file = (
            ours.row(by_predicate=pl.col("unit") == unit, named=True),
            theirs.row(by_predicate=pl.col("unit") == unit, named=True),
        )
        assert found["geom_bod"] >= file["geom_bod"]
        own = z[table["unit"].to_list().index(unit)]
        worth = [max(z / own @ [row[one] for one in shares]) for row in (found, file)]
        assert worth[0] == pytest.approx(worth[1], rel=1e-9)


@pytest.mark.parametrize(("name", "normalisation"), NORMALISED.items())
def test_a_normalisation_gives_the_values_of_the_file(
    name: str, normalisation: str, reference: Path, score: Score, assert_equal: Callable[..., None]
) -> None:
    folder = reference / "compind"
    found = scored(pl.read_csv(folder / f"{data_of(name)}_input.csv"), Way("arithmetic", normalisation), score)
    assert_equal(found.normalised, pl.read_csv(folder / f"{name}.csv"), "unit")


ADJUSTED = "adjusted_mazziotta_pareto"
GOALPOSTS = "reference_goalposts(value=target)"


@pytest.fixture(scope="module")
def panel(reference: Path) -> tuple[dict[str, Any], pl.DataFrame]:
    """Return the definition of the raw panel, whose reference values are targets, and its data."""
    folder = reference / "compind"
    table, parameters = pl.read_csv(folder / f"{PANEL}_input.csv"), pl.read_csv(folder / f"{PANEL}_params.csv")
    indicators = {
        name: {"direction": "benefit" if polarity == "POS" else "cost", "target": value}
        for name, value, polarity in parameters.iter_rows()
    }
    return {"data": {"unit": "unit", "period": "time"}, "indicators": indicators}, table


@pytest.mark.parametrize(
    ("column", "aggregation"),
    [
        ("ampi_minus", ADJUSTED),
        ("ampi_plus", f'{ADJUSTED}(penalty="plus")'),
        ("mean", "arithmetic"),
    ],
)
def test_the_adjusted_index_gives_the_scores_of_the_panel(
    column: str,
    aggregation: str,
    panel: tuple[dict[str, Any], pl.DataFrame],
    reference: Path,
    score: Score,
    assert_equal: Callable[..., None],
) -> None:
    definition, table = panel
    result = score({**definition, "methodology": {"aggregation": aggregation, "normalisation": GOALPOSTS}}, table)
    wanted = pl.read_csv(reference / "compind" / f"{PANEL}.csv").select("unit", "time", pl.col(column).alias("score"))
    assert_equal(result.scores, wanted, "unit", "time")


def test_the_penalty_and_the_rounded_index_of_the_panel_follow_from_its_columns(reference: Path) -> None:
    panel = pl.read_csv(reference / "compind" / f"{PANEL}.csv")
    assert (panel["mean"] - panel["ampi_minus"]).to_list() == pytest.approx(panel["penalty"].to_list(), rel=1e-9)
    assert panel["ampi_minus"].round(3).to_list() == pytest.approx(panel["ampi_compind_rounded3"].to_list(), rel=1e-12)


def test_the_goalposts_give_the_normalised_values_of_the_panel(
    panel: tuple[dict[str, Any], pl.DataFrame], reference: Path, score: Score, assert_equal: Callable[..., None]
) -> None:
    definition, table = panel
    result = score({**definition, "methodology": {"normalisation": GOALPOSTS}}, table)
    wanted = pl.read_csv(reference / "compind" / f"{PANEL}.csv")
    wanted = wanted.select("unit", "time", pl.col("^norm_.*$").name.map(lambda name: name.removeprefix("norm_")))
    assert_equal(result.normalised, wanted, "unit", "time")


def test_bounds_that_are_computed_by_hand_give_the_scores_of_the_panel(
    panel: tuple[dict[str, Any], pl.DataFrame], reference: Path, score: Score, assert_equal: Callable[..., None]
) -> None:
    definition, table = panel
    indicators: dict[str, Any] = {}
    for name, spec in definition["indicators"].items():
        low, high = table[name].min(), table[name].max()
        half = (high - low) / 2
        indicators[name] = {"direction": spec["direction"], "bounds": [spec["target"] - half, spec["target"] + half]}
    result = score({**definition, "indicators": indicators, "methodology": {"aggregation": ADJUSTED}}, table)
    wanted = pl.read_csv(reference / "compind" / f"{PANEL}.csv").select("unit", "time", score="ampi_minus")
    assert_equal(result.scores, wanted, "unit", "time")


def test_every_file_is_compared(reference: Path) -> None:
    files = {path.stem for path in (reference / "compind").glob("*.csv")}
    computed = [*FILES, *MULTI_DIRECTIONAL, *GEOMETRIC, *MEAN_MIN, *NORMALISED, PANEL, *INPUTS]
    assert sorted(files) == sorted([*computed, *SHARES_OF_FACTORS])


@pytest.mark.parametrize("name", FILES)
def test_every_column_of_a_file_is_computed_or_left_out_with_a_reason(name: str, reference: Path) -> None:
    columns = set(pl.read_csv(reference / "compind" / f"{name}.csv").columns) - {"unit"}
    assert columns == FILES[name].columns.keys() | FILES[name].left_out.keys()
