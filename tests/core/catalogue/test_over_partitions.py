"""The verdict on a method over partitions follows from its declarations and its formulas."""

from dataclasses import dataclass, replace

import pytest

from indicia.catalogue import installed
from indicia.catalogue.over_partitions import verdict
from indicia.catalogue.reference import card, reference
from indicia.methods import Normalisation, Weighting


def verdict_of(kind: str, choice: str) -> str:
    return str(verdict(installed().choose(kind, choice)))


@pytest.mark.parametrize(
    ("kind", "choice"),
    [
        ("normalisation", "min_max"),
        ("normalisation", "distance_to_reference(unit='Oslo')"),
        ("normalisation", "z_score(weights=people)"),
        ("imputation", "mean(within='region')"),
        ("weighting", "critic"),
        ("weighting", "gini"),
        ("weighting", "pca"),
        ("aggregation", "topsis"),
        ("aggregation", "median"),  # a matrix, whose rows are scored one by one
    ],
)
def test_statistics_that_merge_run_over_partitions(kind, choice):
    assert verdict_of(kind, choice) == "yes"


@pytest.mark.parametrize(
    ("kind", "choice"),
    [
        *(
            ("weighting", choice)
            for choice in (
                *("critic", "merec", "gini", "factor", "pca", "independence", "cilos", "idocriw", "seca", "optimised"),
                *("against_outcome(of=gdp)", "combination(of=[critic, gini])"),
            )
        ),
        *(("normalisation", choice) for choice in ("rank", "borda", "percentile_rank", "quantile_normal", "robust")),
        *(
            ("treatment", choice)
            for choice in ("winsorise", "winsorise_quantiles", "fences", "deviations(centre=median)")
        ),
        ("imputation", "median"),
    ],
)
def test_methods_that_only_sort_or_need_no_matrix_are_not_refused(kind, choice):
    assert verdict(installed().choose(kind, choice)).runs


@pytest.mark.parametrize(
    ("kind", "choice", "step"),
    [
        ("normalisation", "rank", "after a sort"),
        ("normalisation", "robust", "after a search of quantiles"),
        ("treatment", "winsorise_quantiles", "after a search of quantiles"),
    ],
)
def test_ranks_and_quantiles_are_not_refused(kind, choice, step):
    assert verdict_of(kind, choice) == step


@pytest.mark.parametrize(
    ("kind", "choice", "reason"),
    [
        ("aggregation", "promethee", "it compares all units with each other"),
        ("imputation", "nearest", "it looks at all units and indicators at once"),
        ("imputation", "linear", "it looks at the other periods of a unit"),
        ("imputation", "parent(within='country')", "it looks up the value of the parent of a unit"),
        ("normalisation", "base_period(period=2015)", "it looks up the value of another period"),
        ("normalisation", "cyclical", "it looks up a statistic over the periods of a unit, whose rows may stand"),
        ("normalisation", "annual_differences", "it looks up the value of another period"),
        ("treatment", "box_cox", "it learns numbers from the whole column"),
    ],
)
def test_the_reason_of_a_refusal_is_stated(kind, choice, reason):
    assert verdict_of(kind, choice).startswith(f"no: {reason}")


def test_a_method_that_never_looks_at_rows_has_no_verdict():
    assert verdict(installed().choose("consensus", "kemeny")) is None


def test_a_combination_needs_what_its_weightings_need():
    @dataclass(frozen=True)
    class ByMatrix(Weighting):
        name, reference, needs_all_rows = "by_matrix", "A test", True

    @dataclass(frozen=True)
    class Both(Weighting):
        of: tuple[Weighting, ...]
        name, reference = "both", "A test"

    equal = installed().choose("weighting", "equal")
    assert str(verdict(Both((equal, ByMatrix())))).startswith("no: it takes the values of all units at once")
    assert str(verdict(Both((equal, equal)))) == "yes"


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        (lambda x, s: x / x.max(), "its formula takes max(x), which is no number of all rows"),
        (lambda x, s: x - x.shift(), "its formula takes shift(x, 1), which"),
        (lambda x, s: x - s(x.cum_sum().max()), "its formula takes cum_sum(x), which"),
        (lambda x, s: x - s(x.n_unique()), "its formula takes n_unique(x), which"),
    ],
)
def test_a_formula_that_looks_at_other_rows_without_s_is_refused(formula, reason):
    @dataclass(frozen=True)
    class Planted(Normalisation):
        name, reference = "planted", "A test"

        def benefit(self, x, s):
            return formula(x, s)

    assert str(verdict(Planted())).startswith(f"no: {reason}")


def test_a_sum_of_running_sums_of_a_sorted_column_needs_a_sort():
    @dataclass(frozen=True)
    class Planted(Normalisation):
        name, reference = "planted", "A test"

        def benefit(self, x, s):
            return x / s(x.sort().cum_sum().sum())

    assert str(verdict(Planted())) == "after a sort"


@pytest.mark.parametrize(
    ("kind", "name", "sentence"),
    [
        ("normalisation", "min_max", "Runs over partitions."),
        ("normalisation", "rank", "Runs over partitions after a sort."),
        ("aggregation", "borda", "Does not run over partitions: it compares all units with each other."),
    ],
)
def test_the_card_of_a_method_states_the_verdict(kind, name, sentence):
    offer = installed().offers[kind, name]
    assert f"  note       {sentence}" in card(offer)
    assert f"\n- {sentence}" in reference(replace(installed(), offers={(kind, name): offer}))


def test_the_card_names_a_choice_that_changes_the_verdict():
    lines = card(installed().offers["treatment", "deviations"])
    assert "With centre = median: it runs over partitions after a search of quantiles." in lines


def test_the_reference_counts_the_refused_methods():
    catalogue = installed()
    offers = {key: catalogue.offers[key] for key in (("aggregation", "borda"), ("aggregation", "topsis"))}
    page = reference(replace(catalogue, offers=offers))
    assert "| aggregation | 2 | 1 | 0 | 1 |" in page
    assert "| [borda](#borda-aggregation) (aggregation) | it compares all units with each other |" in page
