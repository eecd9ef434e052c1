"""Audits of the examples: every warning and error, with the reason why an auditor would agree.

A warning that is not here is a mistake of a check, or a new check: then add it with its reason.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import indicia

if TYPE_CHECKING:
    from indicia_audit import AuditAnswer

EXAMPLES = Path(__file__).parents[2] / "examples"
DRAWS = 1000

Reasons = dict[tuple[str, str], str]
"""Places of findings, separated by blanks, and the reason, by code. A place stands twice if it has two findings."""

TWO = "the Pocket Guide of the JRC asks for 3 at least, better 5 to 7"
CAPPED = "beyond the OECD average of UNDP's method, and counted as the average"
GEOMETRIC = "Table 38 of the Handbook: other means give another order, of normalised values by up to 11 places"
FEW_DRAWS = "1,000 draws only, for the speed of the test"

HANDBOOK: Reasons = {
    ("D03", "telephones"): "13 countries above the cap and Singapore on it: the indicator hardly tells units apart",
    ("D05", "patents"): "Japan has 994 patents, the median is 103",
    ("D13", "telephones electricity"): CAPPED,
    ("C05", "exports"): "Table 11: alpha rises from 0.70 to 0.77 without exports; here 0.50 to 0.58, of capped values",
    ("C07", "index"): "Table 7: more than one component; the Handbook keeps four for 87 % of the variance",
    ("C08", "index index"): "23 countries are 2.9 for an indicator, and the KMO measure is low: Box 5 of the Handbook",
    ("W03", "internet"): "it goes with electricity (0.84), schooling (0.63) and telephones (0.56), and so counts twice",
    (
        "U04",
        "index",
    ): "Saisana, Saltelli & Tarantola (2005): Singapore moves from 10 to 6 by the method",
    ("B02", "index index"): GEOMETRIC,
}
STANDARDISED: Reasons = {
    ("D05", "patents"): HANDBOOK["D05", "patents"],
    ("C01", "electricity internet"): "variance inflation of 5.95 and 5.87, though the largest r is 0.84",
    ("C05", "exports"): "Table 11: alpha rises from 0.704 to 0.774 without exports",
    ("C07", "index"): "Table 7: two eigenvalues above 1",
    ("C08", "index index"): "23 countries, KMO 0.50; the lowest is that of patents, 0.27",
    ("W03", "exports"): "its correlation with the score is 0.11, so its weight has no effect",
    ("U04", "index"): HANDBOOK["U04", "index"],
    ("B02", "index"): GEOMETRIC,
}
DIMENSIONS: Reasons = {
    ("D03", "telephones"): HANDBOOK["D03", "telephones"],
    ("D05", "patents"): HANDBOOK["D05", "patents"],
    ("D13", "telephones electricity"): CAPPED,
    ("S01", "creation recent old skills"): TWO,
    ("C04", "royalties"): "0.68 with the diffusion of recent innovations, 0.13 with patents",
    ("C04", "internet"): "0.61 with the diffusion of old innovations, -0.45 with exports",
    ("C04", "exports"): "0.48 with the creation of technology, -0.45 with internet",
    ("C06", "recent"): "internet and exports have r = -0.45: alpha is negative",
    ("C06", "skills"): "schooling and university have r = 0.08",
    ("U04", "index"): HANDBOOK["U04", "index"],
    ("B02", "index index"): GEOMETRIC,
}
HDI: Reasons = {
    ("D13", "expected_schooling"): "UNDP counts 18 years and more as 18; 14 of 193 countries have more",
    ("S01", "health income education"): "UNDP has one indicator of health and of income, and two of education",
    (
        "C01",
        "income education",
    ): "all three dimensions go together: McGillivray (1991), World Development 19(10)",
    ("C03", "mean_schooling"): "r = 0.96 with education: expected schooling adds little",
    ("C03", "income"): "r = 0.97 with the index: as the next",
    ("X01", "national_income"): "the redundancy of the HDI beside income: McGillivray (1991), World Development 19(10)",
    ("U08", "index"): FEW_DRAWS,
}
CITIES: Reasons = {
    (
        "D05",
        "a_share_listed deposits fdi high_tech_firms",
    ): "totals of cities of different size: Beijing, Shanghai",
    ("D05", "smart_factories"): "Shanghai has 18",
    ("D05", "co2_intensity"): "Tangshan has 3.1 tonnes, a city of steel",
    ("D10", "Guangzhou Chengdu"): "a gap at rank 2 and 4, for which the mean of the other indicators stands",
    (
        "S01",
        "industrial_foundation industrial_supply technological_innovation guarantee_support application_promotion",
    ): TWO,
    ("S03", "little_giants"): "weights by entropy: 13 % of the index against 0.6 %",
    (
        "C01",
        "factor_input industrial_supply technological_innovation guarantee_support application_promotion fdi loans",
    ): "totals of a city grow with its size, so nearly all of them measure size",
    ("C03", "deposits"): "0.98 with guarantee_support, in which it has the weight 0.83 by entropy",
    ("C03", "gdp_pc"): "0.98 with comprehensive_effect, in which it has the weight 0.70 by entropy",
    ("C03", "road_area_pc"): "large cities have little road per head: it runs against its dimension",
    ("C04", "road_area_pc deposits"): "the two of guarantee_support oppose each other, r = -0.64",
    ("C04", "secondary_va"): "size, in a dimension with the share of industry, r = -0.18",
    ("C04", "fdi population smart_scenes a_share_listed little_giants high_tech_firms"): "size again: closer to others",
    ("C05", "gdp_index gdp_index"): "growth does not go with income per head and emissions",
    ("C06", "guarantee_support industrial_foundation"): "two indicators that oppose each other: alpha is negative",
    ("C06", "comprehensive_effect"): "income, growth and emissions are three things",
    ("C08", "comprehensive_effect factor_input"): "three indicators, of which two go together: KMO is low",
    ("U04", "index"): "with other normalisations half of the cities spread over more than 3 places",
}


def audited(path: str, variant: str | None = None) -> AuditAnswer:
    index = indicia.read(EXAMPLES / path)
    return (index.variant(variant) if variant else index).audit(draws=DRAWS)


@pytest.fixture(scope="module")
def audits() -> dict[str, AuditAnswer]:
    return {
        "handbook": audited("handbook/index.toml"),
        "standardised": audited("handbook/index.toml", "standardised"),
        "dimensions": audited("handbook/dimensions.toml"),
        "human development": audited("human_development/index.toml"),
        "cities": audited("intelligent_manufacturing/index.toml"),
    }


@pytest.mark.parametrize(
    ("name", "reasons"),
    [
        ("handbook", HANDBOOK),
        ("standardised", STANDARDISED),
        ("dimensions", DIMENSIONS),
        ("human development", HDI),
        ("cities", CITIES),
    ],
)
def test_every_warning_has_a_reason(audits: dict[str, AuditAnswer], name: str, reasons: Reasons) -> None:
    rows = audits[name].frame("findings").to_dicts()
    warnings = Counter((row["check"], row["where"]) for row in rows if row["severity"] == "warning")
    assert warnings == Counter((code, place) for code, places in reasons for place in places.split())
    assert not [row for row in rows if row["severity"] == "error"]


@pytest.mark.parametrize(
    ("audit", "code", "where", "value", "severity", "part"),
    [
        ("handbook", "D05", "patents", 2.62, "warning", "skewness 2.62, kurtosis 6.91 over 23 values"),
        ("handbook", "D13", "telephones", 0.565, "warning", "13 above 901"),
        ("handbook", "D13", "electricity", 0.391, "warning", "9 above 6969"),
        ("handbook", "D03", "telephones", 0.609, "warning", "14 of 23"),  # 13 with the rounded logarithm of Singapore
        # |r| of 23 countries has a wide interval, which covers the thresholds: information
        ("handbook", "C02", "exports", -0.448, "information", "internet"),
        ("dimensions", "C02", "exports", -0.448, "information", "internet of recent"),
        ("handbook", "C03", "exports", 0.266, "information", "-0.16 to 0.61"),
        ("handbook", "C05", "exports", -0.066, "information", "the rest of index"),
        ("handbook", "C05", "university", 0.291, "information", "the rest of index"),
        ("standardised", "C05", "exports", -0.108, "information", "the rest of index"),
        ("handbook", "C05", "exports", 0.074, "warning", "from 0.502 to 0.575"),
        ("handbook", "C06", "index", 0.686, "information", "0.502 of the values as they are"),
        ("dimensions", "C04", "patents", 0.147, "information", "recent (r = 0.28) than to the rest of creation"),
        ("dimensions", "C04", "royalties", 0.552, "warning", "recent (r = 0.68) than to the rest of creation"),
        ("dimensions", "C04", "internet", 1.06, "warning", "old (r = 0.61) than to the rest of recent"),
        ("dimensions", "C04", "exports", 0.926, "warning", "creation (r = 0.48) than to the rest of recent"),
        ("dimensions", "C04", "schooling", 0.285, "information", "old (r = 0.37) than to the rest of skills"),
        ("dimensions", "C04", "university", 0.303, "information", "old (r = 0.39) than to the rest of skills"),
        ("handbook", "C07", "index", 3, "warning", "3.02, 1.78, 1.07"),
        ("handbook", "C07", "index", 3, "warning", "38 % of the variance, and 3 have more than 10 % each"),
        ("standardised", "C07", "index", 2, "warning", "the first has 42 % of the variance"),
        ("handbook", "C08", "index", 23, "warning", "23 units for 8 parts: fewer than 5 units for each"),
        ("standardised", "C08", "index", 0.501, "warning", "the lowest of a part is 0.27, of patents"),
        ("handbook", "W05", "telephones", 0.174, "information", "by 2 at most"),
        ("handbook", "W05", "electricity", 0.174, "information", "may be removable"),
        ("handbook", "B01", "index", 3 / 23, "information", "3 of 23 units are on the frontier"),
        ("handbook", "B02", "index", 0.792, "warning", "the largest 11"),
        ("dimensions", "S01", "skills", 2, "warning", "2 parts"),
        ("standardised", "C01", "electricity", 5.95, "warning", "variance inflation 5.95"),
        ("standardised", "C01", "internet", 5.87, "warning", "variance inflation 5.87"),
    ],
)  # fmt: skip
def test_an_audit_of_the_handbook_has_the_findings_that_its_readers_expect(
    audits: dict[str, AuditAnswer], audit: str, code: str, where: str, value: float, severity: str, part: str
) -> None:
    rows = audits[audit].frame("findings").filter(check=code, where=where, severity=severity).to_dicts()
    assert any(part in row["sentence"] and row["value"] == pytest.approx(value, abs=0.005) for row in rows), rows


def test_alpha_of_the_uncapped_indicators_is_fine(audits: dict[str, AuditAnswer]) -> None:
    assert (
        audits["standardised"].frame("findings").filter(check="C06").is_empty()
    )  # 0.704: the verdict hangs on the cap
