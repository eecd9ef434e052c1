"""The report: one HTML file that needs no network.

Python writes the head, the ranking and the method, which stand there without a script. The script draws all other views
from the data of the page, and takes the ranking away.
"""

from __future__ import annotations

import base64
import re
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING

from indicia.errors import IndiciaError
from indicia.notes import Names
from indicia.progress import Progress, silent
from indicia_paper.dossier import Dossier, compile_dossier
from indicia_report.headline import headline
from indicia_report.markup import (
    Html,
    Texts,
    escape,
    isolate,
    json_data,
    paragraph,
    rank_text,
    row,
    score_text,
    section,
    table,
)
from indicia_report.method import method_view, results_sections
from indicia_report.model import page_model
from indicia_report.period_view import PeriodView
from indicia_report.publication import headline as publication_line
from indicia_report.publication import imprint
from indicia_report.trial import banner, title_of
from indicia_report.words import script_messages

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.notes import Spoken
    from indicia.outputs import Need
    from indicia.questions import Questions
    from indicia.types import Period, TableLike
    from indicia_editions.difference import EditionDifference
    from indicia_report.model.types import PageModel

_CLASSES = re.compile('<table [^>]*class="([^"]*)"')


def report(
    index: Questions,
    table: TableLike | None = None,
    *,
    period: Period | None = None,
    language: str | None = None,
    draws: int | None = None,
    seed: int | None = None,
    since: EditionDifference | None = None,
    audit: bool = False,
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
    audit
        True: the page has the findings of an audit as well, as the page of `indicia report` has.
    progress
        A function that is called with the number of finished draws and the number of all draws.
    """
    needs: tuple[Need, ...] = ("intervals", "comparison", *(("audit",) if audit else ()))
    dossier = compile_dossier(
        index,
        table,
        needs=needs,
        period=period,
        language=language,
        draws=draws,
        seed=seed,
        difference=since,
        progress=progress,
    )
    return page_of_dossier(dossier)


def page_of_dossier(dossier: Dossier, view: PeriodView | None = None) -> str:
    """Return the page of results that are computed; an analysis that failed has its reason in its place."""
    texts = Texts.of(dossier.language)
    view = view or PeriodView(dossier.result, texts.languages, dossier.period)
    model = page_model(dossier, texts)
    messages = script_messages(texts.languages, messages_of(model))
    title, skip = texts.attribute(title_of(view.title, dossier.trial, texts)), texts.html("skip")
    lead = headline(view, dossier)
    written = [
        f'<main><div id="app" tabindex="-1"></div>{static_ranking(view, dossier, texts, lead)}',
        results_sections(dossier, view, texts, dossier.catalogue),
        f'<section id="method">{method_view(dossier, view, texts, dossier.catalogue)}</section></main>',
    ]
    script, style = _built("page.js"), _built("page.css") + _languages(texts) + _columns(written)
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{escape(texts.languages[0])}"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_policy(script, style)}">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            f'<meta name="generator" content="Indicia {version("indicia")}">',
            f'<meta name="description" content="{texts.attribute(lead)}">',
            f'<link rel="icon" href="data:,"><title>{title}</title><style>{style}</style></head><body>',
            f'<a class="skip" href="#app">{skip}</a>',
            _head(view, dossier, texts),
            *written,
            _foot(view, texts),
            f'<script type="application/json" id="model">{json_data(model)}</script>',
            f'<script type="application/json" id="messages">{json_data(messages)}</script>',
            f"<script>{script}</script></body></html>",
            "",
        ]
    )


def _built(name: str) -> str:
    """Return a file of the built front end."""
    return files("indicia_report").joinpath("page", name).read_text(encoding="utf-8")


def _policy(script: str, style: str) -> str:
    """Return the content security policy: whatever the data contain, a browser runs this script and fetches nothing."""
    return (
        f"default-src 'none'; script-src {_source(script)}; style-src {_source(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _source(content: str) -> str:
    return f"'sha256-{base64.b64encode(sha256(content.encode()).digest()).decode()}'"


def _head(view: PeriodView, dossier: Dossier, texts: Texts) -> str:
    nodes = sum(1 for _ in view.tree.nodes()) - 1
    sizes = [texts.show(view.unit_count(texts)), texts.html("indicators", n=len(view.leaves))]
    sizes += [texts.html("dimensions", n=nodes)] if nodes else []
    sizes += [texts.html("period_of", period=view.period)] if view.period else []
    return (
        f"<header><h1>{texts.name(view.title)}</h1>{banner(dossier.trial, view, texts)}{publication_line(view, texts)}"
        f'<p class="sub">{" · ".join(sizes)}</p></header>'
    )


def _foot(view: PeriodView, texts: Texts) -> str:
    computed_by = texts.html("computed_by", version=version("indicia"))
    return f"<footer>{imprint(view, texts)}{paragraph(computed_by, 'sub')}</footer>"


def _languages(texts: Texts) -> str:
    """Return the style rules that show the texts of one language."""
    rules = []
    for code in texts.languages:  # Selectors do not apply to the symbols of an SVG; variables do.
        states = "".join(f"--{other}:{'inline' if code == other else 'none'};" for other in texts.languages)
        rules.append(f'html[lang="{code}"]{{{states}}}:is(span,bdi,tspan)[lang="{code}"]{{display:var(--{code})}}')
    return "".join(rules)


def _columns(written: list[str]) -> str:
    """Return the style rule that aligns the columns of numbers of all tables."""
    classes = {name for markup in written for found in _CLASSES.findall(markup) for name in found.split()}
    columns = sorted(int(name[1:]) for name in classes if re.fullmatch(r"n\d+", name))
    selectors = ",".join(f".n{column}>*>tr>:nth-child({column})" for column in columns)
    return f"{selectors}{{text-align:right}}" if selectors else ""


def messages_of(model: PageModel) -> Callable[[str], bool]:
    """Return a function that returns False for the key of a message that a page of these data cannot show.

    The view Over time needs two periods; the map and the trends need their data. Of the reasons why weights cannot be
    changed, a page shows those of its own dimensions.
    """
    missing = {
        "time.": len(model["periods"]) < 2,
        "move.": len(model["periods"]) < 2,
        "map.": model["map"] is None,
        "trend.": model["trends"] is None,
    }
    unused = tuple(prefix for prefix, is_missing in missing.items() if is_missing)
    reasons = {"why.other", *(f"why.{part.get('why')}" for part in model["tree"])}
    return lambda key: not key.startswith(unused) and (not key.startswith("why.") or key in reasons)


LISTED_WITHOUT_SCRIPT = 500
"""The most units of the ranking that a page has without its script."""


def static_ranking(view: PeriodView, dossier: Dossier, texts: Texts, lead: Spoken) -> str:
    """Return the headline and the ranking: rank, unit, score, and the interval of the rank in the draws.

    `lead` is the headline by language.
    """
    intervals = _intervals(dossier)
    keys = ["rank", "unit", "score", *(["ninety"] if intervals else [])]
    rows = [
        row(
            [
                rank_text(view.ranks[at]),
                texts.name(view.names[at]),
                score_text(view.scores[at], view.digits),
                *([intervals.get(view.units[at], "–")] if intervals else []),
            ],
            head=1,
        )
        for at in view.order[:LISTED_WITHOUT_SCRIPT]
    ]
    omission = ""
    if len(view.units) > LISTED_WITHOUT_SCRIPT:
        shown = f"{LISTED_WITHOUT_SCRIPT:,}"
        omission = paragraph(texts.html("rows_some", shown=shown, n=f"{len(view.units):,}"), "note")
    ranking = table(
        "t-ranking",
        [texts.html(key) for key in keys],
        rows,
        caption=texts.html("ranking"),
        numbers=(1, 3, 4),
        classes="ranking",
        search=False,
    )
    return section(
        "static",
        texts.html("ranking"),
        paragraph(texts.show(lead), "headline"),
        _unranked(view, texts),
        omission,
        ranking,
    )


def _unranked(view: PeriodView, texts: Texts) -> str:
    """List the units that the index file excludes from the ranking."""
    names = [view.names[at] for at in view.order if not view.eligible[at]]
    if not names:
        return ""
    units = {code: Names.of(isolate(name[code]) for name in names).in_language(code, {}) for code in texts.languages}
    return paragraph(texts.html("unranked", units=units), "note")


def _intervals(dossier: Dossier) -> dict[str, str]:
    """Return the interval of the rank of each unit that has ranks in the draws."""
    robust = dossier.robust
    if robust is None or isinstance(robust, IndiciaError):
        return {}
    rows = robust.units.select(robust.unit, "lower", "upper", "tier").iter_rows()
    return {str(unit): Html(f"{rank_text(lower)}–{rank_text(upper)}") for unit, lower, upper, tier in rows if tier}
