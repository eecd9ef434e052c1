"""The word for the units of an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_NOUNS = frozenset(
    (
        "country",
        "city",
        "region",
        "province",
        "county",
        "state",
        "district",
        "municipality",
        "area",
        "economy",
        "university",
        "institution",
        "school",
        "hospital",
        "company",
        "firm",
        "bank",
        "athlete",
        "household",
    )
)
"""The names of columns for whose units there is a message with a plural, `chart.noun_country`."""
_OTHER_NAMES = {
    "iso3": "country",
    "iso2": "country",
    "iso": "country",
    "iso_code": "country",
    "country_code": "country",
    "countrycode": "country",
}
"""Other names of such columns."""


def noun_of_units(columns: Iterable[str]) -> str:
    """Return the key of the word for units, by the names of their columns.

    >>> noun_of_units(["id", "Country"]), noun_of_units(["code"])
    ('chart.noun_country', 'chart.noun_unit')
    """
    for column in columns:
        name = column.strip().lower()
        name = _OTHER_NAMES.get(name, name)
        if name in _NOUNS:
            return f"chart.noun_{name}"
    return "chart.noun_unit"
