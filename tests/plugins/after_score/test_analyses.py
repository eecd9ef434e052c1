"""The analyses of papers: the figures are those of the plain functions, and every text has its Chinese."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import polars as pl
import pytest
from reference_folder import ABSENT, FOLDER

import indicia
import indicia_after_score
from indicia.analyses import Analysis, Heading
from indicia.analysis import convergence, coupling_coordination, obstacle_degree
from indicia.answers.document import document_of
from indicia.documents.blocks import Line
from indicia.errors import DefinitionError
from indicia_after_score.coherence import Coherence
from indicia_after_score.convergence import Convergence
from indicia_after_score.coupling import Coupling
from indicia_after_score.diff import Diff
from indicia_after_score.explain import Explain
from indicia_after_score.gap import Gap
from indicia_after_score.importance import Importance
from indicia_after_score.inequality import Inequality
from indicia_after_score.move import Move
from indicia_after_score.obstacles import Obstacles
from indicia_after_score.reach import Reach
from indicia_after_score.stability import Stability

ROOT = Path(__file__).parents[3]
HDI = ROOT / "examples" / "human_development" / "index.toml"
MODEL = ROOT / "examples" / "intelligent_manufacturing" / "index.toml"
CLASSES = (
    Coherence,
    Convergence,
    Coupling,
    Diff,
    Explain,
    Gap,
    Importance,
    Inequality,
    Move,
    Obstacles,
    Reach,
    Stability,
)


def test_the_largest_obstacles_are_those_of_all_degrees() -> None:
    index = indicia.read(MODEL)
    answer, degrees = index.analyse(Obstacles(top=3)), obstacle_degree(index.score(), best=100.0)
    unit, names = degrees.columns[0], index.definition.indicators
    for row in degrees.filter(pl.col(unit) == "Jinan").to_dicts():
        largest = sorted((row[name] for name in names if row[name] is not None), reverse=True)[:3]
    jinan = answer[Obstacles.degrees].filter(unit="Jinan")
    assert jinan["degree"].to_list() == largest
    assert jinan["place"].to_list() == [1, 2, 3]
    means = {name: degrees[name].mean() for name in names}
    assert dict(answer[Obstacles.counts].select("indicator", "mean").rows()) == pytest.approx(means, rel=1e-12)
    among = answer[Obstacles.degrees].filter(indicator=answer[Obstacles.counts]["indicator"][0])
    assert answer[Obstacles.counts]["units"][0] == len(among)


def test_the_sentence_on_obstacles_holds_in_the_engine() -> None:
    answer = indicia.read(HDI).analyse(Obstacles(top=1))
    (sentence,) = answer.sentences()
    degrees = obstacle_degree(answer.result)
    units = degrees.filter(pl.sum_horizontal("life_expectancy", "national_income") > 0)
    mean = 100 * degrees["national_income"].mean()
    names = list(answer.definition.indicators)
    first = sum(max(row[name] for name in names) == row["national_income"] for row in units.to_dicts())
    expected = f"Gross national income per capita is the largest obstacle on average: its mean degree is {mean:.1f} %"
    assert sentence == f"{expected}, and it is the largest obstacle of {first} of {len(units)} units with a gap"


@pytest.mark.parametrize("adjusted", [False, True])
def test_coupling_is_that_of_the_dimensions_in_shares_of_the_best_score(adjusted: bool) -> None:
    index = indicia.read(MODEL)
    result = index.score()
    parts = [part.id for part in index.tree.components]
    shares = result.scores.with_columns(pl.col(parts) / 100)
    expected = coupling_coordination(shares, parts, adjusted=adjusted)
    answer = index.analyse(Coupling(adjusted=adjusted)).frame()
    joined = answer.join(expected, left_on="unit", right_on=result.unit)
    assert joined["degree"].to_list() == joined["degree_right"].to_list()
    assert answer["degree"].to_list() == sorted(answer["degree"].to_list(), reverse=True)


def test_convergence_is_that_of_the_panel() -> None:
    panel = pl.DataFrame(
        {
            "city": ["A", "B", "C", "D"] * 2,
            "year": [2010] * 4 + [2020] * 4,
            "y": [1.0, 2.0, 4.0, 8.0, 2.0, 3.0, 5.0, 9.0],
        }
    )
    raw = {"data": {"unit": "city", "period": "year"}, "indicators": {"y": {"direction": "benefit"}}}
    index = indicia.read({**raw, "methodology": {"normalisation": "none"}})
    answer = index.analyse(Convergence(), panel)
    expected = convergence(panel, "y", unit="city", period="year")
    assert answer[Convergence.beta].equals(expected.beta)
    assert answer[Convergence.sigma]["sd_log"].to_list() == expected.sigma["sd_log"].to_list()
    speed, half = answer[Convergence.rates].select("speed", "half_life").row(0)
    assert (round(speed, 4), round(half, 1)) == (0.0322, 21.5)  # the docstring of convergence
    first, last = answer[Convergence.sigma]["sd_log"][0], answer[Convergence.sigma]["sd_log"][-1]
    assert answer.sentences()[1] == (
        f"The standard deviation of logarithms was {first:.4f} in 2010 and {last:.4f} in 2020"
    )


def test_complete_leaves_out_units_that_lack_a_period() -> None:
    panel = pl.DataFrame(
        {
            "city": ["A", "B", "C", "D", "E"] * 2,
            "year": [2010] * 5 + [2020] * 5,
            "y": [1.0, 2.0, 4.0, 8.0, None, 2.0, 3.0, 5.0, 9.0, 7.0],
        }
    )
    raw = {"data": {"unit": "city", "period": "year"}, "indicators": {"y": {"direction": "benefit"}}}
    index = indicia.read({**raw, "methodology": {"normalisation": "none", "missing": "propagate"}})
    assert index.analyse(Convergence(complete=True), panel)[Convergence.rates]["units"].item() == 4
    with pytest.raises(indicia.IndiciaError, match="missing or not positive in some period for E"):
        index.analyse(Convergence(), panel)


def test_normalised_values_without_a_best_need_one() -> None:
    index = indicia.read(MODEL).with_options(normalisation="z_score", weighting="equal", aggregation="arithmetic")
    with pytest.raises(DefinitionError) as caught:
        index.analyse("obstacles")
    assert "z_score" in caught.value.what
    assert "best = 1" in str(caught.value.remedy)


def test_every_text_of_a_shipped_analysis_has_its_chinese() -> None:
    folder = Path(str(indicia_after_score.__file__)).parent
    chinese = tomllib.loads((folder / "messages" / "zh.toml").read_text(encoding="utf-8"))
    texts = {kind.heading for kind in CLASSES}
    for kind in CLASSES:
        for table in kind.tables().values():
            texts |= {table.caption, *(column.heading for column in table.columns.values())}
    sentences = {key for key in chinese if "{" in key}
    assert texts - chinese.keys() == {
        "",
        "a",
        "b",
        "t",
        "p",
        "r",
        "r2",
        "kmo",
        "vif",
    }  # the letters are the same in both languages
    for english in sentences:
        assert sorted(re.findall(r"\{[^}]*\}", english)) == sorted(re.findall(r"\{[^}]*\}", chinese[english]))


@pytest.mark.parametrize(
    "analysis",
    [Coherence(), Importance(), Obstacles(), Obstacles(top=1), Coupling(), Stability(units=3)],
    ids=lambda analysis: str(analysis)[:20],
)
def test_headings_and_sentences_are_chinese_for_readers_of_chinese(analysis: Analysis) -> None:
    blocks = document_of(indicia.read(HDI).analyse(analysis), "zh")
    for sentence in [block.text for block in blocks if isinstance(block, Heading | Line)]:
        assert re.search("[\u4e00-\u9fff]", sentence)
        assert "largest" not in sentence


# figures of the reference folder, computed by its own program


def of_papers(name: str) -> pl.DataFrame:
    if not (path := FOLDER / "paper_analyses" / f"{name}.csv").is_file():
        pytest.skip(ABSENT)
    return pl.read_csv(path)


def scores_of_papers() -> tuple[indicia.Index, pl.DataFrame]:
    """Return an index whose scores are those of the folder, with the regions of the cities."""
    raw = {
        "data": {"unit": "unit", "period": "year", "groups": ["region"]},
        "indicators": {"y": {"direction": "benefit"}},
        "methodology": {"normalisation": "none"},
    }
    table = of_papers("scores").select("unit", "year", y="score")
    return indicia.read(raw), table.join(of_papers("cities").select("unit", "region"), on="unit")


def test_inequality_is_that_of_the_reference() -> None:
    index, table = scores_of_papers()
    answer = index.analyse(Inequality(), table)
    dagum, theil = of_papers("dagum").sort("year"), of_papers("theil").sort("year")
    for name, column in (("total", "G"), ("within", "Gw"), ("between", "Gnb"), ("transvariation", "Gt")):
        assert answer[Inequality.gini][name].to_list() == pytest.approx(dagum[column].to_list(), rel=1e-9)
    for name, column in (("total", "T"), ("within", "Tw"), ("between", "Tb")):
        assert answer[Inequality.theil][name].to_list() == pytest.approx(theil[column].to_list(), rel=1e-9)
    for region in ("东部", "中部", "西部"):
        rows = answer[Inequality.groups].filter(group=region)
        assert rows["gini"].to_list() == pytest.approx(dagum[f"G {region}"].to_list(), rel=1e-9)
        assert rows["theil"].to_list() == pytest.approx(theil[f"T {region}"].to_list(), rel=1e-9)
        shares = [100 * share for share in rows["contribution"]]
        assert shares == pytest.approx(theil[f"contribution % {region}"].to_list(), rel=1e-9)
    east = answer[Inequality.pairs].filter(richer="东部", poorer="中部")
    assert east["gini"].to_list() == pytest.approx(dagum["G 东部-中部"].to_list(), rel=1e-9)
    assert east["distance"].to_list() == pytest.approx(dagum["D 东部-中部"].to_list(), rel=1e-9)


def test_convergence_is_that_of_the_reference() -> None:
    index, table = scores_of_papers()
    answer, sigma = index.analyse(Convergence(), table), of_papers("sigma").sort("year")
    slope = of_papers("beta").filter(model="cross-section, absolute", term="ln_initial").row(0, named=True)
    assert answer[Convergence.sigma]["cv"].to_list() == pytest.approx(sigma["cv_sample"].to_list(), rel=1e-9)
    assert answer[Convergence.sigma]["sd_log"].to_list() == pytest.approx(sigma["sd_log_sample"].to_list(), rel=1e-9)
    row = answer[Convergence.beta].row(1, named=True)
    for name in ("estimate", "se", "t", "p", "se_hc1"):
        assert row[name] == pytest.approx(slope[name], rel=1e-8)
    rates = answer[Convergence.rates].row(0, named=True)
    assert (rates["speed"], rates["half_life"]) == pytest.approx((slope["speed"], slope["half_life"]), rel=1e-8)


def test_inequality_of_an_index_without_periods_has_one_row() -> None:
    index = indicia.read({"data": {"unit": "city", "groups": ["coast"]}, "indicators": {"y": {"direction": "benefit"}}})
    table = {"city": list("abcd"), "coast": ["yes", "yes", "no", "no"], "y": [1.0, 4.0, 3.0, 8.0]}
    answer = index.with_options(normalisation="none").analyse("inequality", table)
    row = answer.frame("gini").drop("period").row(0)  # the docstring of dagum
    assert [round(figure, 5) for figure in row] == [0.34375, 0.125, 0.1875, 0.03125]
    assert answer.sentences() == ["The Gini coefficient is 0.3438, most of it between groups (54.5 %)"]


def test_groups_that_the_data_do_not_have_are_refused() -> None:
    with pytest.raises(indicia.IndiciaError) as caught:
        indicia.read(HDI).analyse("inequality", by="continent")
    assert caught.value.what.startswith(("no group", "the analysis needs groups"))
