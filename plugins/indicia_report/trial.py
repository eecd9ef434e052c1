"""A page of methods that a reader tries, which must not be taken for the published one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia_report.markup import Html

if TYPE_CHECKING:
    from indicia.notes import Spoken
    from indicia_paper.dossier import Trial, TriedMethod
    from indicia_report.markup import Texts
    from indicia_report.period_view import PeriodView


def title_of(name: Spoken, trial: Trial | None, texts: Texts) -> Spoken:
    """Return the title of a page: the name of the index, after "Tried:" if its methods are tried."""
    return name if trial is None else texts.get("trial_title", title=name)


def banner(trial: Trial | None, view: PeriodView, texts: Texts) -> Html:
    """Return the sentence that names the methods that are tried; empty for the methodology of the index file."""
    if trial is None:
        return Html("")
    changes = texts.join([_change(method, view, texts) for method in trial.methods], "semicolon")
    if not trial.methods:
        sentence = texts.get("trial_variant", variant=trial.variant)
    elif trial.variant:
        sentence = texts.get("trial_of_variant", variant=trial.variant, changes=changes)
    else:
        sentence = texts.get("trial", changes=changes)
    return Html(f'<p class="trial">{texts.show(sentence)}</p>')


def _change(tried: TriedMethod, view: PeriodView, texts: Texts) -> Spoken:
    stage = texts.get(tried.stage)
    if tried.part is not None:
        part = view.name_of(tried.part)
        return texts.get("trial_of_part", part=part, stage=stage, method=tried.method)
    if tried.in_place_of is None:
        return texts.get("trial_method", stage=stage, method=tried.method)
    return texts.get("trial_change", stage=stage, method=tried.method, replaced=tried.in_place_of)
