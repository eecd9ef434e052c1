"""Published indices, recomputed from their data by the index files of examples/gallery.

`cases.toml` says what each must give. With the reference folder at hand,
`python tests/published/test_gallery.py > docs/gallery.md` writes the page anew.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from reference_folder import ABSENT, folder_of_case

import indicia
from indicia.errors import pluralise

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from indicia.index import Index
    from indicia.result import Result

ROOT = Path(__file__).parents[2]
GALLERY = ROOT / "examples" / "gallery"
PAGE = ROOT / "docs" / "gallery.md"
CASES: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("cases.toml").read_text(encoding="utf-8"))
WITH_DATA = [name for name, case in CASES.items() if folder_of_case(name, case).is_dir()]
EVERY_CASE = pytest.mark.skipif(len(WITH_DATA) < len(CASES), reason=ABSENT)


def needs(name: str) -> pytest.MarkDecorator:
    """Return the mark that skips a test where the data of a case are absent."""
    return pytest.mark.skipif(name not in WITH_DATA, reason=ABSENT)


HEAD = ["index", "rows", "method", "compared", "differ", "reasons of the differences"]
RENEW = "docs/gallery.md is out of date: python tests/published/test_gallery.py > docs/gallery.md"
INTRODUCTION = """# The gallery

<!-- Written by `python tests/published/test_gallery.py > docs/gallery.md`: change its cases, not this page. -->

Published indices, each computed from its data by an index file of [examples/gallery](../examples/gallery/README.md) and
compared with the published scores, ranks and levels between the indicators and the index, at the precision of the
publication. "Rows" is the number of published rows, one for each unit and period. "Compared" has the number and kind of
the published figures. "Differ" counts the figures that are not equal to the published figures, by column of the
result.

`just reports site` writes the [report](reporting.md) of each index whose data are at hand to the folder `site`, with a
page that links them; `just reports site "hdi cpi_2019"` writes two of them. The reports hold the data of the
publishers, whose licences are in [examples/gallery](../examples/gallery/README.md).
"""


@dataclass(frozen=True)
class Comparison:
    """A column of the result beside a published one."""

    result: str
    rule: Mapping[str, Any]
    both: pl.DataFrame
    """Key, `ours` (rounded where the rule says so) and `theirs`."""

    @property
    def differing(self) -> pl.DataFrame:
        """The rows whose published figure does not come out."""
        apart = (pl.col("ours") - pl.col("theirs")).abs() > self.rule.get("within", 0.0)
        return self.both.filter(pl.col("theirs").is_not_null() & apart.fill_null(value=True))

    @property
    def unpublished(self) -> pl.DataFrame:
        """The rows in which something is computed that is not published."""
        return self.both.filter(pl.col("theirs").is_null() & pl.col("ours").is_not_null())

    @property
    def compared(self) -> int:
        """The number of published figures."""
        return len(self.both) - self.both["theirs"].null_count()

    @property
    def by(self) -> str:
        """By how much figures differ, in words."""
        most = self.differing.select((pl.col("ours") - pl.col("theirs")).abs().max()).item()
        return "" if most is None else f" (by up to {most:.2g})"


@cache
def published(name: str) -> pl.DataFrame:
    """Return the published figures, with rows named as in the index file."""
    return published_in(name, "published.csv")


@cache
def published_in(name: str, table: str) -> pl.DataFrame:
    text = dict.fromkeys(key(name), pl.String)
    return pl.read_csv(folder(name) / table, infer_schema_length=None, schema_overrides=text)


@cache
def index(name: str) -> Index:
    """Return the index of a case, or the variant of it."""
    case = CASES[name]
    whole = indicia.read(GALLERY / f"{case.get('file', name)}.toml")
    return whole.variant(case["variant"]) if "variant" in case else whole


@cache
def scored(name: str) -> Result:
    return index(name).score(folder(name) / CASES[name].get("table", "indicators.csv"))


def folder(name: str) -> Path:
    return folder_of_case(name, CASES[name])


def key(name: str) -> list[str]:
    """Return the columns of unit and period."""
    data = index(name).definition.data
    return [column for column in (data.unit, data.period) if column]


def comparisons(name: str) -> Iterator[Comparison]:
    """Compare every column that the case names."""
    for column, rules in CASES[name]["equal"].items():
        for rule in rules if isinstance(rules, list) else [rules]:
            table, _, inner = column.rpartition(".")
            wholes = scored(name).definition.indicators if inner == "*" else [inner]
            for one in wholes:
                frame: pl.DataFrame = getattr(scored(name), table or "scores")
                theirs = rule["column"].replace("*", one)
                yield Comparison(column.replace("*", one), rule, _both(name, frame, one, theirs, rule))


def _both(name: str, frame: pl.DataFrame, column: str, theirs: str, rule: Mapping[str, Any]) -> pl.DataFrame:
    keys = pl.col(key(name)).cast(pl.String)
    source = published_in(name, rule.get("table", "published.csv"))
    ours, published_figure = pl.col(column).cast(pl.Float64), pl.col(theirs).cast(pl.Float64)
    if source.schema[theirs] == pl.String:  # the names of bands, by their places in the alphabet
        names = pl.Enum(sorted({*source[theirs].drop_nulls(), *frame[column].cast(pl.String).drop_nulls()}))
        ours, published_figure = (
            pl.col(name).cast(pl.String).cast(names).to_physical().cast(pl.Float64) for name in (column, theirs)
        )
    if (decimals := rule.get("decimals")) is not None:
        scale = 10.0**decimals
        ours = ((ours * scale + 0.5 + 1e-9).floor() / scale).round(decimals)
    both = frame.select(keys, ours=ours).join(
        source.select(keys, theirs=published_figure),
        on=key(name),
        how="full",
        coalesce=True,
        validate="1:1",
    )
    for where, value in rule.get("where", {}).items():
        both = both.filter(pl.col(where) == str(value))
    return both


def page() -> str:
    """Return the page of the gallery."""
    return (
        "\n".join([INTRODUCTION, _row(HEAD), _row(["---", "---:", "---", "---", "---", "---"]), *map(_line, CASES)])
        + "\n"
    )


def _line(name: str) -> str:
    case, definition = CASES[name], index(name).definition
    unnamed = "variant" in case and definition.variants[case["variant"]].name is None
    title = f"{definition.name}: {case['variant']}" if unnamed else definition.name
    first = {one.result: one for one in reversed(list(comparisons(name)))}
    found = [first[column] for column in dict.fromkeys(one.result for one in comparisons(name))]
    compared = f"{sum(one.compared for one in found):,}: {_named(case['equal'], definition.bands)}"
    differing = ", ".join(f"`{one.result}` {len(one.differing):,}{one.by}" for one in found if len(one.differing))
    link = f"[{title}](../examples/gallery/{case.get('file', name)}.toml)"
    return _row([link, f"{case['rows']:,}", case["method"], compared, differing or "none", case.get("missing", "")])


def _named(columns: Iterable[str], bands: Collection[str]) -> str:
    """Return the names of the compared figures, with the number of dimensions."""
    kinds: Counter[str] = Counter()
    for column in columns:
        table, _, inner = column.rpartition(".")
        if column in ("score", "rank"):
            kinds[column] += 1
        elif column in bands:
            kinds["bands"] += 1
        elif inner == "*":
            kinds[f"{table} indicators"] += 1
        else:
            kinds[f"{table or 'scores'} of"] += 1
    return ", ".join(
        f"{kind} {pluralise(number, 'dimension')}" if kind.endswith(" of") else kind for kind, number in kinds.items()
    )


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def test_every_index_file_has_a_case_and_every_case_a_file() -> None:
    files = {case.get("file", name) for name, case in CASES.items()}
    assert files == {path.stem for path in GALLERY.glob("*.toml")}


@pytest.mark.parametrize("name", CASES)
def test_an_index_file_can_be_read_without_its_data(name: str) -> None:
    assert next(index(name).tree.nodes()).id == "index"


@pytest.mark.parametrize("name", [pytest.param(name, marks=needs(name)) for name in CASES])
def test_an_index_comes_out_as_published(name: str) -> None:
    assert len(published(name)) == CASES[name]["rows"]
    for one in comparisons(name):
        found = {"differing": len(one.differing), "unpublished": len(one.unpublished)}
        shown = f"{name} {one.result}{one.by}: {one.differing.head(5).rows()}"
        assert one.compared > 0, shown
        assert found == {count: one.rule.get(count, 0) for count in found}, shown


@pytest.mark.parametrize(
    ("name", "score"),
    [
        pytest.param("cpi_2019", "cpi", marks=needs("cpi_2019")),
        pytest.param("arwu_2005_2015", "total_score", marks=needs("arwu_2005_2015")),
    ],
)
def test_ranks_that_differ_are_those_of_the_published_scores(name: str, score: str) -> None:
    within = key(name)[1:] or pl.lit(0)
    rank = pl.col(score).rank("min", descending=True).over(within)
    assert published(name).filter(rank != pl.col("rank")).is_empty()


@needs("imd_2025_england")
@pytest.mark.parametrize(("ties", "differing"), [("average", 0), ("max", 2)])
def test_the_deprivation_of_england_counts_areas_of_equal_rank_at_the_mean_of_their_ranks(
    ties: str, differing: int
) -> None:
    """Counted at the rank of the most deprived of them, two areas have other ranks and two other scores."""
    exponential = f"rank_exponential(k=23, ties={ties})"
    domains = ("Education", "Housing_and_Services", "Environment")
    settings = {f"dimensions.{domain}.as_component": exponential for domain in domains}
    other = index("imd_2025_england").with_options(normalisation=exponential, settings=settings)
    found = other.score(folder("imd_2025_england") / "indicators.csv").scores
    theirs = published("imd_2025_england").join(found, on="lsoa21_code")
    assert len(theirs.filter(pl.col("rank") != pl.col("IMD_rank"))) == differing
    assert len(theirs.filter((pl.col("score") - pl.col("IMD_score")).abs() > 5e-4)) == differing


@needs("efw_1995_2016")
def test_economic_freedom_differs_only_where_an_area_does() -> None:
    found = {one.result: one.differing for one in comparisons("efw_1995_2016")}
    areas = pl.concat([found["area3"], found["area5"]])
    assert found["score"].join(areas, on=key("efw_1995_2016"), how="anti").is_empty()


@needs("ghi_2016")
def test_the_hunger_of_2016_is_serious_in_43_countries_and_alarming_in_7() -> None:
    """Global Hunger Index 2016, chapter 2: 50 of the countries with a score have serious or alarming levels."""
    counts = scored("ghi_2016").band_counts.filter(year=2016)
    assert dict(counts.filter(pl.col("band").is_in(["serious", "alarming"])).select("band", "units").rows()) == {
        "serious": 43,
        "alarming": 7,
    }


@needs("sdg_2019")
def test_the_regions_of_the_sdg_index_have_the_means_that_count_for_goals_without_indicators() -> None:
    result = scored("sdg_2019")
    countries = published("sdg_2019").join(result.scores.select("id", "region"), on="id")
    compared = {}
    for goal in (f"goal{number}" for number in range(1, 18)):
        filled = countries.filter(pl.col(goal).is_null() & pl.col(f"{goal}_regional").is_not_null())
        means = result.aggregates.select(pl.col("aggregate").alias("region"), ours=goal)
        both = filled.join(means, on="region", how="left")
        assert both["ours"].to_list() == pytest.approx(both[f"{goal}_regional"].to_list(), abs=1e-12)
        compared[goal] = len(both)
    assert {goal: count for goal, count in compared.items() if count} == {"goal1": 11, "goal10": 14, "goal14": 36}


@EVERY_CASE
def test_the_page_of_the_gallery_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), RENEW


if __name__ == "__main__":
    sys.stdout.write(page())
