"""Weights from people's judgements, beside worked examples of their sources and derivations of their own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, TypeAlias

import polars as pl
import pytest

from indicia import IndiciaError, IndiciaWarning

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from indicia.result import Result

    Score = Callable[[Mapping[str, Any], pl.DataFrame], Result]
    Figures: TypeAlias = "dict[str, float]"
    Read: TypeAlias = "Callable[[Result], Figures]"

Weighting: TypeAlias = "dict[str, Any]"


def weights(result: Result) -> Figures:
    return dict(result.weights.select("id", "weight").iter_rows())


def relative_to_largest(result: Result) -> Figures:
    found = weights(result)
    return {name: weight / max(found.values()) for name, weight in found.items()}


def fact(name: str, item: str | None = None) -> Read:
    """Return a function that reads one fact, called `item` in the reference."""
    return lambda result: {item or name: result.facts["index"][name]}


def facts(beginning: str) -> Read:
    """Return a function that reads all facts with a prefix, keyed by the rest of their names."""
    return lambda result: {
        name.removeprefix(beginning): value
        for name, value in result.facts["index"].items()
        if name.startswith(beginning)
    }


def detail(table: str, column: str, key: str = "component") -> Read:
    """Return a function that reads a column of a table of details."""
    return lambda result: dict(result.details(table=table).select(key, column).iter_rows())


def matrix(table: str, between: str) -> Read:
    """Return a function that reads a matrix of details, whose cells are named after the row and the column."""

    def read(result: Result) -> Figures:
        rows = result.details(table=table).rows_by_key("component", named=True, unique=True)
        return {f"{a}{between}{b}": value for a, row in rows.items() for b, value in row.items()}

    return read


def comparisons(result: Result) -> Figures:
    """Read the complete matrix of comparisons, with its diagonal."""
    pairs = {f"{a}/{b}": value for a, b, value in result.details(table="comparisons").iter_rows()}
    return pairs | {f"{name}/{name}": 1.0 for name in weights(result)}


def comparison(pair: str) -> Read:
    return lambda result: {pair: comparisons(result)[pair]}


def largest_deviation(result: Result) -> Figures:
    return {"chi": result.details(table="ratios")["deviation"].max()}


def centres(result: Result) -> Figures:
    low, high = facts("lowest ")(result), facts("highest ")(result)
    return {name: (low[name] + high[name]) / 2 for name in low}


@dataclass(frozen=True)
class Case:
    """The methods and options that compute the figures of one result."""

    folder: str
    result: str
    file: str
    """Whose rows (or columns, of budgets) are the components."""
    weighting: Callable[[Path], Weighting]
    read: Read = weights
    names: tuple[str, ...] | None = None
    """The components, where they are not all of the file."""
    precision: float = 1e-9


def of(method: str, parameter: str, *files: str, **more: object) -> Callable[[Path], Weighting]:
    """Return a weighting that takes a file, or a list of them."""

    def weighting(folder: Path) -> Weighting:
        paths = [str(folder / file) for file in files]
        return {"method": method, parameter: paths if len(paths) > 1 else paths[0], **more}

    return weighting


def ahp(*files: str, **more: object) -> Callable[[Path], Weighting]:
    return of("ahp", "matrix", *files, **more)


def consistency(prefix: str, folder: str, file: str) -> list[Case]:
    tables = {"saaty2005": "saaty_2005", "saaty1980": "saaty_1980", "donegan_dodd": "donegan_dodd_1991"}
    return [
        Case(folder, f"{prefix}_weight_eigen", file, ahp(file)),
        Case(folder, f"{prefix}_weight_geometric", file, ahp(file, prioritisation="geometric_mean")),
        Case(folder, f"{prefix}_lambda", file, ahp(file), fact("lambda_max", "lambda")),
        Case(folder, f"{prefix}_ci", file, ahp(file), fact("CI")),
        *(
            Case(folder, f"{prefix}_cr_{key}", file, ahp(file, random=table), fact("CR"))
            for key, table in tables.items()
        ),
        Case(folder, f"{prefix}_gci", file, ahp(file), fact("GCI")),
    ]


EXPERTS = tuple(f"expert{number}.csv" for number in range(1, 5))
UNEQUAL = dict(zip(("expert1", "expert2", "expert3", "expert4"), (0.4, 0.3, 0.2, 0.1), strict=True))


def group() -> list[Case]:
    folder, geometric, priorities = "ahp_group_prize", {"prioritisation": "geometric_mean"}, {"group": "priorities"}
    product = {"group": "priorities_geometric"}
    ways: dict[str, dict[str, Any]] = {
        "aij_weight_eigen": {},
        "aij_weight_geometric": geometric,
        "aip_arithmetic_eigen": priorities,
        "aip_arithmetic_geometric": {**priorities, **geometric},
        "aip_geometric_eigen": product,
        "aip_geometric_geometric": {**product, **geometric},
        "weighted_aij_weight_eigen": {"judge_weights": UNEQUAL},
        "weighted_aip_arithmetic_eigen": {"judge_weights": UNEQUAL, **priorities},
    }
    cases = [Case(folder, result, EXPERTS[0], ahp(*EXPERTS, **way)) for result, way in ways.items()]
    cases += [Case(folder, "aij", EXPERTS[0], ahp(*EXPERTS), comparisons)]
    cases += [Case(folder, "aij_consistency_ratio_saaty1980", EXPERTS[0], ahp(*EXPERTS), fact("CR"))]
    for file in EXPERTS:
        one = file.removesuffix(".csv")
        cases += [
            Case(folder, f"{one}_weight_eigen", file, ahp(file)),
            Case(folder, f"{one}_weight_geometric", file, ahp(file, **geometric)),
            Case(folder, f"{one}_consistency_ratio_saaty1980", file, ahp(*EXPERTS), fact(f"CR of {one}", "CR")),
        ]
    return cases


def incomplete(prefix: str, missing: str) -> list[Case]:
    folder, file = "ahp_incomplete_harker_bozoki", f"{prefix}.csv"
    least = ahp(file, missing="least_eigenvalue")
    logs = ahp(file, missing="log_least_squares", prioritisation="geometric_mean")
    harker = ahp(file, missing="harker")
    return [
        Case(folder, f"{prefix}_weight_lambda_min", file, least, precision=1e-7),
        Case(folder, f"{prefix}_lambda_min", file, least, fact("lambda_max", "lambda")),
        Case(folder, f"{prefix}_weight_llsm", file, logs),
        Case(folder, f"{prefix}_weight_harker", file, harker),
        Case(folder, f"{prefix}_lambda_harker", file, harker, fact("lambda_max", "lambda")),
        Case(folder, f"{prefix}_completed", file, least, comparison(missing), precision=1e-7),
    ]


def best_worst(number: int) -> list[Case]:
    folder, file, prefix = "bwm_rezaei2016", f"example{number}.csv", f"example{number}"
    linear, ratios = of("bwm", "comparisons", file), of("bwm", "comparisons", file, model="ratios")
    return [
        Case(folder, f"{prefix}_linear_weight", file, linear),
        Case(folder, f"{prefix}_linear_xi", file, linear, fact("xi")),
        Case(folder, f"{prefix}_nonlinear_xi", file, ratios, fact("xi")),
        Case(folder, f"{prefix}_nonlinear_low", file, ratios, facts("lowest ")),
        Case(folder, f"{prefix}_nonlinear_high", file, ratios, facts("highest ")),
        Case(folder, f"{prefix}_nonlinear_centre", file, ratios, centres),
        Case(folder, f"{prefix}_consistency_ratio", file, ratios, fact("CR", "xi/CI")),
        Case(folder, f"{prefix}_input_consistency_ratio", file, linear, fact("input consistency ratio", "max_j")),
    ]


def budget() -> list[Case]:
    folder, file = "budget_allocation_own", "points.csv"
    rules = {"weight": "mean", "weight_median": "median", "weight_geometric": "geometric_mean"}
    rules |= {"weight_trimmed": "trimmed_mean"}
    allocated = of("budget_allocation", "points", file)
    return [
        *(
            Case(folder, result, file, of("budget_allocation", "points", file, rule=rule))
            for result, rule in rules.items()
        ),
        *(Case(folder, word, file, allocated, facts(f"{word} of ")) for word in ("sd", "cv", "min", "max")),
        Case(folder, "median", file, allocated, detail("shares", "median")),
    ]


def ranked(rule: str) -> list[Case]:
    return [Case("rank_order_roszkowska2013", f"tied_{rule}", "tied.csv", lambda _: {"method": "ranks", "rule": rule})]


def dematel() -> list[Case]:
    folder, file = "dematel_celikbilek2020", "direct.csv"
    prominence, length = (of("dematel", "influence", file, weight=word) for word in ("prominence", "length"))
    return [
        Case(folder, "total_relation", file, prominence, matrix("total_relation", "->")),
        Case(folder, "D", file, prominence, detail("influence", "given")),
        Case(folder, "R", file, prominence, detail("influence", "received")),
        Case(folder, "prominence", file, prominence, facts("prominence of ")),
        Case(folder, "relation", file, prominence, facts("relation of ")),
        Case(folder, "threshold", file, prominence, fact("threshold", "mean")),
        Case(folder, "w_prominence", file, prominence),
        Case(folder, "w_length", file, length),
    ]


def network(result: str, folder: str, file: str, *names: str) -> Case:
    return Case(folder, result, file, of("anp", "supermatrix", file), names=names or None)


OWN = "own_judged_transitivity.csv"
DECISION_MAKERS = "decision_maker1.csv", "decision_maker2.csv"
DAM = "anp_saaty_dam", "supermatrix.csv"

CASES = [
    *consistency("drinks", "ahp_gci_saaty2008", "drinks.csv"),
    *consistency("house_size3", "ahp_gci_saaty2008", "house_size3.csv"),
    *group(),
    Case("ahp_hierarchy_saaty2005", "criterion_weight", "criteria.csv", ahp("criteria.csv")),
    *incomplete("harker3", "a/c"),
    *incomplete("bozoki4", "c/d"),
    network("limit_mean", *DAM),
    network("limit_within_cluster", *DAM, "flood", "recreation", "hydro"),
    network("limit_within_cluster", *DAM, "low", "medium", "high"),
    network("sink_limit", "anp_pyanp", "sink.csv"),
    network("hierarchy_priority", "anp_pyanp", "hierarchy.csv", "a1", "a2"),
    *budget(),
    *best_worst(1),
    *best_worst(2),
    *best_worst(3),
    *dematel(),
    Case("fucom_pamucar2018", "example1_weight", "example1.csv", of("fucom", "priorities", "example1.csv")),
    Case("fucom_pamucar2018", "example2_weight", "example2.csv", of("fucom", "priorities", "example2.csv")),
    Case(
        "fucom_pamucar2018",
        "example1_dfc",
        "example1.csv",
        of("fucom", "priorities", "example1.csv"),
        largest_deviation,
    ),
    Case(
        "fucom_pamucar2018",
        "example2_dfc",
        "example2.csv",
        of("fucom", "priorities", "example2.csv"),
        largest_deviation,
    ),
    Case("fucom_pamucar2018", "own_weight", OWN, of("fucom", "priorities", OWN), names=("c1", "c2", "c3", "c4")),
    Case(
        "fucom_pamucar2018",
        "own_dfc",
        OWN,
        of("fucom", "priorities", OWN),
        fact("DFC", "chi"),
        ("c1", "c2", "c3", "c4"),
    ),
    *(
        Case("lbwa_zizovic2019", f"{example}_{result}", f"{example}.csv", of("lbwa", "levels", f"{example}.csv"), read)
        for example in ("example1", "example2")
        for result, read in (("f", relative_to_largest), ("weight", weights), ("r0", fact("elasticity", "r0")))
    ),
    *(
        Case(
            "rancom_pymcdm",
            f"{name.removesuffix('_matrix')}_weight",
            f"{name}.csv",
            of("rancom", "judgements", f"{name}.csv"),
        )
        for name in ("example1", "example2", "own_five", "example3_matrix")
    ),
    *(case for rule in ("centroid", "sum", "reciprocal", "exponent") for case in ranked(rule)),
    Case("smart_goodwin_wright", "swing_weight", "swings.csv", of("swing", "points", "swings.csv")),
    Case("smart_goodwin_wright", "swing_weight", "swings.csv", of("smarts", "points", "swings.csv")),
    Case("smart_goodwin_wright", "swing_weight", "swings.csv", of("smarts", "points", "swings.csv", form="smart")),
    Case("smart_goodwin_wright", "smarter_weight", "swings.csv", of("smarts", "points", "swings.csv", form="smarter")),
    *(
        Case("sapevo_gomes2020", result, DECISION_MAKERS[0], of("sapevo", "degrees", *DECISION_MAKERS), read)
        for result, read in (("weight_raw", facts("sum of ")), ("weight", weights))
    ),
    *(
        Case("swara_kersuliene2010", key, "swara.csv", of("swara", "steps", "swara.csv"), detail("steps", key))
        for key in "kq"
    ),
    Case("swara_kersuliene2010", "weight", "swara.csv", of("swara", "steps", "swara.csv")),
]
TESTED_BELOW = {
    ("ahp_hierarchy_saaty2005", result)
    for result in (
        *(f"local_{name}" for name in ("Culture", "Family", "Housing", "Jobs", "Transportation")),
        *("total", "ci", "cr_saaty2005", "crh_saaty", "crh_level2"),
    )
}
TESTED_BELOW |= {
    *(("ahp_random_index", key) for key in ("saaty_1980", "saaty_2005", "donegan_dodd_1991", "alonso_lamata_2006")),
    ("bwm_rezaei2016", "consistency_index"),
    *(("choquet_grabisch_students", key) for key in ("choquet", "weighted_mean_3_3_2")),
    *(("choquet_grabisch_students", key) for key in ("shapley", "interaction", "mobius", "orness")),
    *(
        ("combination_game_three_own", f"{case}_{what}_scaled_by_{scale}")
        for case, what, scale in product(("regular", "negative"), ("coefficient", "weight"), ("sum", "absolute"))
    ),
    *(("combination_game_three_own", f"{case}_coefficient") for case in ("regular", "negative")),
    *(("combination_game_three_own", f"{key}_weight_least_squares") for key in ("regular", "negative")),
    *(("owa_ohagan_fuller_majlender", f"operator_{name}") for name in ("max", "min", "mean", "olympic", "given")),
    ("owa_ohagan_fuller_majlender", "max_entropy_dispersion"),
    *(("opa_car", key) for key in ("example1_expert", "example1_criterion", "own_group_expert", "own_group_criterion")),
    *(("rank_order_roszkowska2013", key) for key in ("centroid", "sum", "reciprocal", "exponent")),
    *(("smart_goodwin_wright", key) for key in ("benefit", "smarter_benefit", "benefit_rounded_weights")),
}
LEFT_OUT = {
    ("ahp_gci_saaty2008", "threshold_for_cr_010"): "the index is reported, and warned of by CR alone",
    ("ahp_random_index", "exact_uniform_scale"): "no table in print has it",
    **{
        ("dematel_celikbilek2020", f"rounded5_{key}"): "repeats what a package rounds in mid-course"
        for key in ("total_relation", "D", "R")
    },
    **{
        ("opa_car", key): "of the alternatives, which are units here"
        for key in ("example1_z", "example1_alternative", "own_group_z", "own_group_alternative")
    },
    **{
        ("owa_ohagan_fuller_majlender", key): "owa takes its weights as they are, and makes none for an orness"
        for key in ("max_entropy", "min_variance")
    },
    ("smart_goodwin_wright", "swing_weight_rounded"): "what the book rounds to",
}
NOT_SHIPPED = {
    "macbeth_own": "macbeth is not shipped: it scales options by pairs of categories, and makes weights of them only "
    "where swings and a neutral option are compared in their place",
}
NOT_AS_PRINTED = {
    ("fucom_pamucar2018", "example1_weight", "c4"): "1/9 is printed as 0.1110",
    **{
        ("dematel_celikbilek2020", result, item): "printed from what the package rounds in mid-course"
        for result in ("D", "R", "prominence", "relation", "total_relation", "threshold")
        for item in ("K1", "K2", "K3", "K4", "K5", "mean")
    },
}


def figures(folder: Path, file: str, result: str) -> Figures:
    table = pl.read_csv(folder / file, schema_overrides={"item": pl.String})
    return dict(table.filter(pl.col("result") == result).select("item", "value").iter_rows())


def components(case: Case, folder: Path) -> Sequence[str]:
    if case.names:
        return case.names
    table = pl.read_csv(folder / case.file, infer_schema_length=None)
    return table.columns[1:] if case.folder == "budget_allocation_own" else table[table.columns[0]].to_list()


def weighed(names: Sequence[str], weighting: object, score: Score, given: Mapping[str, float] | None = None) -> Result:
    """Score two units by weights that have nothing to do with them."""
    definition = {
        "data": {"unit": "unit"},
        "indicators": {name: {"weight": (given or {}).get(name, 1)} for name in names},
        "methodology": {"weighting": weighting},
    }
    return score(definition, pl.DataFrame({"unit": ["A", "B"], **{name: [1.0, 2.0] for name in names}}))


@pytest.fixture
def computed(reference: Path, score: Score) -> Callable[[Case], Figures]:
    def compute(case: Case) -> Figures:
        folder = reference / "judgement" / case.folder
        names = components(case, folder)
        given = None
        if case.file == "tied.csv":
            ranks = dict(pl.read_csv(folder / "tied.csv").iter_rows())
            given = {name: 1 + max(ranks.values()) - rank for name, rank in ranks.items()}
        return case.read(weighed(names, case.weighting(folder), score, given))

    return compute


@pytest.mark.filterwarnings("ignore:.*inconsistent:indicia.errors.IndiciaWarning")
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.folder}-{case.result}")
def test_a_result_equals_the_reference(case: Case, reference: Path, computed: Callable[[Case], Figures]) -> None:
    expected = figures(reference / "judgement" / case.folder, "expected.csv", case.result)
    if case.names and case.read is weights:
        expected = {name: value for name, value in expected.items() if name in case.names}
    assert expected
    assert computed(case) == pytest.approx(expected, rel=case.precision, abs=case.precision * max(expected.values()))


@pytest.mark.filterwarnings("ignore:.*inconsistent:indicia.errors.IndiciaWarning")
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.folder}-{case.result}")
def test_a_result_rounds_to_what_is_printed(case: Case, reference: Path, computed: Callable[[Case], Figures]) -> None:
    path = reference / "judgement" / case.folder / "published.csv"
    if not path.exists():
        return
    printed = pl.read_csv(path, schema_overrides={"item": pl.String}).filter(pl.col("result") == case.result)
    found = computed(case)
    for item, value, decimals in printed.select("item", "value", "decimals").iter_rows():
        if item in found and (case.folder, case.result, item) not in NOT_AS_PRINTED:
            assert found[item] == pytest.approx(value, abs=0.5001 * 10.0**-decimals)


# --- what takes more than one weighting


CITIES = ("Bethesda", "Boston", "Pittsburgh", "Santa_Fe")
CRITERIA = ("Culture", "Family", "Housing", "Jobs", "Transportation")


@pytest.fixture
def cities(reference: Path, score: Score) -> Result:
    """Return the hierarchy of the cities: below each criterion the cities are compared."""
    folder = reference / "judgement" / "ahp_hierarchy_saaty2005"

    def rows(criterion: str) -> list[list[float]]:
        return [list(row[1:]) for row in pl.read_csv(folder / f"{criterion.lower()}.csv").iter_rows()]

    matrices = {"index": str(folder / "criteria.csv")} | {one: rows(one) for one in CRITERIA}
    names = {f"{city} {criterion}": {"dimension": criterion} for criterion in CRITERIA for city in CITIES}
    definition = {
        "data": {"unit": "unit"},
        "dimensions": {criterion: {} for criterion in CRITERIA},
        "indicators": names,
        "methodology": {"weighting": {"method": "ahp", "matrix": matrices, "random": "saaty_2005"}},
    }
    return score(definition, pl.DataFrame({"unit": ["A", "B"], **{name: [1.0, 2.0] for name in names}}))


def test_a_hierarchy_gives_the_weights_and_totals_of_the_reference(cities: Result, reference: Path) -> None:
    folder = reference / "judgement" / "ahp_hierarchy_saaty2005"
    local = dict(cities.weights.select("id", "weight").iter_rows())
    whole = dict(cities.weights.select("id", "effective").iter_rows())
    for criterion in CRITERIA:
        expected = figures(folder, "expected.csv", f"local_{criterion}")
        assert {city: local[f"{city} {criterion}"] for city in CITIES} == pytest.approx(expected, rel=1e-9)
    total = {city: sum(whole[f"{city} {criterion}"] for criterion in CRITERIA) for city in CITIES}
    assert total == pytest.approx(figures(folder, "expected.csv", "total"), rel=1e-9)
    assert total == pytest.approx(figures(folder, "published.csv", "total"), abs=5e-4)


def test_a_hierarchy_shows_the_local_and_global_priorities_of_the_reference(cities: Result, reference: Path) -> None:
    folder = reference / "judgement" / "ahp_hierarchy_saaty2005"
    hierarchy = cities.details(table="hierarchy")
    top = dict(hierarchy.filter(dimension="index").select("component", "local").iter_rows())
    assert top == pytest.approx(figures(folder, "expected.csv", "criterion_weight"), rel=1e-9)
    for criterion in CRITERIA:
        local = dict(hierarchy.filter(dimension=criterion).select("component", "local").iter_rows())
        assert list(local.values()) == pytest.approx(
            [figures(folder, "expected.csv", f"local_{criterion}")[city] for city in CITIES], rel=1e-9
        )
    lowest = hierarchy.filter(pl.col("dimension") != "index")
    assert lowest["global"].sum() == pytest.approx(1, rel=1e-12)


def test_a_hierarchy_has_the_consistency_of_the_reference(cities: Result, reference: Path) -> None:
    folder = reference / "judgement" / "ahp_hierarchy_saaty2005"
    found = {("criteria" if node == "index" else node): one for node, one in cities.facts.items()}
    for result, name in (("ci", "CI"), ("cr_saaty2005", "CR")):
        expected = figures(folder, "expected.csv", result)
        assert {node: found[node][name] for node in expected} == pytest.approx(expected, rel=1e-9)
    whole = cities.facts["index"]
    assert whole["CR of the hierarchy"] == pytest.approx(
        figures(folder, "expected.csv", "crh_saaty")["whole"], rel=1e-9
    )
    level = figures(folder, "expected.csv", "crh_level2")["alternatives"]
    assert whole["CR of level 2"] == pytest.approx(level, rel=1e-9)


def test_the_missing_comparison_of_the_paper_is_the_root_of_eight_fifteenths(reference: Path, score: Score) -> None:
    path = reference / "judgement" / "ahp_incomplete_harker_bozoki" / "bozoki4.csv"
    known = {"method": "ahp", "matrix": str(path), "missing": "least_eigenvalue"}
    found = weights(weighed("abcd", known, score))
    table = [
        ["", "a", "b", "c", "d"],
        ["a", 1, 1, 5, 2],
        ["b", 1, 1, 3, 4],
        ["c", "1/5", "1/3", 1, (8 / 15) ** 0.5],
        ["d", "1/2", "1/4", (15 / 8) ** 0.5, 1],
    ]
    assert found == pytest.approx(weights(weighed("abcd", {"method": "ahp", "matrix": table}, score)), rel=1e-9)


def test_the_missing_comparison_of_three_is_what_the_two_others_make(reference: Path, score: Score) -> None:
    folder = reference / "judgement" / "ahp_incomplete_harker_bozoki"
    known = {"method": "ahp", "matrix": str(folder / "harker3.csv"), "missing": "least_eigenvalue"}
    found = weights(weighed("abc", known, score))
    completed = figures(folder, "expected.csv", "harker3_completed")
    assert found["a"] / found["c"] == pytest.approx(completed["a/c"], rel=1e-9)  # consistent: weights have its ratios


@pytest.mark.parametrize("table", ["saaty_1980", "saaty_2005", "donegan_dodd_1991", "alonso_lamata_2006"])
def test_a_consistency_ratio_is_to_the_random_index_of_the_table(table: str, reference: Path, score: Score) -> None:
    for size, index in figures(reference / "judgement" / "ahp_random_index", "expected.csv", table).items():
        names = [f"c{number}" for number in range(int(size))]
        matrix: list[list[float]] = [[1.0] * len(names) for _ in names]
        matrix[0][1], matrix[1][0] = 1.5, 1 / 1.5
        found = weighed(names, {"method": "ahp", "matrix": matrix, "random": table}, score).facts["index"]
        assert float(found["CI"]) / float(found["CR"]) == pytest.approx(index, rel=1e-9)


def test_the_largest_deviation_of_ratios_is_the_consistency_index(reference: Path, score: Score) -> None:
    for most, index in figures(reference / "judgement" / "bwm_rezaei2016", "expected.csv", "consistency_index").items():
        a = int(most)
        judged = {"best": [1, a], "middle": [a, a], "worst": [a, 1]}
        found = weighed(list(judged), {"method": "bwm", "comparisons": judged, "model": "ratios"}, score).facts["index"]
        assert found["xi"] == pytest.approx(index, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("example", ["example1", "own_group"])
def test_ranks_of_experts_give_the_weights_of_the_linear_programme(example: str, reference: Path, score: Score) -> None:
    folder = reference / "judgement" / "opa_car"
    table = pl.read_csv(folder / f"{example}.csv").unique(["expert", "criterion"], maintain_order=True)
    wide = table.pivot("expert", index="criterion", values="criterion_rank")
    ranks = [["", *wide.columns[1:]], *map(list, wide.iter_rows())]
    experts = dict(table.select("expert", "expert_rank").unique().iter_rows())
    if len(experts) == 1:  # a single column has no name
        ranks, experts = dict(wide.iter_rows()), None
    result = weighed(wide["criterion"].to_list(), {"method": "opa", "ranks": ranks, "experts": experts}, score)
    assert weights(result) == pytest.approx(figures(folder, "expected.csv", f"{example}_criterion"), rel=1e-9)
    if experts:
        expected = figures(folder, "expected.csv", f"{example}_expert")
        assert facts("share of ")(result) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("rule", ["centroid", "sum", "reciprocal", "exponent"])
def test_ranks_give_the_weights_of_the_rule(rule: str, reference: Path, score: Score) -> None:
    folder = reference / "judgement" / "rank_order_roszkowska2013"
    expected = figures(folder, "expected.csv", rule)
    for size in pl.read_csv(folder / "sizes.csv")["n"]:
        names = [f"n{size}_r{place}" for place in range(1, size + 1)]
        found = weights(weighed(names, {"method": "ranks", "rule": rule, "order": "listed"}, score))
        assert found == pytest.approx({name: expected[name] for name in names}, rel=1e-9)
        printed = figures(folder, "published.csv", rule)
        assert {name: found[name] for name in names if name in printed} == pytest.approx(
            {name: value for name, value in printed.items() if name in names}, abs=5.1e-3
        )


def vectors(reference: Path, case: str) -> tuple[list[str], list[Weighting]]:
    table = pl.read_csv(reference / "judgement" / "combination_game_three_own" / f"{case}.csv")
    names = table["indicator"].to_list()
    return names, [
        {"method": "budget_allocation", "budget": 1, "points": dict(zip(names, table[one], strict=True))}
        for one in table.columns[1:]
    ]


@pytest.mark.parametrize(
    ("case", "rule", "result"),
    [
        ("regular", "game_theory", "weight_scaled_by_sum"),
        ("regular", "game_theory", "weight_scaled_by_absolute"),
        ("regular", "least_squares", "weight_least_squares"),
        ("negative", "least_squares", "weight_least_squares"),
    ],
)
def test_three_weightings_are_combined(case: str, rule: str, result: str, reference: Path, score: Score) -> None:
    folder = reference / "judgement" / "combination_game_three_own"
    names, of_three = vectors(reference, case)
    found = weighed(names, {"method": "combination", "of": of_three, "rule": rule}, score)
    assert weights(found) == pytest.approx(figures(folder, "expected.csv", f"{case}_{result}"), rel=1e-9)
    if rule == "game_theory":
        expected = figures(folder, "expected.csv", result.replace("weight", "regular_coefficient"))
        assert list(facts("share of ")(found).values()) == pytest.approx(list(expected.values()), rel=1e-9)


@pytest.mark.parametrize("case", ["regular", "negative"])
def test_the_details_have_the_coefficients_of_the_equilibrium_of_either_sign(
    case: str, reference: Path, score: Score
) -> None:
    folder = reference / "judgement" / "combination_game_three_own"
    names, of_three = vectors(reference, case)
    result = weighed(names, {"method": "combination", "of": of_three, "rule": "game_theory", "negative": "zero"}, score)
    shares, mixed = result.details(table="shares"), result.details(table="weights")
    found = {"coefficient": shares["coefficient"]}
    for scale in ("sum", "absolute"):
        found |= {
            f"coefficient_scaled_by_{scale}": shares[f"by_{scale}"],
            f"weight_scaled_by_{scale}": mixed[f"by_{scale}"],
        }
    for key, column in found.items():
        wanted = list(figures(folder, "expected.csv", f"{case}_{key}").values())
        assert column.to_list() == pytest.approx(wanted, rel=1e-9), key
    assert shares["share"].min() >= 0
    assert (mixed.drop("component", "by_sum", "by_absolute").to_numpy() @ shares["share"].to_numpy()).tolist() == (
        pytest.approx(list(weights(result).values()), rel=1e-12)
    )


def test_an_equilibrium_with_a_negative_share_is_refused(reference: Path, score: Score) -> None:
    names, of_three = vectors(reference, "negative")
    with pytest.raises(IndiciaError, match=r"the equilibrium has a negative share of budget_allocation\(.*0\.25.*\)"):
        weighed(names, {"method": "combination", "of": of_three, "rule": "game_theory"}, score)


def offices(reference: Path, score: Score, weighting: Weighting) -> tuple[Figures, Path]:
    folder = reference / "judgement" / "smart_goodwin_wright"
    table = pl.read_csv(folder / "values.csv").transpose(
        include_header=True, header_name="unit", column_names="criterion"
    )
    definition = {
        "data": {"unit": "unit"},
        "indicators": {name: {} for name in table.columns[1:]},
        "methodology": {"normalisation": "none", "weighting": weighting},
    }
    return dict(score(definition, table).scores.select("unit", "score").iter_rows()), folder


@pytest.mark.parametrize(("form", "result"), [("smarts", "benefit"), ("smarter", "smarter_benefit")])
def test_offices_have_the_benefit_of_their_weighted_values(
    form: str, result: str, reference: Path, score: Score
) -> None:
    points = str(reference / "judgement" / "smart_goodwin_wright" / "swings.csv")
    found, folder = offices(reference, score, {"method": "smarts", "points": points, "form": form})
    assert found == pytest.approx(figures(folder, "expected.csv", result), rel=1e-9)


def test_offices_have_the_printed_benefit_by_the_rounded_weights_of_the_book(reference: Path, score: Score) -> None:
    folder = reference / "judgement" / "smart_goodwin_wright"
    rounded = figures(folder, "expected.csv", "swing_weight_rounded")
    found, _ = offices(reference, score, {"method": "budget_allocation", "points": rounded})
    assert found == pytest.approx(figures(folder, "expected.csv", "benefit_rounded_weights"), rel=1e-9)
    assert found == pytest.approx(figures(folder, "published.csv", "benefit_rounded_weights"), abs=0.05)


@pytest.mark.parametrize("result", ["choquet", "weighted_mean_3_3_2"])
def test_students_have_the_marks_of_the_paper(result: str, reference: Path, score: Score) -> None:
    folder = reference / "judgement" / "choquet_grabisch_students"
    capacity = dict(pl.read_csv(folder / "capacity.csv").filter(pl.col("subset") != "empty").iter_rows())
    methodology = {"normalisation": "none", "aggregation": {"method": "choquet", "capacity": capacity}}
    if result != "choquet":
        methodology = {"normalisation": "none"}
    subjects = {"mathematics": 3, "physics": 3, "literature": 2}
    definition = {
        "data": {"unit": "item"},
        "indicators": {name: {"weight": weight} for name, weight in subjects.items()},
        "methodology": methodology,
    }
    found = dict(score(definition, pl.read_csv(folder / "values.csv")).scores.select("item", "score").iter_rows())
    assert found == pytest.approx(figures(folder, "expected.csv", result), rel=1e-9)


def test_students_have_the_shapley_values_interactions_and_orness_of_their_capacity(
    reference: Path, score: Score
) -> None:
    folder = reference / "judgement" / "choquet_grabisch_students"
    capacity = dict(pl.read_csv(folder / "capacity.csv").filter(pl.col("subset") != "empty").iter_rows())
    methodology = {"normalisation": "none", "aggregation": {"method": "choquet", "capacity": capacity}}
    subjects = ("mathematics", "physics", "literature")
    definition = {"data": {"unit": "item"}, "indicators": {key: {} for key in subjects}, "methodology": methodology}
    result = score(definition, pl.read_csv(folder / "values.csv"))
    found = {
        "shapley": dict(result.details(table="components").iter_rows()),
        "interaction": {f"{a},{b}": value for a, b, value in result.details(table="pairs").iter_rows()},
        "mobius": dict(result.details(table="sets").select("set", "m").iter_rows()),
        "orness": {"orness": result.details(table="orness").item()},
    }
    for name, values in found.items():
        assert values == pytest.approx(figures(folder, "expected.csv", name), rel=1e-9)
    assert dict(result.details(table="sets").select("set", "capacity").iter_rows()) == capacity


OPERATORS = {
    "operator_max": [1, 0, 0, 0],
    "operator_min": [0, 0, 0, 1],
    "operator_mean": [1, 1, 1, 1],
    "operator_olympic": [0, 1, 1, 0],
    "operator_given": [0.2, 0.3, 0.1, 0.4],
}
"""The weights of the places, which the folder does not list; those of Yager (1988) are `operator_given`."""


@pytest.mark.parametrize("operator", OPERATORS)
def test_ordered_weights_have_the_orness_and_the_dispersion_of_the_reference(
    operator: str, reference: Path, score: Score
) -> None:
    folder = reference / "judgement" / "owa_ohagan_fuller_majlender"
    values = {name: [float(value)] for name, value in pl.read_csv(folder / "operator.csv").iter_rows()}
    methodology = {"normalisation": "none", "aggregation": {"method": "owa", "weights": OPERATORS[operator]}}
    definition = {"data": {"unit": "unit"}, "indicators": {key: {} for key in values}, "methodology": methodology}
    result = score(definition, pl.DataFrame({"unit": ["A"], **values}))
    found = result.details(table="orness").row(0, named=True) | {"value": result.scores["score"].item()}
    assert found == pytest.approx(figures(folder, "expected.csv", operator), rel=1e-9, abs=1e-12)


def test_the_weights_of_the_largest_entropy_have_the_dispersion_of_the_reference(reference: Path, score: Score) -> None:
    folder = reference / "judgement" / "owa_ohagan_fuller_majlender"
    for case, dispersion in figures(folder, "expected.csv", "max_entropy_dispersion").items():
        weights = [
            value
            for item, value in figures(folder, "expected.csv", "max_entropy").items()
            if item.startswith(f"{case}_")
        ]
        names = [f"x{number}" for number in range(len(weights))]
        methodology = {"normalisation": "none", "aggregation": {"method": "owa", "weights": weights}}
        definition = {"data": {"unit": "unit"}, "indicators": {key: {} for key in names}, "methodology": methodology}
        result = score(definition, pl.DataFrame({"unit": ["A"], **{key: [1.0] for key in names}}))
        assert result.details(table="orness")["dispersion"].item() == pytest.approx(dispersion, rel=1e-9)
        assert result.details(table="orness")["orness"].item() == pytest.approx(float(case.split("_a")[1]), rel=1e-9)
        assert result.details(table="places")["weight"].to_list() == pytest.approx(weights, rel=1e-12)


def test_the_most_inconsistent_expert_is_warned_of(reference: Path, score: Score) -> None:
    folder = reference / "judgement" / "ahp_gci_saaty2008"
    with pytest.warns(IndiciaWarning, match=r"CR = 0\.117, .* A : B = 6 and B : C = 4 make A : C = 24, judged 8"):
        weighed("ABC", {"method": "ahp", "matrix": str(folder / "house_size3.csv")}, score)


def test_every_result_of_the_reference_is_computed_or_left_out_with_a_reason(reference: Path) -> None:
    folders = {path.name for path in (reference / "judgement").iterdir() if path.is_dir()}
    assert set(NOT_SHIPPED) <= folders
    results = {
        (folder, result)
        for folder in folders - set(NOT_SHIPPED)
        for result in pl.read_csv(reference / "judgement" / folder / "expected.csv")["result"].unique()
    }
    computed = {(case.folder, case.result) for case in CASES} | TESTED_BELOW
    assert results - set(LEFT_OUT) == computed
    assert set(LEFT_OUT) <= results
