"""The report: one page with everything in it, that asks nothing of a network."""

from __future__ import annotations

import base64
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, TypeVar

from indicia.definition import check_language
from indicia.errors import IndiciaError
from indicia.notes import LANGUAGES
from indicia.progress import Progress, silent
from indicia.report.asked import trusted
from indicia.report.markup import Voice, data, paragraph, spoken, text
from indicia.report.sections import SECTIONS, Findings
from indicia.report.subject import Subject
from indicia.report.words import words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from indicia.comparison import Comparison
    from indicia.index import Index
    from indicia.result import Result
    from indicia.robustness import Robust

T = TypeVar("T")

_OF_THE_SCRIPT = (
    "search",
    "rows_shown",
    "moved",
    "unmoved",
    "no_weights",
    "copied",
    "contribution",
    "score_bar",
)


def report(
    index: Index,
    table: object = None,
    *,
    period: object = None,
    language: str | None = None,
    draws: int | None = None,
    seed: int | None = None,
    progress: Progress = silent,
) -> str:
    """Score an index, look how far its ranks can be trusted and what its variants say, and return it all as a page.

    `draws` and `seed` stand for those of [robustness]. Of a panel it is the last period, or `period`.
    """
    return page_of(findings(index, table, period, language, draws, seed, progress))


def findings(
    index: Index,
    table: object = None,
    period: object = None,
    language: str | None = None,
    draws: int | None = None,
    seed: int | None = None,
    progress: Progress = silent,
) -> Findings:
    """Return the scores of an index, the trust in its ranks and the rankings of its variants, as a page shows them."""
    check_language(language, index.definition)
    frame = index.read_table(table)
    result = index.score_frame(frame)
    voice = Voice.of(language)
    subject = Subject(result, voice.languages, period)
    robust = _tried(lambda: trusted(index, frame, period=period, draws=draws, seed=seed, progress=progress))
    others = index.definition.variants and not index.chosen
    compared = _tried(lambda: index.compare(table=frame, period=period, progress=progress)) if others else None
    return Findings(subject, voice, robust, compared)


def _tried(what: Callable[[], T]) -> T | IndiciaError:
    try:
        return what()
    except IndiciaError as error:
        return error


def page(
    result: Result,
    robust: Robust | IndiciaError | None = None,
    compared: Comparison | IndiciaError | None = None,
    voice: Voice | None = None,
    *,
    period: object = None,
    subject: Subject | None = None,
) -> str:
    """Return the page of what was found; what is an error stands there as its reason."""
    voice = voice or Voice.of(None)
    about = subject or Subject(result, voice.languages, period)
    return page_of(Findings(about, voice, robust, compared))


def page_of(found: Findings) -> str:
    """Return the page with all sections for which there is something to show."""
    drawn = {one.name: one.draw(found) for one in SECTIONS}
    return _document(found.subject, found.voice, {name: markup for name, markup in drawn.items() if markup})


def _document(subject: Subject, voice: Voice, parts: dict[str, str]) -> str:
    script, style = (
        files("indicia.report").joinpath(name).read_text(encoding="utf-8") for name in ("page.js", "page.css")
    )
    # only this very script runs, and nothing is fetched, whatever stands in the data
    digest = base64.b64encode(sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:"
    links = "".join(f'<a href="#{key.replace("_", "-")}">{voice.say(key)}</a>' for key in parts)
    name = voice.plain(subject.title)
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{text(voice.languages[0])}"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            f'<meta name="generator" content="Indicia {version("indicia")}">',
            f'<link rel="icon" href="data:,"><title>{name}</title>',
            f"<style>{style}{_languages(voice)}{_columns(subject)}</style></head><body>",
            f'<a class="skip" href="#ranking">{voice.say("skip")}</a>',
            _head(subject, voice),
            f'<nav aria-label="{voice.plain(voice.said("contents"))}">{links}</nav><main>',
            *parts.values(),
            f"</main><footer>{paragraph(voice.say('computed_by', version=version('indicia')), 'note')}</footer>",
            f'<script type="application/json" id="words">{data(_script_words(voice))}</script>',
            f"<script>{script}</script></body></html>",
            "",
        ]
    )


def _head(subject: Subject, voice: Voice) -> str:
    result = subject.result
    nodes = sum(1 for _ in subject.tree.nodes()) - 1
    sizes = [voice.show(subject.counted_units(voice)), voice.say("indicators", n=len(subject.leaves))]
    sizes += [voice.say("dimensions", n=nodes)] if nodes else []
    sizes += [voice.say("period_of", period=subject.period)] if subject.period else []
    switch = " ".join(_button(one, voice) for one in voice.languages if len(voice.languages) > 1)
    langs = f'<div class="langs script" role="group" aria-label="{voice.plain(voice.said("language"))}">{switch}</div>'
    notes = [*result.notes, *(one.sentence for one in result.recovery)]
    said = "".join(f"<li>{subject.noted(note, voice)}" for note in notes)
    listed = f'<h2 class="notes">{voice.say("notes")}</h2><ul>{said}</ul>' if notes else ""
    facts = "".join(f"<li>{text(node)}: {text(_told(one))}" for node, one in result.facts.items())
    return (
        f"<header>{langs if switch else ''}<h1>{voice.name(subject.title)}</h1>"
        f'<p class="sub">{" · ".join(sizes)}</p><p class="sub"><code>{text(result.methodology)}</code></p>'
        f"{_note(subject, voice)}{listed}{f'<ul class=note>{facts}</ul>' if facts else ''}</header>"
    )


def _button(language: str, voice: Voice) -> str:
    pressed = str(language == voice.languages[0]).lower()
    return f'<button type="button" lang="{language}" aria-pressed="{pressed}">{LANGUAGES[language]}</button>'


def _told(facts: Mapping[str, float | str]) -> str:
    return ", ".join(f"{key} = {one:.4g}" if isinstance(one, float) else f"{key} = {one}" for key, one in facts.items())


def _note(subject: Subject, voice: Voice) -> str:
    note = subject.result.definition.note
    return paragraph(voice.show(spoken(note, voice.languages, ""))) if note else ""


def _languages(voice: Voice) -> str:
    """Return the rules that show one language."""
    rules = []
    for one in voice.languages:  # by way of variables, which reach what an SVG uses elsewhere
        states = "".join(f"--{other}:{'inline' if one == other else 'none'};" for other in voice.languages)
        rules.append(f'html[lang="{one}"]{{{states}}}:is(span,bdi,tspan)[lang="{one}"]{{display:var(--{one})}}')
    return "".join(rules)


def _columns(subject: Subject) -> str:
    """Return the rules for columns of numbers."""
    last = 20 + len(subject.parts)
    return "".join(f".n{at}>*>tr>:nth-child({at}){{text-align:right}}" for at in range(1, last))


def _script_words(voice: Voice) -> dict[str, dict[str, str]]:
    said = {key: words(key) for key in _OF_THE_SCRIPT}
    return {one: {key: each.get(one, each["en"]) for key, each in said.items()} for one in voice.languages}
