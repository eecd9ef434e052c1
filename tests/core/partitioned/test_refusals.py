"""Methods that need all rows are refused by name before a run over partitions reads anything."""

import polars as pl
import pytest

import indicia
from indicia.errors import MethodError
from indicia.partitions.partition import NeedsAllRows
from indicia_partitions.table import check_can_run_in_partitions

DEFINITION = {"data": {"unit": "city"}, "indicators": {"income": {}, "air": {}, "parks": {}}}


def with_words(**words):
    indicators = {**DEFINITION["indicators"], **words.pop("indicators", {})}
    return indicia.read({**DEFINITION, "indicators": indicators, "methodology": words})


def test_an_index_whose_methods_merge_is_not_refused():
    check_can_run_in_partitions(
        with_words(
            normalisation="rank",
            weighting="critic",
            aggregation="topsis",
            indicators={"air": {"imputation": "median"}, "parks": {"treatment": "winsorise_quantiles"}},
        )
    )


def test_each_refused_method_is_named_with_its_parts_its_reason_and_the_methods_to_take_instead():
    index = with_words(
        aggregation="promethee",
        indicators={
            "air": {"imputation": "nearest"},
            "parks": {"treatment": "box_cox"},
            "income": {"treatment": "box_cox"},
        },
    )
    with pytest.raises(NeedsAllRows) as caught:
        check_can_run_in_partitions(index)
    assert caught.value.what == (
        "box_cox of income, parks; nearest of air; promethee of index: these need all rows at once, and the table is "
        "read in partitions"
    )
    assert "promethee: it compares all units with each other" in caught.value.where
    assert "box_cox: it learns numbers from the whole column" in caught.value.where
    assert "--engine memory" in caught.value.remedy
    assert "imputation = constant, mean, median" in caught.value.remedy


def test_gaps_that_take_the_score_of_the_parent_are_refused():
    index = indicia.read(
        {
            **DEFINITION,
            "data": {"unit": "city", "groups": ["province"]},
            "methodology": {"missing": "parent(within='province')"},
        }
    )
    with pytest.raises(NeedsAllRows, match=r"parent\(within=province\) of index: this needs all rows"):
        check_can_run_in_partitions(index)


def test_the_methods_of_a_fitted_index_whose_statistics_are_known_are_not_refused():
    index = with_words(indicators={"parks": {"treatment": "box_cox"}}, weighting="standard_deviation")
    values = {"income": [1.0, 2.0, 5.0, 4.0], "air": [3.0, 1.0, 2.0, 7.0], "parks": [1.0, 2.0, 9.0, 5.0]}
    fitted = indicia.fit(index, pl.DataFrame({"city": list("abcd"), **values}))
    check_can_run_in_partitions(fitted)
    with pytest.raises(NeedsAllRows, match="box_cox of parks: this needs all rows"):
        check_can_run_in_partitions(index)


def test_a_formula_of_the_components_of_its_node_is_not_refused():
    index = indicia.read(DEFINITION).with_options(aggregation="formula(expression='sqrt(income * air)')")
    check_can_run_in_partitions(index)


def test_a_formula_that_names_an_unknown_component_is_left_to_the_run():
    index = indicia.read(DEFINITION).with_options(aggregation="formula(expression='income + weather')")
    check_can_run_in_partitions(index)
    with pytest.raises(MethodError, match='there is no component "weather"'):
        index.score(pl.DataFrame({"city": ["a", "b"], **{key: [1.0, 2.0] for key in ("income", "air", "parks")}}))
