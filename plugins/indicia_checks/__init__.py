"""The checks of the data that Indicia ships, one module per family."""

from __future__ import annotations

from indicia.catalogue import hookimpl

indicia_contract = 2


@hookimpl
def indicia_checks() -> dict[str, str]:
    """Offer the checks of this package: the code of each, and the place of its class."""
    return {
        "C01": "indicia_checks.coherence:Collinear",
        "C02": "indicia_checks.coherence:Opposed",
        "C03": "indicia_checks.coherence:PartAndScore",
        "C04": "indicia_checks.coherence:CrossLoading",
        "C05": "indicia_checks.reliability:WeakItem",
        "C06": "indicia_checks.reliability:Reliability",
        "C07": "indicia_checks.components:SeveralComponents",
        "C08": "indicia_checks.components:Adequacy",
        "D01": "indicia_checks.coverage:FewValuesOfIndicator",
        "D02": "indicia_checks.coverage:FewValuesOfUnit",
        "D03": "indicia_checks.distribution:RepeatedValue",
        "D04": "indicia_checks.distribution:FewDistinctValues",
        "D05": "indicia_checks.skewness:Skewed",
        "D06": "indicia_checks.skewness:HeavyTails",
        "D07": "indicia_checks.skewness:Treated",
        "D08": "indicia_checks.coverage:OldValues",
        "D09": "indicia_checks.imputed:ImputedShare",
        "D10": "indicia_checks.imputed:SkippedValues",
        "D11": "indicia_checks.size:GrowsWithSize",
        "D12": "indicia_checks.size:ScoreFollowsSize",
        "D13": "indicia_checks.size:BeyondBounds",
        "D14": "indicia_checks.structure:IncompleteKeys",
        "D15": "indicia_checks.combinations:UnusualCombination",
        "D16": "indicia_checks.structure:DoubtfulDirection",
        "D17": "indicia_checks.structure:NoIndicator",
        "D18": "indicia_checks.structure:NoUnit",
        "D19": "indicia_checks.values:ImpossibleValues",
        "D20": "indicia_checks.values:MixedScale",
        "D21": "indicia_checks.values:Constant",
        "D22": "indicia_checks.structure:AlikeUnits",
        "D23": "indicia_checks.coverage:AgeOfValues",
        "D24": "indicia_checks.size:OutweighingUnit",
        "S01": "indicia_checks.hierarchy:NumberOfParts",
        "S02": "indicia_checks.hierarchy:EffectiveWeights",
        "S03": "indicia_checks.hierarchy:UnequalWeights",
        "S04": "indicia_checks.hierarchy:DoubleCounting",
        "S05": "indicia_checks.hierarchy:DecidingWeight",
        "B01": "indicia_checks.alternatives:BenefitOfTheDoubt",
        "B02": "indicia_checks.alternatives:OtherAggregations",
        "B03": "indicia_checks.alternatives:RankReversal",
        "X01": "indicia_checks.outside:Redundant",
        "X02": "indicia_checks.outside:AddedValue",
        "X03": "indicia_checks.outside:CorrelationsOfLevels",
        "P01": "indicia_checks.panels:Panel",
        "M01": "indicia_checks.method_pairs:MethodPairs",
        "E01": "indicia_checks.averages:AveragedSources",
        "V01": "indicia_checks.waivers:IdleWaiver",
        "W01": "indicia_checks.importance:VarianceShares",
        "W02": "indicia_checks.importance:MainEffects",
        "W03": "indicia_checks.importance:Discrepancy",
        "W04": "indicia_checks.importance:AttainableImportance",
        "W05": "indicia_checks.influence:LeaveOneOut",
        "W06": "indicia_checks.influence:LeastInfluential",
    }
