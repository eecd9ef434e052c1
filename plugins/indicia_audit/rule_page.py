"""The page of one check under five headings: what it does, why it matters, example, what to do, references."""

from __future__ import annotations

import re
from inspect import cleandoc
from textwrap import fill
from typing import TYPE_CHECKING, Any, cast

from indicia.catalogue.choice import schema
from indicia.documents.markdown import table_lines
from indicia_audit.checks import LATER_NEEDS, NEEDS, Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.catalogue.offers import Offer

_LINK = re.compile(r"(?<![<(])https?://\S*[\w/]")
_DOI = re.compile(r"\bdoi:(?=10\.)")


def check_of(offer: Offer) -> type[Check]:
    """Return the class of a check."""
    return cast("type[Check]", offer.method)


def headings(check: type[Check]) -> dict[str, str]:
    """Return the texts of a rule page by their headings; a heading without a text is left out."""
    texts = {
        "What it does": check.__doc__ or "",
        "Why it matters": check.why,
        "Example": check.example,
        "What to do": check.advice,
        "References": _DOI.sub("https://doi.org/", check.source),
    }
    return {heading: cleandoc(text) for heading, text in texts.items() if text}


def thresholds(check: type[Check]) -> Iterator[tuple[str, str, Any]]:
    """Yield the name, the meaning and the default of each threshold."""
    for name, parameter in schema(check).get("properties", {}).items():
        default = parameter.get("default")
        yield name, parameter.get("description", ""), f"{default:g}" if isinstance(default, float) else default


_COMMANDS = {
    **dict.fromkeys(("scores", "draws", "rescoring"), "by `indicia check`, which computes no scores"),
    **dict.fromkeys(("sensitivity", "full"), "without `--full`: it takes long"),
}
"""By a word of `NEEDS`, the command that skips the check."""


def when_skipped(check: type[Check]) -> list[str]:
    """Return the conditions on which a check does not look, each as a clause after "Skipped"."""
    clauses = [_COMMANDS.get(need, f"if {NEEDS[need]}") for need in check.needs if need != "findings"]
    return list(dict.fromkeys(clauses))


_OVER_PARTITIONS = {
    "statistics": "looks at the statistics of all rows",
    "sample": "looks at a sample of rows, and its findings say so",
    "all rows": "does not look at a sample of rows, which would mislead",
}
"""By a word of `EVIDENCE`, the rows that the check looks at."""


def over_partitions(check: type[Check]) -> str | None:
    """Return the rows of a large table in partitions that a check looks at; None if `indicia check` skips the check."""
    return None if LATER_NEEDS.intersection(check.needs) else _OVER_PARTITIONS[check.evidence]


def card(offer: Offer, width: int = 80) -> str:
    """Return the page of a check for a terminal, in lines of a width.

    >>> from indicia.catalogue.discovery import installed
    >>> card(installed().offers["check", "D21"]).splitlines()[0]
    'D21 · a constant indicator (warning)'
    """
    check = check_of(offer)
    lines = [f"{check.code} · {check.title} ({check.severity})"]
    for heading, text in headings(check).items():
        lines += ["", heading, *_wrapped(_listed(heading, text, "- "), width)]
    if rows := list(thresholds(check)):
        lines += ["", f"Thresholds, set by [checks.{check.code}]"]
        for name, meaning, default in rows:
            lines.append(fill(f"{name} = {default}: {meaning}", width, initial_indent="  ", subsequent_indent="    "))
    if clauses := when_skipped(check):
        lines += ["", "Skipped"]
        lines += [fill(clause, width, initial_indent="  ", subsequent_indent="    ") for clause in clauses]
    if looks := over_partitions(check):
        clause = f"of a large table: {looks}"
        lines += ["", "Partitions", fill(clause, width, initial_indent="  ", subsequent_indent="    ")]
    return "\n".join([*lines, "", f"Plugin: {offer.plugin}"])


def section(offer: Offer, level: int = 3) -> str:
    """Return the page of a check as a section in Markdown."""
    check = check_of(offer)
    lines = [f"{'#' * level} {check.code} · {check.title}", ""]
    for heading, text in headings(check).items():
        if heading == "References":
            lines += [_LINK.sub(lambda link: f"<{link[0]}>", f"**{heading}.** {_listed(heading, text)}"), ""]
        elif heading == "What it does":
            lines += [text, ""]
        else:
            lines += [f"**{heading}.** {text}", ""]
    if rows := list(thresholds(check)):
        cells = ((f"`{name}`", str(default), meaning) for name, meaning, default in rows)
        lines += [*table_lines(["threshold", "default", "meaning"], cells), ""]
    lines.append(f"- Severity: {check.severity}.")
    lines += [f"- Skipped {clause}." for clause in when_skipped(check)]
    if looks := over_partitions(check):
        lines.append(f"- Of a large table [in partitions](beyond-one-machine.md#a-check-over-partitions), it {looks}.")
    return "\n".join([*lines, ""])


def anchor(offer: Offer) -> str:
    """Return the anchor of the heading of a check, as Markdown viewers write it."""
    title = "".join(mark for mark in check_of(offer).title.lower() if mark.isalnum() or mark in " -")
    return f"{offer.name.lower()}--{title.replace(' ', '-')}"


def _listed(heading: str, text: str, bullet: str = "") -> str:
    """Return the works of the references as a list, other texts as they are."""
    if heading != "References":
        return text
    works = text.splitlines()
    return "\n\n".join(f"{bullet}{work}" for work in works) if bullet else "; ".join(works) + "."


def _wrapped(text: str, width: int) -> Iterator[str]:
    """Yield the lines of a text, two characters in; indented paragraphs keep their lines."""
    for place, paragraph in enumerate(text.split("\n\n")):
        if place and not paragraph.startswith("- "):
            yield ""
        if paragraph.startswith("- "):
            for item in re.split(r"\n(?=- )", paragraph):
                yield fill(item, width, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
        elif paragraph.startswith("    "):
            yield from (f"  {line}".rstrip() for line in paragraph.splitlines())
        else:  # a link is not broken at its hyphens
            yield fill(paragraph, width, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
