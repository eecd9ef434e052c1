"""What a reader of a result must know: sentences that can be said in each language."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from indicia.errors import join_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Spoken: TypeAlias = dict[str, str]
"""A text by language."""

LANGUAGES = {"en": "English", "zh": "中文"}
"""What pages, charts and workbooks are written in."""

SENTENCES: dict[str, tuple[str, str]] = {
    "simulated": ("simulated figures, not measured: {parts}", "模拟数据，并非实测：{parts}"),
    "rescaled_weights": (
        "weights re-scaled over what is present for {count} in {nodes}: {units}",
        "{count}在{nodes}中数据不全，权重按现有部分重新分配：{units}",
    ),
    "no_score": ("no score for {count}, too much being missing: {units}", "{count}因缺失过多而没有得分：{units}"),
    "none_ranked": (
        "no unit is ranked: [eligible] keeps out {only} by only, {without} by without; {scoreless} without a score",
        "没有单位参与排名：[eligible] 的 only 排除 {only}，without 排除 {without}；{scoreless}没有得分",
    ),
    "kept_out": (
        "scored but not ranked, kept out by `{rule}` in [eligible] of the index file: {units}",
        "按指数文件 [eligible] {rule} 的规定，计分而不参与排名的单位：{units}",
    ),
    "sum_of_weights": (
        "weights of {part} sum to {sum} and are scaled to 1",
        "{part}的权重之和为 {sum}，已按和为 1 重新分配",
    ),
    "default_weights": (
        "weights of {part} sum to {sum} and are scaled to 1; no weight is stated for {parts}: counted as 1",
        "{part}的权重之和为 {sum}，已按和为 1 重新分配；未注明权重、各按 1 计的有：{parts}",
    ),
    "screened_indicators": (
        "left out, too few units having them: {parts}",
        "因拥有数据的单位太少而未采用的指标：{parts}",
    ),
    "screened_units": ("{count} left out by screening: {units}", "{count}经筛选剔除：{units}"),
    "constant_dropped": (
        "left out, being the same for all units: {parts}",
        "因各单位数值相同而未采用的指标：{parts}",
    ),
    "constant_neutral": (
        "the same for all units, scored neutrally: {parts}",
        "各单位数值相同、按中性值计分的指标：{parts}",
    ),
    "lost_differences": (
        "all units score the same in {parts}, to nine digits, although their values differ",
        "各单位在{parts}上的得分在九位数字内相同，尽管其所依据的数值不同",
    ),
    "unfilled": (
        "{method} has nothing to fill {count} of {part} with: {units}",
        "{method} 无法填补{part}的 {count}：{units}",
    ),
    "no_direction": (
        "{part} has no direction, counts as a benefit, and does not score more as it rises under {method}",
        "{part}未注明方向，按正向指标计；但在 {method} 下，其得分并不随数值上升",
    ),
    "noise": (
        "{count} equal to others but for rounding noise, and taken as equal, in {parts}",
        "{count}与其他数值仅有舍入误差之差，视为相等：{parts}",
    ),
    "imputation": ("{count} imputed in {parts}", "已填补 {count}：{parts}"),
    "treatment": ("{count} changed as outliers in {parts}", "已作为异常值处理 {count}：{parts}"),
    "cap": ("{count} capped in {parts}", "已截断 {count}：{parts}"),
    "clip": ("{count} clipped in {parts}", "已限于界限之内 {count}：{parts}"),
    "imputed_share": (
        "imputed values carry part of the weight of {count}: {shares}",
        "{count}的权重部分来自填补值：{shares}",
    ),
    "marked": (
        "{mark} imputed, or computed from imputed values",
        "{mark} 填补值，或由填补值计算得出",
    ),
    "missing": ("{count} put in place of missing scores in {parts}", "已代替缺失得分 {count}：{parts}"),
    "outside": ("outside the fitted range of {part}: {units}", "超出{part}的拟合范围：{units}"),
    "methodology_left_out": ("left out: {label}: {reason}", "未采用：{label}：{reason}"),
    "not_compared": (
        "not ranked by every methodology, and not compared: {units}",
        "并非每种方法都给出排名、因而不作比较的单位：{units}",
    ),
    "not_in_data": ("published, and not in the data: {units}", "已发布但不在数据中：{units}"),
    "in_some": ("{note} (in {times} of {number} methodologies)", "{note}（{number} 种方法中的 {times} 种）"),
    "moves": (
        "on average a unit moves {mean} places from its rank in the index ({low} to {high} in 90 % of the draws)",
        "单位的排名与指数排名平均相差 {mean} 位（90 % 的抽样中为 {low} 至 {high} 位）",
    ),
    "tiers": (
        "{count}: neighbours within one cannot be told apart with 95 % certainty",
        "{count}：同一梯队内的相邻单位无法以 95 % 的把握加以区分",
    ),
    "failed": (
        "{failed} of {runs} runs ({share}) left out, as they could not be scored: {reasons}",
        "{runs} 次运算中有 {failed} 次（{share}）无法计分而未计入：{reasons}",
    ),
    "published_set": (
        "{what} (a list in no order) has {common} of its {all} units among the first {all} here",
        "{what}（名单，不分先后）：其 {all} 个单位中有 {common} 个在此居前 {all} 名",
    ),
    "published_table": ("{what}: {equal} of {all} {column} equal", "{what}：{all} 个{column}中 {equal} 个相等"),
}
"""Each sentence by its kind, English first; what stands in braces is filled in."""

MARK = "*"
"""Stands after a figure that is imputed or computed from imputed values."""

_NOUNS = {"unit": "个单位", "row": "行", "value": "个数值", "tier": "个梯队"}


@dataclass(frozen=True)
class Count:
    """How many of something."""

    number: int
    noun: str

    def said(self, language: str, called: Mapping[str, str]) -> str:  # noqa: ARG002
        """Return it in a language."""
        noun = _NOUNS[self.noun] if language == "zh" else self.noun if self.number == 1 else f"{self.noun}s"
        return f"{self.number:,} {noun}"


@dataclass(frozen=True)
class Names:
    """What is named, the first few and how many more: indicators, dimensions, units."""

    names: tuple[str, ...]
    limit: int = 5

    @classmethod
    def of(cls, names: Iterable[object], limit: int = 5) -> Names:
        """Take names from anywhere."""
        return cls(tuple(map(str, names)), limit)

    def said(self, language: str, called: Mapping[str, str]) -> str:
        """Return them in a language."""
        names = [called.get(name, name) for name in self.names]
        if language != "zh":
            return join_names(names, self.limit)
        shown = "、".join(names[: self.limit])
        return shown if len(names) <= self.limit else f"{shown}等 {len(names)} 个"


@dataclass(frozen=True)
class Shares:
    """Units, each with a share between 0 and 1: the first few and how many more."""

    shares: tuple[tuple[str, float], ...]
    limit: int = 5

    def said(self, language: str, called: Mapping[str, str]) -> str:
        """Return them in a language, shares as percentages."""
        names = (f"{called.get(name, name)} ({percentage(share)})" for name, share in self.shares)
        return Names(tuple(names), self.limit).said(language, {})


def percentage(share: float) -> str:
    """Write a share as a percentage; one below 1 % has a digit that is not zero.

    >>> percentage(0.125), percentage(0.004), percentage(1.0), percentage(0.0)
    ('13 %', '0.4 %', '100 %', '0 %')
    """
    return f"{math.floor(100 * share + 0.5)} %" if share >= 0.01 or share == 0 else f"{100 * share:.1g} %"


class Note(str):
    """A sentence in English that knows of what kind it is and what fills it, and so can be said in other languages.

    >>> note = Note("imputation", count=Count(1, "value"), parts=Names(("gdp",)))
    >>> print(note)
    1 value imputed in gdp
    >>> note.said("zh", {"gdp": "国内生产总值"})
    '已填补 1 个数值：国内生产总值'
    """

    kind: str
    filled: dict[str, Any]

    def __new__(cls, kind: str, **filled: Any) -> Note:
        """Say it in English, parts and units by the words of the index file."""
        note = super().__new__(cls, _sentence(kind, filled, "en", {}))
        note.kind, note.filled = kind, filled
        return note

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        return (self.kind,), self.filled

    def said(self, language: str, called: Mapping[str, str]) -> str:
        """Say it in a language, parts and units as readers call them."""
        return _sentence(self.kind, self.filled, language, called)


def _sentence(kind: str, filled: Mapping[str, Any], language: str, called: Mapping[str, str]) -> str:
    english, chinese = SENTENCES[kind]
    said = {name: _said(value, language, called) for name, value in filled.items()}
    return (chinese if language == "zh" else english).format(**said)


def _said(value: Any, language: str, called: Mapping[str, str]) -> str:
    if isinstance(value, (Count, Names, Shares, Note)):
        return value.said(language, called)
    return str(value.get(language) or value["en"]) if isinstance(value, dict) else str(value)
