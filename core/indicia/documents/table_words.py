"""The texts of tables for papers and workbooks, in English and in Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

WORDS: dict[str, tuple[str, str]] = {
    # captions and notes
    "made_by": (
        "Methodology: {methods}; units: {units}, indicators: {indicators}, dimensions: {dimensions}",
        "方法：{methods}；单位：{units}，指标：{indicators}，维度：{dimensions}",
    ),
    "compared": (
        "Methodologies: {n}, left out: {left_out}; units ranked by all of them: {units}",
        "方法：{n} 种，剔除：{left_out} 种；各方法均参与排名的单位：{units}",
    ),
    "table_structure": ("structure", "指标体系"),
    "table_descriptive": ("descriptive statistics", "描述性统计"),
    "table_correlations": ("correlations", "相关系数"),
    "structure_note": (
        "A benefit raises the score, a cost lowers it. Effective weights are shares of the whole index",
        "正向指标提高得分，负向指标降低得分；有效权重为在总指数中的占比",
    ),
    "descriptive_note": (
        "Values before imputation and treatment; the standard deviation divides by n − 1; skewness and excess kurtosis "
        "have no bias for normal values (G1 and G2 of Joanes and Gill 1998)",
        "填补和处理之前的数值；标准差以 n − 1 为除数；偏度和超额峰度对正态分布无偏（Joanes 和 Gill 1998 的 G1 与 G2）",
    ),
    "correlations_note": (
        "Pearson correlations of the normalised indicators, over the units that have both",
        "标准化指标的皮尔逊相关系数，按两项指标均有数值的单位计算",
    ),
    "of_period": ("Period: {period}", "时期：{period}"),
    # columns
    "number": ("no.", "序号"),
    "unit_of_measure": ("unit of measure", "计量单位"),
    "direction": ("direction", "方向"),
    "benefit": ("benefit", "正向"),
    "cost": ("cost", "负向"),
    "target": ("target", "目标值"),
    "interval": ("interval", "适度区间"),
    "weight_within": ("weight within parent", "上级内权重"),
    "effective_weight": ("effective weight", "有效权重"),
    "count": ("n", "n"),
    "mean": ("mean", "均值"),
    "deviation": ("standard deviation", "标准差"),
    "minimum": ("minimum", "最小值"),
    "median": ("median", "中位数"),
    "maximum": ("maximum", "最大值"),
    "skewness": ("skewness", "偏度"),
    "kurtosis": ("excess kurtosis", "超额峰度"),
    "unit": ("unit", "单位"),
    "label": ("name", "名称"),
    "period": ("period", "时期"),
    "score": ("score", "得分"),
    "rank": ("rank", "排名"),
    "rank_of": ("rank within {group}", "{group}内排名"),
    "parent": ("parent", "上级"),
    "part": ("indicator or dimension", "指标或维度"),
    "id": ("id", "标识"),
    "kind": ("kind", "类别"),
    "indicator": ("indicator", "指标"),
    "dimension": ("dimension", "维度"),
    "weight": ("weight", "权重"),
    "within": ("within parent", "上级内权重"),
    "effective": ("effective", "有效权重"),
    "group": ("group", "组别"),
    "value": ("value", "数值"),
    "year": ("year", "年份"),
    "source": ("source", "来源"),
    "status": ("status", "状态"),
    "standard_error": ("standard error", "标准误"),
    "index": ("Index", "总指数"),
    "imputed_share": ("imputed share of the weight", "填补权重占比"),
    # the codebook of a long table
    "codebook": ("codebook", "变量说明"),
    "column_REF_AREA": ("unit", "单位"),
    "column_TIME_PERIOD": ("period", "时期"),
    "column_MEASURE": ("kind of figure", "数值类型"),
    "column_INDICATOR": ("indicator, dimension or index", "指标、维度或总指数"),
    "column_INDICATOR_LABEL": ("name of the indicator, dimension or index", "指标、维度或总指数名称"),
    "column_OBS_VALUE": ("value", "数值"),
    "column_UNIT_MEASURE": ("unit of measure", "计量单位"),
    "column_OBS_STATUS": ("status", "状态"),
    "column_OBS_COMMENT": ("earlier value and reason of a change, name of a band", "更改前数值及原因、级别名称"),
    "column_TIME_DETAIL": ("year of the value", "数值的年份"),
    "column_SOURCE_DETAIL": ("source of the value", "数值的来源"),
    "column_STANDARD_ERROR": ("standard error", "标准误"),
    "measure_value": ("value before normalisation: imputed, treated, capped", "标准化之前的数值（已填补、处理、截断）"),
    "measure_normalised": ("normalised value; a larger value raises the score", "标准化数值，数值越大得分越高"),
    "measure_score": ("score of the index or of a dimension", "总指数或维度的得分"),
    "measure_rank": ("rank of the index", "总指数的排名"),
    "measure_band": ("number of the band, from 1", "级别序号，从 1 起"),
    "measure_observed": ("value as the data have it", "数据中的原始数值"),
    "unit_index": ("index", "指数"),
    "status_normal": ("normal value", "正常值"),
    "status_imputed": ("imputed value", "填补值"),
    "status_estimated": ("estimated value: treated, capped or simulated", "估计值：已处理、截断或模拟"),
    "status_missing": ("missing value", "缺失值"),
    "status_of_data": ("as the data have it", "数据所注状态"),
}
"""The texts by key, English first, with the names of values in braces."""


def word(key: str, language: str | None, texts: Mapping[str, tuple[str, str]] = WORDS, /, **filled: object) -> str:
    """Return a text in Chinese for "zh", else in English.

    >>> word("rank_of", "en", group="region")
    'rank within region'
    """
    english, chinese = texts[key]
    return (chinese if language == "zh" else english).format(**filled)
