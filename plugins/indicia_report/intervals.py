"""The choices that vary between the draws of an uncertainty analysis, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia_report.slopes import stage_name

if TYPE_CHECKING:
    from indicia.notes import Spoken
    from indicia_report.markup import Texts
    from indicia_robustness import Robust


def varied(robust: Robust, texts: Texts) -> Spoken:
    """Return a list of the choices that vary between the draws."""
    choices = []
    for factor in robust.factors:
        weights = robust.varied.weights
        name = {language: text.lower() for language, text in stage_name(factor.name, texts).items()}
        if factor.name == "weights" and weights and weights.spread:
            choices.append(texts.get("varied_weights", percent=f"{100 * weights.spread:g}"))
        elif factor.name == "data":
            choices.append(texts.get("varied_values"))
        elif factor.name in ("weights", "random_numbers"):
            choices.append(name)
        else:
            choices.append(texts.get("varied_choice", factor=name, n=len(factor.alternatives)))
    return texts.join(choices)
