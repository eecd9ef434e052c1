"""Calls for type checkers, which no test runs: each line with the mark "wrong" must be an error, and no other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

import indicia
from indicia_after_score.compare import Compare
from indicia_after_score.explain import Explain
from indicia_after_score.gap import Gap
from indicia_after_score.move import Move
from indicia_after_score.reach import Reach
from indicia_after_score.robustness import Robustness
from indicia_after_score.stability import Stability
from indicia_methods.normalisation.linear import MinMax
from indicia_methods.weighting.plain import Equal

if TYPE_CHECKING:
    from indicia.types import NormalisationChoice, StageChoices, TableLike

COLUMNS = {"city": ["Lima", "Oslo", "Pune"], "income": [3.0, 9.0, 1.0]}


def right_tables(index: indicia.Index) -> None:
    frame = pl.DataFrame(COLUMNS)
    array = np.array([("Lima", 3.0)], dtype=[("city", "U9"), ("income", float)])
    tables: list[TableLike] = ["data.csv", Path("data.csv"), frame, frame.lazy(), COLUMNS, array]
    tables += [frame.to_arrow(), frame.to_pandas(), [{"city": "Lima", "income": 3.0}]]
    for table in tables:
        index.score(table)
    indicia.score(["data.csv", "more.csv"], unit="city")
    indicia.score(frame, indicators={"income": "benefit", "co2": {"direction": "cost", "weight": 2}})
    indicia.score(frame, indicators=["income"], missing="skip(minimum_share=0.6)", normalisation=MinMax(upper=100))


def right_choices(index: indicia.Index, fitted: indicia.FittedIndex, paper: NormalisationChoice) -> None:
    index.with_options(normalisation="min_max(lower=1)", weighting=Equal(), settings={"indicators.gdp.weight": 2})
    fitted.with_options(normalisation={"method": "min_max", "upper": 100})
    index.compare(normalisation=["min_max", paper], weighting="equal", against=["Lima", "Oslo"], period=2020)
    official: StageChoices = {"weighting": "given"}
    index.compare(COLUMNS, others=[fitted], measure="spearman", rule="kemeny", top=5).frame("movers")
    index.compare(others={"expert": {"weighting": "equal"}, "official": official, "other": index.variant("other")})
    index.compare().figures.consensus("copeland", weights={"expert": 2.0})
    index.robustness(draws=100, seed=1, weights={"spread": 0.25}, normalisation=["min_max", "z_score"], top=[3, 10])
    index.robustness(COLUMNS, noise=0.1, leave_out="indicators", sensitivity=64)
    index.audit(COLUMNS, profile="jrc", full=True)
    index.gap(a="Lima", b="Oslo", weights={"simplex": True})[Gap.parts].height.bit_length()
    index.move(COLUMNS, of="Lima", start=2020, since=fitted)[Move.causes].height.bit_length()
    index.reach(COLUMNS, of="Lima", rank=1, costs={"income": 2})[Reach.raw].height.bit_length()
    indicia.fit(index, COLUMNS, since=fitted, keep=["bounds"])
    indicia.diff("2020.toml", index, start=2020, end="2021", min_rank_change=3, plugins=["own.py"]).frame("movers")
    index.diff("2020.toml", end=2021, min_rank_change=3).frame("movers")
    index.explain(of="Lima")[Explain.parts].drop_nulls()
    [index.score().frame(name) for name in indicia.Result.table_names]
    indicia.analysis.tiers(index.score().scores["score"], "quantile", count=indicia.__version__.count("."))
    index.score().plot(period=2020, theme="dark").ranking(top=10)


def wrong_calls(index: indicia.Index, fitted: indicia.FittedIndex) -> None:
    index.with_options(normalization="z_score")  # wrong
    index.with_options(normalisation=Equal())  # wrong
    index.with_options(weighting=3)  # wrong
    fitted.with_options(weights="equal")  # wrong
    index.score(42)  # wrong
    index.score(tabel="data.csv")  # wrong
    indicia.score(3.5)  # wrong
    indicia.scroe(COLUMNS)  # wrong
    indicia.score(COLUMNS, normalization="z_score")  # wrong
    indicia.score(COLUMNS, indicators=3)  # wrong
    index.robustness(draw=100)  # wrong
    index.robustness(draws="many")  # wrong
    index.robustness(weights={"spred": 0.25})  # wrong
    index.robustness(leave_out=["cities"])  # wrong
    index.compare(agreement=3)  # wrong
    index.compare(normalization=["min_max", "z_score"])  # wrong
    index.compare(others={"expert": {"weights": "equal"}})  # wrong
    index.compare(count="every")  # wrong
    index.compare_partitions("out", agreement=["spearman"])  # wrong
    index.audit(ful=True)  # wrong
    index.audit(profile=3)  # wrong
    index.stability(period=[2020])  # wrong
    index.gap(a="Lima", b="Oslo", weights=0.25)  # wrong
    index.gap(a="Lima", c="Oslo")  # wrong
    index.move(of="Lima", since=3.5)  # wrong
    indicia.fit(index, 42)  # wrong
    indicia.fit(COLUMNS)  # wrong
    indicia.diff(3, index)  # wrong
    indicia.diff("2020.toml", index, min_rank_chang=3)  # wrong
    indicia.diff("2020.toml", index, starts=2020)  # wrong
    index.diff(3)  # wrong
    index.diff("2020.toml", min_rank_chang=3)  # wrong
    index.score().frame("skores")  # wrong
    index.compare()[Compare.means]  # wrong
    index.robustness()[Robustness.moves]  # wrong
    index.compare().figures.agreement(3)  # wrong
    index.compare(measure=3)  # wrong
    index.explain(of="Lima")[Explain.prats]  # wrong
    index.stability()[Stability.weight]  # wrong
    index.stability(unit=3)  # wrong
    index.stability(units="three")  # wrong
    index.analyse(Stability(step="±5%"))  # wrong
    index.reach(COLUMNS, of="Lima", rang=1)  # wrong
    index.reach(COLUMNS, of="Lima", rank="first")  # wrong
    index.reach(of="Lima", rank=1)[Reach.raws]  # wrong
    index.importance(measures="kernel")  # wrong
    index.coherence(measures=["kernel"])  # wrong
