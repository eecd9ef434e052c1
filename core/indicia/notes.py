"""Notes and other sentences for readers of results, each in English and in Chinese."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from indicia.messages import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Spoken: TypeAlias = dict[str, str]
"""A text by language."""

LANGUAGES = {"en": "English", "zh": "中文"}
"""The languages of pages, charts, workbooks and sentences."""

SENTENCES: dict[str, tuple[str, str]] = {
    "read_as": ("{sentence}", "{sentence}"),
    "no_units_or_indicators": (
        "left out, being no units or no indicators: {parts}",
        "因不是单位或指标而未采用：{parts}",
    ),
    "proposed_benefits": (
        "more is better, by name or correlation: {parts}",
        "按名称或相关系数拟定的正向指标：{parts}",
    ),
    "proposed_costs": (
        "less is better, by name or correlation: {parts}",
        "按名称或相关系数拟定的负向指标：{parts}",
    ),
    "assumed_direction": (
        "more is assumed to be better, as no direction is stated: {parts}",
        "未注明方向、假定为正向的指标：{parts}",
    ),
    "used_by_method": (
        "no indicator, as a method uses it: {parts}",
        "被方法使用、因此不作为指标的数据列：{parts}",
    ),
    "low_is_best": ("a lower score is better: rank 1 is the lowest", "得分越低越好，第 1 名得分最低"),
    "worst_is_lowest": (
        "ranks are numbered from the worst: rank 1 is the lowest score",
        "名次从最差的一端编起，第 1 名得分最低",
    ),
    "worst_is_highest": (
        "ranks are numbered from the worst: rank 1 is the highest score",
        "名次从最差的一端编起，第 1 名得分最高",
    ),
    "not_counted": ("shown, and not counted in the index: {parts}", "仅显示、不计入指数的部分：{parts}"),
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
    "unscaled_weights": (
        "weights of {part} sum to {sum} and are not scaled to 1",
        "{part}的权重之和为 {sum}，未按和为 1 重新分配",
    ),
    "weights_ignored": (
        "{method} ignores the weights of the parts of {parts}, which differ",
        "{method} 不使用权重；{parts}各组成部分的不同权重不起作用",
    ),
    "weights_not_in_set": (
        "the set of weights {set} states no part of {parts}: the weights of the index file apply there",
        "权重组 {set} 未包含{parts}的任何组成部分，此处采用指数文件中的权重",
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
    "constant_dropped": ("left out, being the same for all units: {parts}", "因各单位数值相同而未采用的指标：{parts}"),
    "constant_neutral": (
        "the same for all units, scored neutrally: {parts}",
        "各单位数值相同、按中性值计分的指标：{parts}",
    ),
    "lost_differences": (
        "all units score the same in {parts}, to nine digits, although their values differ",
        "各单位在{parts}上的得分在九位数字内相同，尽管其所依据的数值不同",
    ),
    "unfilled": (
        "{method} finds no value to fill {count} of {part}: {units}",
        "{method} 无法填补{part}的 {count}：{units}",
    ),
    "no_direction": (
        "{part} has no direction, counts as a benefit, and does not score more as it rises under {method}",
        "{part}未注明方向，按正向指标计；但在 {method} 下，其得分并不随数值上升",
    ),
    "noise": (
        "{count} different from others by rounding noise only, and treated as equal, in {parts}",
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
    "marked": ("{mark} imputed, or computed from imputed values", "{mark} 填补值，或由填补值计算得出"),
    "raw_values_withheld": (
        "values before normalisation are not published: files, pages and workbooks leave them out",
        "标准化之前的数值不予发布：文件、报告和工作簿均不含这些数值",
    ),
    "raw_values_inside": (
        "{file} holds raw values or statistics of them, which the index does not publish: keep it to yourself",
        "{file} 含有不予发布的原始数值或其统计量：请勿公开",
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
        "{count}: the order of neighbours within a tier is less than 95 % certain",
        "{count}：同一梯队内的相邻单位无法以 95 % 的把握加以区分",
    ),
    "redrawn": (
        "values are redrawn around what was observed: this shows how far ranks spread then, and is no confidence set; "
        "of one among close units, the true rank may lie outside far more often than in one case of ten",
        "各值围绕观测值重新抽取：这里只说明名次随之散布多远，并不是置信集；"
        "对于得分接近的单位，真实名次落在其外的情形可能远多于十分之一",
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
    # the outcome of a comparison
    "one_ranking": ("All {number} methodologies give the same ranking.", "{number} 种方法给出的排名完全相同。"),
    "rankings_count_once": (
        "The {number} methodologies give {distinct} distinct rankings (--show rankings lists them); each counts once, "
        "or with --count all as often as it occurs.",
        "{number} 种方法给出 {distinct} 个不同的排名（--show rankings 列出）；"
        "相同的排名只计一次，--count all 则按出现次数计。",
    ),
    "rankings_count_all": (
        "The {number} methodologies give {distinct} distinct rankings (--show rankings lists them); each counts as "
        "often as it occurs.",
        "{number} 种方法给出 {distinct} 个不同的排名（--show rankings 列出）；各按出现次数计。",
    ),
    "pairs_of_two": (
        "The two rankings put about {pairs} of any 100 pairs of units in the same order (Kendall's τ-b {value}; 1 is "
        "the same ranking, 0 what chance gives).",
        "任取 100 对单位，两个排名约有 {pairs} 对次序相同（肯德尔 τ-b {value}；1 为排名相同，0 相当于随机）。",
    ),
    "pairs_on_average": (
        "Two of the rankings put about {pairs} of any 100 pairs of units in the same order, on average (Kendall's "
        "τ-b {value}; 1 is the same ranking, 0 what chance gives).",
        "任取 100 对单位，每两个排名平均约有 {pairs} 对次序相同（肯德尔 τ-b {value}；1 为排名相同，0 相当于随机）。",
    ),
    "average_agreement": (
        "{measure}: {value} on average ({same} is the same ranking).",
        "{measure}：平均 {value}（{same} 为排名相同）。",
    ),
    "least_alike_pairs": (
        "The two least alike: {first} and {second} ({pairs} of 100 pairs, {value}).",
        "差异最大的两个：{first} 与 {second}（100 对中 {pairs} 对，{value}）。",
    ),
    "least_alike": (
        "The two least alike: {first} and {second} ({value}).",
        "差异最大的两个：{first} 与 {second}（{value}）。",
    ),
    "first_everywhere": ("First in every methodology: {unit}.", "各方法的第一名均为{unit}。"),
    "first_often": ("First in {times} of {number} {noun}: {unit}.", "{number} {noun}中有 {times} 个的第一名为{unit}。"),
    "first_elsewhere": ("Also first: {units}.", "并有第一名：{units}。"),
    "unit_times": ("{unit} ({times})", "{unit}（{times}）"),
    "among_first": (
        "Among the first {top} in every methodology ({count}): {units}.",
        "在各方法中均居前 {top} 名的有 {count}：{units}。",
    ),
    "none_among_first": (
        "No unit is among the first {top} in every methodology.",
        "没有单位在各方法中均居前 {top} 名。",
    ),
    "stable": (
        "Within {within} places of their own median rank in every methodology ({count} of {all}): {units}.",
        "在各方法中与中位排名相差均不超过 {within} 位的有 {count}（共 {all} 个）：{units}。",
    ),
    "none_stable": (
        "None of {all} units stays within {within} places of its median rank in every methodology.",
        "{all} 个单位中没有一个在各方法中与其中位排名相差均不超过 {within} 位。",
    ),
    "no_movers": ("No unit moves: all rankings are the same.", "没有单位移动：所有排名相同。"),
    "largest_mover": (
        "{unit} has rank {best} by {by_best}, rank {worst} by {by_worst}.",
        "{unit}按 {by_best} 居第 {best} 位，按 {by_worst} 居第 {worst} 位。",
    ),
    "no_single_choice": (
        "No two methodologies differ in a single choice, so the effect of a choice cannot be measured.",
        "没有两种方法仅在一个选择上不同，因此无法单独衡量任何选择。",
    ),
    "no_effect": ("No choice moves any unit.", "没有任何选择使单位移动。"),
    "largest_effect": (
        "The choice of {choice} has the largest effect: where it alone changes, a unit moves {shift} places on "
        "average.",
        "影响最大的是 {choice} 的选择：仅改变它时，单位平均移动 {shift} 位。",
    ),
    "consensus": ("All rankings taken together ({method}): {units}", "综合所有排名（{method}）：{units}"),
    "ranked_unit": ("{rank} {unit}", "{rank} {unit}"),
    "too_few_published": ("{name}: too few units to compare.", "{name}：可比较的单位太少。"),
    "published_agreement": ("{name}: {agreement}.", "{name}：{agreement}。"),
    "published_nearest": ("{name}, nearest: {agreement}.", "{name}，最接近：{agreement}。"),
    "published_furthest": ("Furthest: {agreement}.", "差异最大：{agreement}。"),
    "methodology_agreement": (
        "{label} (Kendall's τ-b {value}; a unit is {shift} places off on average; {equal})",
        "{label}（肯德尔 τ-b {value}；单位平均相差 {shift} 位；{equal}）",
    ),
    "equal_values": ("{equal} of {all} {column} equal", "{all} 个{column}中 {equal} 个相等"),
    "set_recovered": ("{name}: {most} of {size} recovered.", "{name}：{size} 个中复现 {most} 个。"),
    "set_recovered_range": (
        "{name}: {least} to {most} of {size} recovered.",
        "{name}：{size} 个中复现 {least} 至 {most} 个。",
    ),
    "set_recovered_by": ("{most} by {best}; {least} by {worst}.", "{best}复现 {most} 个；{worst}复现 {least} 个。"),
    # the outcome of an analysis of stability
    "left_out_in_turn": ("Left out in turn: {parts}.", "依次去掉：{parts}。"),
    "omission_effect": (
        "The ranking depends most on {part}: without it units move {mean} places on average, {unit} {largest}.",
        "排名最依赖{part}：去掉它后单位平均移动 {mean} 位，{unit}移动 {largest} 位。",
    ),
    "no_omission_effect": ("No unit moves.", "没有单位移动。"),
    "leader_changes": ("Another unit is first without {parts}.", "去掉{parts}后，第一名改变。"),
    "leader_stays_without_part": (
        "First place stays with {units}, whichever other part is left out.",
        "无论去掉其他哪个部分，第一名仍为{units}。",
    ),
    "not_scored_without": ("Not scored without {parts}: {reason}", "去掉{parts}后无法计分：{reason}"),
    "critical_weight": (
        "First place stays with {units} unless a weight changes by {change} of itself: the weight of {part} is the "
        "most critical, and {unit} would draw level.",
        "除非某一权重改变其自身的 {change}，第一名仍为{units}：最关键的是{part}的权重，届时{unit}与第一名持平。",
    ),
    "no_critical_weight": (
        "First place stays with {units} for any value of any single weight.",
        "无论任何一个权重为多少，第一名仍为{units}。",
    ),
    "critical_swap": (
        "The smallest change that lets two units change places: {change} of the weight of {part}, for {behind} to draw "
        "level with {ahead}.",
        "使两个单位互换名次的最小改变：{part}的权重改变 {change}，{behind}即与{ahead}持平。",
    ),
    "shift_needs_search": (
        "The index is not linear in its weights: --show minimal_weight_shift searches for the nearest weights that "
        "make another unit first.",
        "指数对权重不是线性的：--show minimal_weight_shift 可搜索使第一名改变的最接近的权重。",
    ),
    "no_weight_shift": (
        "No other weights of the parts of the index make another unit first than {units}.",
        "指数各部分无论取何权重，第一名仍为{units}。",
    ),
    "minimal_shift": (
        "At least {moved} of the weight must move between the parts of the index for {unit} to draw level "
        "with {units}.",
        "指数各部分之间至少须转移 {moved} 的权重，{unit}才能与{units}持平。",
    ),
    "weight_changes": ("The weights are then: {changes}.", "届时的权重：{changes}。"),
    "weight_change": ("{part} {before} → {after}", "{part} {before} → {after}"),
    "reversals": (
        "Units change places although their own values stay the same, when others come, go or get worse.",
        "其他单位加入、退出或变差时，有些单位自身数值未变而名次互换。",
    ),
    "no_reversals": (
        "No unit changes places because others come, go or get worse.",
        "没有单位因其他单位加入、退出或变差而改变名次。",
    ),
    "reversals_not_tried": ("Not tested: there are too few units.", "单位太少，未作检验。"),
    "reversals_not_scored": ("Some tests could not be scored: {reason}", "部分检验无法计分：{reason}"),
}
"""Each sentence by its kind, English first; `Note` fills the braces."""

MARK = "*"
"""The mark after a figure that is imputed or computed from imputed values."""

_NOUNS = {
    "unit": "个单位",
    "row": "行",
    "value": "个数值",
    "tier": "个梯队",
    "indicator": "个指标",
    "dimension": "个维度",
}


@dataclass(frozen=True)
class Count:
    """A number of units, rows or other things."""

    number: int
    noun: str

    def in_language(self, language: str, names: Mapping[str, str]) -> str:  # noqa: ARG002
        """Return the number with its noun in a language."""
        noun = _NOUNS[self.noun] if language == "zh" else self.noun if self.number == 1 else f"{self.noun}s"
        return f"{self.number:,} {noun}"


@dataclass(frozen=True)
class Names:
    """A list for a sentence, of units or parts by name or of other items: the first few, and the number of the others.

    `between` separates the items, by default a comma of the language.
    """

    names: tuple[str | Count | Note, ...]
    limit: int = 5
    between: str | None = None
    count: int | None = None
    """The number of all items, if `names` has only the first of them."""

    @classmethod
    def of(cls, names: Iterable[object], limit: int = 5, between: str | None = None) -> Names:
        """Return a list of the names of units or parts."""
        return cls(tuple(map(str, names)), limit, between)

    def in_language(self, language: str, names: Mapping[str, str]) -> str:
        """Return the list in a language, with the names of units and parts for its readers."""
        items = [
            item.in_language(language, names) if isinstance(item, (Count, Note)) else names.get(item, item)
            for item in self.names
        ]
        text = (self.between or ("、" if language == "zh" else ", ")).join(items[: self.limit])
        count = len(items) if self.count is None else self.count
        if count <= self.limit:
            return text
        return f"{text}等 {count} 个" if language == "zh" else f"{text} and {count - self.limit} more"


@dataclass(frozen=True)
class Shares:
    """Units, each with a share between 0 and 1: the first few, and the number of the others."""

    shares: tuple[tuple[str, float], ...]
    limit: int = 5
    count: int | None = None
    """The number of all units, if `shares` has only the first of them."""

    def in_language(self, language: str, names: Mapping[str, str]) -> str:
        """Return the units in a language, with their shares as percentages."""
        units = (f"{names.get(unit, unit)} ({percentage(share)})" for unit, share in self.shares)
        return Names(tuple(units), self.limit, count=self.count).in_language(language, {})


@dataclass(frozen=True)
class Rank:
    """A rank for a sentence; tied units may share a rank between two whole numbers."""

    number: float

    def in_language(self, language: str, names: Mapping[str, str]) -> str:  # noqa: ARG002
        """Return the rank as an ordinal.

        >>> [Rank(number).in_language("en", {}) for number in (1, 2, 3, 4, 11, 12, 13, 21, 112, 2.5)]
        ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '112th', '2.5th']
        >>> Rank(12).in_language("zh", {})
        '第 12 名'
        """
        if language == "zh":
            return f"第 {self.number:.10g} 名"
        endings = {} if self.number % 100 in (11, 12, 13) else {1.0: "st", 2.0: "nd", 3.0: "rd"}
        return f"{self.number:,.10g}{endings.get(self.number % 10, 'th')}"


def percentage(share: float) -> str:
    """Write a share as a percentage; a share below 1 % has a digit that is not zero.

    >>> percentage(0.125), percentage(0.004), percentage(1.0), percentage(0.0)
    ('13 %', '0.4 %', '100 %', '0 %')
    """
    return f"{math.floor(100 * share + 0.5)} %" if share >= 0.01 or share == 0 else f"{100 * share:.1g} %"


def percent(share: float) -> str:
    """Write a share in percent, with a digit that is not 0.

    >>> percent(1.8154), percent(-0.00014), percent(0.0)
    ('181.5%', '-0.01%', '0.0%')
    """
    return f"{100 * share:.1f}%" if abs(share) >= 0.0005 or not share else f"{100 * share:.1g}%"


class Note(str):
    """A sentence in English that keeps its kind and its values, so that `in_language` can return it in other languages.

    >>> note = Note("imputation", count=Count(1, "value"), parts=Names(("gdp",)))
    >>> print(note)
    1 value imputed in gdp
    >>> note.in_language("zh", {"gdp": "国内生产总值"})
    '已填补 1 个数值：国内生产总值'
    """

    kind: str
    filled: dict[str, Any]

    def __new__(cls, kind: str, **filled: Any) -> Note:
        """Return the sentence in English, with parts and units by their names in the index file."""
        note = super().__new__(cls, _sentence(kind, filled, "en", {}))
        note.kind, note.filled = kind, filled
        return note

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        return (self.kind,), self.filled

    def in_language(self, language: str | None, names: Mapping[str, str]) -> str:
        """Return the sentence in a language, English by default, with the names of parts and units for its readers."""
        return _sentence(self.kind, self.filled, language or "en", names)


def _sentence(kind: str, filled: Mapping[str, Any], language: str, names: Mapping[str, str]) -> str:
    english, chinese = SENTENCES[kind] if kind in SENTENCES else sentences()[kind]
    words = {name: _words(value, language, names) for name, value in filled.items()}
    return (chinese if language == "zh" else english).format(**words)


def _words(value: Any, language: str, names: Mapping[str, str]) -> str:
    if isinstance(value, (Count, Names, Rank, Shares, Note)):
        return value.in_language(language, names)
    return str(value.get(language) or value["en"]) if isinstance(value, dict) else str(value)
