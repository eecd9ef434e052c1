"""The texts of the report and the charts, in English and in Chinese."""

from __future__ import annotations

from indicia.notes import LANGUAGES

WORDS: dict[str, tuple[str, str]] = {
    # numbers of units and parts
    "units": ("{n} units", "{n} 个单位"),
    "units_ranked": ("{n} units, {ranked} of them ranked", "{n} 个单位（其中 {ranked} 个参与排名）"),
    "indicators": ("{n} indicators", "{n} 个指标"),
    "dimensions": ("{n} dimensions", "{n} 个维度"),
    "period_of": ("period {period}", "时期 {period}"),
    # headings
    "contents": ("Contents", "目录"),
    "skip": ("Skip to the ranking", "跳到排名"),
    "notes": ("Notes for readers", "阅读须知"),
    "ranking": ("Ranking", "排名"),
    "since": ("Since the last edition", "与上一版相比"),
    "what_if": ("What if the weights were different?", "如果权重不同，排名会怎样？"),
    "structure": ("Structure and weights", "结构与权重"),
    "profiles": ("Profiles of the units", "各单位概况"),
    "heat_map": ("Heat map", "热力图"),
    "intervals": ("How far can a rank be trusted?", "排名有多可靠？"),
    "comparison": ("Other methodologies", "其他方法"),
    "slope": ("Ranks by methodology", "不同方法下的排名"),
    "specification": ("Specification curve", "规格曲线"),
    "periods": ("Ranks over time", "排名的时间变化"),
    "correlation": ("Correlations", "相关性"),
    "bands_say": (
        "A band is a class of units. Shades run from dark blue for the worst band to yellow for the best.",
        "每一级为一类单位；颜色由深蓝（最差）到黄色（最好）。",
    ),
    "bands_say_ascending": (
        "A band is a class of units. Shades run from dark blue for the lowest figures to yellow for the highest.",
        "每一级为一类单位；颜色由深蓝（数值最小）到黄色（数值最大）。",
    ),
    "aggregates": ("Aggregates", "汇总地区"),
    "aggregates_say": (
        "Aggregates are scored and not ranked. Coverage is the share of the members' weight that has a score.",
        "汇总地区计分但不参与排名。覆盖率为有得分的成员所占权重。",
    ),
    "method_aggregate_row": (
        "{name} is a row of the data that takes no part in the index; it is scored by the statistics and weights of "
        "the units, and not ranked.",
        "{name}是数据中的一行，不参与指数；按各单位的统计量和权重计分，不参与排名。",
    ),
    "method_aggregate_scores": (
        "Scores of {name} are {means} of the scores of the members, node by node, and not ranked.",
        "{name}的得分为成员各级得分的{means}，不参与排名。",
    ),
    "method_aggregate_values": (
        "Values of {name} are {means} of the values of the members; they are scored like the values of a unit, and "
        "not ranked.",
        "{name}的数值为成员数值的{means}，再按单位的方法计分，不参与排名。",
    ),
    "means_equal": ("means", "平均数"),
    "means_weighted": ("means weighted by {column}", "以 {column} 加权的平均数"),
    "groups_of": ("the groups of {column}", "{column} 各组"),
    "members": ("Members", "成员数"),
    "member_coverage": ("Coverage", "覆盖率"),
    "coverage": ("Coverage of the data", "数据覆盖"),
    "changed_cells": ("Changed cells", "被更改的数据"),
    "left_out": ("Left out", "被剔除者"),
    "methodology": ("Methodology", "方法说明"),
    "references": ("References", "参考文献"),
    "data_sources": ("Sources of the data", "数据来源"),
    "how_to_cite": ("How to cite", "引用格式"),
    "licence_of": ("Licence: {licence}", "许可：{licence}"),
    "contact_of": ("Contact: {contact}", "联系方式：{contact}"),
    "edition_of": ("edition {edition}", "版次 {edition}"),
    "manifest": ("Manifest", "运行清单"),
    # columns and marks
    "rank": ("rank", "排名"),
    "unit": ("unit", "单位"),
    "score": ("score", "得分"),
    "contribution": ("contribution of each part", "各部分的贡献"),
    "score_bar": ("bar of the score", "得分图示"),
    "imputed_share": ("imputed", "填补占比"),
    "group": ("group", "组别"),
    "change": ("change", "变化"),
    "weight": ("weight in its parent", "上级内权重"),
    "effective": ("effective weight", "有效权重"),
    "method": ("methods", "合成方法"),
    "direction": ("direction", "方向"),
    "measure": ("unit of measure", "计量单位"),
    "source": ("source", "来源"),
    "part": ("part", "组成部分"),
    "indicator": ("indicator", "指标"),
    "indicators_used": ("Indicators", "指标"),
    "dimensions_used": ("Dimensions", "维度"),
    "indicators_without": ("without {parts}", "不含{parts}"),
    "weights": ("weights", "权重"),
    "data": ("data", "数据"),
    "comma": (", ", "、"),
    "semicolon": ("; ", "；"),
    "colon": (": ", "："),
    "space": (" ", ""),
    "kendall": ("Kendall’s τ-b", "肯德尔 τ-b"),
    "spearman": ("Spearman’s ρ", "斯皮尔曼 ρ"),
    "dimension": ("dimension", "维度"),
    "index": ("the index", "总指数"),
    "benefit": ("more is better", "越大越好"),
    "cost": ("less is better", "越小越好"),
    "target": ("nearest to {target} is best", "越接近 {target} 越好"),
    "interval": ("within {low} to {high} is best", "在 {low} 至 {high} 之间最好"),
    "raises": ("raises the score", "使得分升高"),
    "lowers": ("lowers the score", "使得分降低"),
    "target_raises": ("the score is highest at {target}", "等于 {target} 时得分最高"),
    "interval_raises": ("the score is highest within {low} to {high}", "在 {low} 至 {high} 之间得分最高"),
    "median": ("median", "中位数"),
    "mean": ("mean", "平均数"),
    "ninety": ("5–95 %", "5–95 %"),
    "where_ranks": ("ranks from 1 to {n}", "排名分布（1 至 {n}）"),
    "tier": ("tier", "梯队"),
    "top_k": ("among the first {k}", "进入前 {k} 名"),
    "present": ("values present", "有效值"),
    "share": ("share", "比例"),
    "lowest": ("lowest", "最小值"),
    "highest": ("highest", "最大值"),
    "stage": ("stage", "步骤"),
    "before": ("before", "更改前"),
    "after": ("after", "更改后"),
    "why": ("why", "原因"),
    "with_score": ("with the score", "与总分"),
    "imputation": ("Imputation", "缺失值填补"),
    "treatment": ("Treatment of outliers", "异常值处理"),
    "transform": ("Transform", "变换"),
    "normalisation": ("Normalisation", "标准化"),
    "weighting": ("Weighting", "赋权"),
    "aggregation": ("Aggregation", "合成"),
    "rescaling": ("Rescaling of scores", "得分再标度"),
    "noise": ("rounding noise", "舍入误差"),
    "cap": ("cap", "截断"),
    "caps": ("Floors and caps", "上下限截断"),
    "clip": ("clip", "限界"),
    "missing": ("missing", "缺失"),
    "other": ("other", "其他"),
    "as_measured": ("as measured", "原值"),
    "changed": ("changed", "已更改"),
    "filled_in": ("filled in", "已填补"),
    # sentences
    "bands": ("Bands", "分级"),
    "band": ("band", "级别"),
    "no_band": ("no band", "未分级"),
    "from": ("from", "下限"),
    "to": ("to", "上限"),
    "units_in_band": ("units", "单位数"),
    "bands_of_score": ("the score", "总分"),
    "bands_of_rank": ("the rank", "排名"),
    "bands_of_scores": ("the score of {part}", "{part}的得分"),
    "bands_of_values": ("the value of {part} before treatment", "{part}处理之前的数值"),
    "bands_rounded": (", rounded half up to {n} decimals", "（四舍五入至 {n} 位小数）"),
    "bands_within": (" in each group of {groups}", "（各 {groups} 之内）"),
    "bands_limits": ("{name}, by {of}{rounded}: {bands}.", "{name}，按{of}{rounded}：{bands}。"),
    "bands_shares": (
        "{name}, shares of the units by {of}{within}, from the lowest figure up: {bands}.",
        "{name}，按{of}由小到大划分单位{within}：{bands}。",
    ),
    "bands_equal": (
        "{name}: {k} equal shares of the units by {of}{within}. The unit at place r of N from the lowest figure up is "
        "in the band {k} · r / N, rounded up.",
        "{name}：按{of}将单位{within}等分为 {k} 份；由小到大第 r 位（共 N 个）的单位属于第 {k} · r / N 级，向上取整。",
    ),
    "band_share": ("{band} {share} %", "{band} {share} %"),
    "band_below": ("{band} below {high}", "{band} 低于 {high}"),
    "band_up_to": ("{band} up to {high}", "{band} 不高于 {high}"),
    "band_or_more": ("{band} {low} or more", "{band} {low} 及以上"),
    "band_above": ("{band} above {low}", "{band} 高于 {low}"),
    "band_from": ("{band} from {low} to below {high}", "{band} {low} 至低于 {high}"),
    "band_above_to": ("{band} above {low}, up to {high}", "{band} 高于 {low}、不高于 {high}"),
    "band_from_to": ("{band} from {low} to {high}", "{band} {low} 至 {high}"),
    "band_inside": ("{band} above {low}, below {high}", "{band} 高于 {low}、低于 {high}"),
    "ranking_says": (
        "The bars show how much each part adds to the score. The scores of the parts are beside them.",
        "条形图显示各部分对总分的贡献；右侧为各部分得分。",
    ),
    "ranking_mean": (
        "The bars divide the score among the parts. In this mean ({method}) a weak part weighs more, or less, than its "
        "weight says. The scores of the parts are beside them.",
        "条形图将总分分解到各部分。总分为各部分的均值（{method}），其中较弱部分的实际权重与名义权重不同；右侧为各部分得分。",
    ),
    "ranking_plain": (
        "The score is not the sum of the parts ({method}), so that the bars show the score alone.",
        "总分不是各部分之和（{method}），因此条形图只显示总分。",
    ),
    "marks_again": (
        "Colours and stripes begin again after {n} parts; the parts of a bar are in the order of this list.",
        "颜色与条纹每 {n} 个部分循环一次；条形中各部分按此列表的顺序排列。",
    ),
    "colours_again": ("Colours begin again after {n} parts.", "颜色每 {n} 个部分循环一次。"),
    "ranking_many": (
        "The score is the sum of {n} parts, which are too many for the colours of a bar: the bars show the score "
        "alone, and the scores of the parts are beside them.",
        "总分为 {n} 个部分之和，条形图难以逐一区分，因此只显示总分；右侧为各部分得分。",
    ),
    "imputed_says": (
        "{mark} imputed, or computed from imputed values.",
        "{mark} 填补值，或由填补值计算得出。",
    ),
    "share_says": (
        "Imputed: the share of the weight of the index that rests on imputed values.",
        "填补占比：总指数权重中由填补值承担的比例。",
    ),
    "unranked": (
        "Scored but not ranked, by the rules of the index: {units}.",
        "按指数规则计分但不参与排名：{units}。",
    ),
    "rows_some": (
        "The tables of this page list the first {shown} of {n} units; indicia run -o writes all.",
        "本页各表列出前 {shown} 个单位（共 {n} 个）；indicia run -o 可写出全部。",
    ),
    "structure_says": (
        "The effective weight of a part is its weight in the index: the product of the weights from the index to the "
        "part.",
        "有效权重是自上而下各级权重之积，即该部分在整体中的分量。",
    ),
    "structure_says_paths": (
        "The effective weight of a part is its weight in the index: the product of the weights from the index to the "
        "part, summed over all paths if the part belongs to several dimensions.",
        "有效权重是自上而下各级权重之积，即该部分在整体中的分量；属于多个维度的部分，其有效权重为各条路径之和。",
    ),
    "weights_differ": (
        "Weights differ between groups of rows. The table lists the weights of each group.",
        "各组的权重不同，下表分别列出。",
    ),
    "profile_says": (
        "Dot: the unit. Bar: the middle half of all units. Line: the median. Diamond: the median of its peers. "
        "Values further right are better.",
        "圆点：该单位；横条：全部单位的中间一半；竖线：中位数；菱形：同类单位的中位数。越靠右越好。",
    ),
    "profile_chart_says": (
        "Dot or triangle: the unit. Bar: the middle half of all units. Line: the median. Diamond: the median of its "
        "peers. Values further right are better.",
        "圆点或三角：该单位；横条：全部单位的中间一半；竖线：中位数；菱形：同类单位的中位数。越靠右越好。",
    ),
    "profiles_more": (
        "Profiles of the first {shown} of {n} units; the heat map has the values of all.",
        "此处为前 {shown} 个单位（共 {n} 个）的概况；热力图包含全部单位的数值。",
    ),
    "peers_group": ("Peers: the nearest units of the same group ({group}).", "同类单位：同组（{group}）中最接近者。"),
    "peers_near": ("Peers: the units with the nearest scores of the parts.", "同类单位：各部分得分最接近者。"),
    "strengths": ("Strengths", "优势"),
    "weaknesses": ("Weaknesses", "劣势"),
    "peers": ("Peers", "同类单位"),
    "none": ("none", "无"),
    "heat_says": (
        "Normalised values between the worst of all units (0) and the best (100). Higher is better.",
        "标准化数值，按全部单位的最差值（0）至最好值（100）表示，越高越好。",
    ),
    "intervals_says": (
        "{draws} draws, seed {seed}; varied: {varied}. The line holds 90 % of the ranks of a unit, the dot is their "
        "median, the tick its rank in the index.",
        "{draws} 次抽样，随机种子 {seed}；变动的选择：{varied}。"
        "线段包含该单位 90 % 的排名，圆点为中位数，竖线为其在指数中的排名。",
    ),
    "strip_says": (
        "Line: 90 % of the ranks of a unit. Dot: their median. Tick: its rank in the index.",
        "线段：该单位 90 % 的排名；圆点：中位数；竖线：在指数中的排名。",
    ),
    "draws": ("{draws} draws, seed {seed}; varied: {varied}", "{draws} 次抽样，随机种子 {seed}；变动的选择：{varied}"),
    "varied_weights": ("every weight by up to ±{percent} %", "各权重至多 ±{percent} %"),
    "varied_choice": ("{factor} ({n} alternatives)", "{factor}（{n} 种选择）"),
    "comparison_says": (
        "{n} methodologies on the same data. Where lines cross, units exchange places.",
        "{n} 种方法，使用相同数据。相交的线表示名次互换。",
    ),
    "one_ranking": ("All methodologies give the same ranking.", "各方法给出的排名完全相同。"),
    "distinct_rankings": (
        "The methodologies give {n} distinct rankings. The median rank of a unit counts each of these once.",
        "其中互不相同的排名有 {n} 个；计算各单位的中位排名时，相同的排名只计一次。",
    ),
    "distinct_rankings_all": (
        "The methodologies give {n} distinct rankings. The median rank of a unit counts every methodology.",
        "其中互不相同的排名有 {n} 个；计算各单位的中位排名时，每种方法各计一次。",
    ),
    "first_drawn": ("The first {shown} of {n} units are drawn.", "图中为前 {shown} 个单位（共 {n} 个）。"),
    "not_drawn": ("Not drawn, as they have no rank: {units}.", "因无排名而未绘出：{units}。"),
    "not_compared": (
        "Not compared, as not every methodology ranks them: {units}.",
        "因并非每种方法都给出排名而未作比较：{units}。",
    ),
    "unranked_in": (
        "{n} of {all} methodologies do not rank the unit, and have no dot above.",
        "{all} 种方法中有 {n} 种未给出该单位的排名，因此上方没有圆点。",
    ),
    "methodologies_left_out": (
        "Left out, as they cannot be scored: {list}.",
        "因无法计分而未采用的方法：{list}。",
    ),
    "draws_left_out": (
        "{failed} of {runs} runs cannot be scored and are left out.",
        "{runs} 次运算中有 {failed} 次无法计分而未计入。",
    ),
    "unnamed": (
        "Parts whose boxes are too low for a name: {parts}.",
        "过小而未标注名称的部分：{parts}。",
    ),
    "weights_of_first": (
        "Weights differ between groups of rows; the chart shows the weights of {group}.",
        "各组的权重不同，图中为 {group} 的权重。",
    ),
    "slope_some": (
        "The chart shows the first {first} units and the largest moves. Ranks after {first} are closer together.",
        "图中为前 {first} 名及变动最大的单位；第 {first} 名之后间距缩小。",
    ),
    "slope_drawn": ("{shown} of {n} rankings are drawn.", "图中为 {n} 个排名中的 {shown} 个。"),
    "table_all": ("The table lists all.", "表中列出全部。"),
    "specification_says": (
        "Each column is a methodology. The columns are sorted by the mean distance of the units from their median "
        "ranks, in places. Dots below show the choices of the methodology.",
        "每一列是一种方法，按各单位偏离其中位排名的平均位次排序；圆点表示所作的选择。",
    ),
    "mean_shift": ("mean shift, in places", "平均位移（位次）"),
    "agreement": (
        "Agreement with the index as it stands ({measure}): {list}.",
        "与现行指数的一致性（{measure}）：{list}。",
    ),
    "movers": ("Largest changes of rank", "变动最大的单位"),
    "spread": ("spread", "跨度"),
    "correlation_says": (
        "Pearson correlations of the normalised indicators. Near 1, two indicators hold the same information; below 0, "
        "they point in opposite directions.",
        "标准化指标之间的皮尔逊相关系数。接近 1 表示含义重复；小于 0 表示方向相反。",
    ),
    "manifest_says": (
        "Versions, methods and parameters, weights, and the hash of the data",
        "版本、方法与参数、权重以及数据的哈希值",
    ),
    "coverage_says": (
        "The values in the data before imputation, and the values that the stages changed.",
        "填补之前数据中的有效值，以及各步骤所作的更改。",
    ),
    "coverage_periods": ("The figures cover all {n} periods.", "数值取自全部 {n} 个时期。"),
    "cells_says": ("{n} cells were changed.", "共更改 {n} 个数据。"),
    "cells_some": (
        "{n} cells were changed; the first {shown} are listed.",
        "共更改 {n} 个数据，此处列出前 {shown} 个。",
    ),
    "cells_none": ("No value was changed before normalisation.", "标准化之前没有更改任何数值。"),
    "reweighted": (
        "Missing parts of units; the weights of the present parts are scaled up",
        "单位缺失的部分（权重在现有部分上重新分配）",
    ),
    "has": ("parts present", "实有"),
    "of": ("parts in all", "应有"),
    "not_available": ("This could not be computed:", "无法计算，原因如下："),
    "method_units": (
        "{name} scores {units} by {indicators}{dimensions}.",
        "{name}以 {indicators}{dimensions}对 {units}计分。",
    ),
    "in_dimensions": (" in {dimensions}", "（{dimensions}）"),
    "method_order": (
        "The stages, in their order: {stages}. Statistics are taken over {rows}.",
        "依次进行：{stages}。统计量取自{rows}。",
    ),
    "rows_all": ("all rows", "全部数据"),
    "rows_within": ("the rows of each {column}", "每个 {column} 的数据"),
    "rows_reference": ("the rows of {reference}", "{reference} 的数据"),
    "rows_of_stages": ("{rows} ({stages})", "{rows}（{stages}）"),
    "method_missing": ("Where a part is missing: {policies}.", "缺失部分的处理：{policies}。"),
    "method_imputed": ("Missing values are imputed: {methods}.", "缺失值已填补：{methods}。"),
    "imputed_by": ("{values} of {units} by {method}", "{units}的{values}（{method}）"),
    "method_still_missing": ("Where a part is still missing: {policies}.", "填补之后仍缺失部分的处理：{policies}。"),
    "policy_replaced": ("{policy}: here {values} of {units}", "{policy}：此处为{units}的{values}"),
    "policy_of": ("{policy} ({parts})", "{policy}（{parts}）"),
    "policy_refuse": ("a missing part is an error, and no part is missing", "不允许缺失，此处也没有缺失"),
    "policy_skip": (
        "the weights of the present parts are scaled up{enough}",
        "权重在现有部分上重新分配{enough}",
    ),
    "enough": (", if these are at least {least}", "（现有部分不得少于 {least}）"),
    "enough_share": ("{share} % of the parts", "{share} %"),
    "enough_count": ("{n} parts", "{n} 个"),
    "and": (" and ", "且不少于 "),
    "policy_propagate": ("the unit gets no score", "该单位不计分"),
    "policy_value": ("counts as {value}", "计为 {value}"),
    "policy_group_mean": ("counts as the mean of the unit’s group ({within})", "计为所在组（{within}）的平均数"),
    "policy_parent": (
        "counts as the value of the parent of the unit ({within})",
        "计为所属上级单位（{within}）的数值",
    ),
    "method_ties": (
        "Rank 1 is the best score; equal scores: {ties}.",
        "第 1 名为最好的得分；同分处理：{ties}。",
    ),
    "method_ties_worst": (
        "Ranks are numbered from the worst score; equal scores: {ties}.",
        "名次从最差的得分编起；同分处理：{ties}。",
    ),
    "ties_min": ("the lower number for all (1, 2, 2, 4)", "取较小名次（1、2、2、4）"),
    "ties_max": ("the higher number for all (1, 3, 3, 4)", "取较大名次（1、3、3、4）"),
    "ties_average": ("the mean of their ranks (1, 2.5, 2.5, 4)", "取平均名次（1、2.5、2.5、4）"),
    "ties_dense": ("the same rank, and none is skipped (1, 2, 2, 3)", "名次相同且不空位（1、2、2、3）"),
    "used_for": ("used for {what}", "用于{what}"),
    "all_of_them": ("all", "全部"),
    "all_but": ("all but {parts}", "除{parts}外的全部"),
    "symbols": (
        "In the formulas x is an indicator as it is before normalisation, z its normalised value or the score of a "
        "dimension, w a weight, scaled to sum 1, n the number of units that have a value and k that of the parts; "
        "i and j count units and parts. min x and max x are the lowest and the highest value, a bar is a mean, a tilde "
        "a median, s a standard deviation with divisor n − 1, Q a quantile; B are the benefits and C the costs; "
        "a condition in square brackets is 1 where it is true, else 0.",
        "公式中 x 为标准化之前的指标值，z 为标准化值或维度得分，w 为权重（和为 1），n 为有数值的单位数，"
        "k 为组成部分数，i、j 为单位和组成部分的序号。min x、max x 为最小值和最大值，横线表示平均数，波浪线表示中位数，"
        "s 为标准差（除数为 n − 1），Q 为分位数；B 为正向指标，C 为逆向指标；方括号内的条件成立时为 1，否则为 0。",
    ),
    "of_a_cost": ("Of a cost:", "逆向指标："),
    "used_in": ("used in {what}", "用于{what}"),
    "as_component": ("Rescaling of a score as a part of another", "得分作为上级组成部分时的再标度"),
    "parts_says": (
        "Parts: the parent of each, and the numbers that the index file fixes",
        "组成部分：所属上级及指数文件中固定的数值",
    ),
    "belongs_to": ("belongs to", "所属上级"),
    "column": ("column of the data", "数据列"),
    "divided_by": ("divided by", "除以"),
    "times": ("times", "乘以"),
    "floor": ("floor", "下限"),
    "cap_at": ("cap", "上限"),
    "least": ("min x, fixed", "min x（固定）"),
    "greatest": ("max x, fixed", "max x（固定）"),
    "target_at": ("target t", "目标值 t"),
    "worst_at": ("worst values, below and above", "最差值（低、高）"),
    "does_not_count": ("does not count", "不计入"),
    "given_weight": ("weight in the index file", "指数文件中的权重"),
    "decimals": ("rounded to decimals", "保留小数位数"),
    "bounds_says": (
        "Fixed min x and max x replace the lowest and highest values of the data.",
        "固定的 min x、max x 代替数据中的最小值和最大值。",
    ),
    "transform_says": (
        "Floors, caps, bounds and targets are in the unit of measure: values are held to floors and caps before they "
        "are transformed, and bounds and targets are transformed as the values are.",
        "下限、上限、固定界限和目标值均以计量单位给出：数值先按下限和上限截断再变换，固定界限和目标值按同样方式变换。",
    ),
    "costs_negated": (
        "A cost without a formula of its own is negated first: x is then minus the value, and min x is minus the "
        "largest value.",
        "没有单独公式的逆向指标先取相反数：此时 x 为数值的相反数，min x 为最大值的相反数。",
    ),
    "costs_stay": (
        "Costs are normalised with the formula of benefits where the aggregation handles the direction ({parts}).",
        "合成方法自行区分方向时，逆向指标按正向指标的公式标准化（{parts}）。",
    ),
    "closeness_says": (
        "The values of an indicator with a target or an interval are replaced by their closeness: 1 at the best "
        "values, 0 at the fixed worst values, or else for the farthest unit, and linear between them. x is then the "
        "closeness, min x is 0 and max x is 1.",
        "有目标值或区间的指标先换算为接近度：最好值处为 1，最差值处为 0（未固定最差值时，最远的单位为 0），其间为线性；"
        "此时 x 为接近度，min x 为 0，max x 为 1。",
    ),
    "rounding_scores": (
        "The score of {parts} is rounded half-up to {n} decimals.",
        "{parts}的得分四舍五入保留 {n} 位小数。",
    ),
    "rounding_values": (
        "Normalised values of {parts} are rounded half-up to {n} decimals.",
        "{parts}的标准化值四舍五入保留 {n} 位小数。",
    ),
    "ranked_rounded": ("Ranks are computed from the rounded scores of the index.", "按四舍五入后的总分排名。"),
    "ranked_unrounded": ("Ranks are computed from the scores before rounding.", "按四舍五入前的得分排名。"),
    "ranked_low": ("A lower score of the index is better.", "总分越低越好。"),
    "ranked_low_all": (
        "A lower score is better, of the index and of every dimension.",
        "总分和各维度得分均为越低越好。",
    ),
    "low_is_best_in": ("A lower score of {parts} is better.", "{parts}的得分越低越好。"),
    "turned": (
        "The score of {parts} enters the score of its parent with the opposite sign.",
        "{parts}的得分取相反数后进入上级得分。",
    ),
    "weights_over": ("Weights are computed over {rows}.", "权重取自{rows}。"),
    "weights_unscaled": (
        "The weights of {parts} are not scaled to sum 1: they enter the score with their sum, {sum}. If a part is "
        "missing, the weights of the others are scaled up to this sum.",
        "{parts}的权重不按和为 1 重新分配，按其和 {sum} 计入得分；如有缺失部分，其余权重按比例放大至此和。",
    ),
    "constant_neutral": (
        "For a constant indicator, the normalised value of all units is the middle of the scale.",
        "没有差异的指标，各单位取标度的中间值。",
    ),
    "constant_drop": ("A constant indicator is left out.", "没有差异的指标被剔除。"),
    "takes_no_rank": (
        "{n} units enter all statistics but have no rank: {units}.",
        "{n} 个单位参与所有统计量但不参与排名：{units}。",
    ),
    "columns_used": (
        "Methods also use columns of the data that are no indicators, and need their value for every unit: {columns}.",
        "方法还使用不是指标的数据列，每个单位都需要其数值：{columns}。",
    ),
    "kept_rows": ("Only rows with {conditions} are used.", "仅使用满足 {conditions} 的数据。"),
    "screened": ("Units and indicators are screened first: {rules}.", "首先筛选单位和指标：{rules}。"),
    "screen_units": ("a unit has at least {share} % of the indicators", "单位至少有 {share} % 的指标"),
    "screen_dimensions": (
        "a unit has at least {share} % of the indicators of every dimension",
        "单位在每个维度至少有 {share} % 的指标",
    ),
    "screen_non_zero": (
        "at least {share} % of the values of a unit are not zero",
        "单位至少 {share} % 的数值不为零",
    ),
    "screen_indicators": ("an indicator has at least {share} % of the units", "指标至少有 {share} % 的单位"),
    "computed_by": ("Computed by Indicia {version}.", "由 Indicia {version} 计算。"),
    # attributes of values, and variables outside the index
    "attributes_mark": (
        "{mark}: a value with a status, or of a year before {year}. The list below each drawing has year, status, "
        "source and standard error.",
        "{mark}：带状态标记的数值，或早于{year}年的数值。各图下方列出年份、状态、来源和标准误。",
    ),
    "method_years": (
        "{n} values have a year of their own, from {first} to {last}.",
        "{n} 个数值有各自的年份，从{first}年到{last}年。",
    ),
    "method_year": ("{n} values have a year of their own, {first}.", "{n} 个数值有各自的年份，均为{first}年。"),
    "method_sources": ("{n} values name their own source.", "{n} 个数值注明了各自的来源。"),
    "method_states": ("{n} values have a status: {codes}.", "{n} 个数值带有状态标记：{codes}。"),
    "method_errors": ("{n} values have a standard error.", "{n} 个数值有标准误。"),
    "method_outside": (
        "The index is compared with {names}, on which no score depends.",
        "指数与{names}进行比较；得分与其无关。",
    ),
    "method_neighbours": (
        "Units have {n} pairs of neighbours; units without a neighbour: {islands}.",
        "单位之间有 {n} 对相邻关系；没有相邻单位的单位：{islands} 个。",
    ),
    "outside": ("Compared with other variables", "与其他变量的比较"),
    "outside_variable": ("variable", "变量"),
    "outside_says": (
        "No score depends on these variables. Each dot is a unit: the variable across, the score of the index upwards. "
        "The named units are the farthest from the straight line through all dots.",
        "得分与这些变量无关。每个点是一个单位：横轴为变量，纵轴为总分；标出名称的单位离拟合直线最远。",
    ),
    "outside_count": (
        "Units with a score and a value: {n}; with a score only: {missing}.",
        "有得分和数值的单位：{n}；只有得分的单位：{missing}。",
    ),
    "outside_expected": ("The correlation is expected to be {sign}.", "预期相关性为{sign}。"),
    "outside_contrary": (
        "The correlation is expected to be {sign}, and is not.",
        "预期相关性为{sign}，实际并非如此。",
    ),
    "outside_unmatched": (
        "Units of its table that the data do not have ({n}): {units}.",
        "其数据表中有而本数据没有的单位（{n}）：{units}。",
    ),
    "outside_source": ("Source: {source}.", "来源：{source}。"),
    "outside_withheld": ("Its values are not published.", "其数值不公开。"),
    "outside_n": ("units", "单位数"),
    "outside_r": ("Pearson’s r", "皮尔逊 r"),
    "outside_rho": ("Spearman’s ρ", "斯皮尔曼 ρ"),
    "positive": ("positive", "正"),
    "negative": ("negative", "负"),
    # what the script says
    "language": ("Language", "语言"),
    "search": ("Search", "搜索"),
    "rows_shown": ("{shown} of {n} rows", "{shown} / {n} 行"),
    "reset": ("Reset to the index", "恢复原状"),
    "copy_toml": ("Copy as TOML", "复制 TOML"),
    "copied": ("Copied", "已复制"),
    "toml_says": (
        "These lines in the index file give this ranking:",
        "在指数文件中写入以下内容即可得到此排名：",
    ),
    "combined_by": ("Parts are combined by", "合成方法"),
    "arithmetic": ("arithmetic mean", "算术平均"),
    "geometric": ("geometric mean", "几何平均"),
    "harmonic": ("harmonic mean", "调和平均"),
    "min": ("lowest part", "最低部分"),
    "max": ("highest part", "最高部分"),
    "not_fit": ("{name} (needs positive values)", "{name}（需要正值）"),
    "what_if_says": (
        "Move a slider, and the page computes scores and ranks again, as Indicia does.",
        "移动滑块，页面即按 Indicia 的算法重新计分和排名。",
    ),
    "what_if_other": (
        "The index uses {method}, which this page cannot compute. The page starts with the {mean}.",
        "指数本身使用 {method}，本页无法计算；此处从{mean}开始。",
    ),
    "what_if_not": (
        "The page cannot compute scores of this index: {reason}.",
        "本页无法计算本指数的得分：{reason}。",
    ),
    "standing": ("as it stands", "指数原方法"),
    "why_rescaled": ("the score is rescaled after aggregation", "总分在合成之后再标度"),
    "why_costs": ("its aggregation handles costs itself", "其合成方法直接处理逆向指标"),
    "why_keys": ("its weights differ between groups", "各组权重不同"),
    "why_many": ("it has too many units for a page", "单位太多，页面无法处理"),
    "why_single": ("it has a single part", "只有一个组成部分"),
    "why_none": ("no mean is defined for the values of its parts", "其数值不适用于任何平均方法"),
    "moved": ("{n} units change rank; first: {first}", "{n} 个单位的排名改变；第一名：{first}"),
    "unmoved": ("All ranks are those of the index", "排名与指数相同"),
    "no_weights": ("Give at least one part a weight", "请至少给一个部分赋权"),
    "needs_script": (
        "This part of the page needs JavaScript. The rest does not.",
        "此部分需要 JavaScript；其余内容无需脚本即可阅读。",
    ),
    # the Method view
    "method.scale_from": ("scale from", "标度下限"),
    "method.scale_to": ("scale to", "标度上限"),
    "method.ends_from_data": (
        "Ends of a scale in italics are the lowest and the highest value of the data.",
        "斜体的标度上下限取自数据的最小值和最大值。",
    ),
    "method.groups_some": (
        "The first {shown} of {count} groups are listed.",
        "表中列出 {count} 组中的前 {shown} 组。",
    ),
    "method.worked": ("One unit, from raw values to the score", "一个单位：从原始数据到得分"),
    "method.worked_says": (
        "{unit} has rank {rank} of {ranked}: it is in the middle of the ranking. Its score is worked here step by "
        "step, with its own numbers.",
        "{unit}在 {ranked} 个单位中排名第 {rank}，位于排名中间。以下用其自身数值逐步计算得分。",
    ),
    "method.worked_withheld": (
        "Raw values of this index are not published, so the steps begin at the normalised values.",
        "本指数的原始数据不公开，因此从标准化值开始。",
    ),
    "method.worked_indicators": ("From raw values to normalised values", "从原始数据到标准化值"),
    "method.worked_dimensions": ("From normalised values to the score", "从标准化值到得分"),
    "method.worked_caption": ("The values of {unit}", "{unit}的数值"),
    "method.worked_some": (
        "The formulas of {shown} of {count} dimensions are shown; the others are computed likewise.",
        "此处列出 {count} 个维度中 {shown} 个的公式，其余算法相同。",
    ),
    "method.worked_rounded": ("rounded: {value}", "四舍五入：{value}"),
    "method.worked_end": (
        "The score of {unit} is {score}, and its rank {rank}.",
        "{unit}的得分为 {score}，排名第 {rank}。",
    ),
    "method.as_read": ("raw value", "原始数据"),
    "method.prepared": ("prepared value", "处理后数值"),
    "method.changes": ("changed by", "更改方式"),
    "method.normalised": ("normalised value", "标准化值"),
    "method.with_numbers": ("With the numbers of {name}:", "代入{name}的数值："),
    "method.correlation_says": (
        "Pearson correlations, first within each dimension, then between dimensions. Near 1, two parts hold the same "
        "information; below 0, they point in opposite directions.",
        "皮尔逊相关系数：先列各维度之内，再列维度之间。接近 1 表示含义重复；小于 0 表示方向相反。",
    ),
    "method.within": ("Within {name}", "{name}之内"),
    "method.within_index": ("Between the parts of the index", "指数各组成部分之间"),
    "method.with_dimension": ("with the dimension", "与所属维度"),
    "method.strongest": ("The {count} strongest correlations", "最强的 {count} 个相关系数"),
    "method.correlation_of_pair": ("correlation", "相关系数"),
    "method.methodology": ("methodology", "方法"),
    "method.what_changes": ("changes", "更改之处"),
    "method.ranks_changed": ("ranks that change", "排名改变的单位数"),
    "method.largest_change": ("largest change of rank", "最大的排名变动"),
    "method.enters_first": ("enters the first {count}", "进入前 {count} 名"),
    "method.move": ("{unit}: {before} → {after}", "{unit}：{before} → {after}"),
    "method.movers": (
        "The {count} units whose ranks depend most on the methodology, with their rank in each",
        "排名最受方法影响的 {count} 个单位及其在各方法下的排名",
    ),
    "method.findings": ("Findings of the audit", "审计结果"),
    "method.audit_says": (
        "All checks of Indicia looked at the data, the scores, the ranks and further runs. Their findings are in "
        "English.",
        "Indicia 的全部检查项已审查数据、得分、排名及补充运算；其结果以英文表述。",
    ),
    "method.checks_say": (
        "The checks of the index file and the data looked; the index is too large for an audit with each page, which "
        "`indicia audit` computes. The findings are in English.",
        "已检查指数文件和数据；本指数规模较大，不随页面审计，可用 `indicia audit` 计算。检查结果以英文表述。",
    ),
    "method.no_problem": ("No check reports an error or a warning.", "没有错误或警告。"),
    "method.for_information": (
        "{count} further findings are for information.",
        "另有 {count} 项结果仅供参考。",
    ),
    "method.further_findings": ("and {count} more", "另有 {count} 项"),
    "method.error": ("error", "错误"),
    "method.warning": ("warning", "警告"),
    "method.information": ("information", "参考"),
    "method.sources": ("Sources and references", "来源与参考文献"),
    "method.publication": ("Publication and citation", "出版信息与引用"),
    "method.publication_publisher": ("publisher", "发布者"),
    "method.publication_authors": ("authors", "作者"),
    "method.publication_edition": ("edition", "版次"),
    "method.publication_date": ("date", "日期"),
    "method.publication_licence": ("licence", "许可"),
    "method.publication_contact": ("contact", "联系方式"),
    "method.publication_citation": ("how to cite", "引用格式"),
    "method.publication_addresses": ("addresses", "网址"),
    "method.comparison_says": (
        "{count} methodologies are computed from the same data; the first is the index as it stands.",
        "用相同数据计算了 {count} 种方法，其中第一种为现行指数。",
    ),
    "method.draws_say": (
        "{draws} draws, seed {seed}; varied: {varied}. The interval of a unit holds 90 % of its ranks in the draws.",
        "{draws} 次抽样，随机种子 {seed}；变动的选择：{varied}。各单位的区间包含其在抽样中 90 % 的排名。",
    ),
}
"""The texts by key, English first, with the names of values in braces."""


def words(key: str) -> dict[str, str]:
    """Return a text by language.

    >>> words("rank")
    {'en': 'rank', 'zh': '排名'}
    """
    return dict(zip(LANGUAGES, WORDS[key], strict=True))


def is_message(key: str) -> bool:
    """Return whether there is a text of this key."""
    return key in WORDS
