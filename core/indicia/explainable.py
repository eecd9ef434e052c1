"""The explanations of an index: of a score, of a gap, and of a move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from indicia.arguments import names_its_arguments
from indicia.definition import text
from indicia.errors import DefinitionError
from indicia.progress import Progress, silent
from indicia.weight_regions import drawn_weights

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.editions.edition import Edition
    from indicia.editions.move import MoveExplanation
    from indicia.explanation.gap import GapExplanation
    from indicia.explanation.score import ScoreExplanation
    from indicia.scorable import Scorable
    from indicia.types import Period, TableLike, WeightDrawsLike

if TYPE_CHECKING:
    _Index = Scorable
else:
    # the properties of the protocol would hide the attributes of the index
    _Index = object


class Explainable(_Index):
    """An index that explains its scores; each method imports the room that answers, since scoring needs none."""

    @overload
    def explain(
        self, unit: str, other: None = None, *, table: TableLike | None = None, period: Period | None = None
    ) -> ScoreExplanation: ...
    @overload
    def explain(
        self,
        unit: str,
        other: str,
        *,
        table: TableLike | None = None,
        period: Period | None = None,
        weights: WeightDrawsLike | None = None,
        draws: int | None = None,
        seed: int | None = None,
        progress: Progress = silent,
    ) -> GapExplanation: ...
    @names_its_arguments
    def explain(
        self,
        unit: str,
        other: str | None = None,
        *,
        table: TableLike | None = None,
        period: Period | None = None,
        weights: WeightDrawsLike | None = None,
        draws: int | None = None,
        seed: int | None = None,
        progress: Progress = silent,
    ) -> ScoreExplanation | GapExplanation:
        """Explain the score of a unit, or the gap between two units, by parts that add up to it.

        Parameters
        ----------
        unit : str
            The unit, by its key or its label.
        other : str, optional
            A second unit: the gap is the score of `unit` minus the score of `other`. By default the score of `unit` is
            explained.
        table : path, frame, dict or "-", optional
            The data; by default the table of the index file.
        period : str, int or date, optional
            The period of a panel; by default the last.
        weights : str or dict, optional
            The weights that are drawn, for the share of draws in which `unit` is ahead, such as "±25%"; see
            `Index.robustness`. By default the index file says what is drawn, if anything.
        draws : int, optional
            The number of draws; by default that of `[robustness]`, else 1,000.
        seed : int, optional
            The seed of the random numbers; by default that of `[robustness]`, else 1.
        progress : callable, optional
            Receives the number of scored draws and the number of all; by default nothing is reported.

        Returns
        -------
        ScoreExplanation or GapExplanation
            `sentences(language)`, the tables of `table_names` by `frame(name)`, and `plot`.

        Raises
        ------
        IndiciaError
            If the index cannot be scored, or if a unit or the period is unknown, or a unit has no score.

        Examples
        --------
        >>> import indicia
        >>> index = indicia.read({"data": {"unit": "city"}, "indicators": {"income": {}, "co2": {"direction": "cost"}}})
        >>> table = {"city": ["Lima", "Oslo", "Pune"], "income": [3.0, 9.0, 1.0], "co2": [2.0, 7.0, 2.5]}
        >>> index.explain("Lima", "Oslo", table=table).frame("totals")["gap"].to_list()
        [0.125]
        """
        frame = self.read_table(table)
        result = self.score_frame(frame)
        if other is None:
            from indicia.explanation.score import explain_score  # imported here, since scoring does not need it

            return explain_score(result, unit, period)
        from indicia.explanation.gap import explain_gap  # imported here, since scoring does not need it

        design = design_of_draws(self.raw, weights, draws, seed)
        robust = None
        if design:
            from indicia.draws import draw_feasible  # imported here, since few explanations draw

            robust = draw_feasible(self, frame, design, with_scores=True, period=period, progress=progress)
        return explain_gap(result, unit, other, period, robust=robust)

    @names_its_arguments
    def move(
        self,
        unit: str,
        *,
        table: TableLike | None = None,
        start: Period | None = None,
        end: Period | None = None,
        since: Scorable | Edition | None = None,
        since_table: TableLike | None = None,
        weights: WeightDrawsLike | None = None,
        draws: int | None = None,
        seed: int | None = None,
        progress: Progress = silent,
    ) -> MoveExplanation:
        """Explain the move of a unit between two periods of a panel, or since an earlier edition.

        Parameters
        ----------
        unit : str
            The unit, by its key or its label.
        table : path, frame, dict or "-", optional
            The data; by default the table of the index file.
        start, end : str, int or date, optional
            Two periods of a panel; by default the last, and the one before `end`.
        since : Index, FittedIndex or Edition, optional
            The earlier edition, in place of `start`.
        since_table : path or frame, optional
            The data of the earlier edition; by default the table of its index file.
        weights, draws, seed : optional
            What varies, for the share of draws in which the unit climbed; see `explain`.
        progress : callable, optional
            Receives the number of scored draws and the number of all; by default nothing is reported.

        Returns
        -------
        MoveExplanation
            The move of score and rank, divided into own data, others' data, method and sample.

        Raises
        ------
        IndiciaError
            If an edition cannot be scored, or if the unit is unknown, entered, left, or lacks a score.

        Examples
        --------
        >>> import indicia
        >>> print(*indicia.read("panel.toml").move("Lima").sentences())  # doctest: +SKIP
        """
        # imported here, since scoring does not need them
        from indicia.editions.drawn_move import draw_editions
        from indicia.editions.edition import Edition, period_before
        from indicia.editions.move import explain_move

        new = Edition.of(self, table, end, None if since is None else _edition_name(self))
        if since is None:
            old = new.at(period_before(new.result, new.period, "a move") if start is None else start)
            _check_periods(old.period, new.period)
        elif start is not None:
            raise DefinitionError("start and since both name the earlier edition", remedy="leave one of them out")
        else:
            old = since if isinstance(since, Edition) else Edition.of(since, since_table)
        design = design_of_draws(self.raw, weights, draws, seed)
        robust = draw_editions(old, new, design, progress) if design else None
        return explain_move(old, new, unit, robust=robust)


def _edition_name(index: Scorable) -> str | None:
    """Return the edition that the index file states, else the name of the file; None for an index without a file."""
    stated = index.definition.publication
    edition = text(stated.edition) if stated is not None and stated.edition is not None else None
    return edition or (index.origin.named_file.name if index.origin.named_file else None)


def _check_periods(start: str | None, end: str | None) -> None:
    if start == end:
        raise DefinitionError(f"the move begins and ends in {start}", remedy="name two periods")


DRAWS, SEED = 1000, 1
"""The number of draws and the seed of an explanation, for an index file that states neither."""


def design_of_draws(
    raw: Mapping[str, Any], weights: WeightDrawsLike | None, draws: int | None, seed: int | None
) -> dict[str, Any] | None:
    """Return the design of the draws of an explanation; None if neither `[robustness]` nor `weights` varies anything.

    Parameters
    ----------
    raw : mapping
        The content of the index file; `[robustness]` states the choices that vary.
    weights : str or mapping, optional
        Words or a value that replace `weights` of `[robustness]`.
    draws, seed : int, optional
        Values that replace those of `[robustness]`; the defaults are 1,000 and 1.

    >>> design_of_draws({}, "±25%", None, None)
    {'draws': 1000, 'seed': 1, 'weights': {'spread': 0.25}}
    >>> design_of_draws({"robustness": {"normalisation": ["rank"], "seed": 7}}, None, 50, None)
    {'draws': 50, 'seed': 7, 'normalisation': ['rank']}
    >>> design_of_draws({"robustness": {"sensitivity": 64, "draws": 20}}, {"simplex": True}, None, 3)
    {'draws': 20, 'seed': 3, 'weights': {'simplex': True}}
    """
    stated = raw.get("robustness") or {}
    if not stated and weights is None:
        if draws is None and seed is None:
            return None
        raise DefinitionError(
            "nothing is drawn: the index has no [robustness]",
            remedy='--weights ±25% varies the weights (in Python weights="±25%")',
        )
    design = {"draws": DRAWS, "seed": SEED, **stated}
    design.pop("sensitivity", None)  # its runs share out the variance of ranks, which no explanation reads
    design |= {"weights": drawn_weights(weights)} if weights is not None else {}
    design |= {"draws": draws} if draws is not None else {}
    return design | ({"seed": seed} if seed is not None else {})
