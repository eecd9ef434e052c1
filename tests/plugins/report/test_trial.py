"""A page of tried methods says so, and its command gives its scores."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import polars as pl
import pytest

import indicia
from indicia_paper.dossier import Trial, TriedMethod, compile_dossier
from indicia_report.page import page_of_dossier

COMMAND = "indicia run index.toml --aggregation min"
TABLE = pl.DataFrame({"city": ["A", "B", "C"], "rich": [1, 2, 3], "clean": [4, 2, 3]})
INDEX = {
    "name": "Cities",
    "data": {"unit": "city"},
    "dimensions": {"wealth": {"name": "Wealth <i>"}},
    "indicators": {"rich": {"dimension": "wealth"}, "clean": {}},
    "methodology": {"normalisation": "min_max", "weighting": "equal"},
}
MIN = TriedMethod("aggregation", "min", None, "arithmetic")
OF_WEALTH = TriedMethod("weighting", "critic", "wealth")


@pytest.mark.parametrize(
    ("methods", "variant", "sentence"),
    [
        ((MIN,), None, "Tried, not the published methodology: Aggregation min in place of arithmetic."),
        (
            (MIN, OF_WEALTH),
            "soft",
            "Tried, not the published methodology: the variant soft; Aggregation min in place of arithmetic; "
            "Wealth &lt;i&gt;: Weighting critic.",
        ),
        ((), "soft", "The variant soft, not the published methodology."),
    ],
)
def test_a_page_of_tried_methods_says_so(methods: tuple[TriedMethod, ...], variant: str | None, sentence: str) -> None:
    dossier = compile_dossier(indicia.read(INDEX), TABLE, needs=())
    published = page_of_dossier(dossier)
    page = page_of_dossier(replace(dossier, trial=Trial(methods, variant, COMMAND)))
    model = json.loads(re.findall(r'id="model">(.*?)</script>', page)[0])
    assert f'<p class="trial"><span lang=en>{sentence}</span>' in page
    assert "<title>Tried: Cities</title>" in page
    assert (model["title"]["en"], model["command"]) == ("Tried: Cities", COMMAND)
    assert COMMAND in page.partition("class=json>")[2]  # the manifest
    assert 'class="trial"' not in published
    assert '"command"' not in published.partition('id="model">')[2].partition("</script>")[0]
