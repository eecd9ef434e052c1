"""The methodology text: whoever reads it can compute the scores from it and the data alone."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from indicia.catalogue.choice import Choice, schema
from indicia.catalogue.discovery import build_from_installed
from indicia.catalogue.method_table import all_formulas
from indicia.catalogue.reference import shipped
from indicia.methods.contract import names_symbol
from indicia_report.markup import Texts
from indicia_report.mathml import mathml
from indicia_report.method.methodology import _entry, methodology
from indicia_report.period_view import PeriodView

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from indicia import Index, Result
    from indicia.methods import Method

EXAMPLES = Path(__file__).parents[3] / "examples"
Languages = Literal["en", "zh"]
_ENTRY = r"<dt><code>(.*?)</code> <span class=note>used for (.*?)</span></dt>(.*?)(?=<dt>|$)"


def section(result: Result, language: Languages = "en") -> str:
    """Return the section in one language, as markup."""
    html = methodology(PeriodView(result, languages=("en", "zh")), Texts.of(language))
    other = "zh" if language == "en" else "en"
    html = re.sub(rf"<(span|bdi|tspan) lang={other}>.*?</\1>", "", html)
    return re.sub(rf"<(span|bdi|tspan) lang={language}>(.*?)</\1>", r"\2", html)


def words(markup: str) -> str:
    """Return the visible text of some markup."""
    return " ".join(unescape(re.sub("<[^>]+>", " ", markup)).split())


def number(text: str) -> float:
    """Read a number as the text writes it."""
    return float(text.replace(",", "").replace("−", "-"))


@dataclass
class Entry:
    """The description of a method in the text."""

    stage: str
    name: str
    parts: str
    formulas: list[str]
    parameters: dict[str, str]


@dataclass
class Text:
    """The methodology as a reader learns it from the text alone."""

    parts: list[dict[str, str]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    sentences: str = ""

    @classmethod
    def read(cls, markup: str) -> Text:
        table = markup[markup.index('id="t-fixed"') : markup.index("</table>")]
        headings = [words(cell) for cell in re.findall("<th scope=col>(.*?)(?=<th|<tbody>)", table)]
        rows = re.findall(r"<tr>(.*?)(?=<tr>|\Z)", table[table.index("<tbody>") :], flags=re.DOTALL)
        cells = [[words(cell) for cell in re.split(r"<t[dh][^>]*>", row)[1:]] for row in rows]
        found = cls([dict(zip(headings, row, strict=True)) for row in cells])
        found.sentences = words("".join(re.findall(r"<p>(.*?)</p>", markup)))
        for stage, body in re.findall(r"<h3>(.*?)</h3><dl>(.*?)</dl>", markup, flags=re.DOTALL):
            for name, where, said in re.findall(_ENTRY, body, flags=re.DOTALL):
                formulas = re.findall(
                    r"<math.*?</math>(?: <math.*?</math>)*",
                    re.sub(r"<ul.*?</ul>|<div class=\"formula example\".*?</div>", "", said),
                )
                values = re.findall(r"<code>(\w+)</code> = (.*?)<span class=note>", said)
                found.entries.append(Entry(words(stage), unescape(name), words(where), formulas, dict(values)))
        return found

    def of(self, stage: str, part: str) -> Entry | None:
        """Return the method of a part at a stage."""
        ours = [one for one in self.entries if one.stage == stage]
        named = [one for one in ours if part in one.parts.split(", ")]
        return named[0] if named else next((one for one in ours if one.parts == "all"), None)

    def below(self, part: str) -> list[str]:
        return [one["part"] for one in self.parts if one["belongs to"] == part]


def formula(entry: Entry | None, latex: str) -> bool:
    """Tell whether the formula of an entry is this one."""
    return entry is not None and entry.formulas == [mathml(latex)]


def prepared(text: Text, row: dict[str, str], part: dict[str, str]) -> float | None:
    """Hold a value to its cap and transform it, as the text says."""
    if row[part["column of the data"]] == "":
        return None
    value = float(row[part["column of the data"]])
    if part.get("cap"):
        value = min(value, number(part["cap"]))
    return transformed(text, part, value)


def transformed(text: Text, part: dict[str, str], value: float) -> float:
    entry = text.of("Transform", part["part"])
    if entry is None:
        return value
    assert formula(entry, r"y = \ln(x)")
    return math.log(value)


def normalised(text: Text, part: dict[str, str], rows: list[dict[str, str]]) -> list[float | None]:
    entry = text.of("Normalisation", part["part"])
    assert formula(entry, r"z = l + (u - l) \frac{x - \min x}{\max x - \min x}")
    assert entry is not None
    lower, upper = number(entry.parameters["lower"]), number(entry.parameters["upper"])
    x = [prepared(text, row, part) for row in rows]
    if part["direction"] == "less is better":
        assert "A cost without a formula of its own is negated first" in text.sentences
        x = [None if value is None else -value for value in x]
    present = [value for value in x if value is not None]
    least, greatest = min(present), max(present)
    if part.get("min x, fixed"):
        least, greatest = (transformed(text, part, number(part[f"{end} x, fixed"])) for end in ("min", "max"))
    return [None if value is None else lower + (upper - lower) * (value - least) / (greatest - least) for value in x]


def weights(text: Text, node: str, columns: list[list[float | None]]) -> list[float]:
    if len(columns) == 1:
        return [1.0]
    entry = text.of("Weighting", node)
    if formula(entry, "w_j = 1"):
        return [1 / len(columns)] * len(columns)
    assert formula(
        entry,
        r"p_i = \frac{v_i}{\sum v_i}, \quad w_j = 1 + \frac{1}{\ln n} \sum p_i \ln p_i, \quad 0 \ln 0 = 0, "
        r"\quad v_i = z_{ij}",
    )
    found = []
    for column in columns:
        v = [value for value in column if value is not None]
        shares = [value / math.fsum(v) for value in v]
        found.append(1 + math.fsum(p * math.log(p) for p in shares if p) / math.log(len(v)))
    return [one / math.fsum(found) for one in found]


def scores(text: Text, node: str, rows: list[dict[str, str]], into: dict[str, list[float | None]]) -> None:
    """Score a node and those below it."""
    columns = []
    for name in text.below(node):
        part = next(one for one in text.parts if one["part"] == name)
        if part.get("column of the data"):
            columns.append(normalised(text, part, rows))
        else:
            scores(text, name, rows, into)
            columns.append(into[name])
    shares = weights(text, node, columns)
    entry = text.of("Aggregation", node)
    enough = re.search(r"if these are at least ([\d.]+) % of the parts", text.sentences)
    rounding = re.search(rf"The score of {node} is rounded half-up to (\d+) decimals", text.sentences)
    found: list[float | None] = []
    for values in zip(*columns, strict=True):
        there = [(share, value) for share, value in zip(shares, values, strict=True) if value is not None]
        if len(there) < len(values):
            assert enough, "a gap, and the text does not say what becomes of it"
            if 100 * len(there) / len(values) < float(enough[1]):
                found.append(None)
                continue
        whole = math.fsum(share for share, _ in there)
        if formula(entry, r"\sum_j w_j z_j"):
            score = math.fsum(share / whole * value for share, value in there)
        else:
            assert formula(entry, r"\prod_j z_j^{w_j}")
            score = math.prod(value ** (share / whole) for share, value in there)
        if rounding:
            score = float(Decimal(repr(score)).quantize(Decimal(10) ** -int(rounding[1]), ROUND_HALF_UP))
        found.append(score)
    into[node] = found


def recomputed(result: Result, data: Path) -> tuple[list[dict[str, str]], list[float | None]]:
    """Return the rows of a table and the scores that its methodology text tells to compute from them."""
    with data.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    into: dict[str, list[float | None]] = {}
    scores(Text.read(section(result)), "the index", rows, into)
    return rows, into["the index"]


def test_the_human_development_index_can_be_computed_from_its_text(human: Index) -> None:
    result = human.score()
    folder = EXAMPLES / "human_development"
    rows, found = recomputed(result, folder / "countries.csv")
    ours = dict(result.scores.select("iso3", "score").iter_rows())
    assert {row["iso3"]: value for row, value in zip(rows, found, strict=True)} == pytest.approx(ours, rel=1e-9)
    with (folder / "published.csv").open(encoding="utf-8") as lines:
        published = {row["iso3"]: float(row["hdi"]) for row in csv.DictReader(lines)}
    apart = [row["iso3"] for row, value in zip(rows, found, strict=True) if value != published[row["iso3"]]]
    differing = result.reproduction[0].differing
    assert len(apart) == len(differing)


def test_the_model_case_can_be_computed_from_its_text(model: Index) -> None:
    result = model.score()
    rows, found = recomputed(result, EXAMPLES / "intelligent_manufacturing" / "cities.csv")
    ours = dict(result.scores.select("city", "score").iter_rows())
    assert {row["city"]: value for row, value in zip(rows, found, strict=True)} == pytest.approx(ours, rel=1e-9)


def test_goalposts_are_stated_with_all_digits(human: Index) -> None:
    text = Text.read(section(human.score()))
    bounds = {
        one["part"]: (one["min x, fixed"], one["max x, fixed"]) for one in text.parts if one["column of the data"]
    }
    assert bounds == {
        "Life expectancy at birth": ("20", "85"),
        "Expected years of schooling": ("0", "18"),
        "Mean years of schooling": ("0", "15"),
        "Gross national income per capita": ("100", "75,000"),
    }


def test_the_text_says_the_same_in_chinese(human: Index) -> None:
    chinese = words(section(human.score(), "zh"))
    assert "75,000" in chinese
    assert "总指数的得分四舍五入保留 3 位小数" in chinese
    assert "按四舍五入后的总分排名" in chinese


def test_everything_that_a_score_depends_on_is_stated(index: Callable[..., Index], cities: pl.DataFrame) -> None:
    made = index(
        {
            "income": {"weight": 2.5, "decimals": 3, "factor": 0.001, "floor": 0.5},
            "co2": {"direction": "target", "target": 1.2345678, "worst": [0, 99]},
        },
        {
            "weighting": "given",
            "levels": [{"decimals": 2, "rescaling": "min_max(upper=10)"}],
            "rank_by": "unrounded",
            "constant": "neutral",
            "weights": "region",
        },
        screening={"units": 0.6},
    )
    text = words(section(made.score(cities)))
    for fact in (
        "income the index income more is better 0.001 0.5 2.5 3",
        "1.2345678 0; 99",
        "closeness",
        "Normalised values of income are rounded half-up to 3 decimals",
        "rounded half-up to 2 decimals",
        "Ranks are computed from the scores before rounding",
        "For a constant indicator, the normalised value of all units is the middle of the scale",
        "Weights are computed over the rows of each region",
        "a unit has at least 60 % of the indicators",
        "Rescaling of scores",
    ):
        assert fact in text, fact


def test_the_title_of_a_run_says_what_values_entropy_looks_at(model: Index) -> None:
    assert "entropy(on=normalised)" in model.score().title
    raw = changed(model, weighting="entropy(on=raw)")
    assert "entropy(on=raw)" in raw.score().title
    assert "v_i = x_{ij}" in raw.score().scored.tree.weighting.formula_of_run


def changed(index: Index, **methodology: object) -> Index:
    raw = {**index.raw, "methodology": {**index.raw["methodology"], **methodology}}
    return type(index)(raw, index.catalogue, index.origin)


def test_methods_that_a_method_combines_have_their_formulas_and_sources(model: Index) -> None:
    made = changed(model, weighting="combination(of=[entropy(on=raw), critic])")
    markup = section(made.score())
    assert mathml(r"w = \sum_l a_l w_l") in markup
    assert "used in combination(of=[entropy(on=raw), critic])" in words(markup)
    assert "Shannon (1948)" in words(markup)
    assert "Diakoulaki" in words(markup)
    assert "shares = [0.5, 0.5]" in words(markup)


def test_costs_and_benefits_that_have_formulas_of_their_own_show_both(model: Index) -> None:
    markup = section(changed(model, normalisation="vector").score())
    assert mathml(r"z = \frac{x}{\sqrt{\sum x^2}}") in markup
    assert mathml(r"z = 1 - \frac{x}{\sqrt{\sum x^2}}") in markup
    assert "Of a cost:" in words(markup)
    assert "negated first" not in words(markup)


def test_parts_are_named_whatever_their_number(model: Index) -> None:
    ids = list(model.raw["indicators"])
    indicators = {
        name: {**words, "normalisation": "rank" if name in ids[:9] else "min_max"}
        for name, words in model.raw["indicators"].items()
    }
    made = type(model)({**model.raw, "indicators": indicators}, model.catalogue, model.origin)
    text = Text.read(section(made.score()))
    rank = next(one for one in text.entries if one.name == "rank")
    assert rank.parts.split(", ")[:2] == ["Value added of secondary industry", "Share of secondary industry in GDP"]
    weights = {name: {"weighting": "equal"} for name in ("factor_input", "industrial_supply")}
    dimensions = {name: {**words, **weights.get(name, {})} for name, words in model.raw["dimensions"].items()}
    made = type(model)({**model.raw, "dimensions": dimensions}, model.catalogue, model.origin)
    parts = {one.name: one.parts for one in Text.read(section(made.score())).entries if one.stage == "Weighting"}
    assert parts["equal"] == "Factor input, Industrial supply"
    assert parts["entropy"] == "all but Factor input, Industrial supply"


# the whole catalogue

OFFERS = list(shipped().offers.values())
NOT_IN_A_FORMULA = {
    # what says how often or how long a method goes on, and whom it leaves alone
    "seed", "limit", "age", "gap", "span", "rounds", "budget", "breakpoints",
    # of the grades, classes and relations that are told beside a score
    "cuts", "interval", "beta", "gamma", "indifference",
}  # fmt: skip
IN_WORDS = {
    # how equal values are ranked, and what is done to what a formula cannot take
    "ties", "missing", "random", "group", "negative", "assignment", "classes", "grades", "judge_weights",
    # who judges, which flow decides on a class, the order of components with equal weights, the ends of scales
    "expert", "expert_normalisation", "flow", "order", "bounds",
    # tables of examples
    "examples", "ranks", "judgements", "reach",
    # columns of the data that an expression names, or that predict beside the indicators
    "uses", "covariates",
}  # fmt: skip


def kinds(described: dict[str, Any]) -> set[str]:
    """Return the types that a parameter may have, by its schema."""
    every = [described, *described.get("anyOf", [])]
    return {one["type"] for one in every if "type" in one and one["type"] != "null"}


def choices(described: dict[str, Any]) -> list[object]:
    every = [described, *described.get("anyOf", [])]
    found = [value for one in every for value in one.get("enum", [])]
    found += [True, False] if described.get("type") == "boolean" else []
    return found + ([None] if any(one.get("type") == "null" for one in described.get("anyOf", [])) else [])


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: f"{offer.kind}-{offer.method.name}")
def test_every_parameter_of_a_method_stands_in_its_formula_or_is_told_in_words(offer: Any) -> None:
    method = offer.method
    if not method.formula:
        return
    everywhere = " ".join(text for template in templates(method) for _, text in all_formulas(method, template))
    decided = {place.partition(".")[0] for place in method.variants}
    for name, described in schema(method).get("properties", {}).items():
        if name in method.symbols:
            assert names_symbol(everywhere, method.symbols[name]), f"{name}: {method.symbols[name]}"
        elif name in decided:
            for place, pieces in method.variants.items():
                if place.partition(".")[0] == name and ... not in pieces:
                    assert set(choices(described)) - {None} <= set(pieces), name
        elif kinds(described) & {"number", "integer"}:
            assert name in NOT_IN_A_FORMULA, f"the formula has no symbol for the number {name}"
        else:
            assert name in NOT_IN_A_FORMULA | IN_WORDS, f"the formula does not tell what {name} decides"


def templates(method: type[Method]) -> list[str]:
    return [one for one in (method.formula, getattr(method, "cost_formula", "")) if one]


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: f"{offer.kind}-{offer.method.name}")
def test_every_formula_can_be_drawn_and_has_no_piece_left_open(offer: Any) -> None:
    for template in templates(offer.method):
        for condition, latex in all_formulas(offer.method, template):
            assert mathml(latex).startswith("<math"), f"{condition}: {latex}"
            assert not re.search(r"<[a-z_.]+>", latex), latex


@pytest.mark.parametrize(
    "offer",
    [one for one in OFFERS if one.kind not in ("agreement", "consensus")],
    ids=lambda offer: f"{offer.kind}-{offer.method.name}",
)
def test_the_entry_of_a_method_states_the_value_of_every_symbol_of_its_formula(offer: Any, model: Index) -> None:
    method = offer.method
    made = build_from_installed(method, Choice.read(method.example).parameters if method.example else {}, Path())
    markup = _entry(made, [], PeriodView(model.score()), Texts.of("en"))
    formula = made.formula_of_run
    for name, symbol in made.symbols.items():
        defined = made.settings[name] is None and f"{symbol} = " in formula
        if names_symbol(formula, symbol) and not defined:
            assert f"{mathml(symbol)} = <code>{name}</code> = " in markup, name
    others = {one for _, one in all_formulas(method, method.formula)} - {formula}
    assert mathml(formula) in markup or not formula
    assert not any(mathml(one) in markup.replace(mathml(formula), "") for one in others)


def test_a_formula_changes_with_its_parameters() -> None:
    offers = {(one.kind, one.method.name): one.method for one in OFFERS}
    log = offers["treatment", "log"]
    assert log().formula_of_run == r"y = \ln(x)"
    assert log(form="shifted").formula_of_run == r"y = \ln(x - \min x + c)"
    assert log(form="shifted").settings["offset"] == 1.0
    assert r"\text{usual" not in offers["aggregation", "promethee"]().formula_of_run
    mixed = offers["aggregation", "promethee"](preference=("usual", "linear"), q=0.1, p=0.5)
    assert r"\text{usual: } 1; \; \text{linear: }" in mixed.formula_of_run


@pytest.mark.parametrize(
    ("latex", "symbol", "named"),
    [
        (r"\lambda x", "l", False),
        ("l + 1", "l", True),
        ("q_j", "q", True),
        ("p_i", "p", True),
        (r"\text{p}", "p", False),
    ],
)
def test_a_symbol_is_not_found_within_another(latex: str, symbol: str, named: bool) -> None:
    assert names_symbol(latex, symbol) is named
