"""The report: one HTML file that needs no network."""

from __future__ import annotations

import base64
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING

from indicia.dossier import Dossier, compile_dossier
from indicia.progress import Progress, silent
from indicia_report.markup import Texts, escape, json_data, paragraph
from indicia_report.method import method_view
from indicia_report.period_view import PeriodView
from indicia_report.publication import headline, imprint
from indicia_report.sections import SECTIONS, Findings
from indicia_report.words import languages, words

if TYPE_CHECKING:
    from indicia.comparison import Comparison
    from indicia.editions.difference import EditionDifference
    from indicia.errors import IndiciaError
    from indicia.questions import Questions
    from indicia.result import Result
    from indicia.robustness import Robust

_SCRIPT_KEYS = ("search", "rows_shown", "moved", "unmoved", "no_weights", "copied", "contribution", "score_bar")


def report(
    index: Questions,
    table: object = None,
    *,
    period: object = None,
    language: str | None = None,
    draws: int | None = None,
    seed: int | None = None,
    since: EditionDifference | None = None,
    progress: Progress = silent,
) -> str:
    """Score an index, compute its rank intervals, compare its variants, and return the page of all of these.

    Parameters
    ----------
    index
        The index.
    table
        A data frame or a path; default: the data that the index file names.
    period
        The period of a panel; default: the last.
    language
        The language that the page opens in; default: English.
    draws, seed
        The number of draws and their seed; default: those of [robustness].
    since
        The difference from an earlier edition, which the page shows: `indicia.diff(earlier, index)`.
    progress
        A function that is called with the number of finished draws and the number of all draws.
    """
    dossier = compile_dossier(
        index,
        table,
        period=period,
        language=language,
        draws=draws,
        seed=seed,
        difference=since,
        progress=progress,
    )
    return page_of_dossier(dossier)


def page_of_dossier(dossier: Dossier) -> str:
    """Return the page of results that are computed; an analysis that failed has its reason in its place."""
    texts = Texts.of(dossier.language)
    view = PeriodView(dossier.result, texts.languages, dossier.period)
    return page_of(Findings(view, texts, dossier))


def page(
    result: Result,
    robust: Robust | IndiciaError | None = None,
    compared: Comparison | IndiciaError | None = None,
    texts: Texts | None = None,
    *,
    period: object = None,
    view: PeriodView | None = None,
) -> str:
    """Return the page of results; for a missing result, the page shows the error in its place."""
    texts = texts or Texts.of(None)
    view = view or PeriodView(result, texts.languages, period)
    return page_of(Findings(view, texts, Dossier(result, period, robust, compared)))


def page_of(findings: Findings) -> str:
    """Return the page with all sections that are not empty."""
    sections = {section.name: section.draw(findings) for section in SECTIONS}
    dossier, view, texts = findings.dossier, findings.view, findings.texts
    method = f'<section id="method">{method_view(dossier, view, texts, dossier.catalogue)}</section>'
    return _document(view, texts, {name: markup for name, markup in sections.items() if markup}, method)


def _document(view: PeriodView, texts: Texts, parts: dict[str, str], method: str) -> str:
    script, style = (
        files("indicia_report").joinpath(name).read_text(encoding="utf-8") for name in ("page.js", "page.css")
    )
    # Whatever the data contain, a browser runs only the script with this hash, and fetches nothing.
    digest = base64.b64encode(sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:"
    links = "".join(f'<a href="#{key.replace("_", "-")}">{texts.html(key)}</a>' for key in parts)
    name = texts.attribute(view.title)
    computed_by = texts.html("computed_by", version=version("indicia"))
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{escape(texts.languages[0])}"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            f'<meta name="generator" content="Indicia {version("indicia")}">',
            f'<link rel="icon" href="data:,"><title>{name}</title>',
            f"<style>{style}{_languages(texts)}{_columns(view)}</style></head><body>",
            f'<a class="skip" href="#ranking">{texts.html("skip")}</a>',
            _head(view, texts),
            f'<nav aria-label="{texts.attribute(texts.get("contents"))}">{links}</nav><main>',
            *parts.values(),
            method,
            f"</main><footer>{imprint(view, texts)}{paragraph(computed_by, 'note')}</footer>",
            f'<script type="application/json" id="words">{json_data(_script_words(texts))}</script>',
            f"<script>{script}</script></body></html>",
            "",
        ]
    )


def _head(view: PeriodView, texts: Texts) -> str:
    result = view.result
    nodes = sum(1 for _ in view.tree.nodes()) - 1
    sizes = [texts.show(view.unit_count(texts)), texts.html("indicators", n=len(view.leaves))]
    sizes += [texts.html("dimensions", n=nodes)] if nodes else []
    sizes += [texts.html("period_of", period=view.period)] if view.period else []
    switch = " ".join(_button(language, texts) for language in texts.languages if len(texts.languages) > 1)
    langs = (
        f'<div class="langs script" role="group" aria-label="{texts.attribute(texts.get("language"))}">{switch}</div>'
    )
    return (
        f"<header>{langs if switch else ''}<h1>{texts.name(view.title)}</h1>"
        f'{headline(view, texts)}<p class="sub">{" · ".join(sizes)}</p>'
        f'<p class="sub"><code>{escape(result.methodology)}</code></p>'
        "</header>"
    )


def _button(language: str, texts: Texts) -> str:
    pressed = str(language == texts.languages[0]).lower()
    return f'<button type="button" lang="{language}" aria-pressed="{pressed}">{languages()[language]}</button>'


def _languages(texts: Texts) -> str:
    """Return the style rules that show the texts of one language."""
    rules = []
    for code in texts.languages:  # Selectors do not apply to the symbols of an SVG; variables do.
        states = "".join(f"--{other}:{'inline' if code == other else 'none'};" for other in texts.languages)
        rules.append(f'html[lang="{code}"]{{{states}}}:is(span,bdi,tspan)[lang="{code}"]{{display:var(--{code})}}')
    return "".join(rules)


def _columns(view: PeriodView) -> str:
    """Return the style rules that align columns of numbers."""
    last = 20 + len(view.parts)
    return "".join(f".n{at}>*>tr>:nth-child({at}){{text-align:right}}" for at in range(1, last))


def _script_words(texts: Texts) -> dict[str, dict[str, str]]:
    sentences = {key: words(key) for key in _SCRIPT_KEYS}
    return {
        language: {key: sentence.get(language, sentence["en"]) for key, sentence in sentences.items()}
        for language in texts.languages
    }
