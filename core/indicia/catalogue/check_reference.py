"""The reference of the checks, in Markdown: `python -m indicia.catalogue.check_reference > docs/checks.md`.

`python -m indicia.catalogue.check_reference --all` prints the page with the checks of all installed plugins.
"""

from __future__ import annotations

import sys
from dataclasses import fields
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, cast

from indicia.catalogue.choice import schema
from indicia.catalogue.discovery import Catalogue, installed
from indicia.catalogue.hookspecs import CHECKS
from indicia.catalogue.reference import shipped
from indicia.checks import NEEDS, Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from indicia.catalogue.offers import Offer

_HEAD = """\
# The checks of the data

<!-- Written by `python -m indicia.catalogue.check_reference > docs/checks.md`: change the checks, not this page. -->

`indicia check` looks at the data of an index, and computes no score. Each check looks for one kind of problem, and has
a code. `indicia checks` lists the installed checks, also those of other plugins; `indicia checks D05` shows one in
full.

A finding has the severity of its check unless the description of the check tells otherwise. An **error** means that a
ranking would mislead, a **warning** asks for a decision, and **information** is for readers. `indicia check --fail-on
warning` exits with 1 if there is a warning or an error.

The index file sets thresholds, and accepts findings with a reason:

```toml
[checks.D01]
share = 0.5

[[waivers]]
code = "D05"
where = "gdp"
reason = "a logarithm would hide the differences that the index is about"
```

`where` is the indicator, unit, period or dimension of the finding. A waiver without `where` accepts all findings of the
check. Waived findings are listed with their reason, and never set the exit code. A waiver that matches no finding is
reported.

[A check of your own](hooks/check.md) is a class of some ten lines.
"""


def check_reference(catalogue: Catalogue) -> str:
    """Return the page of all checks, with summary, thresholds, needs and source of each.

    >>> "## D05 · skewed values" in check_reference(installed())
    True
    """
    catalogue = catalogue.importable()
    offers = [catalogue.offers["check", code] for code in catalogue.names("check")]
    rows = ["| code | looks for | severity |", "|---|---|---|"]
    rows += [
        f"| [{offer.name}](#{_anchor(offer)}) | {_class(offer).title} | {_class(offer).severity} |" for offer in offers
    ]
    return "\n".join([_HEAD, *rows, "", *map(_entry, offers)])


def card(offer: Offer) -> str:
    """Return the description of a check for a terminal: thresholds, needs, source, plugin."""
    check = _class(offer)
    lines = [f"{check.code} ({check.severity}): {check.title}"]
    lines += [f"  {line}".rstrip() for line in cleandoc(check.__doc__ or "").splitlines()]
    for name, meaning, default in _thresholds(check):
        lines.append(f"  threshold  {name}: {meaning} (default {default})")
    lines += [f"  needs      {need}: skipped if {NEEDS[need]}" for need in check.needs]
    lines += [f"  source     {check.source}", f"  plugin     {offer.plugin}"]
    return "\n".join(lines)


def table(catalogue: Catalogue) -> pl.DataFrame:
    """Return a table of the checks: code, title, severity, thresholds, source, plugin."""
    import polars as pl  # not at the top: completion in a shell must not wait for polars

    catalogue = catalogue.importable()
    rows = []
    for code in catalogue.names("check"):
        offer = catalogue.offers["check", code]
        check = _class(offer)
        thresholds = ", ".join(f"{name} = {default}" for name, _, default in _thresholds(check))
        rows.append((code, check.title, check.severity, thresholds, check.source, offer.plugin))
    columns = ("code", "title", "severity", "thresholds", "source", "plugin")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def _entry(offer: Offer) -> str:
    check = _class(offer)
    lines = [f"## {check.code} · {check.title}", "", cleandoc(check.__doc__ or "")]
    if fields(check):
        lines += ["", "| threshold | default | meaning |", "|---|---|---|"]
        lines += [f"| `{name}` | {default} | {meaning} |" for name, meaning, default in _thresholds(check)]
    lines += ["", f"- Severity: {check.severity}."]
    lines += [f"- Skipped if {NEEDS[need]}." for need in check.needs]
    return "\n".join([*lines, f"- Source: {check.source}.", ""])


def _thresholds(check: type[Check]) -> Iterator[tuple[str, str, Any]]:
    """Yield the name, the meaning and the default of each threshold."""
    for name, parameter in schema(check).get("properties", {}).items():
        default = parameter.get("default")
        yield name, parameter.get("description", ""), f"{default:g}" if isinstance(default, float) else default


def _anchor(offer: Offer) -> str:
    """Return the anchor of the heading of a check, as Markdown viewers write it."""
    title = "".join(mark for mark in _class(offer).title.lower() if mark.isalnum() or mark in " -").replace(" ", "-")
    return f"{offer.name.lower()}--{title}"


def _class(offer: Offer) -> type[Check]:
    return cast("type[Check]", offer.method)


if __name__ == "__main__":
    catalogue = installed() if "--all" in sys.argv else shipped([CHECKS])
    sys.stdout.write(check_reference(catalogue))
