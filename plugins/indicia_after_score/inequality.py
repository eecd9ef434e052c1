"""The analysis of inequality between units and between groups of units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from indicia.analyses import About, Analysis, Column, Kind, Part, Table, columns_of
from indicia.answers.needs import Groups, Panel
from indicia.messages.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.analyses import Facts, Frames

_PERIOD = Column("period", Kind.PERIOD, "the period; empty without periods")


@dataclass(frozen=True)
class Inequality(Analysis):
    """The inequality of a score between units, within and between groups, by the Gini coefficient and Theil's index.

    Dagum splits the Gini coefficient into a part within groups, a net part between groups, and a part due to their
    overlap. Units without a score are left out.
    """

    name = "inequality"
    heading = "How unequal are units and groups?"
    reference = (
        "Dagum (1997), Empirical Economics 22(4); Theil (1967), Economics and Information Theory; "
        "Shorrocks (1980), Econometrica 48(3)"
    )
    formula = r"G = G_w + G_{nb} + G_t, \quad T = \sum_g s_g T_g + \sum_g s_g \ln \frac{s_g}{p_g}"

    part: Annotated[str, Part, About("the index, or the dimension whose score is compared")] = "index"
    by: Annotated[str | None, About("the column of groups; by default the first of the data")] = None

    gini = Table(
        "The Gini coefficient by Dagum",
        _PERIOD,
        *columns_of(
            Kind.FIGURE,
            total="the Gini coefficient",
            within="the part within groups",
            between="the net part between groups",
            transvariation="the part due to units of a poorer group above units of a richer one",
        ),
        order="By period.",
        shown=50,
    )
    theil = Table(
        "Theil's index",
        _PERIOD,
        *columns_of(
            Kind.FIGURE, total="Theil's index T", within="the part within groups", between="the part between groups"
        ),
        order="By period.",
        shown=50,
    )
    groups = Table(
        "Inequality within each group",
        _PERIOD,
        Column("group", Kind.TEXT, "the group"),
        Column("units", Kind.COUNT, "the number of units"),
        Column("mean", Kind.SCORE, "the mean of the score"),
        Column("gini", Kind.FIGURE, "the Gini coefficient of the group"),
        Column("theil", Kind.FIGURE, "Theil's index T of the group"),
        Column("contribution", Kind.SHARE, "the share of its inequality in Theil's index of all units"),
        order="By period and name of the group.",
        shown=50,
    )
    pairs = Table(
        "Inequality between two groups",
        _PERIOD,
        Column("richer", Kind.TEXT, "the group with the higher mean"),
        Column("poorer", Kind.TEXT, "the group with the lower mean"),
        Column("gini", Kind.FIGURE, "the Gini coefficient between the groups"),
        Column("distance", Kind.FIGURE, "the economic distance: 1 for groups without overlap, 0 for full overlap"),
        order="By period and names of the groups.",
    )

    def compute(self, facts: Facts) -> Frames:
        """Split the inequality of each period."""
        import polars as pl

        from indicia_statistics.analysis import dagum, theil

        panel = facts[Panel(needs_periods=False)].with_columns(facts[Groups(self.by)].alias("group"))
        panel = panel.select("unit", "period", "group", value=self.part).drop_nulls("value").sort("period", "unit")
        ginis, theils, groups, pairs = [], [], [], []
        for (period,), table in panel.partition_by("period", as_dict=True, maintain_order=True).items():
            g, t = dagum(table, "value", "group"), theil(table, "value", "group")
            ginis.append((period, g.total, g.within, g.between, g.transvariation))
            theils.append((period, t.total, t.within, t.between))
            share = pl.col("value_share") * pl.col("theil") / t.total if t.total else pl.lit(None, pl.Float64)
            of_groups = g.groups.select("group", "units", "mean", "gini").join(t.groups, on="group").sort("group")
            groups += [
                (period, *row)
                for row in of_groups.select("group", "units", "mean", "gini", "theil", share.alias("share")).rows()
            ]
            between = g.pairs.select("richer", "poorer", "gini", "distance").sort("richer", "poorer")
            pairs += [(period, *row) for row in between.rows()]
        return {
            self.gini: self.gini.frame(ginis),
            self.theil: self.theil.frame(theils),
            self.groups: self.groups.frame(groups),
            self.pairs: self.pairs.frame(pairs),
        }

    def sentences(self, frames: Frames) -> Iterator[Sentence]:
        """State the coefficient of the last period, and the larger of its parts."""
        last = frames[self.gini].row(-1, named=True)
        if last["total"] > 0:
            part = max(("within", "between", "transvariation"), key=lambda name: last[name])
            words = {
                "within": "most of it within groups",
                "between": "most of it between groups",
                "transvariation": "most of it because groups overlap",
            }
            when = "" if last["period"] is None else " in {period}"
            yield Sentence(
                "The Gini coefficient" + when + " is {total:.4f}, " + words[part] + " ({share:.1f} %)",
                period=str(last["period"]),
                total=last["total"],
                share=100 * last[part] / last["total"],
            )
