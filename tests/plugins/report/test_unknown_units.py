"""A name that no unit has is refused with a remedy, at every place that takes the name of a unit."""

from collections.abc import Callable

import polars as pl
import pytest

import indicia
from indicia import Index, IndiciaError

TOWNS = pl.DataFrame(
    {
        "town": [f"T{number:02}" for number in range(40)],
        "name": [f"Town of {number}" for number in range(40)],
        "jobs": [float(number) for number in range(40)],
        "air": [float(number % 7) for number in range(40)],
    }
)
REMEDY = 'one of 40 units, such as T00 and T01; the column "town" of the data lists them'


def index(**tables: object) -> Index:
    indicators = {"jobs": {"direction": "benefit"}, "air": {"direction": "cost"}}
    return indicia.read({"data": {"unit": "town", "label": "name"}, "indicators": indicators, **tables})


@pytest.mark.parametrize(
    "ask",
    [
        lambda: index().explain(TOWNS, of="#"),
        lambda: index().score(TOWNS).plot.dumbbell("T01", "#"),
        lambda: index().score(TOWNS).plot(highlight=["#"]).ranking(),
        lambda: index().robustness(TOWNS, weights={"spread": 0.25}, draws=8).figures.sensitivity_of("#"),
        lambda: index().compare(table=TOWNS, normalisation=["min_max", "z_score"]).figures.specification("#"),
        lambda: index(eligible={"without": ["#"]}).score(TOWNS),
    ],
    ids=["explain", "dumbbell", "highlight", "robustness", "compare", "eligible"],
)
def test_a_name_that_resembles_no_unit_has_a_remedy(ask: Callable[[], object]) -> None:
    with pytest.raises(IndiciaError, match="no unit") as caught:
        ask()
    assert caught.value.remedy == REMEDY
