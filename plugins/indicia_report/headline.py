"""The headline of the page: who leads, by how much, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indicia.errors import IndiciaError
from indicia_report.intervals import varied
from indicia_report.markup import Texts, isolate, score_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.notes import Spoken
    from indicia_paper.dossier import Dossier
    from indicia_report.period_view import PeriodView
    from indicia_robustness import Robust

_FIRM, _LIKELY = 0.95, 0.8
"""The chances of the first to rank above the second, beyond which the order of the first two is firm, and likely."""


def headline(view: PeriodView, dossier: Dossier) -> Spoken:
    """Return the headline of a page by language, as the script of the page writes it.

    Parameters
    ----------
    view
        The period that the page shows.
    dossier
        The results.
    """
    texts = Texts(view.languages)
    return texts.join(_sentences(view, dossier, texts), "space")


def draws_say(robust: Robust, texts: Texts) -> Spoken:
    """Return what varies between the draws, as a part of a sentence."""
    weights = robust.varied.weights
    if only_weights_vary(robust) and weights and weights.spread:
        return texts.get("draws_of_weights", percent=f"{100 * weights.spread:g}")
    return texts.get("draws_of", varied=varied(robust, texts))


def only_weights_vary(robust: Robust) -> bool:
    """Return whether the draws vary nothing but weights."""
    return all(factor.name == "weights" for factor in robust.factors)


def caveat(robust: Robust, texts: Texts) -> Spoken | None:
    """Return the sentence on what the intervals leave out: errors of the data, or that they are no confidence sets."""
    if robust.redraws_values:
        return texts.get("redrawn")
    return texts.get("only_weights") if only_weights_vary(robust) else None


def _sentences(view: PeriodView, dossier: Dossier, texts: Texts) -> Iterator[Spoken]:
    ranked = np.flatnonzero(~np.isnan(view.ranks))
    leaders = [at for at in view.order[:2] if at in ranked]
    if not leaders:
        yield texts.get("headline.none")
        return
    yield _lead(view, leaders, texts)
    robust = dossier.robust
    if len(leaders) == 2 and robust is not None and not isinstance(robust, IndiciaError):
        yield from _certainty(view, leaders, robust, texts)
    scored = ~np.isnan(view.scores)
    if count := int(scored.sum()) - len(ranked):
        yield texts.get("headline.unranked", count=count)
    if count := len(scored) - int(scored.sum()):
        yield texts.get("headline.unscored", count=count)


def _lead(view: PeriodView, leaders: list[int], texts: Texts) -> Spoken:
    names = [_name(view, at) for at in leaders]
    score = score_text(view.scores[leaders[0]], view.digits)
    kind = "_worst" if view.starts_with_worst else ""
    if len(leaders) == 1:
        return texts.get(f"headline.alone{kind}", unit=names[0], score=score)
    first, second = leaders
    if (count := int((view.ranks == view.ranks[first]).sum())) > 2:
        return texts.get(f"headline.ties{kind}", unit=names[0], next=names[1], score=score, count=count)
    if view.ranks[first] == view.ranks[second]:
        return texts.get(f"headline.tie{kind}", unit=names[0], next=names[1], score=score)
    gap = score_text(abs(view.scores[first] - view.scores[second]), view.digits)
    return texts.get(f"headline.leads{kind}", unit=names[0], next=names[1], score=score, gap=gap)


def _certainty(view: PeriodView, leaders: list[int], robust: Robust, texts: Texts) -> Iterator[Spoken]:
    pair = [view.units[at] for at in leaders]
    if [str(robust.names[at]) for at in robust.order[:2]] != pair or (view.ranks == view.ranks[leaders[0]]).sum() > 2:
        return  # another period, or many units of one rank
    chance = float(robust.neighbours(1)[1, 0])
    if np.isnan(chance):
        return
    firmness = "firm" if chance > _FIRM else "likely" if chance > _LIKELY else "open"
    says, draws = draws_say(robust, texts), f"{robust.draws:,}"
    yield texts.get(f"headline.{firmness}", chance=_percent(chance), draws=draws, says=says)
    if sentence := caveat(robust, texts):
        yield sentence


def _name(view: PeriodView, at: int) -> Spoken:
    return {language: isolate(name) for language, name in view.names[at].items()}


def _percent(share: float) -> str:
    """Return a share in whole per cent; shares that would round to none or all are "< 1 %" and "> 99 %"."""
    if 0 < share < 0.005:
        return "<\u00a01\u00a0%"
    if 0.995 < share < 1:
        return ">\u00a099\u00a0%"
    return f"{100 * share:.0f}\u00a0%"
