"""The directions of indicators: what names tell, what correlations tell, and what stays unclear."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from reference_folder import ABSENT, FOLDER, table_of_gallery

from indicia.errors import DefinitionError
from indicia_recognition.direction_words import is_amount, read_name, read_vocabulary
from indicia_recognition.directions import conflicts, propose_directions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia_recognition.directions import Proposal

ROOT = Path(__file__).parents[3]
GALLERY = sorted((ROOT / "examples" / "gallery").glob("*.toml"))

NAMES: dict[str, dict[str, list[str]]] = tomllib.loads(
    Path(__file__).with_name("direction_names.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(
    ("name", "direction"),
    [(name, direction) for direction, lists in NAMES.items() for names in lists.values() for name in names],
)
def test_a_name_tells_its_direction(name: str, direction: str) -> None:
    assert read_name(name).direction == direction, read_name(name).reason


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Murder", '"Murder" is a word for harm'),
        ("infantMortality", '"Mortality" is a word for harm'),
        ("Inequality in income", '"Inequality" is a word for a shortfall or a spread'),
        ("Share not stunted", '"not" reverses "stunted", a word for harm'),
        ("Control of Corruption: Estimate", '"Control of" reverses "Corruption", a word for harm'),
        ("Population density", '"Population density" is neither good nor bad in itself'),
        ("Tax Haven Score (best 0-5 worst)", 'its name has the note "best 0-5 worst"'),
        ("HDI rank", '"rank" may count from the best or from the worst'),
        ("Country risk rating", '"rating" leaves open whether more is worse'),
        ("Unemployed graduates", '"Unemployed" is a word for harm, but "graduates" is a word for a good'),
    ],
)
def test_a_reason_quotes_the_words_that_decide(name: str, reason: str) -> None:
    assert read_name(name).reason == reason


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("Press index (0 = worst, 100 = best)", "benefit"),
        ("Press index (0 = best, 100 = worst)", "cost"),
        ("Political rights (1 = best)", "cost"),
        ("Trophic level (best 2 - 3 worst)", "cost"),
        ("Murder (higher is better)", "benefit"),
        ("x (+)", "benefit"),
        ("Literacy (-)", "cost"),
        ("Literacy (−2.5 to 2.5)", "benefit"),
        ("Literacy (1 = no, 5 = yes)", "benefit"),
    ],
)
def test_a_note_on_the_scale_decides(name: str, direction: str) -> None:
    assert read_name(name).direction == direction


@pytest.mark.parametrize(
    "denominator", ["per unit of GDP", "/ GDP", ", % of GDP", "as share of GDP", "relative to income"]
)
def test_a_denominator_is_not_read(denominator: str) -> None:
    assert read_name(f"Emissions {denominator}").direction == "cost"
    assert read_name(f"Balance of goods {denominator}").direction == "unclear"


def test_only_goods_and_remedies_share_phrases() -> None:
    for phrase, meanings in read_vocabulary().phrases.items():
        assert len(meanings) == 1 or meanings == {"good", "remedy"}, phrase


@pytest.mark.parametrize(
    ("name", "amount"),
    [("GDP", True), ("gdp_per_capita", False), ("GDP growth", False), ("国内生产总值", True), ("人均GDP", False)],
)
def test_an_amount_grows_with_the_unit(name: str, amount: bool) -> None:
    assert is_amount(name) is amount


def test_a_users_vocabulary_adds_and_moves_phrases(tmp_path: Path) -> None:
    own = tmp_path / "words.toml"
    own.write_text('[harm]\nen = ["wolf sighting"]\n[neutral]\nen = ["murder"]\n', encoding="utf-8")
    table = pl.DataFrame({"wolf_sightings": [1.0, 2.0], "murder": [1.0, 2.0], "literacy": [1.0, 2.0]})
    found = propose_directions(table, table.columns, vocabulary=own)
    assert [proposal.direction for proposal in found.values()] == ["cost", "unclear", "benefit"]
    assert directions_of(table) == {"wolf_sightings": "unclear", "murder": "cost", "literacy": "benefit"}


@pytest.mark.parametrize(
    ("text", "fault", "remedy"),
    [
        ('[harms]\nen = ["wolf"]\n', 'unknown meaning "harms"', "harm"),
        ('harm = ["wolf"]\n', 'the meaning "harm" has no lists of words', 'harm = { en = ["…"] }'),
        ("[harm\n", "the vocabulary is no TOML", ""),
        ("[harm]\nen = 3\n", 'the meaning "harm" has no lists of words', "harm = {"),
        ("[harm]\nen = [3]\n", 'the meaning "harm" has no lists of words', "harm = {"),
    ],
)
def test_a_fault_in_a_vocabulary_names_the_file(tmp_path: Path, text: str, fault: str, remedy: str) -> None:
    own = tmp_path / "words.toml"
    own.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        read_vocabulary(own)
    message = str(caught.value)
    assert fault in message
    assert str(own) in message
    assert all(line in message for line in remedy.splitlines())


def test_an_absent_vocabulary_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="the vocabulary cannot be read"):
        read_vocabulary(tmp_path / "absent.toml")


def directions_of(table: pl.DataFrame, **settings: Any) -> dict[str, str]:
    return {name: found.direction for name, found in propose_directions(table, table.columns, **settings).items()}


def related(**signs: float) -> pl.DataFrame:
    """Return a table of 40 rows whose columns follow one quantity: 1 exactly, -1 reversed, 0 not at all."""
    random = np.random.default_rng(1)
    common = np.arange(40.0)
    noise = {name: random.permutation(40) * (1 - abs(sign)) for name, sign in signs.items()}
    return pl.DataFrame({name: sign * common + noise[name] + 0.5 for name, sign in signs.items()})


def test_a_silent_name_takes_the_direction_of_its_correlations() -> None:
    found = propose_directions(table := related(income=1, literacy=1, murder=-1, x=-0.8, y=0.8), table.columns)
    assert (found["x"].direction, found["x"].source) == ("cost", "correlation")
    assert found["y"].direction == "benefit"
    assert found["x"].reason.startswith(
        "its rank correlations with income, literacy (more is better) and murder (less is better) are −0."
    )


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (related(income=1, x=-1), "a single correlation may be a matter of size"),
        (related(income=1, literacy=1, x=0), "no correlation"),
        (related(income=1, literacy=1, x=-1).head(9), "nine units"),
        (related(income=1, literacy=-1, x=1), "goods that disagree"),
        (related(GDP=1, revenue=1, x=-1), "amounts"),
        (related(income=1, literacy=1, x=-1).with_columns(x=0.3 + pl.col("x") * 1e-16), "constant but for rounding"),
        (related(income=1, literacy=1, x=-1).with_columns(x=(-pl.col("x") / 4).exp().round() * 10_000), "a count"),
        (related(income=1, literacy=1, x=-1).rename({"x": "frost"}), "a neutral name"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_weak_evidence_leaves_a_direction_unclear(table: pl.DataFrame, why: str) -> None:
    assert directions_of(table)[table.columns[-1]] == "unclear"


def test_missing_values_count_pair_by_pair() -> None:
    table = related(income=1, literacy=1, x=-1)
    gaps = table.with_columns(x=pl.when(pl.int_range(pl.len()) % 3 == 0).then("x"))
    assert directions_of(gaps)["x"] == "cost"
    assert directions_of(gaps.with_columns(x=pl.when(pl.int_range(pl.len()) < 20).then("x")))["x"] == "unclear"


def test_a_direction_by_name_stays_against_its_correlations() -> None:
    assert directions_of(related(income=1, literacy=1, murder=1))["murder"] == "cost"


def test_a_stated_direction_comes_first() -> None:
    found = propose_directions(table := related(income=1, murder=1, x=1), table.columns, stated={"murder": "benefit"})
    assert (found["murder"].direction, found["murder"].source) == ("benefit", "stated")
    assert found["x"].direction == "benefit"
    target = propose_directions(table, table.columns, stated={"x": "target"})["x"]
    assert (target.direction, target.reason) == ("unclear", 'its direction is stated as "target"')


def test_a_longer_name_comes_before_the_column() -> None:
    table = related(forest=1, s01=1, crime_rank=1, cm=1)
    longer = {"forest": "Net forest loss", "s01": "Literacy", "crime_rank": "Crime", "cm": "Child mortality"}
    assert directions_of(table, names=longer) == {
        "forest": "cost",
        "s01": "benefit",
        "crime_rank": "unclear",  # rank 1 may be the least crime or the most
        "cm": "cost",
    }


def test_names_for_harm_are_doubted_in_a_table_of_scores() -> None:
    columns = {"Literacy": 1, "Life expectancy": 1, "Pollution": 1, "Crime": 1, "Corruption": 1}
    scores = related(**columns) * (100 / 40)
    assert directions_of(scores)["Pollution"] == "benefit"  # by its correlations
    raw = scores.with_columns(pl.col("Pollution", "Crime", "Corruption").reverse())
    assert directions_of(raw)["Pollution"] == "cost"


def test_a_table_without_rows_has_directions_by_name() -> None:
    assert directions_of(related(murder=1, x=1).clear()) == {"murder": "cost", "x": "unclear"}


def test_an_indicator_against_the_others_is_a_conflict() -> None:
    table = related(income=1, literacy=1, murder=-1, x=0)
    (conflict,) = conflicts(table, dict.fromkeys(table.columns, "benefit"))
    assert (conflict.indicator, conflict.direction, conflict.against, conflict.n) == (
        "murder",
        "benefit",
        ("income", "literacy"),
        40,
    )
    assert conflict.p < 0.001
    assert str(conflict).startswith(
        "murder is a benefit (more is better), but it runs against income, literacy: its mean rank correlation is −0."
    )
    assert not list(conflicts(table, {"income": "benefit", "literacy": "benefit", "murder": "cost", "x": "benefit"}))


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (related(income=1, literacy=1, murder=-1).head(9), "nine units"),
        (related(income=1, literacy=0, murder=0), "no correlation"),
        (related(GDP=1, emissions=-1), "amounts"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_weak_evidence_is_no_conflict(table: pl.DataFrame, why: str) -> None:
    assert not list(conflicts(table, dict.fromkeys(table.columns, "benefit")))


def test_indicators_with_a_target_conflict_with_none() -> None:
    assert not list(conflicts(related(income=1, literacy=-1), {"income": "benefit", "literacy": "target"}))


# An index of a harm, such as hunger, rises with the harm: a harm is a "benefit" there. Its directions are turned round.
OF_HARM = {
    "ghi_2016",
    "ihdi_coefficient",
    "imd_2025_england",
    "inform_2023",
    "simd_2016",
    "simd_2016_indicators",
    "svi_2020_delaware_tracts",
    "svi_2022_county",
}
NAMED_AFTER_THE_REVERSE = {("inform_2023", "food")}  # "Food security" is a score that rises as food is less secure
CODES = {"decathlon", "wbl_1971_2020"}  # events and questions, which neither a name nor a correlation can tell
RANKS = {"imd_2025_england", "simd_2016"}  # ranks of deprivation


def verdicts(found: Mapping[str, Proposal], wanted: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, direction in wanted.items():
        proposed = found[name].direction
        yield name, "found" if proposed == direction else "unclear" if proposed == "unclear" else "wrong"


def gallery_table(file: Path) -> tuple[pl.DataFrame, dict[str, Any], dict[str, str], dict[str, str]]:
    """Return the published data, the index file, and the columns and longer names of the indicators."""
    text = tomllib.loads(file.read_text(encoding="utf-8"))
    table = pl.read_csv(table_of_gallery(file), infer_schema_length=None)
    columns = {name: indicator.get("column", name) for name, indicator in text["indicators"].items()}
    longer = {columns[name]: each["name"] for name, each in text["indicators"].items() if "name" in each}
    return table, text, columns, longer


def gallery_verdicts(file: Path) -> list[tuple[str, str]]:
    """Return the verdict on each indicator of an index."""
    table, text, columns, longer = gallery_table(file)
    found = propose_directions(table, list(dict.fromkeys(columns.values())), names=longer)
    other = {"benefit": "cost", "cost": "benefit"}
    stated = {name: each.get("direction", "benefit") for name, each in text["indicators"].items()}
    wanted = {columns[name]: other[word] if file.stem in OF_HARM else word for name, word in stated.items()}
    return [verdict for verdict in verdicts(found, wanted) if (file.stem, verdict[0]) not in NAMED_AFTER_THE_REVERSE]


@pytest.mark.parametrize("file", GALLERY, ids=lambda file: file.stem)
def test_no_direction_of_a_published_index_is_wrong(file: Path) -> None:
    if not table_of_gallery(file).exists():
        pytest.skip(ABSENT)
    assert [name for name, verdict in gallery_verdicts(file) if verdict == "wrong"] == []


@pytest.mark.skipif(not (FOLDER / "published").is_dir(), reason=ABSENT)
def test_two_of_three_directions_of_published_indices_are_found() -> None:
    files = [file for file in GALLERY if file.stem not in CODES | RANKS]
    counts = Counter(verdict for file in files for _, verdict in gallery_verdicts(file))
    assert counts["found"] >= counts.total() * 2 / 3, counts


def office_tables() -> list[Path]:
    return sorted((FOLDER / "office_tables").glob("*/expected.toml"))


@pytest.mark.skipif(not office_tables(), reason=ABSENT)
def test_directions_in_office_tables_are_found_and_none_is_wrong() -> None:
    counts: Counter[str] = Counter()
    for file in office_tables():
        wanted = tomllib.loads(file.read_text(encoding="utf-8"))["directions"]
        table = pl.read_csv(file.with_name("expected.csv"), infer_schema_length=None)
        found = propose_directions(table, list(wanted))
        clear = {name: each["direction"] for name, each in wanted.items() if each["direction"] != "unclear"}
        for name, verdict in verdicts(found, clear):
            assert verdict != "wrong", f"{file.parent.name}: {name}: {found[name]}"
            if {"name", "correlation"} & set(wanted[name]["known_by"]):
                counts[verdict] += 1
    assert counts["found"] >= counts.total() * 0.8, counts
