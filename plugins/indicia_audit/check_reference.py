"""The reference of the checks, in Markdown: `python -m indicia_audit.check_reference > docs/checks.md`.

`python -m indicia_audit.check_reference --all` prints the page with the checks of all installed plugins.
"""

from __future__ import annotations

import sys
from inspect import cleandoc
from typing import TYPE_CHECKING

from indicia.catalogue.discovery import Catalogue, installed
from indicia.catalogue.hookspecs import CHECKS
from indicia.catalogue.reference import shipped
from indicia.documents.markdown import table_lines
from indicia_audit.checks import CHAPTERS
from indicia_audit.rule_page import anchor, check_of, section, thresholds, when_skipped

if TYPE_CHECKING:
    import polars as pl

    from indicia.catalogue.offers import Offer

_HEAD = """\
# The checks

<!-- Written by `python -m indicia_audit.check_reference > docs/checks.md`: change the checks, not this page. -->

`indicia check` looks at the data of an index, and computes no score. `indicia audit` looks at the scores, the ranks and
the draws of an uncertainty analysis too. Each check looks for one kind of problem, and has a code, whose letter is its
chapter. `indicia checks` lists the installed checks, also those of other plugins; `indicia checks D05` shows one in
full.

A finding has the severity of its check unless the description of the check tells otherwise. An **error** means that a
ranking would mislead, a **warning** asks for a decision, and **information** is for readers. `indicia check --fail-on
warning` exits with 1 if there is a warning or an error.

The index file sets thresholds and severities, switches checks off, and accepts findings with a reason:

```toml
[audit]
profile = "strict"

[checks.D01]
share = 0.5
severity = "error"

[checks.D15]
on = false

[[waivers]]
code = "D05"
where = "gdp"
reason = "a logarithm would hide the differences that the index is about"
until = 2027-01-01
```

A [profile](index-file.md#audit) is a set of thresholds and severities: `jrc`, whose thresholds are those on this page,
`strict`, or a TOML file of your own. `[checks]` of the index file replaces those of the profile.

`where` is the indicator, unit, period or dimension of the finding. A waiver without `where` accepts all findings of the
check, and a waiver without `until` has no last day. Waived findings are listed with their reason, and never set the
exit code. A waiver without effect is a finding itself: [V01](#v01--a-waiver-without-effect).

[A check of your own](hooks/check.md) is a class of some ten lines.
"""


def check_reference(catalogue: Catalogue) -> str:
    """Return the page of all checks, with the texts, thresholds and needs of each.

    >>> "### D05 · skewed values" in check_reference(installed())
    True
    """
    lines = [_HEAD]
    chapters = by_chapter(catalogue)
    for chapter, offers in chapters.items():
        rows = map(_row, offers)
        lines += [f"**{chapter}**", "", *table_lines(["code", "looks for", "severity"], rows), ""]
    for chapter, offers in chapters.items():
        lines += [f"## {chapter}", "", *map(section, offers)]
    return "\n".join(lines)


def by_chapter(catalogue: Catalogue) -> dict[str, list[Offer]]:
    """Return the checks by the names of their chapters, in the order of the chapters; others come last."""
    catalogue = catalogue.importable()
    chapters: dict[str, list[Offer]] = {chapter: [] for chapter in (*CHAPTERS.values(), "Other checks")}
    for code in catalogue.names("check"):
        chapters[CHAPTERS.get(code[:-2], "Other checks")].append(catalogue.offers["check", code])
    return {chapter: offers for chapter, offers in chapters.items() if offers}


def table(catalogue: Catalogue, code: str | None = None) -> pl.DataFrame:
    """Return a table of the checks: code, title, severity, thresholds, source, plugin; of one check with all texts."""
    import polars as pl  # not at the top: completion in a shell must not wait for polars

    rows = []
    for offer in (offer for offers in by_chapter(catalogue).values() for offer in offers):
        check = check_of(offer)
        values = ", ".join(f"{name} = {default}" for name, _, default in thresholds(check))
        source = "; ".join(check.source.splitlines())
        row = {"code": offer.name, "title": check.title, "severity": check.severity, "thresholds": values}
        row |= {"source": source, "plugin": offer.plugin}
        if code is not None:
            row |= {"what": cleandoc(check.__doc__ or ""), "why": check.why, "example": check.example}
            row |= {"advice": check.advice, "skipped": "; ".join(when_skipped(check))}
        if code in (None, offer.name):
            rows.append(row)
    return pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String) if rows else None)


def _row(offer: Offer) -> tuple[str, str, str]:
    check = check_of(offer)
    return f"[{offer.name}](#{anchor(offer)})", check.title, check.severity


if __name__ == "__main__":
    catalogue: Catalogue = installed() if "--all" in sys.argv else shipped([CHECKS])
    sys.stdout.write(check_reference(catalogue))
