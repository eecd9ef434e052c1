"""Drawing the choices of an index: from the words of `[robustness]` to the ranks of all units in all draws."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indicia.analyses import Need
from indicia.answers.needs import Asked, Frame
from indicia.definition import OPTIONAL, STAGES, build_tree, catalogue_of_file, choose, define, with_choices
from indicia.errors import DefinitionError
from indicia.progress import Progress, silent
from indicia_robustness.study import Study
from indicia_robustness.weight_regions import drawn_weights

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import polars as pl

    from indicia.analyses import Facts
    from indicia.definition import Definition, Node
    from indicia.scorable import Scorable
    from indicia.types import Period, WeightDrawsLike
    from indicia_robustness.draw_engine import DrawEngine
    from indicia_robustness.result import Robust


@dataclass(frozen=True)
class Draws(Need["Robust"]):
    """The ranks of all units in all draws, each with other choices than those of the index."""

    words: Mapping[str, Any] = field(hash=False)
    """The choices that are given; `[robustness]` of the index file has the others."""
    engine: DrawEngine | None = None

    def resolve(self, facts: Facts) -> Robust:
        """Draw the choices, and score the index with each."""
        subject = facts[Asked()]
        return draw(subject.index, facts[Frame()], self.words, subject.period, facts.progress, self.engine)


@dataclass(frozen=True)
class VariedChoices(Need["Robust | None"]):
    """The ranks and scores of all units in the draws of an explanation; None if nothing varies."""

    weights: WeightDrawsLike | None = field(hash=False)
    draws: int | None
    seed: int | None

    def design(self, index: Scorable) -> dict[str, Any] | None:
        """Return the design of the draws; None if neither `[robustness]` nor `weights` varies anything."""
        return design_of_draws(index.raw, self.weights, self.draws, self.seed)

    def resolve(self, facts: Facts) -> Robust | None:
        """Draw the choices, and leave out those with which the index cannot be scored."""
        subject = facts[Asked()]
        if not (design := self.design(subject.index)):
            return None
        return draw_feasible(
            subject.index, facts[Frame()], design, with_scores=True, period=subject.period, progress=facts.progress
        )


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


def draw(
    index: Scorable,
    frame: pl.DataFrame,
    words: Mapping[str, Any],
    period: Period | None = None,
    progress: Progress = silent,
    engine: DrawEngine | None = None,
) -> Robust:
    """Draw the choices of `[robustness]` of an index file; words that are given replace those of the file.

    Parameters
    ----------
    index : Index or FittedIndex
        The index.
    frame : polars.DataFrame
        The data, as `read_table` returns them.
    words : mapping
        The choices that are given, with the keys of `[robustness]`.
    period : str, int or date, optional
        The period of a panel; by default the last.
    progress : callable, optional
        Receives the number of scored draws and the number of all; by default nothing is reported.
    engine : DrawEngine, optional
        The engine that scores blocks of draws; by default this process scores all of them.

    Returns
    -------
    Robust
        The ranks of all units in all draws.

    Raises
    ------
    IndiciaError
        If nothing varies, a choice changes no score, or the index cannot be scored.
    """
    words = {**words, **({"weights": drawn_weights(words["weights"])} if "weights" in words else {})}
    with index.origin.located():
        study = _study_of(index, frame, {**index.raw.get("robustness", {}), **words}, words, period)
        return replace(study, engine=engine).run(progress)


def _study_of(
    index: Scorable,
    frame: pl.DataFrame,
    design: Mapping[str, Any],
    options: Collection[str] = (),
    period: Period | None = None,
) -> Study:
    """Return the study of a design, with the words of `[robustness]`; `options` are those that stand in no index file.

    An unknown method is a mistake of the user: it raises an error here, and does not count as a failed draw.
    """
    definition, outside = index.definition, None
    if design.get("design") is not None:
        from indicia_robustness.outside_design import OutsideDesign  # imported here, since few analyses have one

        # an option is relative to the current folder, a word to that of the index file
        folder = Path() if "design" in options else index.origin.folder
        outside = OutsideDesign.read(design["design"], folder)
        design = outside.settings(design, options if "design" in options else design)
    origin = replace(index.origin, options=index.origin.options | {f"robustness.{word}" for word in options})
    settings = define({**index.raw, "robustness": design}, origin).robustness
    catalogue = catalogue_of_file(index.catalogue, definition, origin)
    seed = secrets.randbelow(2**32) if settings.seed is None else settings.seed
    for stage in STAGES:
        for choice in getattr(settings, stage):
            if choice is not None and (choice != "none" or stage not in OPTIONAL):
                choose(catalogue, stage, choice, origin, ["robustness", stage])

    def plan(chosen: Mapping[str, Any]) -> tuple[Definition, Node]:
        choices = {stage: choice for stage, choice in chosen.items() if choice is not None}
        other = with_choices(definition, choices)
        return other, build_tree(other, index.catalogue, origin.with_stages_from("robustness", choices))

    inputs = index.inputs(frame)
    return Study(plan, frame, settings, seed, index.origin.folder, period, inputs=inputs, outside=outside)


def draw_feasible(
    index: Scorable,
    frame: pl.DataFrame,
    design: Mapping[str, Any],
    *,
    is_default: bool = False,
    with_scores: bool = False,
    period: Period | None = None,
    progress: Progress = silent,
) -> Robust:
    """Draw the choices of a design; one with which the index cannot be scored is left out, and is no error.

    Parameters
    ----------
    index : Index or FittedIndex
        The index.
    frame : polars.DataFrame
        The data, as `read_table` returns them.
    design : mapping
        The choices that vary, with the keys of `[robustness]`; the table of the index file is not read. None among
        the methods of a stage stands for the methods of the index file.
    is_default : bool, default False
        True if the choices are default ones, with that of the index first in each stage. A default choice of the
        same method then takes the place of the choice of the index if both rank alike, and it goes with more
        choices of other stages; else it is dropped.
    with_scores : bool, default False
        True to keep the scores of all draws, which are computed again otherwise if they are needed.
    period : str, int or date, optional
        The period of a panel; by default the last.
    progress : callable, optional
        Receives the number of scored draws and the number of all; by default nothing is reported.

    Returns
    -------
    Robust
        The ranks of all units in all draws, with the reasons why choices are left out, and choices that change no
        score.

    Raises
    ------
    DefinitionError
        If nothing is left that varies.
    """
    if design.get("design") is not None:
        design = {word: value for word, value in design.items() if word not in ("draws", "sensitivity")}
    study = _study_of(index, frame, design, period=period)
    with index.origin.located():
        study = replace(study, with_scores=with_scores, strict=False)
        # the numbers of a design of the user stand for alternatives that must all be there
        study = study if study.outside else study.without_failing_choices(is_default=is_default)
        return study.run(progress)
