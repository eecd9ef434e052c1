"""The texts of workbooks, in English and in Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.documents import table_words

if TYPE_CHECKING:
    from indicia.definition.methodology_section import Methodology

WORDS: dict[str, tuple[str, str]] = {
    **table_words.WORDS,
    # sheets
    "guide": ("Guide", "说明"),
    "data": ("Data", "数据"),
    "weights": ("Weights", "权重"),
    "statistics": ("Statistics", "统计量"),
    "normalised": ("Normalised", "标准化"),
    "steps": ("Steps", "中间步骤"),
    "level": ("Level {n}", "第{n}级"),
    "ranking": ("Ranking", "排名"),
    "changes": ("Changed cells", "更改记录"),
    "engine": ("Indicia", "Indicia结果"),
    "check": ("Check", "核对"),
    "chart": ("Chart", "图表"),
    "attributes": ("Attributes", "数值属性"),
    "details_too_long": (
        "The table has more than {rows} rows: indicia run --show details --node {node} --table {table} -o FILE.parquet",
        "该表超过 {rows} 行：indicia run --show details --node {node} --table {table} -o FILE.parquet",
    ),
    # descriptions of the sheets
    "guide_says": (
        "Change a weight in a yellow cell: the workbook computes scores and ranks again.",
        "这是一个可计算的工作簿：更改黄色单元格中的权重，得分和排名随之更新。",
    ),
    "data_says": (
        "Values before normalisation: imputed, treated, capped. A note explains each coloured, changed cell.",
        "标准化之前的数值（已填补、处理、截断）。带颜色的单元格被更改过，批注说明更改内容。",
    ),
    "weights_says": (
        "Change the weights in the yellow cells. They are scaled to sum 1 within their parent.",
        "可更改黄色单元格中的权重；权重在上级之内按和为 1 重新分配。",
    ),
    "statistics_says": (
        "Statistics of columns, for the formulas. Fixed bounds and targets are in yellow cells and can be changed.",
        "公式所需的整列统计量。固定界限和目标值在黄色单元格中，可以更改。",
    ),
    "normalised_says": (
        "The indicators on their common scale; a larger value raises the score.",
        "同一尺度上的指标；数值越大，得分越高。",
    ),
    "steps_says": ("The intermediate columns of the formulas.", "公式的中间列。"),
    "level_says": ("Scores, computed from weights and lower levels.", "由权重和前面各表计算的得分。"),
    "ranking_says": (
        "Rank 1 is the best. The units are in the order of the data. Equal scores: {ties}.",
        "第 1 名最佳；单位按数据中的顺序排列。同分处理：{ties}。",
    ),
    "ranking_says_worst": (
        "Rank 1 is the worst. The units are in the order of the data. Equal scores: {ties}.",
        "第 1 名最差；单位按数据中的顺序排列。同分处理：{ties}。",
    ),
    "chart_says": (
        "The scores of the first units of the ranking; the bars follow changed weights.",
        "排名靠前单位的得分，随权重变化而更新。",
    ),
    "index_says": (
        "The units by rank; the table sorts itself. ▲ and ▼: places that a unit has gained or lost.",
        "按名次排列的单位，自动更新；▲、▼ 表示名次上升或下降的位数。",
    ),
    "changes_says": (
        "The cells that a stage changed: value before and after, and the reason.",
        "每个被更改的数据：更改前、更改后及原因。",
    ),
    "attributes_says": (
        "The values as the data have them, with their year, source, status and standard error.",
        "数据中的原始数值及其年份、来源、状态和标准误。",
    ),
    "engine_says": (
        "Scores and ranks that Indicia computed. They are values, not formulas.",
        "Indicia 计算的得分和排名，均为数值。",
    ),
    "check_says": (
        "Each score and rank, minus that of Indicia. The differences are zero until you change a cell.",
        "每个得分和排名与 Indicia 结果之差；未作更改时均为零。",
    ),
    # ties
    "min": ("the lower number for all", "取较小名次"),
    "max": ("the higher number for all", "取较大名次"),
    "average": ("the mean of their ranks", "取平均名次"),
    "dense": ("the same rank, and none is skipped", "名次相同且不空位"),
    # the guide
    "methodology": ("Methodology", "方法"),
    "computed_by": (
        "Computed by Indicia {version}; data sha256 {hash}",
        "由 Indicia {version} 计算；数据 sha256 {hash}",
    ),
    "publication": ("Publication", "发布信息"),
    "publication_publisher": ("publisher", "发布者"),
    "publication_authors": ("authors", "作者"),
    "publication_edition": ("edition", "版次"),
    "publication_date": ("date", "日期"),
    "publication_licence": ("licence", "许可"),
    "publication_contact": ("contact", "联系方式"),
    "publication_citation": ("how to cite", "引用格式"),
    "publication_doi": ("DOI", "DOI"),
    "publication_url": ("address", "网址"),
    "references": ("References", "参考文献"),
    "sheets": ("Sheets", "工作表"),
    "all_formulas": ("formulas", "可计算"),
    "values": ("values", "数值"),
    "some_formulas": ("{n} of {all} columns are formulas", "部分可计算：{all} 列中 {n} 列为公式"),
    "aggregates": ("Aggregates", "汇总地区"),
    "members": ("members with a score", "有得分的成员数"),
    "coverage": ("share of the members' weight", "成员权重占比"),
    "aggregates_says": (
        "Scores of aggregates, which have no rank: values, not formulas.",
        "汇总地区的得分，不参与排名；均为数值。",
    ),
    "legend": ("Colours", "颜色"),
    "input": ("can be changed", "可更改"),
    "formula": ("formula", "公式"),
    "fixed": ("values without a formula", "无法用公式表示的数值"),
    "imputed": ("imputed", "已填补"),
    "imputed_mark": (
        "{mark} after a figure: an imputed value, or a value that Indicia computed from imputed values",
        "数字后的 {mark}：填补值，或写入工作簿时由填补值计算得出",
    ),
    "imputed_share": ("imputed share of the weight, by Indicia", "填补权重占比（Indicia）"),
    "treated": ("treated, capped or limited to bounds", "已处理、截断或限界"),
    "missing": ("missing", "缺失"),
    "not_live": ("Parts without formulas", "不可计算的部分"),
    "all_live": ("All stages from the data to the ranks are formulas.", "从数据到排名的各个步骤均为公式。"),
    "weights_found": (
        "The weights of a method ({methods}) are numbers. You can change them; they do not change with the data.",
        "由方法（{methods}）得出的权重为数值：可以更改，但不随数据变化。",
    ),
    "weights_unscaled": (
        "The weights of {parts} are not scaled to sum 1 within their parent: they enter the score as they stand.",
        "{parts}之下的权重不按和为 1 重新分配，按原值计入得分。",
    ),
    "preparation": (
        "Imputation, treatment and similar stages have no formulas. The sheet of data holds their results.",
        "填补、处理等步骤已在此前完成，数据表中为其结果。",
    ),
    "arrays": ("the method computes with arrays and has no formula", "该方法对数组运算，没有公式"),
    "fitted": ("the statistics come from other data", "统计量由其他数据得出"),
    "withheld": (
        "The normalised values are numbers: the values before normalisation are not published.",
        "标准化数值为固定数值：标准化之前的数值不予发布。",
    ),
    "no_formula": ("a spreadsheet has no formula for {what}", "电子表格公式无法表示 {what}"),
    "many_rows": ("there are more than {n} rows", "行数超过 {n}"),
    "notes": ("Notes for readers", "阅读须知"),
    # columns
    "band_number": ("{name}, number of the band", "{name}（级别序号）"),
    "before_treatment": (
        "the bands are of values before treatment, and the sheet of data has the values after it",
        "分级依据处理之前的数值，而数据表中为处理之后的数值",
    ),
    "rank_computed": ("rank by Indicia", "Indicia 计算的排名"),
    "rank_published": ("published rank", "已发布的排名"),
    "published_ranks": (
        "Published ranks: {name}. The change is the number of places to the live rank.",
        "已发布的排名：{name}。变化为与当前排名之间的位数。",
    ),
    "computed_ranks": (
        "The change is the number of places between the live rank and the rank that Indicia computed.",
        "变化为当前排名与 Indicia 计算的排名之间的位数。",
    ),
    "published_index": ("the published index", "已发布的指数"),
    "change": ("change", "变化"),
    "first_units": ("Scores of the first {n} units", "前 {n} 名的得分"),
    "first_units_of": ("Scores of the first {n} units, {period}", "{period}前 {n} 名的得分"),
    "page": ("page &P of &N", "第 &P 页，共 &N 页"),
    "takes_part": ("takes part (1 or 0)", "参与排名（1 或 0）"),
    "ranked_score": ("score for the rank", "参与排名的得分"),
    "first_equal": ("first of equal scores", "同分之首"),
    "by_name": ("order of names", "名称顺序"),
    "sorted_by": ("sort key of the ranking", "排序依据"),
    "place": ("place", "位次"),
    "equal_within": ("tolerance of equal scores", "相等的界限"),
    "as_computed": ("effective, by Indicia", "有效权重（Indicia）"),
    "of": ("column", "对象"),
    "stage": ("stage", "步骤"),
    "before": ("before", "更改前"),
    "after": ("after", "更改后"),
    "why": ("why", "原因"),
    "equal": (
        "All {n} scores and ranks equal those of Indicia to 1e-9",
        "全部 {n} 个得分和排名与 Indicia 的结果相等（误差不超过 1e-9）",
    ),
    "differ": ("Different from Indicia. Largest difference: ", "与 Indicia 的结果不同，最大差异："),
    "differs": ("differs", "不同"),
    "more_notes": (
        "The first {n} changed cells have notes. This sheet lists all.",
        "前 {n} 个单元格带有批注，此处列出全部。",
    ),
}
"""The texts by key, English first, with the names of values in braces."""


def word(key: str, language: str, **filled: object) -> str:
    """Return a text in Chinese for "zh", else in English.

    >>> word("level", "zh", n=2)
    '第2级'
    """
    return table_words.word(key, language, WORDS, **filled)


def sheet_sentence(sheet: str, methodology: Methodology, language: str) -> str:
    """Return the sentence that describes a sheet, by the key of its description."""
    suffix = "_worst" if sheet == "ranking" and methodology.rank_from == "worst" else ""
    return word(f"{sheet}_says{suffix}", language, ties=word(methodology.ties, language))
