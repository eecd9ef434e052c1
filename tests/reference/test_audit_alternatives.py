"""Other aggregations of the OECD/JRC Handbook's example: what the audit has to find about it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from reference_folder import FOLDER
from subject_of_index import findings, subject_of_index

if TYPE_CHECKING:
    from indicia.checks import Subject

TAI = FOLDER / "audit" / "handbook_tai"
LOGARITHMS = ("telephones_per_1000", "electricity_kwh")
HANDBOOK = {"lower": 0.8, "upper": 1.2, "shares_of": "weights"}
"""Table 19: each weight has 10 to 15 % of the sum of the weights, which is 0.8 to 1.2 of an eighth."""


@cache
def tai(goalposts: bool) -> Subject:
    """Return the subject of the example, with the goalposts of Saisana et al. (2005) or the range of the data."""
    indicators: dict[str, Any] = {}
    for row in pl.read_csv(TAI / "goalposts.csv").to_dicts():
        name = row["indicator"]
        spec = {"transform": "log"} if name in LOGARITHMS else {}
        if goalposts:
            spec |= {"bounds": [row["lower"], row["upper"]]} | ({"cap": row["upper"]} if name in LOGARITHMS else {})
        indicators[name] = {"direction": "benefit", **spec}
    words = {"data": {"unit": "country"}, "indicators": indicators}
    return subject_of_index(words, pl.read_csv(TAI / "data_full.csv"), full=True)


def finding_of(code: str, where: str) -> dict[str, Any]:
    """Return what the reference says of the example."""
    table = pl.read_csv(TAI / "audit_findings.csv", infer_schema=False)
    return table.row(by_predicate=(pl.col("code") == code) & (pl.col("where") == where), named=True)


@pytest.mark.parametrize(("goalposts", "unbounded"), [(False, 8), (True, 18)])
def test_the_bounds_of_table_19_put_3_of_23_countries_on_the_frontier(goalposts: bool, unbounded: int) -> None:
    wanted = finding_of("B01", "benefit of the doubt 10-15 %")
    assert f"unbounded {unbounded} of 23" in wanted["note"] or f"and {unbounded} of 23" in wanted["note"]
    bounded, without_bounds = findings("B01", tai(goalposts), **HANDBOOK)
    assert f"{wanted['value']} units are on the frontier" in bounded.sentence
    assert f"{unbounded} of 23 units are on the frontier" in without_bounds.sentence


def test_the_geometric_mean_ranks_the_countries_otherwise() -> None:
    wanted = finding_of("B02", "arithmetic against geometric")
    (finding,) = findings("B02", tai(True), methods=["geometric"])
    assert finding.value == pytest.approx(float(wanted["value"]), abs=0.0005)
    assert (finding.severity, wanted["severity"]) == (None, "W")
    assert f"largest {wanted['note'].split()[-1]} " in finding.sentence


def test_errors_of_averaged_sources_are_those_that_the_corruption_perceptions_index_publishes() -> None:
    folder = FOLDER / "published" / "cpi_2019"
    table, published = pl.read_csv(folder / "indicators.csv"), pl.read_csv(folder / "published.csv")
    sources = [name for name in table.columns if name[0] == "s" and name[1:].isdigit()]
    words = {
        "measurement": "reflective",
        "data": {"unit": "iso3"},
        "indicators": {name: {"direction": "benefit"} for name in sources},
        "methodology": {
            "normalisation": "none",
            "weighting": "equal",
            "missing": "skip(minimum_share=0, minimum_count=3)",
        },
    }
    (finding,) = findings("E01", subject_of_index(words, table.cast(dict.fromkeys(sources, pl.Float64))))
    without_correction = float(finding.sentence.partition("(")[2].split()[0])
    # the index is computed from sources before they are rounded to whole numbers
    assert without_correction == pytest.approx(published["standard_error"].median(), rel=0.01)
    least, most = published["n_sources"].min(), published["n_sources"].max()
    assert f"of {least} to {most} sources" in finding.sentence
