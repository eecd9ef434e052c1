"""The texts of charts, in English and in Chinese; texts that the page has too are in `indicia_report.words`."""

from __future__ import annotations

CHART_TEXTS: dict[str, tuple[str, str]] = {
    # numbers of units
    "all_units": ("{n} {noun}", "{n} 个{noun}"),
    "first_units": ("the first {shown} of {n} {noun}", "前 {shown} 个{noun}（共 {n} 个）"),
    "some_units": ("{shown} of {n} {noun}", "{n} 个{noun}中的 {shown} 个"),
    "at_period": (", {period}", "（{period}）"),
    # titles
    "title_ranking": ("Scores of {units}{at}", "{units}的得分{at}"),
    "title_ranking_of": ("{part}: scores of {units}{at}", "{part}：{units}的得分{at}"),
    "title_heat_map": ("Strong and weak parts of {units}{at}", "{units}各部分的强弱{at}"),
    "title_profile": ("{unit} among {units}{at}", "{unit}：在{units}中的位置{at}"),
    "title_intervals": ("Ranks of {units} in {draws} draws{at}", "{units}在 {draws} 次抽样中的排名{at}"),
    "title_acceptability": (
        "How often {units} have each rank, in {draws} draws{at}",
        "{units}在 {draws} 次抽样中取得各名次的频率{at}",
    ),
    "title_slope_periods": ("Ranks of {units}, {first} to {last}", "{units}的排名（{first} 至 {last}）"),
    "title_slope_methods": ("Ranks of {units} by {n} methodologies", "{units}在 {n} 种方法下的排名"),
    "title_specification": (
        "Mean shift of the ranks by {n} methodologies",
        "{n} 种方法下排名的平均位移",
    ),
    "title_specification_unit": ("Rank of {unit} by {n} methodologies", "{unit}在 {n} 种方法下的排名"),
    "title_correlation": ("Correlations of {n} indicators{at}", "{n} 个指标的相关性{at}"),
    "title_structure": ("Weights of {n} indicators{dimensions}", "{n} 个指标{dimensions}的权重"),
    "in_n_dimensions": (" in {n} dimensions", "（{n} 个维度）"),
    "title_coverage": (
        "Present, changed and imputed values of {n} indicators",
        "{n} 个指标的有效值、更改值和填补值",
    ),
    "title_scatter": ("{part} and {variable} of {units}{at}", "{units}的{part}与{variable}{at}"),
    "title_lines": ("Scores of {units}, {first} to {last}", "{units}的得分（{first} 至 {last}）"),
    "title_lines_of": (
        "{part}: scores of {units}, {first} to {last}",
        "{part}：{units}的得分（{first} 至 {last}）",
    ),
    "title_bump": ("Ranks of {units}, {first} to {last}", "{units}的排名（{first} 至 {last}）"),
    "title_distributions": (
        "Raw, treated and normalised values of {n} indicators",
        "{n} 个指标的原始值、处理后的值和标准化值",
    ),
    "title_map": ("Map of the scores of {units}{at}", "{units}的得分地图{at}"),
    "title_map_of": ("{part}: map of {units}{at}", "{part}：{units}的地图{at}"),
    "title_dumbbell_units": ("{a} and {b}, part by part{at}", "{a}与{b}：逐项比较{at}"),
    "title_moves": ("Largest moves of rank: {shown} of {n} {noun}", "排名变动最大者：{n} 个{noun}中的 {shown} 个"),
    "title_all_moves": ("Moves of rank of {n} {noun}", "{n} 个{noun}的排名变动"),
    "title_score": ("Score of {unit} from the median of each indicator{at}", "{unit}的得分：自各指标中位数起{at}"),
    "title_gap": ("Gap between {a} and {b}, indicator by indicator{at}", "{a}与{b}的得分差距：逐指标分解{at}"),
    "title_move": ("Score of {unit}: {old} to {new}", "{unit}的得分：{old} 至 {new}"),
    "title_path": ("From the score of {unit} to {goal}", "{unit}：达到{goal}的途径"),
    # sentences
    "numbers_in_bars": (
        "The numbers in the bars are those of the parts in the legend.",
        "条形中的数字为图例中各部分的编号。",
    ),
    "highlighted": ("Highlighted: {units}.", "突出显示：{units}。"),
    "highlighted_below": (
        "The last rows are highlighted, with later ranks: {units}.",
        "最后几行为突出显示、排名靠后者：{units}。",
    ),
    "scatter_says": (
        "Pearson’s r {pearson}, Spearman’s ρ {spearman}, over {n} {noun} with both values.",
        "皮尔逊 r {pearson}，斯皮尔曼 ρ {spearman}，基于两项数值齐全的 {n} 个{noun}。",
    ),
    "scatter_line": (
        "Line: least squares. Named: {noun} far from the line.",
        "直线：最小二乘拟合；标出名称者为远离直线的{noun}。",
    ),
    "scatter_line_highlighted": ("Line: least squares.", "直线：最小二乘拟合。"),
    "scatter_missing": ("Without a value of the variable: {n}.", "缺少该变量数值的单位：{n}。"),
    "lines_say": (
        "Coloured: {named}. Grey: all others.",
        "彩色：{named}；灰色：其余单位。",
    ),
    "the_first": ("the first {n} of {last}", "{last} 年的前 {n} 名"),
    "the_highlighted": ("the highlighted {noun}", "突出显示的{noun}"),
    "bump_says": ("Rank 1 is at the top.", "第 1 名在最上方。"),
    "bump_closer": (
        "Rank 1 is at the top; ranks after {n} are closer together.",
        "第 1 名在最上方；第 {n} 名之后间距缩小。",
    ),
    "strip_chart_says": (
        "Each thin line is one of the {noun}; the thick line is the median.",
        "每条细线为一个{noun}；粗线为中位数。",
    ),
    "distributions_say": (
        "Each histogram runs from the lowest to the highest value, which stand below it with the skewness.",
        "各直方图自最小值至最大值，下方标有两端数值和偏度。",
    ),
    "title_distributions_normalised": ("Normalised values of {n} indicators", "{n} 个指标的标准化值"),
    "withheld": ("Raw values are not published.", "原始值不公开。"),
    "skewness_of": ("Skewness by stage:", "各步骤的偏度："),
    "raw_values": ("raw", "原始值"),
    "treated_values": ("imputed and treated", "填补和处理后"),
    "normalised_values": ("normalised", "标准化"),
    "skewness": ("skewness {value}", "偏度 {value}"),
    "map_classes": ("Classes of about equal numbers of {noun}.", "各级的{noun}数目大致相等。"),
    "no_score": ("no score", "无得分"),
    "without_shape": ("Not on the map: {units}.", "地图上没有：{units}。"),
    "map_source": ("Shapes: {source}.", "地图来源：{source}。"),
    "acceptability_cells": (
        "Each cell is the share of draws, in per cent; shares below one half per cent are left blank.",
        "每格为抽样中的占比（%）；低于 0.5 % 者留空。",
    ),
    "dumbbell_says": (
        "Values between the worst of all units (0) and the best (100). A line has the colour of the unit ahead.",
        "数值按全部单位的最差值（0）至最好值（100）表示；线段颜色为领先的单位。",
    ),
    "missing_values": ("No value for one of the two: {parts}.", "其中一方没有数值：{parts}。"),
    "names_beside": (
        "The column at the right has the indicators; a line leads from a low box to its name.",
        "最右一列为指标；过矮的方框以引线连接名称。",
    ),
    "palette_again": (
        "Colours begin again after {n} parts; the numbers do not.",
        "颜色每 {n} 个部分循环一次，编号不重复。",
    ),
    "table": ("The figures of the chart", "图中数值"),
}
"""The texts by key, English first, with the names of values in braces."""

_NOUNS: dict[str, tuple[str, str]] = {
    "country": ("countries", "国家"),
    "iso3": ("countries", "国家"),
    "iso2": ("countries", "国家"),
    "iso": ("countries", "国家"),
    "iso_code": ("countries", "国家"),
    "country_code": ("countries", "国家"),
    "countrycode": ("countries", "国家"),
    "city": ("cities", "城市"),
    "region": ("regions", "地区"),
    "province": ("provinces", "省份"),
    "county": ("counties", "县"),
    "state": ("states", "州"),
    "district": ("districts", "区"),
    "municipality": ("municipalities", "市镇"),
    "area": ("areas", "地区"),
    "economy": ("economies", "经济体"),
    "university": ("universities", "大学"),
    "institution": ("institutions", "机构"),
    "school": ("schools", "学校"),
    "hospital": ("hospitals", "医院"),
    "company": ("companies", "公司"),
    "firm": ("firms", "企业"),
    "bank": ("banks", "银行"),
    "athlete": ("athletes", "运动员"),
    "household": ("households", "家庭"),
}
"""The plural of the word for a unit, by the name of a column."""


def noun_of_units(columns: list[str]) -> tuple[str, str]:
    """Return the word for units in English and in Chinese, by the names of their columns.

    >>> noun_of_units(["id", "Country"]), noun_of_units(["code"])
    (('countries', '国家'), ('units', '单位'))
    """
    known = (_NOUNS.get(column.strip().lower()) for column in columns)
    return next(filter(None, known), ("units", "单位"))
